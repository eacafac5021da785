// Notifications: events told to people and programs elsewhere, by mail, webhook and syslog.
//
// Owns one coroutine per destination. The event log itself is the queue: each destination remembers in the database through which event it
// delivered, so memory holds one batch, a restart loses nothing, and what was sent just before a crash may be sent twice (at least once).
// Events that housekeeping removed before a destination could take them are lost to it. Built by the composition root, started after
// the database was prepared, stopped before it closes.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "hierarchy/notification.h"
#include "server/facts.h"
#include "server/history.h"
#include "server/once.h"
#include "server/seen.h"

namespace daikan::server {

/// What a destination must be: addresses, a transport its kind has, a login only where it is encrypted. Fails with invalid_request and the
/// field.
Result<> check_destination(const hierarchy::Destination& destination);

/// Another destination in the place of one: its id, what an administrator chooses of it, and nothing of its state.
struct DestinationEdit {
  hierarchy::Destination wanted;
  std::optional<std::string> secret;  ///< Nothing: the stored one stays. Empty: there is none any more.
  Seen seen;
};

class Notifications {
 public:
  Notifications(Storage& storage, History& history, const Facts& facts);
  ~Notifications();

  awaitable<Result<>> start();
  awaitable<> stop();

  /// Secrets stay sealed in what these return.
  awaitable<Result<std::vector<hierarchy::Destination>>> list();
  awaitable<Result<hierarchy::Destination>> find(hierarchy::DestinationId id);  ///< Fails with not_found.
  /// Tells it what happens from now on. Fails as check_destination(), with name_taken, or conflict when there are
  /// limits::kMaxDestinations. `once` is claimed with it.
  awaitable<Result<hierarchy::Destination>> add(const Actor& actor, hierarchy::Destination destination, std::optional<Once> once);
  /// It goes on with what it has not delivered yet. Fails as check_destination(), with not_found, name_taken, invalid_request on "secret"
  /// when a stored password would go elsewhere, or as Seen::check().
  awaitable<Result<hierarchy::Destination>> edit(const Actor& actor, DestinationEdit edit);
  awaitable<Result<>> remove(const Actor& actor, hierarchy::DestinationId id);
  /// Sends one test now, whatever the rule and the rate. Fails with not_found, rate_limited or what the delivery fails with.
  awaitable<Result<>> test(const Actor& actor, hierarchy::DestinationId id);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace daikan::server
