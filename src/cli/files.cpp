#include "cli/files.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/new_file.h"
#include "net/identity.h"

namespace daikan::cli {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

enum class Until : std::uint8_t { end, line };

std::string shown_name(const std::string& path) { return path == "-" ? "Standard input" : quotable(path); }

Result<std::string> read_until(const std::string& path, std::size_t max, Until until) {
  const Descriptor file(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    const auto code = errno == ENOENT ? Code::not_found : Code::invalid_request;
    return fail(code, fmt::format("{} cannot be read: {}.", shown_name(path), std::strerror(errno)),
                "Check the file's name and its permissions.");
  }
  std::string content;
  char buffer[4096];
  for (;;) {
    // A line is read byte by byte: what is behind it in standard input belongs to somebody else.
    const auto got = ::read(file.get(), buffer, until == Until::line ? 1 : sizeof buffer);
    if (got < 0 && errno == EINTR) return fail(Code::cancelled, fmt::format("Reading {} was interrupted.", shown_name(path)));
    if (got < 0) {
      return fail(Code::invalid_request, fmt::format("{} cannot be read: {}.", shown_name(path), std::strerror(errno)), "Name a file.");
    }
    if (got == 0) break;
    if (until == Until::line && buffer[0] == '\n') break;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > max) {
      return fail(Code::too_large, fmt::format("{} has more than {} bytes.", shown_name(path), max), "Check that it is the right file.");
    }
  }
  return content;
}

Error naming(Error error, const std::string& path) {
  error.message = quotable(path) + ": " + error.message;
  return error;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max) { return read_until(path, max, Until::end); }

Result<std::string> read_secret(const std::string& path) {
  auto line = read_until(path, limits::kMaxPasswordBytes, Until::line);
  if (!line) return line;
  if (!line->empty() && line->back() == '\r') line->pop_back();
  if (line->empty()) {
    const auto* where = path == "-" ? "standard input" : path.c_str();
    return fail(Code::invalid_request, fmt::format("There is no password in {}.", quotable(where)), "Put it on the first line.");
  }
  return line;
}

Result<CertificateFile> read_certificate(const std::string& path) {
  auto content = read_file(path, limits::kMaxCertificateFileBytes);
  if (!content && content.error().code == Code::too_large) content.error().code = Code::certificate_unreadable;
  if (!content) return fail(std::move(content.error()));
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(content->data()), content->size());
  auto parsed = net::parse_certificate(bytes, now());
  if (!parsed) return fail(naming(std::move(parsed.error()), path));
  return CertificateFile{to_base64(parsed->record.der), std::move(parsed->record)};
}

Result<> write_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  NewFile file(path.string());
  if (auto opened = file.open(mode); !opened) return opened;
  if (auto written = file.write(content); !written) return written;
  return file.keep();
}

Result<Proxy> read_proxy(const std::string& url, const std::string& password_file, std::string_view field) {
  auto proxy = parse_proxy_url(url, field);
  if (!proxy) return proxy;
  if (password_file.empty()) return proxy;
  if (proxy->user.empty()) {
    return fail(Code::invalid_request, "A proxy password was given, but no user.",
                "Put the user into the proxy's URL: http://user@proxy:3128.", std::string(field));
  }
  auto password = read_secret(password_file);
  if (!password) return fail(std::move(password.error()));
  proxy->password = std::move(*password);
  return proxy;
}

}  // namespace daikan::cli
