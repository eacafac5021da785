#include "daemon/process.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace daikan::daemon {
namespace {

constexpr std::string_view kGaveUp = "daikand: the clean end took too long; ended at once. Nothing that was acknowledged is lost.\n";

void on_alarm(int) {
  // Only async-signal-safe calls.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kGaveUp.data(), kGaveUp.size());
  ::_exit(1);
}

}  // namespace

std::size_t prepare_process() {
  ::signal(SIGPIPE, SIG_IGN);
  // One I/O thread and a few workers share two arenas well; the default of eight per core only spreads free memory.
  ::mallopt(M_ARENA_MAX, 2);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  if (files.rlim_cur < files.rlim_max) {
    const rlimit raised{files.rlim_max, files.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return files.rlim_max;
  }
  return files.rlim_cur;
}

void notify_service_manager(std::string_view state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (!path || (path[0] != '/' && path[0] != '@')) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto length = std::strlen(path);
  if (length >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path, length);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // an abstract socket
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  // A manager that does not listen is its own problem: the server runs.
  [[maybe_unused]] const auto sent =
      ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
  ::close(fd);
}

void give_up_after(std::chrono::seconds time) {
  ::signal(SIGALRM, &on_alarm);
  ::alarm(static_cast<unsigned>(time.count()));
}

}  // namespace daikan::daemon
