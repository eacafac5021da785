// The tasks of this server: seen, made, edited, removed, started and cancelled by people. Every change is one transaction with its audit
// record and event.
//
// The rules are hierarchy/task.h; what is due is TaskScheduler's, which is told of every change. Rights: read to see a task (on its group,
// or on the server), manage_tasks to do anything else with one of a group; for one of the server, which writes files, manage_server
// besides, and manage_users where it is a backup. Invariant: an inherited task is changed and started on its owner only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/once.h"
#include "server/seen.h"
#include "server/task_content.h"
#include "server/task_scheduler.h"

namespace daikan::server {

struct TaskView {
  hierarchy::Task task;  ///< Without its passphrase.
  std::optional<hierarchy::TaskOwner> owner;
  std::string group_path;  ///< Empty: a task of the server.
  std::optional<TaskRun> last_run;
  std::optional<TimePoint> next_start;
};

/// A task as somebody wants it. In an edit, what is absent stays as it is.
struct TaskText {
  std::optional<std::string> name;
  std::optional<hierarchy::TaskKind> kind;  ///< Of a new task only.
  std::optional<std::string> group;         ///< Path; empty: a task of the server. Of a new task only.
  std::optional<std::string> schedule;
  std::optional<Duration> random_delay;
  std::optional<hierarchy::MissedStarts> missed;
  std::optional<hierarchy::Task::State> state;
  std::optional<hierarchy::Distribute> distribute;
  // TaskSettings, field by field.
  std::optional<std::string> folder, passphrase, format, destination;
  std::optional<std::int64_t> keep;
  std::array<std::optional<std::int64_t>, 4> days = {};  ///< 0 in an edit: not any more.
};

class Tasks {
 public:
  Tasks(Storage& storage, History& history, TaskScheduler& scheduler, const Facts& facts);

  /// Those the actor may see, by name.
  awaitable<Result<std::vector<TaskView>>> list(const Actor& actor);
  /// not_found, permission_denied.
  awaitable<Result<TaskView>> find(const Actor& actor, TaskId id);
  /// Fails with invalid_request (also: it would run nowhere), group_not_found, name_taken, permission_denied, or too_large
  /// (limits::kMaxTasks).
  awaitable<Result<TaskView>> add(const Actor& actor, TaskText text, std::optional<Once> once);
  /// The schedule counts from the edit on. Fails as add(), with not_found or conflict (`seen`).
  awaitable<Result<TaskView>> edit(const Actor& actor, TaskId id, TaskText text, Seen seen);
  /// What runs is cancelled. Its runs go with it.
  awaitable<Result<>> remove(const Actor& actor, TaskId id, Seen seen);
  /// Now, whatever the schedule says. Fails with not_found, permission_denied (also: inherited) or conflict (it is running).
  awaitable<Result<TaskView>> start(const Actor& actor, TaskId id);
  /// Fails with not_found, permission_denied (also: inherited) or conflict (it is not running).
  awaitable<Result<TaskView>> cancel(const Actor& actor, TaskId id);
  /// Of this server, and what came up from the servers below; newest first.
  awaitable<Result<std::vector<TaskResult>>> runs(const Actor& actor, TaskId id, unsigned limit);

 private:
  Storage& storage_;
  History& history_;
  TaskScheduler& scheduler_;
  const Facts& facts_;
};

}  // namespace daikan::server
