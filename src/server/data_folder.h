// The data folder of one server: made with mode 0700, held by one process at a time.
//
// Knows the names of what lies in it and the lock; not the contents. Used by daikand and `daikan init`. The invariant: while a DataFolder
// exists, no other process has one for the same folder.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace daikan::server {

class DataFolder {
 public:
  /// Makes the folder when it is missing and takes the lock. Fails with storage_failed (cannot be made or written, or this
  /// is root and it belongs to somebody else, or a restore was interrupted in it: which, and why) or
  /// conflict (another process holds it: its number is named).
  static Result<DataFolder> open(const std::filesystem::path& folder);

  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&& other) noexcept;
  ~DataFolder();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path secrets_key() const { return path_ / "secrets.key"; }
  std::filesystem::path endpoints_file() const { return path_ / "endpoints.json"; }
  /// Lies in the folder while `daikan restore` fills it.
  std::filesystem::path restore_mark() const { return path_ / "restoring"; }
  /// "sqlite:FOLDER/daikan.db", what is used when no database is configured.
  std::string default_database() const { return "sqlite:" + (path_ / "daikan.db").string(); }

 private:
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_ = -1;
};

/// Writes `content` beside `file`, syncs and renames, so that `file` is the old one or the new one after a crash. `mode` as in chmod.
Result<> write_file_atomically(const std::filesystem::path& file, std::string_view content, unsigned mode);

}  // namespace daikan::server
