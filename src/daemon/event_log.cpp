#include "daemon/event_log.h"

#include <limits>
#include <string>

namespace daikan::daemon {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kAtOnce = 200;
constexpr auto kAfterFailure = 5s;

// The link host logs these itself, when they happen and even when the database is away.
bool is_logged_already(const hierarchy::Event& event) {
  return event.kind.starts_with("link_") || event.kind == "clock_skew" || event.kind == "unrecognised_server";
}

void write(Log& log, const hierarchy::Event& event) {
  const auto line = event.kind + ": " + event.message;
  switch (event.severity) {
    case hierarchy::Severity::info:
      return log.info(line);
    case hierarchy::Severity::warning:
      return log.warning(line);
    case hierarchy::Severity::error:
    case hierarchy::Severity::critical:
      return log.error(line);
  }
}

}  // namespace

net::awaitable<> log_events(server::History& history, Log& log) {
  store::EventQuery newest{.after = 0, .before = std::numeric_limits<std::int64_t>::max(), .limit = 1};
  std::int64_t last = -1;
  for (;;) {
    const auto seen = history.news_count();
    const store::EventQuery query = last < 0 ? newest : store::EventQuery{.after = last, .before = 0, .limit = kAtOnce};
    auto events = co_await history.events(query);
    if (!events) {
      log.warning("The events cannot be read: " + events.error().text());
      const bool on = co_await net::sleep_for(kAfterFailure);
      if (!on) co_return;
      continue;
    }
    if (last < 0) {
      last = events->empty() ? 0 : events->front().sequence;
      continue;
    }
    for (const auto& event : *events) {
      if (!is_logged_already(event)) write(log, event);
      last = event.sequence;
    }
    if (events->empty() && seen == history.news_count()) co_await history.wait_for_news(net::SteadyTime::max());
  }
}

}  // namespace daikan::daemon
