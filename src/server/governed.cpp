#include "server/governed.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kGovernedPause = 100ms;  // between two looks, however much happens
constexpr auto kLookAnyway = 1min;

std::int64_t number_at(const hierarchy::Effective& effective, std::string_view path) {
  return std::get<std::int64_t>(effective.find(path)->value);
}

bool same(const Retention& a, const Retention& b) {
  return a.info == b.info && a.warning == b.warning && a.error == b.error && a.critical == b.critical;
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
  settings.session_idle = std::chrono::minutes(number_at(effective, "sessions.idle_minutes"));
  // What cannot be read allows nothing.
  const auto& may = std::get<std::string>(effective.find("hierarchy.primary_may")->value);
  settings.primary_may = hierarchy::primary_may_from_string(may).value_or(hierarchy::PrimaryMay::none);
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
  if (!told_ || told_->log_level != settings.log_level) obey_.log_level(settings.log_level);
  if (!told_ || !same(told_->events, settings.events)) obey_.events(settings.events);
  if (!told_ || told_->session_idle != settings.session_idle) obey_.session_idle(settings.session_idle);
  told_ = std::move(settings);
  co_return Result<>{};
}

}  // namespace daikan::server
