// What tasks do in the database: which of them this server knows, which are to begin now, how runs begin and end.
//
// Each function runs inside a transaction of the caller: TaskScheduler or Tasks. Knows neither coroutines nor what a task does. Invariant:
// a start is decided, remembered and shown as a run in one transaction, so that no start happens twice and none is forgotten; and of one
// task no two runs are running.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hierarchy/group_tree.h"
#include "hierarchy/task.h"
#include "server/history.h"

namespace daikan::server {

using hierarchy::TaskId;
using hierarchy::TaskRun;

/// A task that this server carries out: its own, or inherited.
struct KnownTask {
  hierarchy::Task task;  ///< Its passphrase sealed.
  std::optional<hierarchy::TaskOwner> owner;
  /// Inherited, and what this server lets its primary do does not include managing tasks: it is known here and never begins.
  bool held = false;
};
std::vector<KnownTask> known_tasks(store::Transaction&);
std::optional<KnownTask> find_known_task(store::Transaction&, const TaskId&);

/// A task that is held does not. And not every task of a group runs on the server that owns it: events are this server's own, and it stands
/// in its root group only.
bool runs_here(const KnownTask& known, const GroupId& root);

/// What of a task is to begin.
struct BegunRun {
  TaskRun run;
  hierarchy::Task task;
};
struct Look {
  std::vector<BegunRun> begun;
  std::optional<TimePoint> next;  ///< When the next start is due.
  enum class Watches : std::uint8_t { times, events } watches = Watches::times;
  enum class News : std::uint8_t { none, events } news = News::none;
};
/// Decides on every start that is due at `now` and remembers it. `seed` makes this server's delays its own.
Look look_at_tasks(store::Transaction&, const std::string& seed, TimePoint now);

/// The next start of `known`, delay included; nothing when no time is known.
std::optional<TimePoint> next_start(const KnownTask& known, const std::optional<hierarchy::TaskProgress>& progress,
                                    const std::string& seed);

/// A person's start of an own task. `run` is there when it runs here. Fails with conflict when it is running.
struct PersonStart {
  hierarchy::Task task;
  std::optional<TaskRun> run;
};
Result<PersonStart> start_by_person(store::Transaction&, const Actor&, hierarchy::Task task, TimePoint now);

/// The end of a run: row, event, audit, what is kept of its history.
void end_run(store::Transaction&, const TaskRun& run);
/// Runs of a process that ended before they did. Returns how many.
std::size_t interrupt_runs(store::Transaction&, TimePoint now);

std::int64_t last_event(store::Transaction&);
/// A task was made or edited: its schedule counts from now on. `starts`: how many of its owner's starts were followed; all, unless given.
void restart_progress(store::Transaction&, const hierarchy::Task& task, TimePoint now, std::optional<std::int64_t> starts = {});

}  // namespace daikan::server
