// Invitations as rows; see tables.h for what holds for all tables.
#pragma once

#include <optional>
#include <vector>

#include "hierarchy/invitation.h"
#include "store/database.h"

namespace daikan::store {

/// Newest first.
std::vector<hierarchy::InvitationRecord> all_invitations(Transaction&);
std::optional<hierarchy::InvitationRecord> find_invitation(Transaction&, const InvitationId&);
std::optional<hierarchy::InvitationRecord> find_invitation(Transaction&, const Pin&);
void insert_invitation(Transaction&, const hierarchy::InvitationRecord&);
/// Writes what may change: revoked_at, used_at, used_by, registration.
void update_invitation(Transaction&, const hierarchy::InvitationRecord&);
/// Those that nobody has used; used and revoked ones stay as they are.
void revoke_unused_invitations(Transaction&, TimePoint at);
/// Removes those that ended before `time`: used, revoked or expired.
std::int64_t trim_invitations(Transaction&, TimePoint time);

}  // namespace daikan::store
