#include "net/detail/durable_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace daikan::net::detail {
namespace {

tl::unexpected<Error> storage_error(std::string_view what, const std::filesystem::path& path) {
  const int reason = errno;
  return fail(Code::storage_failed, fmt::format("{} {}: {}.", what, path.string(), std::strerror(reason)),
              "Check that the folder exists, belongs to the service's account and has free space.");
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  explicit operator bool() const { return value_ >= 0; }

 private:
  int value_;
};

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const auto n = ::write(descriptor, content.data(), content.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) content.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

Result<> write_new_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file) return storage_error("Could not create", path);
  if (::fchmod(file.get(), mode) == 0 && write_all(file.get(), content) && ::fsync(file.get()) == 0) return {};
  auto error = storage_error("Could not write", path);
  ::unlink(path.c_str());
  return error;
}

Result<> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  const Descriptor folder(::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return storage_error("Could not open", to.parent_path());
  if (::faccessat(folder.get(), to.filename().c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
    errno = EEXIST;
    return storage_error("Could not create", to);
  }
  if (::rename(from.c_str(), to.c_str()) != 0) return storage_error("Could not create", to);
  if (::fsync(folder.get()) != 0) return storage_error("Could not save the folder", to.parent_path());
  return {};
}

Result<> replace_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  auto staged = path;
  staged += ".replacing";
  std::error_code left_over;
  std::filesystem::remove(staged, left_over);
  if (auto written = write_new_file(staged, content, mode); !written) return written;
  const Descriptor folder(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return storage_error("Could not open", path.parent_path());
  if (::rename(staged.c_str(), path.c_str()) != 0) {
    auto error = storage_error("Could not replace", path);
    ::unlink(staged.c_str());
    return error;
  }
  if (::fsync(folder.get()) != 0) return storage_error("Could not save the folder", path.parent_path());
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return storage_error("Could not open", path);
  std::string content(max + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const auto n = ::read(file.get(), content.data() + size, content.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return storage_error("Could not read", path);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > max)
    return fail(Code::too_large, fmt::format("{} is larger than {} bytes.", path.string(), max), "Check that this is the right file.");
  content.resize(size);
  return content;
}

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return storage_error("Could not open", folder);
  FolderLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX) != 0) return storage_error("Could not lock", folder);
  return lock;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace daikan::net::detail
