#include "server/data_folder.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

namespace daikan::server {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

tl::unexpected<Error> cannot(std::string_view what, const std::filesystem::path& where) {
  return fail(Code::storage_failed, fmt::format("{} {}: {}.", what, where.string(), std::strerror(errno)),
              "Check the path, the free space, and that the folder belongs to the user who runs this program.");
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const auto n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// A rename is durable only once the folder itself is.
bool sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.get() >= 0 && ::fsync(fd.get()) == 0;
}

// Root may write anywhere, but what it makes in a folder of the service's user, that user could not read afterwards.
Result<> refuse_root_in_folder_of_another(const std::filesystem::path& path) {
  struct stat found{};
  if (::geteuid() != 0 || ::stat(path.c_str(), &found) != 0 || found.st_uid == 0) return {};
  const auto* owner = ::getpwuid(found.st_uid);
  const auto name = owner ? std::string(owner->pw_name) : std::to_string(found.st_uid);
  return fail(Code::storage_failed, fmt::format("The data folder {} belongs to the user {}, and this is root.", path.string(), name),
              fmt::format("Run the same as that user: runuser -u {} -- …", name), "data");
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::filesystem::path& folder) {
  if (folder.empty()) return fail(Code::configuration_invalid, "The data folder is missing.", "Give its path with --data.", "data");
  std::error_code ec;
  const auto path = std::filesystem::absolute(folder, ec).lexically_normal();
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ec);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return cannot("Cannot make the data folder", path);

  if (auto allowed = refuse_root_in_folder_of_another(path); !allowed) return fail(std::move(allowed.error()));
  const auto lock_file = path / "daikand.lock";
  FileDescriptor lock(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) return cannot("Cannot use the data folder: opening", lock_file);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot("Cannot lock", lock_file);
    std::array<char, 32> holder{};
    const auto n = ::pread(lock.get(), holder.data(), holder.size() - 1, 0);
    const std::string_view number(holder.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    return fail(Code::conflict, fmt::format("The data folder {} is in use by process {}.", path.string(), number.empty() ? "?" : number),
                "Stop the daikand that runs on it first, or give another folder with --data.", "data");
  }
  if (std::filesystem::exists(path / "restoring", ec)) {
    return fail(Code::storage_failed, fmt::format("A restore into the data folder {} was interrupted.", path.string()),
                "Empty the folder (and the database, if it is another one) and restore again.", "data");
  }
  const auto pid = std::to_string(::getpid());
  if (::ftruncate(lock.get(), 0) != 0 || ::pwrite(lock.get(), pid.data(), pid.size(), 0) < 0) return cannot("Cannot write", lock_file);
  return DataFolder(path, lock.release());
}

DataFolder::DataFolder(DataFolder&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Result<> write_file_atomically(const std::filesystem::path& file, std::string_view content, unsigned mode) {
  auto beside = file;
  beside += ".new";
  {
    const FileDescriptor fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (fd.get() < 0) return cannot("Cannot write", beside);
    if (::fchmod(fd.get(), mode) != 0 || !write_all(fd.get(), content) || ::fsync(fd.get()) != 0) return cannot("Cannot write", beside);
  }
  if (::rename(beside.c_str(), file.c_str()) != 0) return cannot("Cannot write", file);
  if (!sync_folder(file.parent_path().empty() ? "." : file.parent_path())) return cannot("Cannot write", file);
  return {};
}

}  // namespace daikan::server
