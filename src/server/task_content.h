// A task as it goes down to the servers that inherit it, and its result as it comes up: JSON, both ways.
//
// Pure. Called by what distributes tasks and by what shows results. Invariant: what arrives is as hostile as any input; a task that was
// read passed check_task, and is of a kind that may be distributed.
#pragma once

#include <string>
#include <string_view>

#include "hierarchy/task.h"

namespace daikan::server {

/// Without what stays with its owner: group, passphrase, files.
std::string content_of(const hierarchy::Task& task);
/// Fails with invalid_request when it is none, or cannot be.
Result<hierarchy::Task> task_from_content(const hierarchy::TaskId& id, std::string_view content);
/// The kind of a task that only a newer version knows: 1 to 32 of a-z, 0-9 and _. Empty for every other content.
std::string newer_kind_of_task(std::string_view content);

/// A run on the server `at`, as the servers above it keep it.
struct TaskResult {
  hierarchy::TaskRun run;
  std::string server;  ///< The name of where it ran; empty in a list: on this server.
};
std::string payload_of(const TaskResult& result);
/// Fails with invalid_request.
Result<TaskResult> result_from_payload(std::string_view payload);

}  // namespace daikan::server
