#include "cli/profiles.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <boost/json.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/files.h"
#include "cli/json_text.h"
#include "net/identity.h"

namespace daikan::cli {
namespace {

constexpr std::size_t kLargestFile = 4 * 1024 * 1024;
constexpr std::size_t kLongestName = 64;

/// Held while the file is read, changed and replaced.
class Lock {
 public:
  explicit Lock(const std::filesystem::path& file) : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    while (fd_ >= 0 && ::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~Lock() {
    if (fd_ >= 0) ::close(fd_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  bool held() const { return fd_ >= 0; }

 private:
  int fd_;
};

tl::unexpected<Error> unreadable(const std::filesystem::path& file, std::string_view why) {
  return fail(Code::configuration_invalid, fmt::format("{} cannot be understood: {}.", file.string(), why),
              "Move it away and log in again with daikan login.");
}

Result<std::vector<Profile>> parse(const std::string& text, const std::filesystem::path& file) {
  boost::system::error_code bad;
  const auto value = json::parse(text, bad);
  if (bad || !member(value, "profiles").is_array()) return unreadable(file, "it is not JSON with a list of profiles");
  std::vector<Profile> profiles;
  for (const auto& entry : elements(value, "profiles")) {
    auto server = parse_console_url(text_of(entry, "url"));
    const auto fingerprint = net::normalise_fingerprint(text_of(entry, "fingerprint"));
    Profile profile{text_of(entry, "name"), server ? *server : Endpoint{}, fingerprint.value_or(""),
                    text_of(entry, "user"), text_of(entry, "secret"),      text_of(entry, "expires_at")};
    if (!check_profile_name(profile.name) || !server || !fingerprint) return unreadable(file, "a profile is incomplete");
    profiles.push_back(std::move(profile));
  }
  return profiles;
}

std::string names_of(const std::vector<Profile>& profiles) {
  std::string names;
  for (const auto& profile : profiles) names += (names.empty() ? "" : ", ") + profile.name;
  return names;
}

}  // namespace

Result<Endpoint> parse_console_url(std::string_view url) {
  auto rest = trim(url);
  if (rest.starts_with("http://")) {
    return fail(Code::invalid_request, fmt::format("“{}” is not encrypted.", quotable(url, 80)), "Begin it with https://.", "url");
  }
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
    if (rest.ends_with('/')) rest.remove_suffix(1);
  }
  return parse_endpoint(rest, limits::kConsolePort, "url");
}

Result<> check_profile_name(std::string_view name) {
  const bool fine = !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
  if (fine) return {};
  return fail(Code::invalid_request, fmt::format("“{}” cannot be the name of a profile.", quotable(name, 80)),
              "Use up to 64 letters, digits, dots, dashes and underscores.", "as");
}

std::filesystem::path Profiles::default_folder() {
  const auto set = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
  };
  if (auto home = set("DAIKAN_HOME"); !home.empty()) return home;
  if (auto config = set("XDG_CONFIG_HOME"); !config.empty()) return std::filesystem::path(config) / "daikan";
  const auto home = set("HOME");
  return std::filesystem::path(home.empty() ? "." : home) / ".config" / "daikan";
}

Result<std::vector<Profile>> Profiles::list() const {
  auto text = read_file(file().string(), kLargestFile);
  if (!text && text.error().code == Code::not_found) return std::vector<Profile>{};
  if (!text) return unreadable(file(), text.error().message);
  auto profiles = parse(*text, file());
  if (profiles) std::sort(profiles->begin(), profiles->end(), [](const Profile& a, const Profile& b) { return a.name < b.name; });
  return profiles;
}

Result<Profile> Profiles::find(const std::string& name) const {
  auto profiles = list();
  if (!profiles) return fail(std::move(profiles.error()));
  if (profiles->empty()) {
    return fail(Code::not_found, "No server is known yet.", "Log in first: daikan login https://SERVER:13291 --as NAME --user USER.");
  }
  if (name.empty()) {
    if (profiles->size() == 1) return profiles->front();
    return fail(Code::invalid_request, fmt::format("Several servers are known ({}), and none was named.", names_of(*profiles)),
                "Name one with --server or in DAIKAN_SERVER.", "server");
  }
  for (auto& profile : *profiles) {
    if (profile.name == name) return std::move(profile);
  }
  return fail(Code::not_found, fmt::format("There is no profile “{}” (there are: {}).", quotable(name, 80), names_of(*profiles)),
              "Log in to it first: daikan login URL --as NAME --user USER.", "server");
}

Result<> Profiles::change(const std::function<Result<>(std::vector<Profile>&)>& edit) {
  std::error_code made;
  std::filesystem::create_directories(folder_, made);
  if (!made) ::chmod(folder_.c_str(), 0700);
  const Lock lock(folder_ / "profiles.lock");
  if (!lock.held()) {
    return fail(Code::storage_failed, fmt::format("{} cannot be written: {}.", folder_.string(), std::strerror(errno)),
                "Check the folder, or name another one in DAIKAN_HOME.");
  }
  auto profiles = list();
  if (!profiles) return fail(std::move(profiles.error()));
  if (auto edited = edit(*profiles); !edited) return edited;
  json::array entries;
  for (const auto& profile : *profiles) {
    entries.push_back({{"name", profile.name},
                       {"url", profile.url()},
                       {"fingerprint", profile.fingerprint},
                       {"user", profile.user},
                       {"secret", profile.secret},
                       {"expires_at", profile.expires_at}});
  }
  json::object all;
  all["version"] = 1;
  all["profiles"] = std::move(entries);
  return write_file(file(), pretty(all), 0600);
}

Result<> Profiles::put(const Profile& profile) {
  return change([&](std::vector<Profile>& profiles) -> Result<> {
    std::erase_if(profiles, [&](const Profile& other) { return other.name == profile.name; });
    profiles.push_back(profile);
    return {};
  });
}

Result<> Profiles::remove(const std::string& name) {
  return change([&](std::vector<Profile>& profiles) -> Result<> {
    if (std::erase_if(profiles, [&](const Profile& other) { return other.name == name; }) == 0) {
      return fail(Code::not_found, fmt::format("There is no profile “{}”.", quotable(name, 80)), "daikan profiles lists them.");
    }
    return {};
  });
}

}  // namespace daikan::cli
