// Proof of force: what every server below has confirmed of what it inherits from this one.
//
// Says it upwards of each direct secondary, in the transaction that learns of it, and answers questions about the whole subtree from what
// came up. Called by the composition root (Downstream::on_state) and by the API. Invariant: "in force" is said only of what the server's
// own primary heard it confirm; what nobody told is never shown as in force.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hierarchy/applied_report.h"
#include "hierarchy/policy.h"
#include "server/downstream.h"
#include "server/rolled_up.h"
#include "store/tables_in_force.h"

namespace daikan::server {

/// What changed of secondaries is told to those above. `confirmed`: the set they confirmed just now; null when something else changed.
void tell_in_force(store::Transaction&, std::span<const RegistrationId> ids, const hierarchy::InheritedSet* confirmed, TimePoint at);

/// A secondary that tells of another set than it confirmed (its database was restored) is behind until it has confirmed again.
awaitable<Result<>> forget_what_was_lost(Storage& storage, const Downstream& downstream, RegistrationId id, store::HeldSet has);

enum class Force : std::uint8_t {
  in_force,
  behind,   ///< Something else is to be in force; it is on its way, or waits for a link.
  failed,   ///< The last attempt failed.
  unknown,  ///< Nobody told: a server between is too old to pass it on, or the server was never connected.
};
std::string_view to_string(Force force);

/// Of one server below.
struct ForceView {
  RolledUpServer server;
  Force force = Force::unknown;
  std::optional<TimePoint> behind_since;
  std::string reason;  ///< Why it failed, or why nothing is known; a sentence. Empty when in force.
  hierarchy::AppliedReport report;

  /// One policy of this server, or one that it inherits itself and passes on.
  struct Policy {
    hierarchy::PolicyId id;
    std::string name;
    std::int64_t revision = 0;             ///< That is to be in force.
    std::optional<std::int64_t> in_force;  ///< That is; nothing: none.
    Force force = Force::unknown;
  };
  std::vector<Policy> policies;
};

struct InForceQuery {
  std::optional<hierarchy::PolicyId> policy;  ///< Only where this one is to be in force, and only whether it is.
};
/// Depth first, as rolled_up_servers(). Fails with not_found when there is no such policy here, or it is not active.
awaitable<Result<std::vector<ForceView>>> in_force(Storage& storage, const LinkHost& links, const Facts& facts, InForceQuery query);

}  // namespace daikan::server
