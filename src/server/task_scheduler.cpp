#include "server/task_scheduler.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "base/limits_tasks.h"
#include "base/text.h"
#include "server/access.h"
#include "server/counted.h"
#include "server/primary_bound.h"
#include "store/tables_downstream.h"

namespace daikan::server {
namespace {

using hierarchy::RunState;
using Clock = std::chrono::steady_clock;

constexpr auto kAfterStorageFailure = std::chrono::seconds(5);
constexpr auto kGather = std::chrono::milliseconds(200);  // events that come together are looked at once

/// One run of this process.
struct Running {
  Running(net::Executor executor, TaskRun r, hierarchy::Task t) : run(std::move(r)), task(std::move(t)), steps(executor) {}
  TaskRun run;
  hierarchy::Task task;
  net::TaskGroup steps;  ///< The work alone, so that it can be stopped and its end still be written down.
  std::string cancelled_by;
  std::optional<Result<std::string>> outcome;
};
using RunningPtr = std::shared_ptr<Running>;

/// What decides on inherited tasks besides the tasks: when the set last changed, and what the primary may do here.
struct Above {
  std::optional<TimePoint> applied_at;
  hierarchy::PrimaryMay may = hierarchy::PrimaryMay::full;
  friend bool operator==(const Above&, const Above&) = default;
};
Result<Above> look_above(store::Transaction& transaction) {
  return Above{store::applied_at(transaction), primary_may_in_force(transaction)};
}

}  // namespace

struct TaskScheduler::State : std::enable_shared_from_this<TaskScheduler::State> {
  State(Storage& storage_, History& history_, const Facts& facts_, TaskWork work_)
      : storage(storage_),
        history(history_),
        facts(facts_),
        work(std::move(work_)),
        tasks(storage_.executor()),
        changed(storage_.executor()),
        ended(storage_.executor()) {
    tasks.on_error([](const std::exception_ptr&) { spdlog::error("task: the scheduler ended by an error in this program"); });
  }

  Storage& storage;
  History& history;
  const Facts& facts;
  TaskWork work;
  TaskClock clock = [] { return daikan::now(); };
  net::TaskGroup tasks;
  net::Signal changed;  ///< Something is to be looked at.
  net::Signal ended;    ///< A run has ended.
  std::map<TaskId, RunningPtr> running;
  std::size_t working = 0;
  std::uint64_t wakes = 0;
  std::uint64_t looks = 0;
  Look::Watches watches = Look::Watches::times;
  bool stopping = false;

  void wake() {
    ++wakes;
    changed.notify_all();
  }
  void begin(TaskRun run, hierarchy::Task task);
  static awaitable<> schedule(std::shared_ptr<State> self);
  static awaitable<> watch_events(std::shared_ptr<State> self);
  static awaitable<> operate(std::shared_ptr<State> self, RunningPtr run);
  static awaitable<> carry_out(std::shared_ptr<State> self, RunningPtr run);
  awaitable<Result<Look>> look();
  awaitable<> finish(RunningPtr run);
  Clock::duration until_due(const std::optional<TimePoint>& next) const;
};

awaitable<Result<Look>> TaskScheduler::State::look() {
  const auto work = [seed = facts.id.str(), at = clock()](store::Transaction& transaction) -> Result<Look> {
    return look_at_tasks(transaction, seed, at);
  };
  auto looked = co_await storage.write<Look>(work);
  co_return looked;
}

/// The wall clock may be set, so that nothing is slept through for longer than kTaskLook.
Clock::duration TaskScheduler::State::until_due(const std::optional<TimePoint>& next) const {
  const Clock::duration longest = limits::kTaskLook;
  if (!next) return longest;
  const auto left = std::chrono::duration_cast<Clock::duration>(*next - clock());
  return std::clamp<Clock::duration>(left, std::chrono::milliseconds(1), longest);
}

awaitable<> TaskScheduler::State::schedule(std::shared_ptr<State> self) {
  while (!self->stopping) {
    const auto seen = self->wakes;
    auto looked = co_await self->look();
    Clock::duration pause = kAfterStorageFailure;
    if (looked) {
      // No co_await between the commit and this.
      for (auto& begun : looked->begun) self->begin(std::move(begun.run), std::move(begun.task));
      if (looked->news == Look::News::events) self->history.committed();
      self->watches = looked->watches;
      pause = self->until_due(looked->next);
    } else {
      spdlog::warn("task: what is due cannot be read: {}", looked.error().text());
    }
    ++self->looks;
    if (self->stopping || self->wakes != seen) continue;
    co_await self->changed.wait(Clock::now() + pause);
  }
}

awaitable<> TaskScheduler::State::watch_events(std::shared_ptr<State> self) {
  auto seen = self->history.news_count();
  Above above;
  while (!self->stopping) {
    if (self->history.news_count() == seen) co_await self->history.wait_for_news(net::SteadyTime::max());
    const bool on = co_await net::sleep_for(kGather);
    if (!on) co_return;
    seen = self->history.news_count();
    const auto is_above = co_await self->storage.read<Above>(look_above);
    const bool others = is_above && *is_above != above;
    if (others) above = *is_above;
    if (others || self->watches == Look::Watches::events) self->wake();
  }
}

void TaskScheduler::State::begin(TaskRun run, hierarchy::Task task) {
  auto one = std::make_shared<Running>(storage.executor(), std::move(run), std::move(task));
  running[one->task.id] = one;
  tasks.spawn(operate(shared_from_this(), one));
}

awaitable<> TaskScheduler::State::carry_out(std::shared_ptr<State> self, RunningPtr run) {
  while (self->working >= limits::kMaxTasksAtOnce) co_await self->ended.wait();
  const Counted place(self->working);
  auto outcome = co_await self->work(run->task);
  run->outcome.emplace(std::move(outcome));
}

// The whole life of one run in this process. Being cancelled ends what it waits for, but never keeps it from writing down how it ended.
awaitable<> TaskScheduler::State::operate(std::shared_ptr<State> self, RunningPtr run) {
  co_await net::asio::this_coro::throw_if_cancelled(false);
  run->steps.on_error([raw = run.get()](const std::exception_ptr&) {
    raw->outcome.emplace(fail(Code::internal, "it ended by an error in this program.", "Look at the log."));
  });
  if (!self->stopping && run->cancelled_by.empty()) run->steps.spawn(carry_out(self, run));
  co_await run->steps.join();
  co_await self->finish(run);
}

awaitable<> TaskScheduler::State::finish(RunningPtr run) {
  auto& record = run->run;
  record.ended_at = std::max(clock(), record.started_at);
  if (run->outcome && *run->outcome) {
    record.state = RunState::done;
    record.message = **run->outcome;
  } else if (!run->cancelled_by.empty()) {
    record.state = RunState::cancelled;
    record.message = fmt::format("{} ended it.", run->cancelled_by);
  } else if (stopping) {
    record.state = RunState::interrupted;
    record.message = "the server was stopped.";
  } else {
    record.state = RunState::failed;
    record.message = run->outcome ? run->outcome->error().text() : "it was ended.";
  }
  record.message = quotable(record.message, limits::kMaxRunMessageBytes);
  const auto put = [record](store::Transaction& transaction) -> Result<Done> {
    end_run(transaction, record);
    return Done{};
  };
  auto written = co_await storage.write<Done>(put);
  // What cannot be written down stays "running" in the database, and the next start calls it interrupted.
  if (!written) spdlog::warn("task: how “{}” ended cannot be stored: {}", record.task_name, written.error().text());
  running.erase(record.task);
  history.committed();
  ended.notify_all();
  wake();
}

TaskScheduler::TaskScheduler(Storage& storage, History& history, const Facts& facts, TaskWork work)
    : state_(std::make_shared<State>(storage, history, facts, std::move(work))) {}

TaskScheduler::~TaskScheduler() = default;

void TaskScheduler::use_clock(TaskClock clock) { state_->clock = std::move(clock); }

awaitable<Result<>> TaskScheduler::start() {
  const auto work = [at = state_->clock()](store::Transaction& transaction) -> Result<std::size_t> {
    return interrupt_runs(transaction, at);
  };
  auto interrupted = co_await state_->storage.write<std::size_t>(work);
  if (!interrupted) co_return fail(std::move(interrupted.error()));
  if (*interrupted > 0) state_->history.committed();
  state_->tasks.spawn(State::schedule(state_));
  state_->tasks.spawn(State::watch_events(state_));
  co_return Result<>{};
}

awaitable<> TaskScheduler::stop() {
  const auto state = state_;
  state->stopping = true;
  for (const auto& [id, run] : state->running) run->steps.cancel();
  state->tasks.cancel();
  state->wake();
  co_await state->tasks.join();
}

void TaskScheduler::wake() { state_->wake(); }

std::uint64_t TaskScheduler::looks() const { return state_->looks; }

TimePoint TaskScheduler::now() const { return state_->clock(); }

void TaskScheduler::begin(TaskRun run, hierarchy::Task task) { state_->begin(std::move(run), std::move(task)); }

awaitable<bool> TaskScheduler::cancel(TaskId task, std::string who) {
  const auto state = state_;
  const auto found = state->running.find(task);
  if (found == state->running.end()) co_return false;
  const auto run = found->second;
  run->cancelled_by = std::move(who);
  run->steps.cancel();
  const auto until = Clock::now() + limits::kTaskEnds;
  while (state->running.contains(task) && state->running[task] == run && Clock::now() < until) co_await state->ended.wait(until);
  co_return true;
}

}  // namespace daikan::server
