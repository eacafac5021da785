// The servers this person administers: address, pinned certificate and session, in one file of mode 0600.
//
// `profiles.json` in DAIKAN_HOME (default: $XDG_CONFIG_HOME/daikan, ~/.config/daikan). Knows the file, talks to nobody. The invariant: the
// file is replaced as a whole under a lock, so that two commands at once lose nothing.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace daikan::cli {

struct Profile {
  std::string name;
  Endpoint server;          ///< Its console, 13291.
  std::string fingerprint;  ///< Pinned at the first login.
  std::string user;
  std::string secret;      ///< Of the session; empty after logout.
  std::string expires_at;  ///< RFC 3339, as the server told.
  std::string url() const { return "https://" + server.str(); }
};

/// The host and port of "https://host[:13291]", "host:port" or "host". Fails as parse_endpoint, field "url".
Result<Endpoint> parse_console_url(std::string_view url);

class Profiles {
 public:
  explicit Profiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// The folder of this person, from the environment.
  static std::filesystem::path default_folder();

  /// All profiles, by name; none when there is no file. Fails with configuration_invalid when it cannot be read or understood.
  Result<std::vector<Profile>> list() const;
  /// The profile `name`, or the only one when `name` is empty. Fails with not_found or invalid_request, and says which there are.
  Result<Profile> find(const std::string& name) const;
  /// Adds or replaces the profile of that name.
  Result<> put(const Profile& profile);
  /// not_found when there is none.
  Result<> remove(const std::string& name);

 private:
  Result<> change(const std::function<Result<>(std::vector<Profile>&)>& edit);
  std::filesystem::path file() const { return folder_ / "profiles.json"; }
  std::filesystem::path folder_;
};

/// Letters, digits, '.', '-', '_', at most 64; fails with invalid_request, field "as".
Result<> check_profile_name(std::string_view name);

}  // namespace daikan::cli
