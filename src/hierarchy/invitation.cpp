#include "hierarchy/invitation.h"

namespace daikan::hierarchy {

std::string_view to_string(InvitationState state) {
  switch (state) {
    case InvitationState::open:
      return "open";
    case InvitationState::used:
      return "used";
    case InvitationState::revoked:
      return "revoked";
    case InvitationState::expired:
      return "expired";
  }
  return "unknown";
}

InvitationState state_of(const InvitationRecord& record, TimePoint now) {
  if (record.used_at) return InvitationState::used;
  if (record.revoked_at) return InvitationState::revoked;
  return record.expires_at <= now ? InvitationState::expired : InvitationState::open;
}

Error refusal_of(InvitationState state) {
  constexpr const char* kAskAgain = "Ask the primary's administrator for a new invitation.";
  switch (state) {
    case InvitationState::used:
      return {Code::invitation_used, "The invitation was used already by another server.",
              "Ask the primary's administrator who joined with it, and for a new invitation.", "invitation"};
    case InvitationState::revoked:
      return {Code::invitation_revoked, "The invitation was revoked by the primary's administrator.", kAskAgain, "invitation"};
    case InvitationState::expired:
    case InvitationState::open:
      break;
  }
  return {Code::invitation_expired, "The invitation has expired.", kAskAgain, "invitation"};
}

Result<Admission> judge_guest(const InvitationRecord& record, const Pin& own, TimePoint now) {
  const auto state = state_of(record, now);
  if (state == InvitationState::open) return Admission::registers;
  if (state == InvitationState::used && record.used_by == own) return Admission::returns;
  return fail(refusal_of(state));
}

}  // namespace daikan::hierarchy
