// Tasks, what this server did about them, and their runs. Included by migrations.cpp alone; never edited once released.
#pragma once

#include <string_view>

namespace daikan::store {

// Progress and runs are also of tasks that are inherited, whose text is elsewhere: they name a task without referring to its row.
inline constexpr std::string_view kMigrationTasks = R"sql(
CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  group_id TEXT REFERENCES admin_groups (id),
  schedule TEXT NOT NULL,
  random_delay BIGINT NOT NULL,
  run_missed SMALLINT NOT NULL,
  enabled SMALLINT NOT NULL,
  distribute SMALLINT NOT NULL,
  folder TEXT NOT NULL,
  keep BIGINT NOT NULL,
  passphrase TEXT NOT NULL,
  format TEXT NOT NULL,
  destination TEXT NOT NULL,
  info_days BIGINT,
  warning_days BIGINT,
  error_days BIGINT,
  critical_days BIGINT,
  starts BIGINT NOT NULL,
  started_at BIGINT,
  created_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX tasks_by_group ON tasks (group_id);
CREATE TABLE task_progress (
  task_id TEXT PRIMARY KEY,
  handled_through BIGINT NOT NULL,
  event_through BIGINT NOT NULL,
  starts_through BIGINT NOT NULL
);
CREATE TABLE task_runs (
  id TEXT PRIMARY KEY,
  task_id TEXT NOT NULL,
  task_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  cause TEXT NOT NULL,
  started_by TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  message TEXT NOT NULL
);
CREATE INDEX task_runs_by_task ON task_runs (task_id, started_at);
CREATE INDEX task_runs_by_state ON task_runs (state);
)sql";

}  // namespace daikan::store
