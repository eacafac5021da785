// What both ends of a link share: which connection stands, when to dial again, what status is shown and which events are worth a line.
//
// Used by upper_end and lower_end only (the host sees Peer, Edit and is_refusal). Pure. Invariants: at most one standing connection (its
// hello was accepted) and one candidate (its hello is awaited); status().state is connected only while one stands.
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
  std::optional<TimePoint> ended_at = std::nullopt;  ///< When it said that it ended the link; nothing since its last accepted hello.
  CertificateRecord certificate = {};                ///< As registered.
  std::optional<CertificateRecord> announced = {};   ///< By the peer, over the link: accepted beside it.
  bool accepts(const Pin& pin) const { return pin == certificate.pin || (announced && announced->pin == pin); }
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

/// Which end of the link this server is.
enum class Role : std::uint8_t { upper, lower };

class LinkState {
 public:
  struct Connection {
    ConnectionId id{};
    std::string address;
    TimePoint since;                    ///< Opened; once it stands: accepted.
    std::optional<TimePoint> deadline;  ///< A hello or its answer is awaited until then.
    TimePoint hello_sent;               ///< Upper end: the hello that is awaiting its answer.
    bool hello_again = false;           ///< Upper end: this server changed since that hello.
    bool repeats = false;               ///< Upper end: that hello only confirms a key that the last answer announced.
    Keys keys = {};
  };

  LinkState(Peer peer, Role role, std::uint64_t seed);

  const hierarchy::LinkStatus& status() const { return status_; }
  const Peer& peer() const { return peer_; }
  /// "the secondary “Branch 7”", "the primary".
  std::string peer_words() const;
  bool we_dial() const;
  const std::optional<Connection>& standing() const { return standing_; }
  bool idle() const { return !standing_ && !candidate_; }
  /// The standing or candidate connection called `id`, or null.
  Connection* find(ConnectionId id);
  bool stands(ConnectionId id) const { return standing_ && standing_->id == id; }
  /// The standing connection, else the candidate.
  std::optional<ConnectionId> any() const;
  template <class Visit>
  void for_each(Visit visit) {
    if (standing_) visit(*standing_);
    if (candidate_) visit(*candidate_);
  }

  void start(TimePoint now, Effects& out);
  /// A new connection becomes the candidate; an older candidate is closed as replaced.
  Connection& opened(ConnectionId id, std::string address, TimePoint now, Effects& out);
  /// The hello on `id` was accepted: it stands, and what stood before is closed as replaced.
  void accepted(ConnectionId id, TimePoint now, Effects& out);
  /// The peer took back an accepted hello: the next one counts as connected only after limits::kSettleTime.
  void taken_back() { taken_back_ = true; }
  /// `id` has ended. Nothing happens when it is not ours any more.
  void lost(ConnectionId id, const Error& reason, TimePoint now, Effects& out);
  /// Closes `id` for `reason` and treats it as lost.
  void drop(ConnectionId id, const Error& reason, TimePoint now, Effects& out);
  /// An attempt came to nothing.
  void failed(const Error& reason, TimePoint now, Effects& out);
  /// One side refuses the link: every connection is closed for `reason`.
  void refused(const Error& reason, TimePoint now, Effects& out);
  /// Only the candidate `id` is refused (it claims to be another server); what stands goes on.
  void refused_candidate(ConnectionId id, const Error& reason, TimePoint now, Effects& out);
  /// Closes every connection for `reason`, tells the loss of one that stood, and goes quiet.
  void end(const Error& reason, Effects& out);
  void edited(Peer peer, Edit edit, TimePoint now, Effects& out);
  /// Dials, if we dial and nothing is connected.
  void retry_now(Effects& out);
  /// Other waits from now on; one that is running ends no later than the longest of the new ones.
  void use(const BackoffBounds& bounds, TimePoint now);
  /// What the other side's waits grow to, as far as this side can know: what is governed here is mostly governed there, too.
  Duration longest_wait() const;
  void tick(TimePoint now, Effects& out);
  std::optional<TimePoint> next_tick() const;

  /// What the peer's accepted hello on `connection` says of its keys; `next` is what it announced in it. Both change peer().
  std::vector<KeyChange> keys_told(Connection& connection, const std::optional<NextIdentity>& next, Effects& out);
  /// What keys_told() returned could not be stored: undone, so that the next hello tells it again and nothing is confirmed that a restart
  /// would forget. `registered` is the certificate as the record holds it.
  void keys_not_stored(const std::vector<KeyChange>& changes, const CertificateRecord& registered);
  /// The next key of the peer that this end accepts.
  std::optional<Pin> confirmed() const { return peer_.announced ? std::optional(peer_.announced->pin) : std::nullopt; }
  /// Another connection in place of those that were not made with the key `own`, or what is known of them has to be said anew: dials
  /// beside the standing one, or, where the peer dials, ends it, so that the peer dials again.
  void renew(const Error& reason, TimePoint now, Effects& out);

  void clock_skew(Duration skew, Effects& out);
  void round_trip(Duration measured) { status_.round_trip = measured; }
  void learned(const ServerId& id, const std::string& name);

 private:
  void enter(hierarchy::LinkState state, std::optional<Error> reason, TimePoint now);
  void show_connected(TimePoint now, Effects& out);
  void show_lost(const Error& reason, TimePoint now, Effects& out);
  void schedule(Duration wait, TimePoint now);
  void log_once(const char* kind, const Error& reason, TimePoint now, Effects& out);
  hierarchy::LinkState without_connection() const;
  bool was_ended() const;

  Peer peer_;
  Role role_;
  Backoff backoff_;
  hierarchy::LinkStatus status_;
  std::optional<Connection> standing_;
  std::optional<Connection> candidate_;
  std::optional<TimePoint> settle_at_;
  std::optional<Code> logged_;  ///< The refusal or failure last logged since the link last stood.
  bool taken_back_ = false;
  bool skew_logged_ = false;
};

}  // namespace daikan::link
