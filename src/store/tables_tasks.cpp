#include "store/tables_tasks.h"

#include "store/detail/columns.h"

namespace daikan::store {
namespace {

using namespace detail;
using hierarchy::Task;
using hierarchy::TaskId;
using hierarchy::TaskProgress;
using hierarchy::TaskRun;
using hierarchy::TaskRunId;

#define DAIKAN_TASK_COLUMNS                                                                                                            \
  "id, name, kind, group_id, schedule, random_delay, run_missed, enabled, distribute, folder, keep, passphrase, format, destination, " \
  "info_days, warning_days, error_days, critical_days, starts, started_at, created_at, revision"
#define DAIKAN_RUN_COLUMNS "id, task_id, task_name, kind, state, cause, started_by, started_at, ended_at, message"

Value number_value(const std::optional<std::int64_t>& number) { return number ? Value(*number) : Value(nullptr); }

hierarchy::Schedule read_schedule(const Row& row, std::size_t column) {
  auto schedule = hierarchy::parse_schedule(row.text(column));
  if (!schedule) unreadable_column("a schedule");
  return std::move(*schedule);
}

Task read_task(const Row& row) {
  Task task;
  task.id = read_id<TaskId>(row, 0);
  task.name = row.text(1);
  task.kind = require(hierarchy::task_kind_from_string(row.text(2)), "a kind of task");
  task.group = read_maybe_id<GroupId>(row, 3);
  task.schedule = read_schedule(row, 4);
  task.random_delay = Duration(row.integer(5));
  task.missed = row.integer(6) != 0 ? hierarchy::MissedStarts::run : hierarchy::MissedStarts::skip;
  task.state = row.integer(7) != 0 ? Task::State::enabled : Task::State::disabled;
  task.distribute = row.integer(8) != 0 ? hierarchy::Distribute::to_secondaries : hierarchy::Distribute::no;
  task.settings = {.folder = row.text(9),
                   .keep = row.integer(10),
                   .passphrase = row.text(11),
                   .format = row.text(12),
                   .destination = row.text(13),
                   .days = {row.maybe_integer(14), row.maybe_integer(15), row.maybe_integer(16), row.maybe_integer(17)}};
  task.starts = row.integer(18);
  task.started_at = read_maybe_time(row, 19);
  task.created_at = read_time(row, 20);
  task.revision = row.integer(21);
  return task;
}

/// In the order of DAIKAN_TASK_COLUMNS, with name_key at the end.
std::vector<Value> values_of(const Task& task) {
  const auto& settings = task.settings;
  return {to_value(task.id),
          task.name,
          to_value(to_string(task.kind)),
          to_value(task.group),
          to_text(task.schedule),
          task.random_delay.count(),
          std::int64_t{task.missed == hierarchy::MissedStarts::run},
          std::int64_t{task.state == Task::State::enabled},
          std::int64_t{task.distribute == hierarchy::Distribute::to_secondaries},
          settings.folder,
          settings.keep,
          settings.passphrase,
          settings.format,
          settings.destination,
          number_value(settings.days[0]),
          number_value(settings.days[1]),
          number_value(settings.days[2]),
          number_value(settings.days[3]),
          task.starts,
          to_value(task.started_at),
          to_value(task.created_at),
          task.revision,
          name_key(task.name)};
}

TaskRun read_run(const Row& row) {
  return {.id = read_id<TaskRunId>(row, 0),
          .task = read_id<TaskId>(row, 1),
          .task_name = row.text(2),
          .kind = require(hierarchy::task_kind_from_string(row.text(3)), "a kind of task"),
          .state = require(hierarchy::run_state_from_string(row.text(4)), "a state of a run"),
          .cause = require(hierarchy::run_cause_from_string(row.text(5)), "a cause of a run"),
          .by = row.text(6),
          .started_at = read_time(row, 7),
          .ended_at = read_maybe_time(row, 8),
          .message = row.text(9)};
}

std::vector<TaskRun> read_runs(const std::vector<Row>& rows) {
  std::vector<TaskRun> runs;
  for (const auto& row : rows) runs.push_back(read_run(row));
  return runs;
}

}  // namespace

std::vector<Task> all_tasks(Transaction& transaction) {
  std::vector<Task> found;
  for (const auto& row : transaction.query("SELECT " DAIKAN_TASK_COLUMNS " FROM tasks ORDER BY name_key")) found.push_back(read_task(row));
  return found;
}

std::optional<Task> find_task(Transaction& transaction, const TaskId& id) {
  const auto rows = transaction.query("SELECT " DAIKAN_TASK_COLUMNS " FROM tasks WHERE id = $1", {to_value(id)});
  if (rows.empty()) return std::nullopt;
  return read_task(rows[0]);
}

void insert_task(Transaction& transaction, const Task& task) {
  transaction.execute("INSERT INTO tasks (" DAIKAN_TASK_COLUMNS
                      ", name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, "
                      "$21, $22, $23)",
                      std::span<const Value>(values_of(task)));
}

void update_task(Transaction& transaction, const Task& task) {
  auto values = values_of(task);
  values.erase(values.begin() + 20);  // created_at
  values.erase(values.begin() + 2);   // kind
  transaction.execute(
      "UPDATE tasks SET name = $2, group_id = $3, schedule = $4, random_delay = $5, run_missed = $6, enabled = $7, distribute = $8, "
      "folder = $9, keep = $10, passphrase = $11, format = $12, destination = $13, info_days = $14, warning_days = $15, error_days = $16, "
      "critical_days = $17, starts = $18, started_at = $19, revision = $20, name_key = $21 WHERE id = $1",
      std::span<const Value>(values));
}

bool remove_task(Transaction& transaction, const TaskId& id) {
  transaction.execute("DELETE FROM task_runs WHERE task_id = $1", {to_value(id)});
  remove_task_progress(transaction, id);
  return transaction.execute("DELETE FROM tasks WHERE id = $1", {to_value(id)}) > 0;
}

std::vector<TaskProgress> all_task_progress(Transaction& transaction) {
  std::vector<TaskProgress> found;
  for (const auto& row : transaction.query("SELECT task_id, handled_through, event_through, starts_through FROM task_progress")) {
    found.push_back({read_id<TaskId>(row, 0), read_time(row, 1), row.integer(2), row.integer(3)});
  }
  return found;
}

void put_task_progress(Transaction& transaction, const TaskProgress& progress) {
  transaction.execute(
      "INSERT INTO task_progress (task_id, handled_through, event_through, starts_through) VALUES ($1, $2, $3, $4) ON CONFLICT (task_id) "
      "DO UPDATE SET handled_through = excluded.handled_through, event_through = excluded.event_through, starts_through = "
      "excluded.starts_through",
      {to_value(progress.task), to_value(progress.handled_through), progress.event_through, progress.starts_through});
}

void remove_task_progress(Transaction& transaction, const TaskId& id) {
  transaction.execute("DELETE FROM task_progress WHERE task_id = $1", {to_value(id)});
}

void insert_task_run(Transaction& transaction, const TaskRun& run) {
  transaction.execute("INSERT INTO task_runs (" DAIKAN_RUN_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                      {to_value(run.id), to_value(run.task), run.task_name, to_value(to_string(run.kind)), to_value(to_string(run.state)),
                       to_value(to_string(run.cause)), run.by, to_value(run.started_at), to_value(run.ended_at), run.message});
}

bool update_task_run(Transaction& transaction, const TaskRun& run) {
  return transaction.execute("UPDATE task_runs SET state = $1, ended_at = $2, message = $3 WHERE id = $4",
                             {to_value(to_string(run.state)), to_value(run.ended_at), run.message, to_value(run.id)}) > 0;
}

std::vector<TaskRun> task_runs(Transaction& transaction, const TaskId& task, unsigned limit) {
  return read_runs(transaction.query("SELECT " DAIKAN_RUN_COLUMNS
                                     " FROM task_runs WHERE task_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2",
                                     {to_value(task), static_cast<std::int64_t>(limit)}));
}

std::vector<TaskRun> last_task_runs(Transaction& transaction) {
  return read_runs(transaction.query("SELECT " DAIKAN_RUN_COLUMNS
                                     " FROM task_runs r WHERE id = (SELECT id FROM task_runs WHERE task_id = r.task_id ORDER BY "
                                     "started_at DESC, id DESC LIMIT 1)"));
}

std::optional<TaskRun> find_task_run(Transaction& transaction, const TaskRunId& id) {
  const auto rows = transaction.query("SELECT " DAIKAN_RUN_COLUMNS " FROM task_runs WHERE id = $1", {to_value(id)});
  if (rows.empty()) return std::nullopt;
  return read_run(rows[0]);
}

std::vector<TaskRun> running_task_runs(Transaction& transaction) {
  return read_runs(transaction.query("SELECT " DAIKAN_RUN_COLUMNS " FROM task_runs WHERE state = 'running' ORDER BY started_at"));
}

std::int64_t trim_task_runs(Transaction& transaction, const TaskId& task, std::size_t most, TimePoint older_than) {
  return transaction.execute(
      "DELETE FROM task_runs WHERE task_id = $1 AND state <> 'running' AND (started_at < $2 OR id NOT IN (SELECT id FROM task_runs WHERE "
      "task_id = $1 ORDER BY started_at DESC, id DESC LIMIT $3))",
      {to_value(task), to_value(older_than), static_cast<std::int64_t>(most)});
}

}  // namespace daikan::store
