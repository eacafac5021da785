#include "link/lower_end.h"

#include <utility>

#include <fmt/format.h>

#include "link/agreement.h"

namespace daikan::link {

LowerEnd::LowerEnd(Peer primary, SelfPtr self, std::uint64_t seed)
    : self_(std::move(self)), state_(std::move(primary), Role::lower, seed) {}

Effects LowerEnd::start(TimePoint now) {
  Effects out;
  state_.start(now, out);
  return out;
}

Effects LowerEnd::connected(ConnectionId connection, std::string peer_address, TimePoint now, const Keys& keys) {
  Effects out;
  if (stage_ == Stage::ended) {
    out.close.push_back({connection, {Code::removed, "This link was removed."}});
    return out;
  }
  state_.opened(connection, std::move(peer_address), now, out).keys = keys;
  return out;
}

Effects LowerEnd::hello(ConnectionId connection, const Hello& hello, const std::optional<PathEntry>& secondary_above, TimePoint now) {
  Effects out;
  if (stage_ == Stage::ended || !state_.find(connection)) {
    out.reply = Effects::Reply{connection, Error(Code::closed, fmt::format("“{}” has ended this connection.", self_->name))};
    return out;
  }
  if (stage_ == Stage::leaving) {
    const Error reason{Code::removed,
                       fmt::format("“{}” has left: its administrator ended the link to “{}”.", self_->name, hello.sender.name),
                       "Remove it from the secondaries, or ask its administrator to set this primary again."};
    out.reply = Effects::Reply{connection, reason};
    finish(reason, out);
    return out;
  }
  const auto judged = judge(hello, secondary_above);
  if (judged) {
    accept(connection, hello, now, out);
    return out;
  }
  out.reply = Effects::Reply{connection, judged.error()};
  if (judged.error().code == Code::identity_conflict) {
    state_.refused_candidate(connection, judged.error(), now, out);
  } else {
    state_.refused(judged.error(), now, out);
  }
  return settled(now, std::move(out));
}

Result<> LowerEnd::judge(const Hello& hello, const std::optional<PathEntry>& secondary_above) const {
  const auto own = self_->introduce(hello.sender.time);
  if (auto checked = check_versions(hello.sender, own); !checked) return checked;
  const auto& known = state_.peer().server_id;
  if (known && *known != hello.sender.server_id) {
    return fail(Code::identity_conflict,
                fmt::format("The primary of “{}” is another server than before: “{}” has the id {}, not {}.", self_->name,
                            hello.sender.name, hello.sender.server_id.str(), known->str()),
                fmt::format("If the primary was set up anew, clear the primary of “{}” and set it again.", self_->name));
  }
  if (auto checked = check_loop(hello.path, own); !checked) return checked;
  if (secondary_above) {
    return fail(Code::loop,
                fmt::format("“{}” cannot be a secondary of “{}”: “{}” is its own secondary and stands above it, {} > {}.", self_->name,
                            hello.sender.name, secondary_above->name, in_words(hello.path), self_->name),
                fmt::format("Remove “{}” from the secondaries of “{}”, or clear the primary of one of the servers on the path.",
                            secondary_above->name, self_->name));
  }
  return check_depth(hello.path, hello.sender, own);
}

void LowerEnd::accept(ConnectionId connection, const Hello& hello, TimePoint now, Effects& out) {
  const bool fresh = !state_.stands(connection);
  const bool changed = !upper_ || upper_->software != hello.sender.software || upper_->name != hello.sender.name;
  const auto keys = state_.find(connection)->keys;
  auto told = state_.keys_told(*state_.find(connection), hello.next, out);
  if (fresh || changed || !told.empty()) {
    out.store = HelloFacts{hello.sender.server_id, hello.sender.name, hello.sender.software, fresh ? now : state_.standing()->since,
                           std::move(told)};
  }
  out.roll_over = roll_over_news(keys.own, hello.confirmed, hello.sender);
  upper_ = hello.sender;
  state_.learned(hello.sender.server_id, hello.sender.name);
  state_.accepted(connection, now, out);
  state_.clock_skew(hello.sender.time - now, out);
  out.reply =
      Effects::Reply{connection, HelloAccepted{self_->introduce(now), progress_, self_->announcement(keys.own), state_.confirmed()}};
  path_until_.reset();
  set_ancestors(hello.path, out);
}

Effects LowerEnd::farewell(ConnectionId connection, const Farewell& farewell, TimePoint now) {
  Effects out;
  if (!state_.find(connection)) return out;
  if (stage_ == Stage::leaving) {
    finish(farewell.reason, out);
    return out;
  }
  if (farewell.reason.code == Code::removed) {
    out.ended = now;
  } else {
    state_.taken_back();
  }
  state_.refused(farewell.reason, now, out);
  return settled(now, std::move(out));
}

Effects LowerEnd::closed(ConnectionId connection, Error reason, TimePoint now) {
  Effects out;
  if (!state_.find(connection)) return out;
  if (stage_ == Stage::leaving && !state_.we_dial()) {
    state_.end(reason, out);  // it dials again
    return out;
  }
  if (stage_ == Stage::leaving) {
    finish_untold(reason, out);
    return out;
  }
  state_.lost(connection, reason, now, out);
  return settled(now, std::move(out));
}

Effects LowerEnd::dial_failed(Error reason, TimePoint now) {
  Effects out;
  if (stage_ == Stage::leaving && state_.idle()) finish_untold(reason, out);
  if (stage_ != Stage::joined) return out;
  state_.failed(reason, now, out);
  return settled(now, std::move(out));
}

Effects LowerEnd::tick(TimePoint now) {
  Effects out;
  if (stage_ == Stage::leaving && *leave_until_ <= now) {
    finish_untold({Code::timed_out, "it made no connection in time."}, out);
  }
  if (stage_ != Stage::joined) return out;
  state_.tick(now, out);
  return settled(now, std::move(out));
}

std::optional<TimePoint> LowerEnd::next_tick() const {
  if (stage_ != Stage::joined) return stage_ == Stage::leaving ? leave_until_ : std::nullopt;
  auto soonest = state_.next_tick();
  if (path_until_ && (!soonest || *path_until_ < *soonest)) soonest = path_until_;
  return soonest;
}

Effects LowerEnd::self_changed(SelfPtr self, TimePoint now) {
  Effects out;
  const auto old = std::exchange(self_, std::move(self));
  const auto& standing = state_.standing();
  if (stage_ != Stage::joined || !standing || !upper_) return out;
  const bool understood = roll_over_news({}, {}, *upper_).peer == RollOverNews::Peer::understands;
  if (!understood || old->announcement(standing->keys.own) == self_->announcement(standing->keys.own)) return out;
  state_.renew({Code::closed, fmt::format("“{}” has something to say of its key.", self_->name)}, now, out);
  return settled(now, std::move(out));
}

Effects LowerEnd::renew(TimePoint now) {
  Effects out;
  if (stage_ != Stage::joined) return out;
  state_.renew({Code::closed, fmt::format("“{}” uses a new key.", self_->name)}, now, out);
  return settled(now, std::move(out));
}

Effects LowerEnd::edited(Peer primary, Edit edit, TimePoint now) {
  Effects out;
  if (stage_ != Stage::joined) return out;
  state_.edited(std::move(primary), edit, now, out);
  return settled(now, std::move(out));
}

Effects LowerEnd::retry_now(TimePoint) {
  Effects out;
  if (stage_ == Stage::joined) state_.retry_now(out);
  return out;
}

Effects LowerEnd::leave(TimePoint now) {
  Effects out;
  if (stage_ != Stage::joined) return out;
  set_ancestors({}, out);
  path_until_.reset();
  const Error reason{Code::removed, fmt::format("The administrator of “{}” ended the link to its primary.", self_->name)};
  // A primary that never heard of this server need not be told that it has left.
  if (!state_.peer().ever_connected) {
    finish(reason, out);
    return out;
  }
  state_.end(reason, out);
  stage_ = Stage::leaving;
  out.dial = state_.we_dial();
  leave_until_ = now + limits::kDialTime;
  if (!out.dial) *leave_until_ += state_.longest_wait();
  return out;
}

Effects LowerEnd::stopped(TimePoint) {
  Effects out;
  finish({Code::closed, fmt::format("“{}” is stopping.", self_->name)}, out);
  return out;
}

void LowerEnd::finish(const Error& reason, Effects& out) {
  state_.end(reason, out);
  leave_until_.reset();
  path_until_.reset();
  stage_ = Stage::ended;
}

void LowerEnd::finish_untold(const Error& reason, Effects& out) {
  if (reason.code == Code::unknown_to_primary) {  // It has forgotten this server by itself.
    finish(reason, out);
    return;
  }
  out.events.push_back({hierarchy::Severity::warning, "leave_untold",
                        fmt::format("{} could not be told that “{}” has left: {} There it is shown as disconnected until its administrator "
                                    "removes it.",
                                    state_.peer_words(), self_->name, reason.message)});
  finish(reason, out);
}

bool LowerEnd::serves(ConnectionId connection) const { return stage_ == Stage::joined && state_.stands(connection); }

std::optional<ConnectionId> LowerEnd::standing() const { return state_.standing() ? std::optional(state_.standing()->id) : std::nullopt; }

void LowerEnd::set_ancestors(ServerPath ancestors, Effects& out) {
  if (ancestors == ancestors_) return;
  ancestors_ = std::move(ancestors);
  out.path_changed = ancestors_;
}

Effects LowerEnd::settled(TimePoint now, Effects out) {
  if (state_.standing()) {
    path_until_.reset();
  } else if (ancestors_.empty() || state_.status().state == hierarchy::LinkState::refused) {
    path_until_.reset();
    set_ancestors({}, out);
  } else if (!path_until_) {
    path_until_ = now + limits::kPathKept;
  } else if (*path_until_ <= now) {
    path_until_.reset();
    set_ancestors({}, out);
  }
  return out;
}

}  // namespace daikan::link
