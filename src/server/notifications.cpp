#include "server/notifications.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <random>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/limits_notifications.h"
#include "base/text.h"
#include "server/delivery.h"
#include "store/tables_notifications.h"

namespace daikan::server {
namespace {

using hierarchy::Destination;
using hierarchy::DestinationId;
using hierarchy::DestinationKind;
using hierarchy::Event;
using Clock = std::chrono::steady_clock;

constexpr auto kAfterStorageFailure = std::chrono::seconds(5);

struct Batch {
  std::vector<Event> listed;
  std::size_t more = 0;
  std::int64_t through = 0;
};

/// One destination at work.
struct Running {
  Running(net::Executor executor, Destination destination_)
      : destination(std::move(destination_)), sequence(destination.delivered_through), wake(executor) {}
  Destination destination;  ///< With its secret open.
  std::int64_t sequence;    ///< Read through here.
  net::Signal wake;
  bool ended = false;
  double tokens = limits::kNotificationBurst;
  Clock::time_point refilled = Clock::now();

  bool lists_everything() const { return destination.kind == DestinationKind::syslog; }
};
using RunningPtr = std::shared_ptr<Running>;

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  std::string text(name.data());
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  return plain ? text : "localhost";
}

tl::unexpected<Error> no_such_destination() {
  return fail(Code::not_found, "There is no such notification destination.", "List the destinations and choose one of those.");
}

Event told(TimePoint at, std::string kind, std::string message) {
  return {.sequence = 0,
          .at = at,
          .severity = hierarchy::Severity::info,
          .kind = std::move(kind),
          .message = std::move(message),
          .secondary = {}};
}

/// The next batch after `from`: reads on until it holds as much as one notification may stand for, or the log ends.
Result<Batch> collect(store::Transaction& transaction, const Destination& destination, std::int64_t from) {
  const bool everything = destination.kind == DestinationKind::syslog;
  Batch batch;
  batch.through = from;
  for (std::size_t read = 0; read < limits::kMaxEventsPerNotification;) {
    const auto page = store::events(transaction, {.after = batch.through, .before = 0, .limit = limits::kExportPage});
    for (const auto& event : page) {
      if (everything && batch.listed.size() == limits::kMaxEventsListed) return batch;
      batch.through = event.sequence;
      if (!hierarchy::concerns(destination, event)) continue;
      if (batch.listed.size() < limits::kMaxEventsListed) {
        batch.listed.push_back(event);
      } else {
        ++batch.more;
      }
    }
    read += page.size();
    if (page.size() < limits::kExportPage) break;
  }
  return batch;
}

Result<Destination> insert(store::Transaction& transaction, const Actor& actor, Destination destination) {
  const auto all = store::all_destinations(transaction);
  if (all.size() >= limits::kMaxDestinations) {
    return fail(Code::conflict, fmt::format("There are {} notification destinations already.", all.size()),
                "Remove one that is not needed.");
  }
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
  };
  if (std::any_of(all.begin(), all.end(), [&](const Destination& each) { return lower(each.name) == lower(destination.name); })) {
    return fail(Code::name_taken, fmt::format("A notification destination is called “{}” already.", destination.name),
                "Choose another name.", "name");
  }
  History::audit(transaction, actor, destination.created_at, "notification.add",
                 fmt::format("{} destination {} ({})", to_string(destination.kind), destination.name, destination.endpoint.str()));
  destination.delivered_through = store::append_event(
      transaction, told(destination.created_at, "notification_added",
                        fmt::format("The notification destination “{}” was added by {}.", destination.name, actor.name)));
  store::insert_destination(transaction, destination);
  return destination;
}

Result<Done> erase(store::Transaction& transaction, const Actor& actor, DestinationId id) {
  const auto destination = store::find_destination(transaction, id);
  if (!destination) return no_such_destination();
  store::remove_destination(transaction, id);
  const auto at = now();
  History::audit(transaction, actor, at, "notification.remove", fmt::format("destination {}", destination->name));
  History::record(transaction, told(at, "notification_removed",
                                    fmt::format("The notification destination “{}” was removed by {}.", destination->name, actor.name)));
  return Done{};
}

enum class Failure : std::uint8_t { first, again };

Result<Failure> note_failure(store::Transaction& transaction, const Destination& destination, const std::string& error) {
  const auto at = now();
  if (!store::record_delivery_failure(transaction, destination.id, error, at)) return Failure::again;
  auto event = told(at, "notification_failed",
                    fmt::format("Notifications to “{}” fail: {} They are kept and tried again.", destination.name, error));
  event.severity = hierarchy::Severity::warning;
  History::record(transaction, event);
  return Failure::first;
}

}  // namespace

struct Notifications::State {
  State(Storage& storage_, History& history_, const Facts& facts_)
      : storage(storage_), history(history_), facts(facts_), tasks(storage_.executor()) {
    tasks.on_error([](const std::exception_ptr&) { spdlog::error("notification: a destination ended by an error in this program"); });
  }

  static awaitable<> work(std::shared_ptr<State> self, RunningPtr run);
  awaitable<Result<Batch>> next(RunningPtr run);
  awaitable<> wait_turn(RunningPtr run);
  awaitable<Result<>> send(RunningPtr run, Batch batch);
  awaitable<> failed(RunningPtr run, Error error);
  Result<Destination> opened(Destination destination) const;
  void begin(const std::shared_ptr<State>& self, Destination destination);
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

awaitable<Result<Batch>> Notifications::State::next(RunningPtr run) {
  const auto read = [run_destination = run->destination, from = run->sequence](store::Transaction& transaction) {
    return collect(transaction, run_destination, from);
  };
  auto batch = co_await storage.read<Batch>(read);
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

awaitable<Result<>> Notifications::State::send(RunningPtr run, Batch batch) {
  const auto through = batch.through;
  auto sent = co_await deliver(run->destination, notification(std::move(batch.listed), batch.more));
  if (!sent) co_return sent;
  run->sequence = through;
  const auto note = [id = run->destination.id, through](store::Transaction& transaction) -> Result<Done> {
    store::record_delivery(transaction, id, through, now());
    return Done{};
  };
  auto noted = co_await storage.write<Done>(note);
  if (!noted) spdlog::warn("notification: what “{}” got cannot be stored: {}", run->destination.name, noted.error().text());
  co_return Result<>{};
}

awaitable<> Notifications::State::failed(RunningPtr run, Error error) {
  spdlog::warn("notification: “{}”: {}", run->destination.name, error.text());
  const auto note = [destination = run->destination, text = quotable(error.message, limits::kMaxLinkTextBytes)](
                        store::Transaction& transaction) { return note_failure(transaction, destination, text); };
  auto noted = co_await storage.write<Failure>(note);
  if (noted && *noted == Failure::first) history.committed();
}

awaitable<> Notifications::State::work(std::shared_ptr<State> self, RunningPtr run) {
  thread_local std::minstd_rand random{std::random_device{}()};
  Clock::duration pause = limits::kNotificationRetryFirst;
  while (!run->ended) {
    const auto news = self->history.news_count();
    auto batch = co_await self->next(run);
    if (batch && batch->listed.empty()) {
      run->sequence = batch->through;
      if (self->history.news_count() == news) co_await self->history.wait_for_news(net::SteadyTime::max());
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

awaitable<Result<Destination>> Notifications::add(const Actor& actor, Destination destination) {
  if (auto checked = check_destination(destination); !checked) co_return fail(std::move(checked.error()));
  destination.created_at = now();
  destination.id = DestinationId::make(destination.created_at);
  destination.secret = state_->storage.sealing().seal(destination.secret);
  const auto work = [actor, destination = std::move(destination)](store::Transaction& transaction) {
    return insert(transaction, actor, destination);
  };
  auto stored = co_await state_->storage.write<Destination>(work);
  if (!stored) co_return stored;
  // No co_await from here on: what is committed is also begun, even when the requester went away meanwhile.
  state_->begin(state_, *stored);
  state_->history.committed();
  co_return stored;
}

awaitable<Result<>> Notifications::remove(const Actor& actor, DestinationId id) {
  const auto work = [actor, id](store::Transaction& transaction) { return erase(transaction, actor, id); };
  auto removed = co_await state_->storage.write<Done>(work);
  if (!removed) co_return fail(std::move(removed.error()));
  if (const auto found = state_->running.find(id); found != state_->running.end()) {
    found->second->ended = true;
    found->second->wake.notify_all();
    state_->running.erase(found);
  }
  state_->history.committed();
  co_return Result<>{};
}

awaitable<Result<>> Notifications::test(const Actor& actor, DestinationId id) {
  const auto state = state_;
  if (state->tests >= limits::kMaxNotificationTests) {
    co_return fail(Code::rate_limited, "Too many tests of notifications run at this moment.", "Try again in a few seconds.");
  }
  struct Place {
    unsigned& count;
    explicit Place(unsigned& c) : count(++c) {}
    ~Place() { --count; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
  };
  const Place place(state->tests);
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
  std::vector<Event> events = {told(now(), "notification_test", fmt::format("This is a test, asked for by {}.", actor.name))};
  auto sent = co_await deliver(std::move(*ready), state->notification(std::move(events), 0));
  co_return sent;
}

}  // namespace daikan::server
