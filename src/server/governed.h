// What policies make this server itself do: it looks at its effective settings after every change here or above, and tells whoever obeys.
//
// Knows which settings of the application daikan-server there are, not what obeying means: the composition root names that. Owned by the
// daemon. Invariant: within kGovernedPause after a durable change, every setting that differs was told; nothing is told twice. What is
// asked of new passwords is no part of it: that is looked up whenever somebody sets one (access_rules.h).
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/housekeeping.h"
#include "server/link_host.h"
#include "server/login_limiter.h"
#include "server/policies.h"

namespace daikan::server {

/// The settings that are obeyed, as values.
struct ServerSettings {
  std::string log_level;
  Retention events{std::chrono::days(90)};
  std::chrono::minutes session_idle{};
  LoginLimits logins;
  std::vector<std::string> console_sources;
  LinkPace pace;
  hierarchy::PrimaryMay primary_may = hierarchy::PrimaryMay::full;
};
ServerSettings server_settings(const hierarchy::Effective& effective);

class Governed {
 public:
  struct Obey {
    std::function<void(std::string_view)> log_level;
    std::function<void(const Retention&)> events;
    std::function<void(std::chrono::minutes)> session_idle;
    std::function<void(const LoginLimits&)> logins = {};
    std::function<void(const std::vector<std::string>&)> console_sources = {};
    std::function<void(const LinkPace&)> pace = {};
    std::function<awaitable<Result<>>(hierarchy::PrimaryMay)> primary_may = {};
  };
  Governed(Policies& policies, History& history, Obey obey) : policies_(policies), history_(history), obey_(std::move(obey)) {}

  /// Before anything is served.
  awaitable<Result<>> start();
  /// Until it is cancelled.
  awaitable<> run();

 private:
  awaitable<Result<>> look();

  Policies& policies_;
  History& history_;
  Obey obey_;
  std::optional<ServerSettings> told_;
  std::uint64_t seen_ = 0;  ///< news_count() before the last look.
};

}  // namespace daikan::server
