// The files that tasks leave in a folder: written whole or not at all, the oldest taken away beyond so many.
//
// Blocking; called on the thread of TaskWorks. Knows names and folders, not contents. Invariant: of a folder only files are removed that
// the same task of the same server wrote.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "hierarchy/task.h"

namespace daikan::server {

class TaskFolder {
 public:
  /// `folder`: from the root, or below `data`. Makes it (mode 0700) when it is missing. Fails with storage_failed.
  static Result<TaskFolder> open(const std::filesystem::path& data, const hierarchy::Task& task, std::string_view server);

  /// "hq-0190c3a1-20261125T184130Z.backup": server, end of the task's id, time.
  std::string name_for(TimePoint at, std::string_view ending) const;
  /// Where a file is made before it has its name; what a crash left there is taken away.
  std::filesystem::path unfinished(std::string_view ending) const;
  /// Syncs the unfinished file and gives it its name. Fails with storage_failed.
  Result<> finish(const std::filesystem::path& unfinished, const std::string& name) const;
  /// Leaves the `keep` newest files of this task. Returns how many are there then.
  Result<std::size_t> keep_newest(std::size_t keep, std::string_view ending) const;

  const std::filesystem::path& path() const { return path_; }

 private:
  TaskFolder(std::filesystem::path path, std::string prefix) : path_(std::move(path)), prefix_(std::move(prefix)) {}
  std::filesystem::path path_;
  std::string prefix_;
};

/// Writes a file of mode 0600 that must not exist yet; `next` returns piece after piece, and an empty one at the end.
Result<> write_new_file(const std::filesystem::path& file, const std::function<Result<std::string>()>& next);

}  // namespace daikan::server
