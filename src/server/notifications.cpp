#include "server/notifications.h"

#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "base/limits_notifications.h"
#include "base/text.h"
#include "server/counted.h"
#include "server/delivery.h"
#include "server/event.h"
#include "server/notification_records.h"
#include "store/tables_notifications.h"

namespace daikan::server {
namespace {

using hierarchy::Destination;
using hierarchy::DestinationId;
using hierarchy::DestinationKind;
using hierarchy::Event;
using Clock = std::chrono::steady_clock;

constexpr auto kAfterStorageFailure = std::chrono::seconds(5);

/// One destination at work.
struct Running {
  Running(net::Executor executor, Destination destination_)
      : destination(std::move(destination_)),
        sequence(destination.delivered_through),
        stored(sequence),
        failure_told(destination.failing_since.has_value()),
        wake(executor) {}
  Destination destination;  ///< With its secret open.
  std::int64_t sequence;    ///< Read through here.
  std::int64_t stored;      ///< The database knows of this much.
  bool failure_told;        ///< That it fails at present was an event.
  std::optional<Clock::time_point> last_told;
  unsigned refusals = 0;  ///< For good, in a row, of what comes next.
  bool withheld = false;  ///< Send it without its texts.
  net::Signal wake;
  bool ended = false;
  double tokens = limits::kNotificationBurst;
  Clock::time_point refilled = Clock::now();

  bool lists_everything() const { return destination.kind == DestinationKind::syslog; }
};
using RunningPtr = std::shared_ptr<Running>;

/// Leaves what this server alone chose.
void withhold(std::vector<Event>& events) {
  for (auto& event : events) event.message = fmt::format("The text of event {} was refused here; read it on the server.", event.sequence);
}

}  // namespace

struct Notifications::State {
  State(Storage& storage_, History& history_, const Facts& facts_)
      : storage(storage_), history(history_), facts(facts_), tasks(storage_.executor()) {
    tasks.on_error([](const std::exception_ptr&) { spdlog::error("notification: a destination ended by an error in this program"); });
  }

  static awaitable<> work(std::shared_ptr<State> self, RunningPtr run);
  awaitable<Result<NotificationBatch>> next(RunningPtr run);
  awaitable<> wait_turn(RunningPtr run);
  awaitable<Result<>> send(RunningPtr run, NotificationBatch batch);
  awaitable<> delivered(RunningPtr run, std::int64_t through, std::string remark);
  awaitable<> refused(RunningPtr run, SkippedEvents events, Error error);
  awaitable<> passed_over(RunningPtr run, std::int64_t through);
  awaitable<> failed(RunningPtr run, Error error);
  Result<Destination> opened(Destination destination) const;
  void begin(const std::shared_ptr<State>& self, Destination destination);
  void end(DestinationId id);
  Notification notification(std::vector<Event> events, std::size_t more) const {
    return {.server_name = facts.name, .server_id = facts.id.str(), .host = host_name(), .events = std::move(events), .more = more};
  }

  Storage& storage;
  History& history;
  const Facts& facts;
  net::TaskGroup tasks;
  std::map<DestinationId, RunningPtr> running;
  unsigned tests = 0;
  bool stopping = false;
};

Result<Destination> Notifications::State::opened(Destination destination) const {
  auto secret = storage.sealing().unseal(destination.secret);
  if (!secret) {
    auto error = std::move(secret.error());
    error.message =
        fmt::format("The secret of the notification destination “{}” cannot be opened with the key in secrets.key.", destination.name);
    return fail(std::move(error));
  }
  destination.secret = std::move(*secret);
  return destination;
}

void Notifications::State::begin(const std::shared_ptr<State>& self, Destination destination) {
  if (stopping) return;
  auto ready = opened(destination);
  if (!ready) return spdlog::error("notification: {}", ready.error().text());
  auto run = std::make_shared<Running>(storage.executor(), std::move(*ready));
  running.insert_or_assign(destination.id, run);
  tasks.spawn(work(self, run));
}

void Notifications::State::end(DestinationId id) {
  const auto found = running.find(id);
  if (found == running.end()) return;
  found->second->ended = true;
  found->second->wake.notify_all();
  running.erase(found);
}

awaitable<Result<NotificationBatch>> Notifications::State::next(RunningPtr run) {
  const auto read = [run_destination = run->destination, from = run->sequence](store::Transaction& transaction) {
    return next_batch(transaction, run_destination, from);
  };
  auto batch = co_await storage.read<NotificationBatch>(read);
  co_return batch;
}

/// Lets what happens together become one notification, and keeps to the rate. Syslog takes lines as they come.
awaitable<> Notifications::State::wait_turn(RunningPtr run) {
  if (run->lists_everything()) co_return;
  co_await run->wake.wait(Clock::now() + limits::kNotificationGather);
  for (;;) {
    const auto present = Clock::now();
    const std::chrono::duration<double> passed = present - run->refilled;
    const std::chrono::duration<double> every = limits::kNotificationEvery;
    run->tokens = std::min<double>(limits::kNotificationBurst, run->tokens + passed / every);
    run->refilled = present;
    if (run->tokens >= 1 || run->ended) break;
    co_await run->wake.wait(present + std::chrono::duration_cast<Clock::duration>(every * (1 - run->tokens)));
  }
  run->tokens -= 1;
}

awaitable<Result<>> Notifications::State::send(RunningPtr run, NotificationBatch batch) {
  const SkippedEvents events{batch.listed.front().sequence, batch.through, batch.listed.size() + batch.more};
  if (run->withheld) withhold(batch.listed);
  auto answer = co_await deliver(run->destination, notification(std::move(batch.listed), batch.more));
  if (!answer) co_return fail(std::move(answer.error()));
  if (answer->refused) {
    const auto error = *answer->refused;
    co_await refused(run, events, *answer->refused);
    co_return fail(error);
  }
  std::string remark = answer->left_out ? answer->left_out->message : std::string();
  if (run->withheld)
    remark = fmt::format("The texts of {} events up to {} were refused and left out. {}", events.count, events.through, remark);
  co_await delivered(run, events.through, std::move(remark));
  co_return Result<>{};
}

awaitable<> Notifications::State::delivered(RunningPtr run, std::int64_t through, std::string remark) {
  run->sequence = through;
  run->stored = through;
  run->refusals = 0;
  run->withheld = false;
  run->failure_told = false;
  if (!remark.empty()) spdlog::warn("notification: “{}”: {}", run->destination.name, quotable(remark, limits::kMaxLinkTextBytes));
  const auto note = [destination = run->destination, through,
                     text = quotable(remark, limits::kMaxLinkTextBytes)](store::Transaction& transaction) -> Result<Done> {
    note_delivery(transaction, destination, through, text);
    return Done{};
  };
  auto noted = co_await storage.write<Done>(note);
  if (!noted) spdlog::warn("notification: what “{}” got cannot be stored: {}", run->destination.name, noted.error().text());
}

/// What is refused for good would be for ever, and everything behind it waits: first it is tried without texts, which others can choose
/// (the name of a group, of a user who cannot log in), then it is stepped over.
awaitable<> Notifications::State::refused(RunningPtr run, SkippedEvents events, Error error) {
  if (++run->refusals < limits::kNotificationRefusals) co_return;
  run->refusals = 0;
  if (!run->withheld) {
    run->withheld = true;
    co_return;
  }
  const auto note = [destination = run->destination, events,
                     text = quotable(error.message, limits::kMaxLinkTextBytes)](store::Transaction& transaction) -> Result<Done> {
    note_skipped(transaction, destination, events, text);
    return Done{};
  };
  auto noted = co_await storage.write<Done>(note);
  if (!noted) co_return;  // tried again as before
  run->sequence = events.through;
  run->stored = events.through;
  run->withheld = false;
  history.committed();
}

/// What concerns nobody is read only once, also after a restart. Stored now and then: each event would be a write of its own.
awaitable<> Notifications::State::passed_over(RunningPtr run, std::int64_t through) {
  run->sequence = through;
  if (through - run->stored < static_cast<std::int64_t>(limits::kExportPage)) co_return;
  run->stored = through;
  const auto note = [id = run->destination.id, through](store::Transaction& transaction) -> Result<Done> {
    store::record_position(transaction, id, through);
    return Done{};
  };
  auto noted = co_await storage.write<Done>(note);
  if (!noted) spdlog::warn("notification: what “{}” need not get cannot be stored: {}", run->destination.name, noted.error().text());
}

awaitable<> Notifications::State::failed(RunningPtr run, Error error) {
  spdlog::warn("notification: “{}”: {}", run->destination.name, error.text());
  // That one fails may be told to another that fails, and so on: each is told of once an hour at most.
  const auto present = Clock::now();
  const bool tell = !run->failure_told && (!run->last_told || present - *run->last_told >= limits::kNotificationFailureEvery);
  const auto note = [destination = run->destination, telling = tell ? Telling::as_event : Telling::silent,
                     text = quotable(error.message, limits::kMaxLinkTextBytes)](store::Transaction& transaction) -> Result<Done> {
    note_failure(transaction, destination, text, telling);
    return Done{};
  };
  auto noted = co_await storage.write<Done>(note);
  if (!noted || !tell) co_return;
  run->failure_told = true;
  run->last_told = present;
  history.committed();
}

awaitable<> Notifications::State::work(std::shared_ptr<State> self, RunningPtr run) {
  thread_local std::minstd_rand random{std::random_device{}()};
  Clock::duration pause = limits::kNotificationRetryFirst;
  while (!run->ended) {
    const auto news = self->history.news_count();
    auto batch = co_await self->next(run);
    if (batch && batch->listed.empty()) {
      // Only at the end of the log: a long stretch that concerns nobody is more than one reading.
      const bool at_end = batch->through == run->sequence;
      co_await self->passed_over(run, batch->through);
      if (at_end && self->history.news_count() == news) co_await self->history.wait_for_news(net::SteadyTime::max());
      continue;
    }
    if (batch) {
      co_await self->wait_turn(run);
      if (run->ended) break;
      batch = co_await self->next(run);
    }
    if (!batch) {
      co_await run->wake.wait(Clock::now() + kAfterStorageFailure);
      continue;
    }
    if (batch->listed.empty()) continue;  // housekeeping removed them meanwhile
    auto sent = co_await self->send(run, std::move(*batch));
    if (sent) {
      pause = limits::kNotificationRetryFirst;
      continue;
    }
    if (sent.error().code == Code::cancelled) break;
    co_await self->failed(run, std::move(sent.error()));
    // Between the half and the whole of it: destinations behind one dead relay do not come back in step.
    const auto part = std::uniform_real_distribution<double>(0.5, 1.0)(random);
    co_await run->wake.wait(Clock::now() + std::chrono::duration_cast<Clock::duration>(pause * part));
    pause = std::min<Clock::duration>(pause * 2, limits::kNotificationRetryLongest);
  }
}

Notifications::Notifications(Storage& storage, History& history, const Facts& facts)
    : state_(std::make_shared<State>(storage, history, facts)) {}

Notifications::~Notifications() = default;

awaitable<Result<>> Notifications::start() {
  auto all = co_await list();
  if (!all) co_return fail(std::move(all.error()));
  for (auto& destination : *all) state_->begin(state_, std::move(destination));
  co_return Result<>{};
}

awaitable<> Notifications::stop() {
  state_->stopping = true;
  for (const auto& [id, run] : state_->running) run->ended = true;
  state_->tasks.cancel();
  co_await state_->tasks.join();
}

awaitable<Result<std::vector<Destination>>> Notifications::list() {
  return state_->storage.read<std::vector<Destination>>(
      [](store::Transaction& transaction) -> Result<std::vector<Destination>> { return store::all_destinations(transaction); });
}

awaitable<Result<Destination>> Notifications::find(DestinationId id) {
  return state_->storage.read<Destination>([id](store::Transaction& transaction) -> Result<Destination> {
    auto found = store::find_destination(transaction, id);
    if (!found) return no_such_destination();
    return std::move(*found);
  });
}

awaitable<Result<Destination>> Notifications::add(const Actor& actor, Destination destination, std::optional<Once> once) {
  if (auto checked = check_destination(destination); !checked) co_return fail(std::move(checked.error()));
  destination.created_at = now();
  destination.id = DestinationId::make(destination.created_at);
  destination.secret = state_->storage.sealing().seal(destination.secret);
  const auto work = [actor, destination = std::move(destination), once = std::move(once)](store::Transaction& transaction) {
    return insert_notification(transaction, actor, destination, once);
  };
  auto stored = co_await state_->storage.write<Destination>(work);
  if (!stored) co_return stored;
  // No co_await from here on: what is committed is also begun, even when the requester went away meanwhile.
  state_->begin(state_, *stored);
  state_->history.committed();
  co_return stored;
}

awaitable<Result<Destination>> Notifications::edit(const Actor& actor, DestinationEdit edit) {
  auto judged = edit.wanted;
  if (edit.secret) judged.secret = *edit.secret;
  if (auto checked = check_destination(judged); !checked) co_return fail(std::move(checked.error()));
  if (edit.secret) edit.secret = state_->storage.sealing().seal(*edit.secret);
  const auto work = [actor, edit = std::move(edit)](store::Transaction& transaction) {
    return update_notification(transaction, actor, edit);
  };
  auto stored = co_await state_->storage.write<Destination>(work);
  if (!stored) co_return stored;
  // No co_await from here on: what is committed is also begun, even when the requester went away meanwhile. What the one before is sending
  // at this moment may come twice.
  state_->end(stored->id);
  state_->begin(state_, *stored);
  state_->history.committed();
  co_return stored;
}

awaitable<Result<>> Notifications::remove(const Actor& actor, DestinationId id) {
  const auto work = [actor, id](store::Transaction& transaction) { return erase_notification(transaction, actor, id); };
  auto removed = co_await state_->storage.write<Done>(work);
  if (!removed) co_return fail(std::move(removed.error()));
  state_->end(id);
  state_->history.committed();
  co_return Result<>{};
}

awaitable<Result<>> Notifications::test(const Actor& actor, DestinationId id) {
  const auto state = state_;
  if (state->tests >= limits::kMaxNotificationTests) {
    co_return fail(Code::rate_limited, "Too many tests of notifications run at this moment.", "Try again in a few seconds.");
  }
  const Counted place(state->tests);
  const auto note = [actor, id](store::Transaction& transaction) -> Result<Destination> {
    auto found = store::find_destination(transaction, id);
    if (!found) return no_such_destination();
    History::audit(transaction, actor, now(), "notification.test", fmt::format("destination {}", found->name));
    return std::move(*found);
  };
  auto stored = co_await state->storage.write<Destination>(note);
  if (!stored) co_return fail(std::move(stored.error()));
  auto ready = state->opened(std::move(*stored));
  if (!ready) co_return fail(std::move(ready.error()));
  std::vector<Event> events = {info_event(now(), "notification_test", fmt::format("This is a test, asked for by {}.", actor.name))};
  auto answer = co_await deliver(std::move(*ready), state->notification(std::move(events), 0));
  if (!answer) co_return fail(std::move(answer.error()));
  if (answer->refused) co_return fail(std::move(*answer->refused));
  if (answer->left_out) co_return fail(std::move(*answer->left_out));
  co_return Result<>{};
}

}  // namespace daikan::server
