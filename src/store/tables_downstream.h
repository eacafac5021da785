// What this server inherits from its primary, and what its secondaries confirmed. Functions on a Transaction, like tables.h; the rules are
// link/downstream.h and the business of `server`.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "hierarchy/inherited.h"
#include "store/database.h"

namespace daikan::store {

/// What the primary had this server apply; revision 0 when there is nothing.
hierarchy::AppliedSet applied_set(Transaction&);
void put_applied_set(Transaction&, const hierarchy::AppliedSet&, TimePoint at);
/// Another primary begins to count anew; what was inherited stays until it has sent its own.
void forget_applied_revision(Transaction&);
void remove_inherited(Transaction&);
/// The objects of one kind in it, with the whole chain; cheaper than all of it where policies are large.
hierarchy::InheritedSet inherited_of(Transaction&, hierarchy::InheritedKind kind);
std::optional<TimePoint> applied_at(Transaction&);
/// Of the set that was applied last; empty when nothing is. Without reading the set.
std::string applied_hash(Transaction&);

/// What is known of one secondary.
struct DownstreamState {
  RegistrationId registration;
  std::string wanted_hash;
  std::optional<TimePoint> behind_since;
  hierarchy::ConfirmedSet confirmed;
  std::optional<TimePoint> confirmed_at;
  std::optional<Error> failure;
  std::optional<TimePoint> failed_at;  ///< Nothing: what is wanted now was not tried yet, and `failure` is of what was wanted before.
};
/// Whether put_wanted() with this hash would change anything.
bool is_another_wanted(Transaction&, const GroupId& group, std::string_view hash);
/// Every secondary of the group is to have the set with this hash; `at` is since when it is behind, if it is not behind already. Returns
/// those for which it is another one than before.
std::vector<RegistrationId> put_wanted(Transaction&, const GroupId& group, std::string_view hash, TimePoint at);
std::optional<DownstreamState> find_downstream(Transaction&, const RegistrationId&);
/// The same, with what is to be known of the secondary beside it.
struct DownstreamPlace {
  GroupId group;
  std::optional<ServerId> server;  ///< Unknown before its first hello.
  DownstreamState state;
};
std::optional<DownstreamPlace> find_downstream_place(Transaction&, const RegistrationId&);
std::vector<DownstreamState> all_downstream(Transaction&);
struct BehindDownstream {
  RegistrationId registration;
  std::string wanted_hash;
  friend bool operator==(const BehindDownstream&, const BehindDownstream&) = default;
};
/// Those that are behind, the longest first.
std::vector<BehindDownstream> behind_downstream(Transaction&);
/// Ends a failure. Whether the secondary is behind all the same: something else is wanted meanwhile.
bool put_confirmed(Transaction&, const RegistrationId&, const hierarchy::ConfirmedSet&, TimePoint at);
enum class FailureNews : std::uint8_t {
  none,     ///< The same is known already, or nothing is behind any more.
  reason,   ///< Another reason than before for the same failure.
  failure,  ///< The first since something was confirmed, or since something else is wanted.
};
FailureNews put_downstream_failure(Transaction&, const RegistrationId&, const Error&, TimePoint at);

}  // namespace daikan::store
