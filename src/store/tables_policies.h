// Policies and their revisions as rows. The rules are in hierarchy/policy.h and server/policies.h; at most one active policy for each
// application and group, and names that are unique there, are also what the schema demands.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "hierarchy/policy.h"
#include "store/database.h"

namespace daikan::store {

/// By application, then by name.
std::vector<hierarchy::Policy> all_policies(Transaction&);
std::optional<hierarchy::Policy> find_policy(Transaction&, const hierarchy::PolicyId&);
/// A second one of the same name (without regard to ASCII case), application and group, or a second active one, throws StorageFailure.
void insert_policy(Transaction&, const hierarchy::Policy&);
/// Writes everything but application and created_at; revision becomes policy.revision.
void update_policy(Transaction&, const hierarchy::Policy&);
/// With its revisions.
bool remove_policy(Transaction&, const hierarchy::PolicyId&);

/// Keeps the newest `most`.
void append_policy_revision(Transaction&, const hierarchy::PolicyId&, const hierarchy::PolicyRevision&, std::size_t most);
/// Newest first.
std::vector<hierarchy::PolicyRevision> policy_revisions(Transaction&, const hierarchy::PolicyId&);
std::optional<hierarchy::PolicyRevision> find_policy_revision(Transaction&, const hierarchy::PolicyId&, std::int64_t revision);

}  // namespace daikan::store
