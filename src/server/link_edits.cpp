// How running links follow what an administrator does to their record: a renamed or moved one goes on, a changed way is dialled, another
// pin ends what the old one made; and a primary that was left is told beside the one that is set now.
#include <algorithm>
#include <utility>

#include "server/detail/link_runtime.h"

namespace daikan::server {
namespace {

/// Former primaries still to be told that this server has left; each takes a minute and a half at most.
constexpr std::size_t kMaxLeaving = 8;

template <class Running, class Record>
link::Edit kind_of(const Running& running, const Record& after, hierarchy::Direction own) {
  const auto& before = running.record;
  if (before.certificate.pin != after.certificate.pin) return link::Edit::certificate;
  if (before.direction != after.direction) return link::Edit::connection;
  // An address that nobody dials is for people to read.
  const bool redirected = after.direction == own && (before.address != after.address || before.proxy != after.proxy);
  return redirected || running.unusable ? link::Edit::connection : link::Edit::wording;
}

void close_unannounced(const RunningEnd& end) {
  for (const auto& connection : end.connections) {
    if (connection->announced) continue;
    connection->h2->close({Code::certificate_mismatch, "The certificate registered for this server was replaced meanwhile."});
  }
}

/// `State` is LinkHost's own, which has no name out here.
template <class State, class Running, class Record>
void follow(State& state, const std::shared_ptr<Running>& running, Record record, hierarchy::Direction own) {
  std::optional<Error> unusable;
  auto opened = open_proxy(state.sealing, record.proxy, "the other server");
  if (opened) {
    record.proxy = std::move(*opened);
  } else {
    unusable = std::move(opened.error());
  }
  const auto edit = kind_of(*running, record, own);
  running->record = std::move(record);
  running->unusable = std::move(unusable);
  // A dial under way goes where the old record said: it reports nothing any more.
  if (edit != link::Edit::wording) ++running->dial_number;
  if (edit == link::Edit::certificate) close_unannounced(*running);
  state.act(running, running->end.edited(link::peer_of(running->record), edit, now()));
  state.changed.notify_all();
}

}  // namespace

void LinkHost::secondary_edited(hierarchy::SecondaryRecord record) {
  const auto found = state_->uppers.find(record.id);
  if (found == state_->uppers.end()) return;
  const auto upper = found->second;
  if (upper->pin() != record.certificate.pin) {
    std::erase_if(state_->by_pin, [&](const auto& entry) { return entry.second == record.id; });
    state_->by_pin[record.certificate.pin] = record.id;
  }
  follow(*state_, upper, std::move(record), hierarchy::Direction::primary_dials);
}

void LinkHost::primary_edited(hierarchy::PrimaryRecord record) {
  const auto running = state_->lower;
  if (!running) return;
  follow(*state_, running, std::move(record), hierarchy::Direction::secondary_dials);
}

void LinkHost::primary_set(const hierarchy::PrimaryRecord& record) {
  const auto running = state_->lower;
  if (running && running->pin() == record.certificate.pin) {
    running->record = record;
    running->unusable.reset();
    state_->act(running, running->end.edited(link::peer_of(record), link::Edit::connection, now()));
    state_->changed.notify_all();
    return;
  }
  if (running) state_->leave_primary();
  // Whom this server was about to leave and now follows again is not told that it has left.
  const auto& former = state_->leaving;
  const auto again = std::find_if(former.begin(), former.end(), [&](const auto& each) { return each->pin() == record.certificate.pin; });
  if (again != former.end()) state_->drop(std::shared_ptr(*again));
  if (state_->own_keys.added) state_->own_keys.added(std::nullopt);
  state_->add_primary(record);
}

void LinkHost::primary_cleared() {
  if (!state_->lower) return;
  state_->leave_primary();
  if (state_->own_keys.removed) state_->own_keys.removed(std::nullopt);
}

void LinkHost::State::leave_primary() {
  const auto former = std::exchange(lower, nullptr);
  leaving.push_back(former);
  former->dial_number++;
  act(former, former->end.leave(now()));
  if (leaving.size() > kMaxLeaving) drop(std::shared_ptr(leaving.front()));
  changed.notify_all();
}

void LinkHost::State::drop(const std::shared_ptr<LowerRunning>& ended) {
  std::erase(leaving, ended);
  if (ended->queued_tick) tick_queue.erase({*ended->queued_tick, ended.get()});
  ended->queued_tick.reset();
  ended->dial_number++;
  if (!ended->end.ended()) {
    for (auto& close : ended->end.stopped(now()).close) {
      if (const auto connection = ended->RunningEnd::find(close.connection)) connection->h2->close(std::move(close.reason));
    }
  }
}

std::shared_ptr<LowerRunning> LinkHost::State::lower_of(link::ConnectionId connection) const {
  if (lower && lower->find(connection)) return lower;
  for (const auto& former : leaving) {
    if (former->find(connection)) return former;
  }
  return nullptr;
}

}  // namespace daikan::server
