// How often somebody may guess a password: a bucket of failures per source and a growing delay per account, in memory.
//
// Pure: time comes in as an argument. Called by Accounts before and after each check. Only failures count, so people who know their
// password are never slowed down. The invariant that keeps an attacker from locking people out: failures from elsewhere never delay a
// login from the server's own machine (loopback), no account's delay is longer than a minute, and no limit is stricter on that machine
// than LoginLimits are by default.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace daikan::server {

struct LoginLimits {
  unsigned account_failures = 5;            ///< Before the delay begins.
  std::chrono::minutes account_window{15};  ///< Without another one, they are forgotten.
  unsigned source_failures = 20;            ///< A source may make so many at once,
  std::chrono::seconds source_window{100};  ///< and so many again in this time.
  friend bool operator==(const LoginLimits&, const LoginLimits&) = default;
};

class LoginLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Refusal {
    std::chrono::seconds wait;  ///< At least 1.
    /// Whether this is the first refusal of this wait: only that one is worth an audit record, or the records would be the attack.
    enum class Told : std::uint8_t { first, again } told;
  };

  /// From now on, for what was counted before, too.
  void use(const LoginLimits& limits) { limits_ = limits; }
  /// Nothing: the attempt may be made.
  std::optional<Refusal> ask(std::string_view account, std::string_view source, Time now);
  void failed(std::string_view account, std::string_view source, Time now);
  void succeeded(std::string_view account, std::string_view source);

  std::size_t size() const { return sources_.size() + accounts_.size(); }

 private:
  struct Source {
    double tokens;
    Time filled_at;
    bool told = false;
  };
  struct Account {
    unsigned failures = 0;
    Time last;
    Time not_before;
    bool told = false;
  };
  LoginLimits limits_of(std::string_view source) const;
  Source& source(std::string_view source_ip, Time now);

  LoginLimits limits_;
  std::map<std::string, Source, std::less<>> sources_;
  std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace daikan::server
