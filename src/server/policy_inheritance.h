// Policies on their way down: what this server gives to its secondaries, what it takes from above, and what stays when its primary is left.
//
// Joins server/policies to server/downstream; the only part that knows both. Called by the composition root. Invariant: only active
// policies go down, and what came from above is passed on as it is by downstream, never by this.
#pragma once

#include "server/downstream.h"
#include "server/policies.h"

namespace daikan::server {

/// What downstream asks of policies. What stays when the primary is left: the values that were in force, in the active policy of the own
/// root group (made where there is none), where they can be edited.
InheritedSource policy_source(const Facts& facts);
/// What policies ask of downstream, which outlives the way.
/// Those in `set`, the uppermost first, in the order of the cascade.
std::vector<InheritedPolicy> inherited_policies(const hierarchy::InheritedSet& set);
PolicyWay policy_way(const Downstream& downstream);

}  // namespace daikan::server
