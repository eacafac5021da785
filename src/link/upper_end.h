// The upper end of one link: what a primary does about one registered secondary.
//
// A pure state machine. It owns no socket, clock or database: the host (server/link_host) hands it what happened and carries out the
// Effects it returns, in their order. It says hello first on every connection, judges the answer, and holds that at most one connection
// of the secondary stands. It does not know who else is registered; the host tells it when an id is already taken.
//
// Order of calls: start() once, then anything. Every function may be called at any time; news of a connection it has let go is ignored.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "hierarchy/records.h"
#include "link/effects.h"
#include "link/link_state.h"
#include "link/messages.h"
#include "link/self.h"

namespace daikan::link {

class UpperEnd {
 public:
  /// `seed` drives the jitter of this link's waits: random in daemons, fixed in tests.
  UpperEnd(Peer secondary, SelfPtr self, std::uint64_t seed);

  /// Begins: dials when the primary dials this secondary.
  Effects start(TimePoint now);

  /// A connection of this secondary stands: TLS is done, the pin matched, its first SETTINGS arrived. Sends the hello.
  Effects connected(ConnectionId connection, std::string peer_address, TimePoint now, const Keys& keys = {});

  /// The outcome of Effects::hello. An Error stands for a request that failed or an answer that did not decode. `id_held_by` is the name of
  /// another registration that already has the answer's server id, if there is one. Accepted answers are judged here: identity_conflict,
  /// loop, too_deep and version_unsupported are told to the lower end by farewell.
  Effects hello_answered(ConnectionId connection, Result<HelloAnswer> answer, std::optional<std::string> id_held_by, TimePoint now);

  /// The connection ended; `reason` as net reported it.
  Effects closed(ConnectionId connection, Error reason, TimePoint now);
  /// The dial started by Effects::dial failed.
  Effects dial_failed(Error reason, TimePoint now);

  /// To be called at next_tick() or later.
  Effects tick(TimePoint now);
  std::optional<TimePoint> next_tick() const;

  /// This server's own name, ancestors or bounds changed: says hello again on the standing connection.
  Effects self_changed(SelfPtr self, TimePoint now);
  /// The record was edited.
  Effects edited(Peer secondary, Edit edit, TimePoint now);
  /// A person does not want to wait for the next attempt. Nothing when the link stands or the secondary dials.
  Effects retry_now(TimePoint now);
  /// This server uses another key than the connections of this link were made with: has them made anew.
  Effects renew(TimePoint now);
  /// A person wants to know how the link is now: says hello again on the standing connection, unless one is on its way. A peer that does
  /// not answer within limits::kHelloTime is lost, as after any hello.
  Effects hello_again(TimePoint now);
  /// Whether the answer to a hello on the standing connection is due.
  bool awaits_hello() const;
  /// The registration was removed: says farewell, closes, and is at its end; drop the object once the effects are carried out.
  Effects removed(TimePoint now);
  /// This process stops: closes without a farewell.
  Effects stopped(TimePoint now);

  /// LinkState::use.
  void use(const BackoffBounds& bounds, TimePoint now) { state_.use(bounds, now); }
  void round_trip(Duration measured) { state_.round_trip(measured); }
  /// Whether the secondary may come with this key.
  bool accepts(const Pin& pin) const { return state_.peer().accepts(pin); }
  /// LinkState::keys_not_stored.
  void keys_not_stored(const std::vector<KeyChange>& keys, const CertificateRecord& registered) {
    state_.keys_not_stored(keys, registered);
  }
  const Peer& peer() const { return state_.peer(); }
  const hierarchy::LinkStatus& status() const { return state_.status(); }
  /// The connection requests may be sent on: its hello was accepted.
  std::optional<ConnectionId> standing() const;
  /// What the lower end told in its last accepted hello; empty before.
  const std::optional<HelloAccepted>& lower() const { return lower_; }

 private:
  void say_hello(LinkState::Connection& connection, TimePoint now, Effects& out);
  Result<> judge(const HelloAccepted& answer, const std::optional<std::string>& id_held_by) const;
  void accept(LinkState::Connection& connection, const HelloAccepted& answer, TimePoint now, Effects& out);
  void refuse(ConnectionId connection, const Error& reason, TimePoint now, Effects& out);

  SelfPtr self_;
  LinkState state_;
  std::optional<HelloAccepted> lower_;
  bool ended_ = false;
};

}  // namespace daikan::link
