// Small files that must be whole or absent after a crash.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daikan::net::detail {

/// Creates `path`, which must not exist, with `mode`; the content is on disk when this returns. Fails with storage_failed and leaves
/// nothing behind.
Result<> write_new_file(const std::filesystem::path& path, std::string_view content, unsigned mode);

/// Renames and makes the name durable. Fails with storage_failed; never replaces an existing `to`.
Result<> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Puts `content` in place of what `path` holds, or creates it: after a crash it is the old content or the new one, whole. Fails with
/// storage_failed; the old content stays.
Result<> replace_file(const std::filesystem::path& path, std::string_view content, unsigned mode);

/// At most `max` bytes. Fails with storage_failed (with the system's reason), or too_large.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t max);

/// Holds an exclusive lock on a folder; a second process waits.
class FolderLock {
 public:
  static Result<FolderLock> take(const std::filesystem::path& folder);
  FolderLock(FolderLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace daikan::net::detail
