#include "link/link_state.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"

namespace daikan::link {
namespace {

using State = hierarchy::LinkState;
using hierarchy::Direction;
using hierarchy::Severity;

void earliest(std::optional<TimePoint>& soonest, const std::optional<TimePoint>& other) {
  if (other && (!soonest || *other < *soonest)) soonest = other;
}

/// What a peer's farewell said, in our words, when the link starts from a record that remembers it.
Error ended_words(const Peer& peer, Role role) {
  const auto name = peer.name.empty() ? std::string("the primary") : fmt::format("“{}”", peer.name);
  if (role == Role::upper) {
    return {Code::removed, fmt::format("{} has left: its administrator ended the link to this server.", name),
            "Remove it from the secondaries, or ask its administrator to set this primary again."};
  }
  return {Code::removed, fmt::format("This server was removed from the secondaries of {}.", name),
          fmt::format("Clear the primary, or ask the administrator of {} to add this server again.", name)};
}

const char* kind_of_refusal(Code code, Role role) {
  if (code != Code::removed) return "link_refused";
  return role == Role::upper ? "secondary_left" : "removed_by_primary";
}

Error replaced() { return {Code::replaced, "A newer connection of the same server took the place of this one."}; }

}  // namespace

/// Only what an end decides by: thousands of idle links keep it.
static CertificateRecord pinned(const CertificateRecord& certificate) { return {{}, certificate.pin, {}}; }

Peer peer_of(const hierarchy::SecondaryRecord& record) {
  return {record.name,     record.direction,          record.server_id, record.last_connected_at.has_value(),
          record.ended_at, pinned(record.certificate)};
}

Peer peer_of(const hierarchy::PrimaryRecord& record) {
  return {record.name,     record.direction,          record.server_id, record.last_connected_at.has_value(),
          record.ended_at, pinned(record.certificate)};
}

bool is_refusal(Code code) {
  switch (code) {
    case Code::certificate_mismatch:
    case Code::own_certificate:
    case Code::unknown_to_primary:
    case Code::unknown_to_secondary:
    case Code::already_has_primary:
    case Code::loop:
    case Code::too_deep:
    case Code::version_unsupported:
    case Code::identity_conflict:
    case Code::removed:
      return true;
    default:
      return false;
  }
}

LinkState::LinkState(Peer peer, Role role, std::uint64_t seed) : peer_(std::move(peer)), role_(role), backoff_(seed) {
  status_.state = peer_.ever_connected ? State::disconnected : State::never_connected;
  if (!peer_.ended_at) return;
  status_.state = State::refused;
  status_.reason = ended_words(peer_, role_);
}

std::string LinkState::peer_words() const {
  const char* role = role_ == Role::upper ? "the secondary" : "the primary";
  return peer_.name.empty() ? role : fmt::format("{} “{}”", role, peer_.name);
}

bool LinkState::we_dial() const {
  return peer_.direction == (role_ == Role::upper ? Direction::primary_dials : Direction::secondary_dials);
}

LinkState::Connection* LinkState::find(ConnectionId id) {
  if (standing_ && standing_->id == id) return &*standing_;
  if (candidate_ && candidate_->id == id) return &*candidate_;
  return nullptr;
}

std::optional<ConnectionId> LinkState::any() const {
  if (standing_) return standing_->id;
  if (candidate_) return candidate_->id;
  return std::nullopt;
}

void LinkState::start(TimePoint now, Effects& out) {
  status_.since = peer_.ended_at.value_or(now);
  if (!we_dial()) return;
  if (!was_ended()) enter(State::connecting, std::nullopt, now);
  out.dial = true;
}

LinkState::Connection& LinkState::opened(ConnectionId id, std::string address, TimePoint now, Effects& out) {
  if (candidate_) out.close.push_back({candidate_->id, replaced()});
  candidate_ = Connection{.id = id, .address = std::move(address), .since = now, .deadline = now + limits::kHelloTime, .hello_sent = now};
  status_.next_attempt.reset();
  if (status_.state == State::never_connected) enter(State::connecting, std::nullopt, now);
  return *candidate_;
}

void LinkState::accepted(ConnectionId id, TimePoint now, Effects& out) {
  if (candidate_ && candidate_->id == id) {
    if (standing_) {
      backoff_.connection_lasted(now - standing_->since);
      out.close.push_back({standing_->id, replaced()});
      if (status_.state == State::connected) {
        out.events.push_back({Severity::info, "link_replaced",
                              fmt::format("The link to {} goes over a newer connection ({}).", peer_words(), candidate_->address)});
      }
    }
    standing_ = std::exchange(candidate_, std::nullopt);
    standing_->since = now;
  }
  standing_->deadline.reset();
  if (status_.state == State::connected) {
    status_.peer_address = standing_->address;
  } else if (!taken_back_) {
    show_connected(now, out);
  } else if (!settle_at_) {
    settle_at_ = now + limits::kSettleTime;
  }
}

void LinkState::show_connected(TimePoint now, Effects& out) {
  enter(State::connected, std::nullopt, now);
  status_.peer_address = standing_->address;
  status_.next_attempt.reset();
  peer_.ever_connected = true;
  taken_back_ = false;
  settle_at_.reset();
  logged_.reset();
  out.events.push_back(
      {Severity::info, "link_connected", fmt::format("The link to {} is connected ({}).", peer_words(), standing_->address)});
}

/// The standing connection is gone.
void LinkState::show_lost(const Error& reason, TimePoint now, Effects& out) {
  backoff_.connection_lasted(now - standing_->since);
  standing_.reset();
  settle_at_.reset();
  if (status_.state != State::connected) return;
  enter(State::disconnected, reason, now);
  out.events.push_back(
      {Severity::warning, "link_disconnected", fmt::format("The link to {} is disconnected: {}", peer_words(), reason.text())});
}

void LinkState::lost(ConnectionId id, const Error& reason, TimePoint now, Effects& out) {
  if (stands(id)) {
    const bool was_connected = status_.state == State::connected;
    show_lost(reason, now, out);
    if (candidate_) return;
    if (was_connected) {
      schedule(backoff_.after_failure(), now);
    } else {
      failed(reason, now, out);
    }
  } else if (candidate_ && candidate_->id == id) {
    candidate_.reset();
    failed(reason, now, out);
  }
}

void LinkState::drop(ConnectionId id, const Error& reason, TimePoint now, Effects& out) {
  if (!find(id)) return;
  out.close.push_back({id, reason});
  lost(id, reason, now, out);
}

void LinkState::failed(const Error& reason, TimePoint now, Effects& out) {
  if (!idle()) return;  // What stands, or is about to, counts more than an attempt beside it.
  if (is_refusal(reason.code)) {
    refused(reason, now, out);
    return;
  }
  if (was_ended()) {  // That the link was ended says more than that the peer cannot be reached now.
    schedule(backoff_.after_failure(), now);
    return;
  }
  enter(without_connection(), reason, now);
  schedule(backoff_.after_failure(), now);
  log_once("link_failed", reason, now, out);
}

void LinkState::refused(const Error& reason, TimePoint now, Effects& out) {
  if (candidate_) out.close.push_back({candidate_->id, reason});
  candidate_.reset();
  if (standing_) {
    out.close.push_back({standing_->id, reason});
    show_lost(reason, now, out);
  }
  // After a farewell the next dial meets an unknown pin; "removed" says the same more exactly.
  const bool known_better = was_ended() && (reason.code == Code::unknown_to_primary || reason.code == Code::unknown_to_secondary);
  if (!known_better) enter(State::refused, reason, now);
  schedule(backoff_.after_refusal(), now);
  if (!known_better) log_once(kind_of_refusal(reason.code, role_), reason, now, out);
}

void LinkState::refused_candidate(ConnectionId id, const Error& reason, TimePoint now, Effects& out) {
  if (!standing_ || stands(id)) {
    refused(reason, now, out);
    return;
  }
  out.close.push_back({id, reason});
  candidate_.reset();
  log_once("link_refused", reason, now, out);
}

void LinkState::end(const Error& reason, Effects& out) {
  if (candidate_) out.close.push_back({candidate_->id, reason});
  if (standing_) out.close.push_back({standing_->id, reason});
  if (status_.state == State::connected) {
    out.events.push_back(
        {Severity::info, "link_disconnected", fmt::format("The link to {} is disconnected: {}", peer_words(), reason.message)});
    status_.state = State::disconnected;
    status_.reason = reason;
  }
  candidate_.reset();
  standing_.reset();
  settle_at_.reset();
  status_.next_attempt.reset();
}

void LinkState::edited(Peer peer, Edit edit, TimePoint now, Effects& out) {
  peer.ever_connected |= peer_.ever_connected;
  if (!peer.server_id) peer.server_id = peer_.server_id;
  if (edit != Edit::certificate) {  // The record may be older than a key that was taken meanwhile.
    peer.certificate = peer_.certificate;
    peer.announced = peer_.announced;
  }
  peer_ = std::move(peer);
  if (edit == Edit::wording) return;
  if (edit == Edit::certificate) {
    const Error reason{Code::closed, fmt::format("The certificate registered for {} was replaced.", peer_words())};
    if (candidate_) out.close.push_back({candidate_->id, reason});
    candidate_.reset();
    if (standing_) {
      out.close.push_back({standing_->id, reason});
      show_lost(reason, now, out);
    }
  }
  logged_.reset();
  status_.next_attempt.reset();
  if (idle()) enter(without_connection(), std::nullopt, now);
  if (we_dial()) out.dial = true;
}

void LinkState::retry_now(Effects& out) {
  if (!we_dial() || !idle()) return;
  status_.next_attempt.reset();
  out.dial = true;
}

void LinkState::tick(TimePoint now, Effects& out) {
  const auto overdue = [&](const std::optional<Connection>& connection) {
    return connection && connection->deadline && *connection->deadline <= now;
  };
  const Error silent{Code::timed_out,
                     fmt::format("{} was silent for {} s while a hello was due.", role_ == Role::upper ? "The secondary" : "The primary",
                                 limits::kHelloTime.count()),
                     "It may be overloaded or stuck; look at its log."};
  if (overdue(candidate_)) drop(candidate_->id, silent, now, out);
  if (overdue(standing_)) drop(standing_->id, silent, now, out);
  if (settle_at_ && *settle_at_ <= now) show_connected(now, out);
  if (status_.next_attempt && *status_.next_attempt <= now) {
    status_.next_attempt.reset();
    if (idle()) out.dial = true;
  }
}

std::optional<TimePoint> LinkState::next_tick() const {
  std::optional<TimePoint> soonest = status_.next_attempt;
  earliest(soonest, settle_at_);
  if (standing_) earliest(soonest, standing_->deadline);
  if (candidate_) earliest(soonest, candidate_->deadline);
  return soonest;
}

void LinkState::renew(const Error& reason, TimePoint now, Effects& out) {
  if (idle()) return;
  if (we_dial()) {
    out.dial = true;
    return;
  }
  if (candidate_) drop(candidate_->id, reason, now, out);
  if (standing_) drop(standing_->id, reason, now, out);
}

void LinkState::clock_skew(Duration skew, Effects& out) {
  status_.clock_skew = skew;
  const bool far = std::chrono::abs(skew) >= limits::kClockSkewWarned;
  if (far && !skew_logged_) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::abs(skew)).count();
    out.events.push_back({Severity::warning, "clock_skew",
                          fmt::format("The clock of {} is {} s {} this server's. Set both by a time service.", peer_words(), seconds,
                                      skew > Duration::zero() ? "ahead of" : "behind")});
  }
  skew_logged_ = far;
}

void LinkState::learned(const ServerId& id, const std::string& name) {
  peer_.server_id = id;
  if (role_ == Role::lower) peer_.name = name;  // A secondary is called what its primary's administrator calls it.
}

void LinkState::enter(State state, std::optional<Error> reason, TimePoint now) {
  const bool same =
      status_.state == state && (state != State::refused || (reason && status_.reason && reason->code == status_.reason->code));
  if (!same) status_.since = now;
  status_.state = state;
  status_.reason = std::move(reason);
  if (state == State::connected) return;
  status_.round_trip.reset();
  status_.clock_skew.reset();
  status_.peer_address.clear();
}

void LinkState::use(const BackoffBounds& bounds, TimePoint now) {
  backoff_.use(bounds);
  const auto longest = status_.state == State::refused ? 2 * bounds.refused : bounds.longest;
  if (status_.next_attempt && *status_.next_attempt > now + longest) status_.next_attempt = now + longest;
}

Duration LinkState::longest_wait() const { return std::max<Duration>(limits::kBackoffLongest, backoff_.bounds().longest); }

void LinkState::schedule(Duration wait, TimePoint now) {
  status_.next_attempt.reset();
  if (we_dial()) status_.next_attempt = now + wait;
}

void LinkState::log_once(const char* kind, const Error& reason, TimePoint now, Effects& out) {
  if (logged_ == reason.code) return;
  logged_ = reason.code;
  const bool refusal = std::string_view(kind) != "link_failed";
  auto message = refusal ? fmt::format("The link to {} is refused: {}", peer_words(), reason.text())
                         : fmt::format("The link to {} could not be made: {}", peer_words(), reason.text());
  if (refusal && status_.next_attempt) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(*status_.next_attempt - now).count();
    message += fmt::format(" This server tries again in {} s.", wait);
  }
  out.events.push_back({refusal ? Severity::error : Severity::warning, kind, std::move(message)});
}

bool LinkState::was_ended() const { return status_.state == State::refused && status_.reason && status_.reason->code == Code::removed; }

State LinkState::without_connection() const {
  if (peer_.ever_connected) return State::disconnected;
  return we_dial() ? State::connecting : State::never_connected;
}

}  // namespace daikan::link
