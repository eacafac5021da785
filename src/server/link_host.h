// Runs every link of this server: the listener on 13000, one UpperEnd per secondary, one LowerEnd for the own primary.
//
// The rules are in link/ (pure); this part owns the connections, the dials and the timers, and carries Effects out in their order: stored
// before visible. All of it lives on the I/O thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "hierarchy/records.h"
#include "hierarchy/server_path.h"
#include "link/backoff.h"
#include "link/effects.h"
#include "net/http.h"
#include "net/identity.h"
#include "net/listener.h"
#include "server/facts.h"
#include "server/history.h"
#include "server/sealing.h"

namespace daikan::server {

struct CheckDial;
class Downstream;
struct LinkSight;

/// Answers a console request that came down a link, on behalf of `actor`.
using RelayedHandler = std::function<awaitable<net::Response>(net::Request, Actor)>;

/// Peers that are no end of a link yet: servers that dial with the key of an invitation. They may do nothing but claim it.
struct Guests {
  std::function<bool(const Pin&)> knows;  ///< Asked inside the handshake, after the links' own pins.
  std::function<awaitable<>(std::unique_ptr<net::TlsStream>)> receive;
};

/// How links notice that the other side is gone, and when they are made again.
struct LinkPace {
  std::chrono::milliseconds ping_after_idle = limits::kPingAfterIdle;
  std::chrono::milliseconds ping_answer = limits::kPingAnswerTime;
  link::BackoffBounds backoff;
  friend bool operator==(const LinkPace&, const LinkPace&) = default;
};

/// This server's own keys, as far as the links have to know: who announces them and hears what peers say of them.
struct OwnKeys {
  std::function<const net::Identity*()> announced = {};  ///< The one that will be used; null unless a roll-over is announced.
  std::function<void(const std::optional<RegistrationId>& peer, const link::RollOverNews&)> heard = {};
  /// A peer was registered; also a primary in the place of another one.
  std::function<void(const std::optional<RegistrationId>& peer)> added = {};
  std::function<void(const std::optional<RegistrationId>& peer)> removed = {};
};

class LinkHost {
 public:
  /// `sealing` opens the proxy passwords of the records that start() loads; the records handed in later hold them open.
  LinkHost(Storage& storage, History& history, const net::Identity& identity, Facts& facts, const Sealing& sealing);
  ~LinkHost();

  /// Before start(); what it calls must live until stop() has returned.
  void set_guests(Guests guests);
  void set_own_keys(OwnKeys keys);
  /// Loads secondaries and primary, binds `endpoints`, dials what is to be dialled.
  awaitable<Result<>> start(std::vector<Endpoint> endpoints, RelayedHandler relayed);
  /// Ends every link (GOAWAY) and waits.
  awaitable<> stop();
  std::vector<Endpoint> endpoints() const;

  // Called by the use cases after their transaction has committed.
  void secondary_added(const hierarchy::SecondaryRecord& record);
  /// The record as the database holds it, its proxy's password sealed.
  void secondary_edited(hierarchy::SecondaryRecord record);
  void secondary_removed(RegistrationId id);
  void primary_set(const hierarchy::PrimaryRecord& record);
  /// As secondary_edited().
  void primary_edited(hierarchy::PrimaryRecord record);
  void primary_cleared();
  void server_renamed();
  /// For every link, those that stand or wait, too.
  void set_pace(const LinkPace& pace);
  /// The identity it was given holds another certificate now: later connections are made with it.
  void identity_changed();
  /// What OwnKeys::announced returns has changed: peers are told.
  void announcement_changed();
  /// Has every link made anew, a few at a time, so that peers meet the key that is in use now.
  void renew_links();

  hierarchy::LinkStatus status(RegistrationId id) const;
  std::optional<hierarchy::LinkStatus> primary_status() const;
  /// Ids and names from the root of the hierarchy down to, and without, this server; as told in the primary's last hello.
  hierarchy::ServerPath ancestors() const;
  /// The registration with this registration id or server id.
  std::optional<RegistrationId> resolve(std::string_view id) const;

  /// Sends a console request down the link of `id`, on behalf of `actor` with the rights `actor` has on the server (callers narrow them to
  /// those on the secondary's group, Secondaries::rights_below); `target` is the path after /api/v1, beginning with '/'.
  /// Fails with not_found or not_connected (with the link's reason).
  awaitable<Result<net::Response>> relay(RegistrationId id, net::Request request, const Actor& actor);

  // For the link doctor (link_check.h). Without `id`, the link to this server's own primary.
  /// What this server knows of the link; nothing when there is none. `unrecognised` is left to the caller: it is in the database.
  std::optional<LinkSight> sight(std::optional<RegistrationId> id) const;
  /// The proxy of the link with its password, to know what must not be shown.
  std::optional<Proxy> proxy_of(std::optional<RegistrationId> id) const;
  /// Dials the other end as the link does and closes again once the other end has accepted this server's certificate. The link hears
  /// nothing of it at either end: no HTTP/2 is spoken.
  awaitable<CheckDial> dial_once(std::optional<RegistrationId> id);
  /// Brings the link's state up to date: another hello where one stands and this is the upper end; the next attempt at once where this end
  /// dials. Returns when its outcome is known, after limits::kCheckHelloTime at the latest.
  awaitable<> refresh(std::optional<RegistrationId> id);

  /// Who owns what is inherited says so here, before start().
  Downstream& downstream();
  const Downstream& downstream() const;
  /// Whether the secondary said that it takes what it inherits; also true before it said anything.
  bool understands_policies(RegistrationId id) const;

  /// Waits until the status of any link changes (or `until`).
  awaitable<> wait_for_change(net::SteadyTime until);

  struct Counters {
    std::uint64_t links_up = 0;
    std::uint64_t handshakes_refused = 0;
    std::uint64_t hellos_refused = 0;
    std::uint64_t relayed_requests = 0;
    std::uint64_t unrecognised = 0;
  };
  Counters counters() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace daikan::server
