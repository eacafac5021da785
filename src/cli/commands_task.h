// task list, show, create, edit, remove, start, cancel, runs: what each is told.
#pragma once

#include <optional>
#include <string>

#include "cli/commands.h"

namespace daikan::cli {

/// What is not given stays as it is, or gets its default.
struct TaskOptions {
  std::string target;  ///< edit: its name or id.
  std::string name;
  std::string kind;
  std::string group;
  std::string schedule;
  std::optional<int> random_delay_minutes;
  bool run_missed = false, skip_missed = false;
  bool enable = false, disable = false;
  bool distribute = false, keep_here = false;
  std::string folder, passphrase_file, format, destination;
  std::optional<int> keep, info_days, warning_days, error_days, critical_days;
};
struct TaskName {
  std::string name;
};
struct TaskStart {
  std::string name;
  unsigned wait_seconds = 0;
};
struct TaskRuns {
  std::string name;
  unsigned limit = 20;
};
awaitable<Result<>> task_list(Context&, ApiSession&, NoOptions);
awaitable<Result<>> task_show(Context&, ApiSession&, TaskName);
awaitable<Result<>> task_create(Context&, ApiSession&, TaskOptions);
awaitable<Result<>> task_edit(Context&, ApiSession&, TaskOptions);
awaitable<Result<>> task_remove(Context&, ApiSession&, TaskName);
awaitable<Result<>> task_start(Context&, ApiSession&, TaskStart);
awaitable<Result<>> task_cancel(Context&, ApiSession&, TaskName);
awaitable<Result<>> task_runs(Context&, ApiSession&, TaskRuns);

}  // namespace daikan::cli
