// Tasks, their progress on this server and their runs as rows; secrets are sealed by whoever writes them.
#pragma once

#include <optional>
#include <vector>

#include "hierarchy/task.h"
#include "store/database.h"

namespace daikan::store {

/// By name.
std::vector<hierarchy::Task> all_tasks(Transaction&);
std::optional<hierarchy::Task> find_task(Transaction&, const hierarchy::TaskId&);
/// Unique by name without regard to ASCII case; a second one throws StorageFailure.
void insert_task(Transaction&, const hierarchy::Task&);
/// Writes everything but kind and created_at; revision becomes task.revision.
void update_task(Transaction&, const hierarchy::Task&);
/// With its progress and its runs.
bool remove_task(Transaction&, const hierarchy::TaskId&);

std::vector<hierarchy::TaskProgress> all_task_progress(Transaction&);
void put_task_progress(Transaction&, const hierarchy::TaskProgress&);
void remove_task_progress(Transaction&, const hierarchy::TaskId&);

void insert_task_run(Transaction&, const hierarchy::TaskRun&);
/// Writes state, ended_at and message. False when the run is gone.
bool update_task_run(Transaction&, const hierarchy::TaskRun&);
/// Newest first.
std::vector<hierarchy::TaskRun> task_runs(Transaction&, const hierarchy::TaskId&, unsigned limit);
/// The newest of every task that ever ran.
std::vector<hierarchy::TaskRun> last_task_runs(Transaction&);
std::optional<hierarchy::TaskRun> find_task_run(Transaction&, const hierarchy::TaskRunId&);
std::vector<hierarchy::TaskRun> running_task_runs(Transaction&);
/// Keeps the newest `most` of this task that are not older; those that run stay.
std::int64_t trim_task_runs(Transaction&, const hierarchy::TaskId&, std::size_t most, TimePoint older_than);

}  // namespace daikan::store
