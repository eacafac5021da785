#include "link/upper_end.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "link/agreement.h"

namespace daikan::link {

UpperEnd::UpperEnd(Peer secondary, SelfPtr self, std::uint64_t seed)
    : self_(std::move(self)), state_(std::move(secondary), Role::upper, seed) {}

Effects UpperEnd::start(TimePoint now) {
  Effects out;
  state_.start(now, out);
  return out;
}

Effects UpperEnd::connected(ConnectionId connection, std::string peer_address, TimePoint now, const Keys& keys) {
  Effects out;
  if (ended_) {
    out.close.push_back({connection, {Code::removed, "This link was removed."}});
    return out;
  }
  auto& opened = state_.opened(connection, std::move(peer_address), now, out);
  opened.keys = keys;
  say_hello(opened, now, out);
  return out;
}

void UpperEnd::say_hello(LinkState::Connection& connection, TimePoint now, Effects& out) {
  connection.hello_sent = now;
  connection.hello_again = false;
  connection.repeats = false;
  connection.deadline = now + limits::kHelloTime;
  out.hello = Effects::SendHello{connection.id,
                                 Hello{self_->introduce(now), self_->path(), self_->announcement(connection.keys.own), state_.confirmed()}};
}

Effects UpperEnd::hello_answered(ConnectionId connection, Result<HelloAnswer> answer, std::optional<std::string> id_held_by,
                                 TimePoint now) {
  Effects out;
  auto* const open = state_.find(connection);
  if (!open || !open->deadline) return out;
  if (!answer) {
    state_.drop(connection, answer.error(), now, out);
    return out;
  }
  if (const auto* refusal = std::get_if<Error>(&*answer)) {
    // Only a doubt about who is who leaves an older connection alone: every other reason holds for all of them.
    if (refusal->code == Code::identity_conflict) {
      state_.refused_candidate(connection, *refusal, now, out);
    } else {
      if (refusal->code == Code::removed) out.ended = now;
      state_.refused(*refusal, now, out);
    }
    return out;
  }
  const auto& accepted = std::get<HelloAccepted>(*answer);
  if (const auto judged = judge(accepted, id_held_by); !judged) {
    refuse(connection, judged.error(), now, out);
  } else {
    accept(*open, accepted, now, out);
  }
  return out;
}

Result<> UpperEnd::judge(const HelloAccepted& answer, const std::optional<std::string>& id_held_by) const {
  const auto& lower = answer.sender;
  const auto own = self_->introduce(lower.time);
  if (auto checked = check_versions(own, lower); !checked) return checked;
  const auto& known = state_.peer().server_id;
  if (known && *known != lower.server_id) {
    return fail(
        Code::identity_conflict,
        fmt::format("The server that connected as “{}” is another one than before: its id is {}, not {}.", state_.peer().name,
                    lower.server_id.str(), known->str()),
        fmt::format("If “{}” was set up anew, remove it from the secondaries of “{}” and add it again; if its data was copied, give the "
                    "copy an identity of its own.",
                    state_.peer().name, self_->name));
  }
  if (id_held_by) {
    return fail(
        Code::identity_conflict,
        fmt::format("The server that connected as “{}” claims to be the one registered as “{}” (id {}).", state_.peer().name, *id_held_by,
                    lower.server_id.str()),
        "If its data was copied, give the copy an identity of its own; if its key was replaced, give the existing secondary the new "
        "certificate.");
  }
  if (auto checked = check_loop(self_->path(), lower); !checked) return checked;
  return check_depth(self_->path(), own, lower);
}

void UpperEnd::accept(LinkState::Connection& connection, const HelloAccepted& answer, TimePoint now, Effects& out) {
  const auto id = connection.id;
  const bool fresh = !state_.stands(id);
  const bool again = connection.hello_again;
  const auto keys = connection.keys;
  const auto flight = now - connection.hello_sent;
  const auto& lower = answer.sender;
  const bool changed = !lower_ || lower_->sender.software != lower.software || lower_->sender.name != lower.name;
  auto told = state_.keys_told(connection, answer.next, out);
  // The lower end is told that its next key was stored: by the next hello. One that answers this hello too with another key waits for
  // the hello after it: nobody keeps this server saying hello without end.
  const bool confirms = !connection.repeats && std::any_of(told.begin(), told.end(), [](const KeyChange& change) {
    return change.what == KeyChange::What::announced;
  });
  if (fresh || changed || !told.empty()) {
    out.store = HelloFacts{lower.server_id, lower.name, lower.software, fresh ? now : state_.standing()->since, std::move(told)};
  }
  out.roll_over = roll_over_news(keys.own, answer.confirmed, lower);
  lower_ = answer;
  state_.learned(lower.server_id, lower.name);
  state_.accepted(id, now, out);
  // The answer was written half a round trip ago, as far as we can know.
  state_.clock_skew(lower.time - (now - flight / 2), out);
  if (!again && !confirms) return;
  auto& standing = *state_.find(id);
  say_hello(standing, now, out);
  standing.repeats = confirms;
}

void UpperEnd::refuse(ConnectionId connection, const Error& reason, TimePoint now, Effects& out) {
  out.farewell = Effects::SendFarewell{connection, {reason}};
  if (reason.code == Code::identity_conflict) {
    state_.refused_candidate(connection, reason, now, out);
  } else {
    state_.refused(reason, now, out);
  }
}

Effects UpperEnd::closed(ConnectionId connection, Error reason, TimePoint now) {
  Effects out;
  state_.lost(connection, reason, now, out);
  return out;
}

Effects UpperEnd::dial_failed(Error reason, TimePoint now) {
  Effects out;
  if (!ended_) state_.failed(reason, now, out);
  return out;
}

Effects UpperEnd::tick(TimePoint now) {
  Effects out;
  state_.tick(now, out);
  return out;
}

std::optional<TimePoint> UpperEnd::next_tick() const { return state_.next_tick(); }

Effects UpperEnd::self_changed(SelfPtr self, TimePoint now) {
  Effects out;
  const auto old = std::exchange(self_, std::move(self));
  const auto then = old->introduce(now);
  const bool same = then == self_->introduce(now) && old->path() == self_->path();
  state_.for_each([&](LinkState::Connection& connection) {
    if (same && old->announcement(connection.keys.own) == self_->announcement(connection.keys.own)) return;
    if (connection.deadline) {
      connection.hello_again = true;
    } else {
      say_hello(connection, now, out);
    }
  });
  return out;
}

Effects UpperEnd::edited(Peer secondary, Edit edit, TimePoint now) {
  Effects out;
  state_.edited(std::move(secondary), edit, now, out);
  return out;
}

Effects UpperEnd::retry_now(TimePoint) {
  Effects out;
  state_.retry_now(out);
  return out;
}

Effects UpperEnd::renew(TimePoint now) {
  Effects out;
  state_.renew({Code::closed, fmt::format("“{}” uses a new key.", self_->name)}, now, out);
  return out;
}

Effects UpperEnd::hello_again(TimePoint now) {
  Effects out;
  if (!state_.standing() || awaits_hello()) return out;
  say_hello(*state_.find(state_.standing()->id), now, out);
  return out;
}

bool UpperEnd::awaits_hello() const { return state_.standing() && state_.standing()->deadline.has_value(); }

Effects UpperEnd::removed(TimePoint) {
  Effects out;
  const Error reason{Code::removed, fmt::format("“{}” removed “{}” from its secondaries.", self_->name, state_.peer().name),
                     fmt::format("Clear the primary, or ask the administrator of “{}” to add this server again.", self_->name)};
  if (const auto open = state_.any()) out.farewell = Effects::SendFarewell{*open, {reason}};
  state_.end(reason, out);
  ended_ = true;
  return out;
}

Effects UpperEnd::stopped(TimePoint) {
  Effects out;
  state_.end({Code::closed, fmt::format("“{}” is stopping.", self_->name)}, out);
  ended_ = true;
  return out;
}

std::optional<ConnectionId> UpperEnd::standing() const { return state_.standing() ? std::optional(state_.standing()->id) : std::nullopt; }

}  // namespace daikan::link
