// What both ends of a link share: which connection stands, when to dial again, what status is shown and which events are worth a line.
//
// Used by upper_end and lower_end only (the host sees Peer, Edit and is_refusal). Pure. Invariants: at most one standing connection (its
// hello was accepted) and one candidate (its hello is awaited); status().state is connected exactly while one stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hierarchy/records.h"
#include "link/backoff.h"
#include "link/effects.h"

namespace daikan::link {

/// What the own record says of the other end.
struct Peer {
  std::string name;  ///< For people; the primary's may be empty before its first hello.
  hierarchy::Direction direction = hierarchy::Direction::secondary_dials;
  std::optional<ServerId> server_id;
  bool ever_connected = false;
};

Peer peer_of(const hierarchy::SecondaryRecord& record);
Peer peer_of(const hierarchy::PrimaryRecord& record);

/// What an administrator changed in the record.
enum class Edit : std::uint8_t {
  wording,      ///< Name, group: nothing on the wire.
  connection,   ///< Address, port, proxy or direction: dial now if we dial; a standing connection stays until the new one is accepted.
  certificate,  ///< Another pin: connections made with the old one end, then dial.
};

/// Whether `code` means that a side does not agree to the link, so that trying again soon is pointless: waits are limits::kBackoffRefused.
bool is_refusal(Code code);

class LinkState {
 public:
  enum class Dialler : std::uint8_t { us, them };
  /// After a farewell, an accepted hello counts only once it was not taken back for limits::kSettleTime (lower end; see lower_end.h).
  enum class Trust : std::uint8_t { at_once, when_settled };
  struct Connection {
    ConnectionId id{};
    std::string address;
    TimePoint since;
    std::optional<TimePoint> deadline;  ///< A hello is awaited until then.
  };

  LinkState(Peer peer, Dialler dialler, std::uint64_t seed);

  const hierarchy::LinkStatus& status() const { return status_; }
  const Peer& peer() const { return peer_; }
  std::string peer_words() const;  ///< “Branch 7”, or "the primary".
  const std::optional<Connection>& standing() const { return standing_; }
  const std::optional<Connection>& candidate() const { return candidate_; }
  /// The standing or candidate connection called `id`, or null.
  Connection* find(ConnectionId id);

  void start(TimePoint now, Effects& out);
  /// A new connection becomes the candidate; an older candidate is closed as replaced.
  Connection& opened(ConnectionId id, std::string address, TimePoint now, Effects& out);
  /// The hello on `id` was accepted: it stands, and what stood before is closed as replaced.
  void accepted(ConnectionId id, Trust trust, TimePoint now, Effects& out);
  /// Lets go of `id` (already ended). Nothing happens when it is not ours any more.
  void lost(ConnectionId id, const Error& reason, TimePoint now, Effects& out);
  /// An attempt came to nothing.
  void failed(const Error& reason, TimePoint now, Effects& out);
  /// One side refuses the link for `reason`: every connection is let go, and closed when it still stands open.
  void refused(const Error& reason, TimePoint now, Effects& out);
  /// Closes every connection with `reason` and goes quiet.
  void end(const Error& reason, Effects& out);
  void edited(Peer peer, Dialler dialler, Edit edit, TimePoint now, Effects& out);
  void dial_now(TimePoint now, Effects& out);
  void tick(TimePoint now, Effects& out);
  std::optional<TimePoint> next_tick() const;

  void clock_skew(Duration skew, Effects& out);
  void set_round_trip(Duration round_trip) { status_.round_trip = round_trip; }
  void learned(const ServerId& id, std::string name);
  void log_refusal(const Error& reason, Effects& out);

 private:
  void enter(hierarchy::LinkState state, std::optional<Error> reason, TimePoint now);
  void show_connected(TimePoint now, Effects& out);
  void schedule(Duration wait, TimePoint now);
  hierarchy::LinkState without_connection() const;

  Peer peer_;
  Dialler dialler_;
  Backoff backoff_;
  hierarchy::LinkStatus status_;
  std::optional<Connection> standing_;
  std::optional<Connection> candidate_;
  std::optional<TimePoint> settle_at_;
  std::optional<Error> logged_;  ///< The refusal or failure last logged since the link last stood.
  bool skew_logged_ = false;
};

}  // namespace daikan::link
