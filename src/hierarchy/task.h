// Tasks and their runs: what a server does at a time, and how it went; which kinds may be given to a group, and what of them goes down.
//
// Values and rules only. `server/tasks` changes and starts them, `store/tables_tasks` saves them. Invariant: a task that check_task let
// pass runs somewhere: here, or on the servers below it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "hierarchy/history.h"
#include "hierarchy/schedule.h"

namespace daikan::hierarchy {

using TaskId = Id<struct TaskTag>;
using TaskRunId = Id<struct TaskRunTag>;

/// Stable names; a new one goes to the end.
enum class TaskKind : std::uint8_t { backup, event_cleanup, link_check, report };
std::string_view to_string(TaskKind);
std::optional<TaskKind> task_kind_from_string(std::string_view);

/// server: backup and report, which stay where they are; any: also of a group, and then for the secondaries in it too.
enum class TaskReach : std::uint8_t { server, any };
TaskReach reach_of(TaskKind);

/// What a kind needs to know; the fields of other kinds are empty.
struct TaskSettings {
  std::string folder;       ///< backup, report: absolute, or below the server's data folder.
  std::int64_t keep = 0;    ///< backup, report: so many files; the oldest go. 0: the default of the kind.
  std::string passphrase;   ///< backup. Sealed in the database.
  std::string format;       ///< report: "text" or "csv".
  std::string destination;  ///< report: the name of a notification destination that is mail; empty: into the folder only.
  /// event_cleanup: days that events of each severity are kept; nothing: they are left alone.
  std::array<std::optional<std::int64_t>, 4> days = {};
  friend bool operator==(const TaskSettings&, const TaskSettings&) = default;
};

enum class Distribute : std::uint8_t { no, to_secondaries };

struct Task {
  TaskId id;
  std::string name;
  TaskKind kind = TaskKind::backup;
  std::optional<GroupId> group;  ///< Nothing: a task of the server.
  Schedule schedule;
  Duration random_delay{0};  ///< Starts are up to so much later, differently on every server.
  MissedStarts missed = MissedStarts::skip;
  enum class State : std::uint8_t { enabled, disabled } state = State::enabled;
  Distribute distribute = Distribute::no;
  TaskSettings settings;
  std::int64_t starts = 0;                             ///< How often a person said "start now"; servers that inherit it follow this number.
  std::optional<TimePoint> started_at = std::nullopt;  ///< When somebody last did.
  TimePoint created_at;
  std::int64_t revision = 1;  ///< Counts edits; the ETag.
};

/// Whose task it is when it came from above.
struct TaskOwner {
  ServerId id;
  std::string name;
};

/// Fails with invalid_request and the field: a name or a folder that cannot be, a kind that is for servers only in a group, a distributed
/// task without a group, settings that are missing or out of bounds, a moment that is over (`now`).
Result<> check_task(const Task& task, TimePoint now);

/// permission_denied: an inherited task is edited, started and ended on its owner only.
Error inherited(std::string_view task, std::string_view owner, std::string_view verb);

enum class RunState : std::uint8_t { running, done, failed, cancelled, interrupted, skipped };
std::string_view to_string(RunState);
std::optional<RunState> run_state_from_string(std::string_view);

/// Why a run began. person: somebody said "start" here; owner: somebody did on the server the task is inherited from.
enum class RunCause : std::uint8_t { schedule, event, person, owner };
std::string_view to_string(RunCause);
std::optional<RunCause> run_cause_from_string(std::string_view);

struct TaskRun {
  TaskRunId id;
  TaskId task;
  std::string task_name;
  TaskKind kind = TaskKind::backup;
  RunState state = RunState::running;
  RunCause cause = RunCause::schedule;
  std::string by;  ///< Who said "start", or the kind of the event.
  TimePoint started_at;
  std::optional<TimePoint> ended_at;
  std::string message;  ///< What it did, or why it failed.
};

/// What this server remembers of a task besides the task: which of its starts were decided on.
struct TaskProgress {
  TaskId task;
  TimePoint handled_through;        ///< Of the schedule.
  std::int64_t event_through = 0;   ///< The last event that was looked at.
  std::int64_t starts_through = 0;  ///< Task::starts that were followed.
  friend bool operator==(const TaskProgress&, const TaskProgress&) = default;
};

}  // namespace daikan::hierarchy
