#include "server/task_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

namespace daikan::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kStampBytes = 16;  // 20261125T184130Z

tl::unexpected<Error> cannot_write(const fs::path& path, std::string_view why) {
  return fail(Code::storage_failed, fmt::format("{} cannot be written: {}.", path.string(), why),
              "Check that the folder is there, that the server's user may write in it, and the free space.");
}

bool is_stamp(std::string_view text) {
  if (text.size() != kStampBytes || text[8] != 'T' || text[15] != 'Z') return false;
  for (std::size_t i = 0; i < kStampBytes - 1; ++i) {
    if (i != 8 && (text[i] < '0' || text[i] > '9')) return false;
  }
  return true;
}

/// Letters and digits of the server's name only: it goes onto a disk.
std::string plain(std::string_view server) {
  std::string name;
  for (const char c : server) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_') name += c;
  }
  return name.empty() ? "server" : name;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

bool synced(const fs::path& path, int flags) {
  const Descriptor opened(::open(path.c_str(), flags | O_CLOEXEC));
  return opened.number() >= 0 && ::fsync(opened.number()) == 0;
}

Result<> write_all(int descriptor, std::string_view content, const fs::path& file) {
  while (!content.empty()) {
    const auto written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return cannot_write(file, std::strerror(errno));
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<TaskFolder> TaskFolder::open(const fs::path& data, const hierarchy::Task& task, std::string_view server) {
  const fs::path wanted(task.settings.folder);
  auto path = wanted.is_absolute() ? wanted : data / wanted;
  std::error_code ec;
  const bool made = fs::create_directories(path, ec);
  if (ec) return cannot_write(path, ec.message());
  if (!fs::is_directory(path, ec)) return cannot_write(path, "it is not a folder");
  if (made) fs::permissions(path, fs::perms::owner_all, ec);
  return TaskFolder(std::move(path), fmt::format("{}-{}-", plain(server), task.id.str().substr(28)));
}

std::string TaskFolder::name_for(TimePoint at, std::string_view ending) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{}{:%Y%m%dT%H%M%SZ}{}", prefix_, fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), ending);
}

fs::path TaskFolder::unfinished(std::string_view ending) const {
  auto path = path_ / fmt::format(".{}unfinished{}", prefix_, ending);
  std::error_code ec;
  fs::remove(path, ec);
  return path;
}

Result<> TaskFolder::finish(const fs::path& unfinished, const std::string& name) const {
  if (!synced(unfinished, O_RDONLY)) return cannot_write(unfinished, std::strerror(errno));
  std::error_code ec;
  fs::rename(unfinished, path_ / name, ec);
  if (ec) return cannot_write(path_ / name, ec.message());
  if (!synced(path_, O_RDONLY | O_DIRECTORY)) return cannot_write(path_, std::strerror(errno));
  return {};
}

Result<std::size_t> TaskFolder::keep_newest(std::size_t keep, std::string_view ending) const {
  std::vector<std::string> names;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(path_, ec)) {
    const auto name = entry.path().filename().string();
    if (name.size() != prefix_.size() + kStampBytes + ending.size() || !name.starts_with(prefix_) || !name.ends_with(ending)) continue;
    if (is_stamp(std::string_view(name).substr(prefix_.size(), kStampBytes))) names.push_back(name);
  }
  if (ec) return cannot_write(path_, ec.message());
  std::sort(names.rbegin(), names.rend());
  for (std::size_t i = keep; i < names.size(); ++i) {
    fs::remove(path_ / names[i], ec);
    if (ec) return cannot_write(path_ / names[i], ec.message());
  }
  return std::min(keep, names.size());
}

Result<> write_new_file(const fs::path& file, const std::function<Result<std::string>()>& next) {
  const Descriptor opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (opened.number() < 0) return cannot_write(file, std::strerror(errno));
  for (;;) {
    auto piece = next();
    if (!piece) return fail(std::move(piece.error()));
    if (piece->empty()) break;
    if (auto written = write_all(opened.number(), *piece, file); !written) return written;
  }
  if (::fsync(opened.number()) != 0) return cannot_write(file, std::strerror(errno));
  return {};
}

}  // namespace daikan::server
