// What many secondaries want of the database at the same time, while something is brought to all of them or comes up from all of them: one
// transaction for those that came while the one before was under way.
#include <algorithm>
#include <iterator>
#include <utility>

#include "base/limits.h"
#include "server/detail/link_runtime.h"
#include "store/tables_downstream.h"
#include "store/tables_feed.h"

namespace daikan::server {
namespace {

template <class Item>
using Items = std::vector<std::shared_ptr<Item>>;

/// The oldest ones, as many as a transaction may have.
template <class Item>
std::shared_ptr<Items<Item>> take(Gathered<Item>& gathered) {
  const auto count = static_cast<std::ptrdiff_t>(std::min<std::size_t>(gathered.waiting.size(), limits::kMaxUnitsPerCommit));
  const auto begin = gathered.waiting.begin();
  auto taken = std::make_shared<Items<Item>>(std::make_move_iterator(begin), std::make_move_iterator(begin + count));
  gathered.waiting.erase(begin, begin + count);
  return taken;
}

/// Each has its own answer, or all have the error. On the I/O thread, as everything but the transaction.
template <class Item, class Answer>
void answer_all(const Items<Item>& items, Result<std::vector<Answer>> answers) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (answers) {
      items[i]->answer = std::move((*answers)[i]);
    } else {
      items[i]->answer = fail(answers.error());
    }
    items[i]->ready.notify_all();
  }
}

using After = DownstreamConfirmation::After;

/// Those that confirmed one set are told of together.
std::vector<After> store_all(store::Transaction& transaction, const Downstream& downstream, const Items<DownstreamConfirmation>& items) {
  const auto at = now();
  std::vector<After> states;
  std::vector<std::pair<const link::WantedSet*, std::vector<RegistrationId>>> by_set;
  for (const auto& each : items) {
    states.push_back(store::put_confirmed(transaction, each->id, each->confirmed, at) ? After::behind : After::even);
    const auto* wanted = each->wanted.get();
    auto found = std::find_if(by_set.begin(), by_set.end(), [wanted](const auto& entry) { return entry.first == wanted; });
    if (found == by_set.end()) found = by_set.insert(found, {wanted, {}});
    found->second.push_back(each->id);
  }
  for (const auto& [wanted, ids] : by_set) downstream.heard(transaction, ids, &wanted->set, at);
  return states;
}

hierarchy::Event gap_event(const store::Arrival& arrival, const FeedArrival& arrived) {
  const auto& batch = arrived.batch;
  hierarchy::Event event;
  event.at = arrival.at;
  event.severity = batch.lost > 0 ? hierarchy::Severity::warning : hierarchy::Severity::info;
  event.kind = batch.lost > 0 ? "feed_gap" : "feed_resynchronised";
  event.message = batch.lost > 0
                      ? fmt::format(
                            "{} records of “{}” and the servers below it were not kept until this server could read them; their states are "
                            "up to date again, events and task results among them are missing here.",
                            batch.lost, arrived.name)
                      : fmt::format("“{}” began a new feed; the states of the servers below it were read anew.", arrived.name);
  event.secondary = arrival.via;
  return event;
}

/// Records and cursor of each are there together, or neither.
std::vector<Result<Done>> store_all(store::Transaction& transaction, const Items<FeedArrival>& items) {
  std::vector<store::ArrivedFeed> feeds;
  for (const auto& each : items) feeds.push_back(std::move(each->feed));
  const auto there = store::take_feeds(transaction, feeds);
  std::vector<Result<Done>> outcomes;
  for (std::size_t i = 0; i < items.size(); ++i) {
    outcomes.emplace_back(Done{});
    if (!there[i]) outcomes.back() = fail(Code::removed, "The secondary server was removed meanwhile.");
    if (!there[i] || !items[i]->ends_snapshot()) continue;
    store::end_snapshot(transaction, feeds[i].arrival);
    if (items[i]->batch.resynchronised) History::record(transaction, gap_event(feeds[i].arrival, *items[i]));
  }
  return outcomes;
}

}  // namespace

awaitable<Result<std::optional<DownstreamSets::Update>>> LinkHost::State::next_update(DownstreamSets::Asked asked) {
  const auto look = std::make_shared<DownstreamLook>(net::Signal(executor), std::move(asked));
  looks.waiting.push_back(look);
  if (!std::exchange(looks.busy, true)) tasks.spawn(look_for_updates());
  while (!look->answer) co_await look->ready.wait();
  co_return std::move(*look->answer);
}

awaitable<> LinkHost::State::look_for_updates() {
  using Updates = std::vector<std::optional<DownstreamSets::Update>>;
  while (!looks.waiting.empty()) {
    const auto items = take(looks);
    const auto work = [this, items](store::Transaction& transaction) -> Result<Updates> {
      Updates updates;
      for (const auto& each : *items) updates.push_back(downstream_sets.next(transaction, each->asked));
      return updates;
    };
    auto updates = co_await storage.read<Updates>(work);
    answer_all(*items, std::move(updates));
  }
  looks.busy = false;
}

awaitable<Result<bool>> LinkHost::State::note_confirmed(RegistrationId id, hierarchy::ConfirmedSet confirmed,
                                                        std::shared_ptr<const link::WantedSet> wanted) {
  const auto told = std::make_shared<DownstreamConfirmation>(net::Signal(executor), id, std::move(confirmed), std::move(wanted));
  confirmations.waiting.push_back(told);
  if (!std::exchange(confirmations.busy, true)) tasks.spawn(store_confirmations());
  while (!told->answer) co_await told->ready.wait();
  if (!*told->answer) co_return fail(std::move(told->answer->error()));
  co_return **told->answer == DownstreamConfirmation::After::behind;
}

awaitable<> LinkHost::State::store_confirmations() {
  while (!confirmations.waiting.empty()) {
    const auto items = take(confirmations);
    const auto work = [this, items](store::Transaction& transaction) -> Result<std::vector<After>> {
      return store_all(transaction, downstream, *items);
    };
    auto states = co_await storage.write<std::vector<After>>(work);
    answer_all(*items, std::move(states));
    changed.notify_all();
  }
  confirmations.busy = false;
}

awaitable<Result<>> LinkHost::State::store_arrival(std::shared_ptr<FeedArrival> arrival) {
  arrivals.waiting.push_back(arrival);
  if (!std::exchange(arrivals.busy, true)) tasks.spawn(store_arrivals());
  while (!arrival->answer) co_await arrival->ready.wait();
  if (!*arrival->answer) co_return fail(std::move(arrival->answer->error()));
  co_return Result<>{};
}

awaitable<> LinkHost::State::store_arrivals() {
  while (!arrivals.waiting.empty()) {
    const auto items = take(arrivals);
    const auto work = [items](store::Transaction& transaction) -> Result<std::vector<Result<Done>>> {
      return store_all(transaction, *items);
    };
    auto outcomes = co_await storage.write<std::vector<Result<Done>>>(work);
    answer_all(*items, std::move(outcomes));
  }
  arrivals.busy = false;
}

}  // namespace daikan::server
