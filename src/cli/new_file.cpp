#include "cli/new_file.h"

#include <cerrno>
#include <cstring>
#include <random>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

namespace daikan::cli {

NewFile::~NewFile() {
  if (descriptor_ < 0) return;
  if (!kept_) ::unlink(partial_.c_str());
  ::close(descriptor_);
}

Result<> NewFile::open(unsigned mode) {
  constexpr int kTries = 16;
  std::random_device random;
  for (int n = 0; n < kTries && descriptor_ < 0; ++n) {
    partial_ = fmt::format("{}.{}.{:08x}{:08x}.part", path_, ::getpid(), random(), random());
    descriptor_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (descriptor_ < 0 && errno != EEXIST && errno != EINTR) break;
  }
  return descriptor_ < 0 ? failed() : Result<>{};
}

Result<> NewFile::write(std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(descriptor_, content.data(), content.size());
    if (written < 0 && errno != EINTR) return failed();
    if (written <= 0) continue;
    bytes_ += static_cast<std::uint64_t>(written);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> NewFile::keep() {
  if (::fsync(descriptor_) != 0 || ::rename(partial_.c_str(), path_.c_str()) != 0) return failed();
  kept_ = true;
  return {};
}

tl::unexpected<Error> NewFile::failed() const {
  return fail(Code::storage_failed, fmt::format("{} cannot be written: {}.", quotable(path_), std::strerror(errno)),
              "Check that the folder is there, can be written to and has room.");
}

}  // namespace daikan::cli
