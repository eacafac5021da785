// Invitations: that a server may join one group once, with a key that its file carries. Pure: values and the rule for a guest.
//
// `store` saves them, `server/invitations` makes and ends them and asks judge_guest() within the transaction that registers. The invariant:
// one invitation registers one server; that server may come again with it and is told the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/certificate.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace daikan::hierarchy {

struct InvitationRecord {
  InvitationId id;
  GroupId group;
  std::string name;  ///< What the secondary will be called; empty: what it calls itself.
  Pin pin;           ///< Of the bootstrap key. The key itself is in the file alone.
  std::string created_by;
  TimePoint created_at;
  TimePoint expires_at;
  std::optional<TimePoint> revoked_at;
  std::optional<TimePoint> used_at;
  std::optional<Pin> used_by;                  ///< The own key of the server that came.
  std::optional<RegistrationId> registration;  ///< What it became.
};

enum class InvitationState : std::uint8_t { open, used, revoked, expired };
std::string_view to_string(InvitationState state);
InvitationState state_of(const InvitationRecord& record, TimePoint now);

/// What becomes of a guest that has proved the key `own`.
enum class Admission : std::uint8_t {
  registers,  ///< It is new: register it, and the invitation is used.
  returns,    ///< The server that was registered by this very invitation: tell it so again.
};
/// Fails with invitation_revoked, invitation_expired or invitation_used.
Result<Admission> judge_guest(const InvitationRecord& record, const Pin& own, TimePoint now);

/// The refusal of an invitation that is in `state`; not for open ones.
Error refusal_of(InvitationState state);

}  // namespace daikan::hierarchy
