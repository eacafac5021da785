// The lower end of the link to this server's primary: what a secondary answers.
//
// A pure state machine. It owns no socket, clock or database: the host hands it requests and ticks and carries out the Effects it returns,
// in their order. It decides whether the primary's hello is accepted and which ancestors this server has. A lower end never sends a
// request.
//
// The ancestors outlive a lost connection for limits::kPathKept, so that a primary's restart does not ripple through the whole tree below;
// a refusal, a farewell or leaving empties them at once.
//
// After the upper end has refused an accepted hello by farewell (two servers claim one identity), the next accepted hello counts as
// connected only when it was not taken back for limits::kSettleTime: otherwise every retry would be reported as a connection.
#pragma once

#include <optional>

#include "hierarchy/records.h"
#include "link/effects.h"
#include "link/link_state.h"
#include "link/messages.h"
#include "link/self.h"

namespace daikan::link {

class LowerEnd {
 public:
  LowerEnd(Peer primary, SelfPtr self, std::uint64_t seed);

  /// Begins: dials when this secondary dials its primary.
  Effects start(TimePoint now);

  /// A connection to or from the primary stands. The hello is awaited for limits::kHelloTime.
  Effects connected(ConnectionId connection, std::string peer_address, TimePoint now, const Keys& keys = {});

  /// The primary said hello. Effects::reply is its answer: accepted, or refused with identity_conflict (not the server this primary was
  /// before), loop, too_deep, version_unsupported, removed (this server's administrator ended the link) or closed (not our connection
  /// any more). `secondary_above` is an own secondary, connected right now, that the hello's path names, if there is one.
  Effects hello(ConnectionId connection, const Hello& hello, const std::optional<PathEntry>& secondary_above, TimePoint now);

  /// The primary said farewell. The host answers with an empty FarewellResponse; the connection is closed after it.
  Effects farewell(ConnectionId connection, const Farewell& farewell, TimePoint now);

  Effects closed(ConnectionId connection, Error reason, TimePoint now);
  Effects dial_failed(Error reason, TimePoint now);

  /// To be called at next_tick() or later.
  Effects tick(TimePoint now);
  std::optional<TimePoint> next_tick() const;

  /// A key that this server announces or withdraws is told by a new connection, because a lower end says nothing but answers: see renew().
  Effects self_changed(SelfPtr self, TimePoint now);
  Effects edited(Peer primary, Edit edit, TimePoint now);
  Effects retry_now(TimePoint now);

  /// This server uses another key than the connection was made with: has it made anew.
  Effects renew(TimePoint now);

  /// This server's administrator ended the link. A lower end cannot send a request, so the primary is told by a last hello: when this side
  /// dials, it dials once more and answers the hello with removed, within limits::kDialTime; when the primary dials, this side closes the
  /// connection and waits for its next dial as long as a back-off and a dial can take. Keep object, address and pin until ended(). A
  /// primary that could not be told is an event (leave_untold); one that never was connected is not told.
  Effects leave(TimePoint now);
  /// Nothing is left to do: drop the object.
  bool ended() const { return stage_ == Stage::ended; }
  /// This process stops: closes, says nothing.
  Effects stopped(TimePoint now);

  void set_progress(Progress progress) { progress_ = std::move(progress); }
  /// LinkState::use.
  void use(const BackoffBounds& bounds, TimePoint now) { state_.use(bounds, now); }
  void round_trip(Duration measured) { state_.round_trip(measured); }
  /// Whether the primary may come with this key.
  bool accepts(const Pin& pin) const { return state_.peer().accepts(pin); }
  /// LinkState::keys_not_stored.
  void keys_not_stored(const std::vector<KeyChange>& keys, const CertificateRecord& registered) {
    state_.keys_not_stored(keys, registered);
  }
  const Peer& peer() const { return state_.peer(); }
  const hierarchy::LinkStatus& status() const { return state_.status(); }
  /// Whether requests other than hello and farewell may be served on it: its hello was accepted. Others get 409 not_connected.
  bool serves(ConnectionId connection) const;
  std::optional<ConnectionId> standing() const;
  /// What the upper end told of itself in its last accepted hello; empty before.
  const std::optional<Introduction>& upper() const { return upper_; }
  /// Root first, ending with the primary; empty: this server is a root.
  const ServerPath& ancestors() const { return ancestors_; }

 private:
  enum class Stage : std::uint8_t { joined, leaving, ended };
  Result<> judge(const Hello& hello, const std::optional<PathEntry>& secondary_above) const;
  void accept(ConnectionId connection, const Hello& hello, TimePoint now, Effects& out);
  void set_ancestors(ServerPath ancestors, Effects& out);
  /// What becomes of the ancestors when no connection stands; after every input.
  Effects settled(TimePoint now, Effects out);
  void finish(const Error& reason, Effects& out);
  void finish_untold(const Error& reason, Effects& out);

  SelfPtr self_;
  LinkState state_;
  Progress progress_;
  std::optional<Introduction> upper_;  ///< As told in the last accepted hello.
  ServerPath ancestors_;
  std::optional<TimePoint> path_until_;  ///< Set while no connection stands.
  std::optional<TimePoint> leave_until_;
  Stage stage_ = Stage::joined;
};

}  // namespace daikan::link
