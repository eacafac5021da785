#include "server/roll_over.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "net/identity_change.h"
#include "server/detail/roll_over_state.h"
#include "server/event.h"
#include "store/tables_keys.h"

namespace daikan::server {
namespace {

using Note = RollOverNote;
using Job = RollOverJob;

/// What differs between two states, as rows.
struct Writing {
  Rules before;
  Rules after;
  TimePoint started_at;
  std::string started_by;
  std::vector<Note> notes;
  TimePoint at;
};

Result<Done> write(store::Transaction& transaction, const Writing& writing) {
  const auto& [before, after, started_at, started_by, notes, at] = writing;
  if (after.phase() == Phase::none) {
    store::remove_roll_over(transaction);
  } else {
    const auto phase = after.phase() == Phase::switched ? store::RollOverRow::Phase::switched : store::RollOverRow::Phase::announcing;
    const auto there = store::find_roll_over(transaction);
    store::put_roll_over(transaction, {phase, after.next(), started_at, started_by, {}});
    for (const auto& [key, peer] : after.peers()) {
      const auto known = before.peers().find(key);
      if (known != before.peers().end() && before.phase() != Phase::none && known->second == peer) continue;
      auto row = there && there->peers.contains(key) ? there->peers.at(key) : store::RollOverPeer{};
      if (!peer.confirmed) row.confirmed_at.reset();
      if (peer.confirmed && !row.confirmed_at) row.confirmed_at = at;
      if (peer.seen && !row.seen_at) row.seen_at = at;
      store::put_roll_over_peer(transaction, key, row);
    }
    for (const auto& [key, peer] : before.peers()) {
      if (!after.peers().contains(key)) store::remove_roll_over_peer(transaction, key);
    }
  }
  for (const auto& note : notes) {
    if (!note.actor.name.empty()) {
      History::audit(transaction, note.actor, at, note.action,
                     note.object.empty() ? fmt::format("certificate {}", after.next().fingerprint) : note.object);
    }
    History::record(transaction, info_event(at, note.kind, note.message));
  }
  return Done{};
}

Rules rules_of(const store::RollOverRow& row) {
  Rules::Peers peers;
  for (const auto& [key, peer] : row.peers) peers.emplace(key, Rules::Peer{peer.confirmed_at.has_value(), peer.seen_at.has_value()});
  return Rules(row.phase == store::RollOverRow::Phase::switched ? Phase::switched : Phase::announcing, row.next, std::move(peers));
}

std::optional<Note> note_of(Rules::Step::Over over) {
  switch (over) {
    case Rules::Step::Over::done:
      return Note{{}, {}, "roll_over_done", "Every peer has met this server with its new key; the roll-over is over."};
    case Rules::Step::Over::given_up:
      return Note{
          {}, {}, "roll_over_done", "The roll-over is over; peers that did not meet the new key have to be given the certificate file."};
    case Rules::Step::Over::no:
    case Rules::Step::Over::cancelled:
      break;
  }
  return std::nullopt;
}

}  // namespace

JobPtr RollOver::State::submit(Job job) {
  auto made = std::make_shared<Job>(std::move(job));
  jobs.push_back(made);
  if (!working) {
    working = true;
    tasks.spawn(work());
  }
  return made;
}

awaitable<> RollOver::State::work() {
  while (!jobs.empty()) {
    const auto job = jobs.front();
    jobs.pop_front();
    job->outcome = co_await carry_out(*job);
    if (!*job->outcome) spdlog::warn("roll-over: {}", job->outcome->error().text());
    ended.notify_all();
  }
  working = false;
}

awaitable<Result<>> RollOver::State::store_step(const Rules& after, std::vector<Note> notes) {
  const Writing writing{rules, after, started_at, started_by, std::move(notes), now()};
  std::function<Result<Done>(store::Transaction&)> unit = [writing](store::Transaction& transaction) {
    return write(transaction, writing);
  };
  auto written = co_await storage.write<Done>(std::move(unit));
  if (!written) co_return fail(std::move(written.error()));
  if (!writing.notes.empty()) history.committed();
  co_return Result<>{};
}

Result<> RollOver::State::use_next() {
  if (uses_next()) return {};  // what could not be stored then is stored now
  if (!next) {
    return fail(Code::conflict, "The next key is gone from the data folder.", "Cancel the roll-over and begin a new one.");
  }
  if (auto used = net::use_next(own.folder()); !used) return used;
  // From here on the next key is the one in use, whatever fails.
  auto identity = std::move(*next);
  next.reset();
  own.adopt(std::move(identity));
  return {};
}

/// As a roll-over of one step: the files change as they do for another key, so that a crash leaves one whole identity.
awaitable<Result<>> RollOver::State::replace(Job& job) {
  if (auto saved = net::save_next(own.folder(), *job.replacement); !saved) co_return fail(std::move(saved.error()));
  if (auto used = net::use_next(own.folder()); !used) {
    auto gone = net::discard_next(own.folder());
    if (!gone) spdlog::warn("roll-over: {}", gone.error().text());
    co_return fail(std::move(used.error()));
  }
  own.adopt(std::move(*job.replacement));
  std::vector<Note> notes;
  notes.push_back(std::move(*job.note));
  co_return co_await store_step(rules, std::move(notes));
}

awaitable<Result<>> RollOver::State::carry_out(Job& job) {
  auto after = rules;
  auto step = job.change(after);
  if (!step) co_return fail(std::move(step.error()));
  if (job.replacement) co_return co_await replace(job);
  if (job.next) {
    if (auto saved = net::save_next(own.folder(), *job.next); !saved) co_return fail(std::move(saved.error()));
    started_at = now();
    started_by = job.note->actor.name;
  }
  auto note = std::move(job.note);
  for (;;) {
    std::vector<Note> notes;
    if (note) notes.push_back(std::move(*note));
    if (auto over = note_of(step->over)) notes.push_back(std::move(*over));
    note.reset();
    const bool cancelled = step->over == Rules::Step::Over::cancelled;
    if (cancelled) {
      if (auto gone = net::discard_next(own.folder()); !gone) co_return fail(std::move(gone.error()));
    }
    if (step->store || !notes.empty()) {
      if (auto stored = co_await store_step(after, std::move(notes)); !stored) {
        if (cancelled && next) {
          if (auto back = net::save_next(own.folder(), *next); !back) spdlog::warn("roll-over: {}", back.error().text());
        }
        co_return fail(std::move(stored.error()));
      }
    }
    rules = after;
    if (job.next) next = std::exchange(job.next, std::nullopt);
    if (cancelled) next.reset();
    if (step->announce) links.announcement_changed();
    if (step->renew) links.renew_links();
    if (!step->switch_keys) co_return Result<>{};
    if (auto used = use_next(); !used) co_return fail(std::move(used.error()));
    note = Note{{},
                {},
                "certificate_changed",
                fmt::format("This server uses its new key now; the fingerprint of its certificate is {}.", after.next().fingerprint)};
    step = after.switched();
  }
}

awaitable<Result<>> RollOver::State::wait_for(JobPtr job) {
  while (!job->outcome) {
    const bool woken = co_await ended.wait();
    if (!woken) co_return fail(Code::cancelled, "The request was given up; what it asked for goes on.");
  }
  co_return *job->outcome;
}

void RollOver::State::heard(const Rules::PeerKey& peer, const link::RollOverNews& news) {
  if (rules.phase() == Phase::none && jobs.empty() && !working) return;
  submit({.change = [peer, news](Rules& changed) -> Result<Rules::Step> { return changed.heard(peer, news); },
          .note = {},
          .next = {},
          .outcome = {}});
}

void RollOver::State::changed(const Rules::PeerKey& peer, Rules::Step (Rules::*how)(const Rules::PeerKey&)) {
  if (rules.phase() == Phase::none && jobs.empty() && !working) return;
  submit(
      {.change = [peer, how](Rules& after) -> Result<Rules::Step> { return (after.*how)(peer); }, .note = {}, .next = {}, .outcome = {}});
}

RollOver::RollOver(Storage& storage, History& history, LinkHost& links, OwnIdentity& own)
    : state_(std::make_shared<State>(storage, history, links, own)) {}

RollOver::~RollOver() = default;

awaitable<Result<>> RollOver::start() {
  auto& state = *state_;
  const auto load = [](store::Transaction& transaction) -> Result<std::optional<store::RollOverRow>> {
    return store::find_roll_over(transaction);
  };
  auto row = co_await state.storage.read<std::optional<store::RollOverRow>>(load);
  if (!row) co_return fail(std::move(row.error()));
  if (*row) {
    state.rules = rules_of(**row);
    state.started_at = (*row)->started_at;
    state.started_by = (*row)->started_by;
  }
  if (state.rules.phase() == Phase::announcing) {
    auto next = net::load_next(state.own.folder());
    if (!next) co_return fail(std::move(next.error()));
    if (*next && (*next)->certificate().pin == state.rules.next().pin) state.next = std::move(**next);
  }
  State* raw = state_.get();
  state.links.set_own_keys({.announced = [raw]() -> const net::Identity* { return raw->next ? &*raw->next : nullptr; },
                            .heard = [raw](const auto& peer, const auto& news) { raw->heard(peer, news); },
                            .added = [raw](const auto& peer) { raw->changed(peer, &Rules::joined); },
                            .removed = [raw](const auto& peer) { raw->changed(peer, &Rules::removed); }});
  if (state.rules.phase() != Phase::announcing) co_return Result<>{};
  // A crash between the switch and its record; or the next key is gone, and with it the reason to go on.
  if (state.own.identity().certificate().pin == state.rules.next().pin) {
    state.submit({.change = [](Rules& rules) -> Result<Rules::Step> { return rules.switched(); }, .note = {}, .next = {}, .outcome = {}});
  } else if (!state.next) {
    state.submit({.change = [](Rules& rules) { return rules.cancel(); },
                  .note = Note{{}, {}, "roll_over_cancelled", "The next key is gone from the data folder; the roll-over was cancelled."},
                  .next = {},
                  .outcome = {}});
  } else if (std::all_of(state.rules.peers().begin(), state.rules.peers().end(), [](const auto& peer) { return peer.second.confirmed; })) {
    // A crash just before the switch: nobody is left who could still confirm.
    state.submit({.change = [](Rules& rules) { return rules.finish(); }, .note = {}, .next = {}, .outcome = {}});
  }
  co_return Result<>{};
}

awaitable<> RollOver::stop() {
  state_->tasks.cancel();
  co_await state_->tasks.join();
}

}  // namespace daikan::server
