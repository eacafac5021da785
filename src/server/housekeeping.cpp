#include "server/housekeeping.h"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace daikan::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenSweeps = 1h;
constexpr auto kAnswersKept = 24h;  // of Idempotency-Key: longer than any client retries
constexpr auto kWarnBefore = std::chrono::days(30);
constexpr std::string_view kWarnedAt = "certificate_warned_at";

enum class Swept : std::uint8_t { quietly, with_news };

std::optional<hierarchy::Event> certificate_event(TimePoint not_after, TimePoint at) {
  if (not_after - at > kWarnBefore) return std::nullopt;
  const bool over = not_after <= at;
  const auto when = to_rfc3339(not_after).substr(0, 10);
  return hierarchy::Event{
      .sequence = 0,
      .at = at,
      .severity = hierarchy::Severity::warning,
      .kind = "certificate_expiring",
      .message =
          over ? fmt::format("This server's certificate expired on {}. Links stay up, but no new server accepts its file; renew it.", when)
               : fmt::format("This server's certificate expires on {}. Renew it before.", when),
      .secondary = std::nullopt};
}

Result<Swept> warn_of_certificate(store::Transaction& transaction, TimePoint not_after, TimePoint at) {
  const auto event = certificate_event(not_after, at);
  if (!event) return Swept::quietly;
  const auto warned = store::find_setting(transaction, kWarnedAt);
  // Another daemon's clock or a damaged value: warning once too often harms nobody.
  if (warned && *warned == to_rfc3339(std::chrono::floor<std::chrono::days>(at))) return Swept::quietly;
  store::put_setting(transaction, kWarnedAt, to_rfc3339(std::chrono::floor<std::chrono::days>(at)));
  History::record(transaction, *event);
  return Swept::with_news;
}

}  // namespace

Housekeeping::Housekeeping(Storage& storage, History& history, const Facts& facts, std::chrono::days event_retention)
    : storage_(storage), history_(history), facts_(facts), event_retention_(event_retention) {}

awaitable<> Housekeeping::run() {
  for (;;) {
    auto swept = co_await sweep(now());
    static_cast<void>(swept);
    const bool on = co_await net::sleep_for(kBetweenSweeps);
    if (!on) co_return;
  }
}

awaitable<Result<>> Housekeeping::sweep(TimePoint at) {
  const auto work = [at, keep = event_retention_,
                     not_after = facts_.certificate_not_after](store::Transaction& transaction) -> Result<Swept> {
    store::remove_expired_credentials(transaction, at);
    store::trim_events(transaction, at - keep);
    store::trim_answers(transaction, at - kAnswersKept);
    return warn_of_certificate(transaction, not_after, at);
  };
  auto swept = co_await storage_.write<Swept>(work);
  if (!swept) co_return fail(std::move(swept.error()));
  if (*swept == Swept::with_news) history_.committed();
  co_return Result<>{};
}

}  // namespace daikan::server
