// Proof of force: for every server below, at any depth, what its own primary has confirmed as applied there.
//
// Functions on a Transaction, like tables.h. A server says so of its direct secondaries and reads what came up of all the others; both are
// states of the feed. Called where a confirmation, a failure or a new wanted set is recorded, and by queries. A secondary whose server id
// is not known yet was never connected: nothing can be in force there, and nothing is said.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "hierarchy/applied_report.h"
#include "hierarchy/records.h"
#include "store/database.h"

namespace daikan::store {

struct InForce {
  ServerId server;
  ServerId primary;  ///< Who says so.
  hierarchy::AppliedReport report;
  TimePoint said_at;      ///< By the clock of `primary`.
  TimePoint received_at;  ///< By this server's clock.
};

/// Says it of these direct secondaries, to this server's primary too: of each what `report` makes of its place in `servers` and of what was
/// said before (an empty report when nothing was). What is said already is left out.
void say_in_force(Transaction&, std::span<const ServerId> servers,
                  const std::function<hierarchy::AppliedReport(std::size_t place, hierarchy::AppliedReport before)>& report, TimePoint at);
/// What this server itself last said of `server`; an empty report when it never did.
hierarchy::AppliedReport said_in_force(Transaction&, const ServerId& server);
/// `secondary` was removed: this server says nothing of it any more.
void end_in_force(Transaction&, const hierarchy::SecondaryRecord& secondary, TimePoint at);

/// What a secondary tells that it has.
struct HeldSet {
  std::uint64_t revision = 0;
  std::string hash;
};
/// When that is not what it confirmed (its database was restored), nothing counts as confirmed any more and it is behind from `at` on.
/// Whether it was so.
bool forget_confirmed(Transaction&, const RegistrationId&, const HeldSet& has, TimePoint at);

/// Of every server below, by server id. Where several primaries speak of one server (it moved, and the former one has not been heard
/// since) the report that arrived last counts. Reports that cannot be read are left out.
std::vector<InForce> all_in_force(Transaction&);
std::optional<InForce> find_in_force(Transaction&, const ServerId& server);

}  // namespace daikan::store
