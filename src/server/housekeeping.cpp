#include "server/housekeeping.h"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "server/access.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenSweeps = 1h;
constexpr auto kAnswersKept = 24h;  // of Idempotency-Key: longer than any client retries
constexpr auto kWarnBefore = std::chrono::days(30);
constexpr std::string_view kWarnedAt = "certificate_warned_at";
constexpr std::string_view kHeadNoted = "audit_head_noted";  // day and hash

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

void trim_events(store::Transaction& transaction, const Retention& keep, TimePoint at) {
  using hierarchy::Severity;
  store::trim_events(transaction, Severity::info, at - keep.info);
  store::trim_events(transaction, Severity::warning, at - keep.warning);
  store::trim_events(transaction, Severity::error, at - keep.error);
  store::trim_events(transaction, Severity::critical, at - keep.critical);
}

/// What goes leaves a record, so that the anchor of the chain is in the chain itself.
void trim_audit(store::Transaction& transaction, std::chrono::days keep, TimePoint at) {
  if (keep.count() == 0) return;
  const auto removed = store::trim_audit(transaction, at - keep);
  if (removed == 0) return;
  const auto anchor = store::audit_chain(transaction).anchor;
  History::audit(transaction, system_actor(), at, "audit.trim",
                 fmt::format("{} records up to {}, whose hash is {}", removed, anchor.sequence, anchor.hash));
}

/// The head goes where a copy may be kept (log, notifications): whoever rewrites the whole chain cannot rewrite those.
Swept note_audit_head(store::Transaction& transaction, TimePoint at) {
  const auto head = store::audit_chain(transaction).head;
  const auto day = to_rfc3339(std::chrono::floor<std::chrono::days>(at)).substr(0, 10);
  const auto noted = store::find_setting(transaction, kHeadNoted).value_or("");
  if (head.sequence == 0 || noted.starts_with(day) || noted.ends_with(head.hash)) return Swept::quietly;
  store::put_setting(transaction, kHeadNoted, fmt::format("{} {}", day, head.hash));
  History::record(transaction, {.sequence = 0,
                                .at = at,
                                .severity = hierarchy::Severity::info,
                                .kind = "audit_head",
                                .message = fmt::format("The last audit record is {}, with the hash {}.", head.sequence, head.hash),
                                .secondary = std::nullopt});
  return Swept::with_news;
}

}  // namespace

Housekeeping::Housekeeping(Storage& storage, History& history, const Facts& facts, Retention retention)
    : storage_(storage), history_(history), facts_(facts), retention_(retention) {}

awaitable<> Housekeeping::run() {
  for (;;) {
    auto swept = co_await sweep(now());
    static_cast<void>(swept);
    const bool on = co_await net::sleep_for(kBetweenSweeps);
    if (!on) co_return;
  }
}

awaitable<Result<>> Housekeeping::sweep(TimePoint at) {
  const auto work = [at, keep = retention_, not_after = facts_.certificate_not_after](store::Transaction& transaction) -> Result<Swept> {
    store::remove_expired_credentials(transaction, at);
    trim_events(transaction, keep, at);
    trim_audit(transaction, keep.audit, at);
    store::trim_answers(transaction, at - kAnswersKept);
    const auto noted = note_audit_head(transaction, at);
    auto warned = warn_of_certificate(transaction, not_after, at);
    return noted == Swept::with_news ? Result<Swept>(noted) : warned;
  };
  auto swept = co_await storage_.write<Swept>(work);
  if (!swept) co_return fail(std::move(swept.error()));
  if (*swept == Swept::with_news) history_.committed();
  co_return Result<>{};
}

}  // namespace daikan::server
