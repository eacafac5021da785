// Runs tasks: begins them when they are due, on events and when a person says so; ends, cancels and remembers them.
//
// Owns one coroutine with one timer, and one for each run; all on the I/O thread. What is due is decided in task_records, what a task does
// in what it was given as TaskWork. Invariant: no two runs of one task at once; at most limits::kMaxTasksAtOnce work at once, the others
// wait for their turn. Built by the composition root, started after the database was prepared, stopped before it closes.
#pragma once

#include <functional>
#include <memory>

#include "server/facts.h"
#include "server/task_records.h"

namespace daikan::server {

/// Does what a task says and returns one sentence of what came of it. The passphrase of `task` is sealed. Being cancelled ends it soon.
using TaskWork = std::function<awaitable<Result<std::string>>(hierarchy::Task task)>;
/// The wall clock; tests bring their own.
using TaskClock = std::function<TimePoint()>;

class TaskScheduler {
 public:
  TaskScheduler(Storage& storage, History& history, const Facts& facts, TaskWork work);
  ~TaskScheduler();

  void use_clock(TaskClock clock);  ///< Before start().
  /// Marks what a crash left running as interrupted and begins to look.
  awaitable<Result<>> start();
  /// Cancels every run, which ends as interrupted, and waits.
  awaitable<> stop();

  /// Tasks have changed, or the clock has: look again.
  void wake();
  /// How often it has looked so far; wake() is followed by another look.
  std::uint64_t looks() const;
  TimePoint now() const;
  /// A run that a transaction has inserted. No co_await may be between the commit and this.
  void begin(TaskRun run, hierarchy::Task task);
  /// Ends the run of `task`, which then is cancelled by `who`; returns when it has ended, after limits::kTaskEnds at the latest. False when
  /// none is running.
  awaitable<bool> cancel(TaskId task, std::string who);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace daikan::server
