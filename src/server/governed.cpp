#include "server/governed.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kGovernedPause = 100ms;  // between two looks, however much happens
constexpr auto kLookAnyway = 1min;

std::int64_t number_at(const hierarchy::Effective& effective, std::string_view path) {
  return std::get<std::int64_t>(effective.find(path)->value);
}

/// Tells `obey` the value of `member`, unless it was told the same before.
template <class Value, class Obey>
void tell(const Obey& obey, const std::optional<ServerSettings>& told, const ServerSettings& settings, Value ServerSettings::* member) {
  if (obey && (!told || (*told).*member != settings.*member)) obey(settings.*member);
}

}  // namespace

ServerSettings server_settings(const hierarchy::Effective& effective) {
  const auto days = [&](std::string_view path) { return std::chrono::days(number_at(effective, path)); };
  ServerSettings settings;
  settings.log_level = std::get<std::string>(effective.find("log.level")->value);
  settings.events.info = days("events.info_days");
  settings.events.warning = days("events.warning_days");
  settings.events.error = days("events.error_days");
  settings.events.critical = days("events.critical_days");
  settings.events.feed = days("roll_up.keep_days");
  settings.session_idle = std::chrono::minutes(number_at(effective, "sessions.idle_minutes"));
  settings.logins.account_failures = static_cast<unsigned>(number_at(effective, "logins.account_failures"));
  settings.logins.account_window = std::chrono::minutes(number_at(effective, "logins.account_window_minutes"));
  settings.logins.source_failures = static_cast<unsigned>(number_at(effective, "logins.source_failures"));
  settings.logins.source_window = std::chrono::seconds(number_at(effective, "logins.source_window_seconds"));
  settings.pace.ping_after_idle = std::chrono::seconds(number_at(effective, "links.ping_seconds"));
  settings.pace.ping_answer = std::chrono::seconds(number_at(effective, "links.ping_answer_seconds"));
  settings.pace.backoff = {.first = std::chrono::milliseconds(number_at(effective, "links.reconnect_first_milliseconds")),
                           .longest = std::chrono::seconds(number_at(effective, "links.reconnect_longest_seconds")),
                           .refused = std::chrono::seconds(number_at(effective, "links.reconnect_refused_seconds"))};
  // What cannot be read allows nothing.
  const auto& may = std::get<std::string>(effective.find("hierarchy.primary_may")->value);
  settings.primary_may = hierarchy::primary_may_from_string(may).value_or(hierarchy::PrimaryMay::none);
  settings.console_sources = std::get<std::vector<std::string>>(effective.find("console.sources")->value);
  return settings;
}

awaitable<Result<>> Governed::start() { return look(); }

awaitable<> Governed::run() {
  for (;;) {
    if (seen_ == history_.news_count()) co_await history_.wait_for_news(std::chrono::steady_clock::now() + kLookAnyway);
    const bool on = co_await net::sleep_for(kGovernedPause);
    if (!on) co_return;
    // What cannot be read now stays as it is; the next look is a minute away at most.
    auto looked = co_await look();
    static_cast<void>(looked);
  }
}

awaitable<Result<>> Governed::look() {
  seen_ = history_.news_count();
  auto effective = co_await policies_.governing();
  if (!effective) co_return fail(std::move(effective.error()));
  auto settings = server_settings(*effective);
  if (obey_.primary_may && (!told_ || told_->primary_may != settings.primary_may)) {
    auto kept = co_await obey_.primary_may(settings.primary_may);
    if (!kept) co_return kept;
  }
  tell(obey_.log_level, told_, settings, &ServerSettings::log_level);
  tell(obey_.events, told_, settings, &ServerSettings::events);
  tell(obey_.session_idle, told_, settings, &ServerSettings::session_idle);
  tell(obey_.logins, told_, settings, &ServerSettings::logins);
  tell(obey_.console_sources, told_, settings, &ServerSettings::console_sources);
  tell(obey_.pace, told_, settings, &ServerSettings::pace);
  told_ = std::move(settings);
  co_return Result<>{};
}

}  // namespace daikan::server
