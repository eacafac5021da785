#include "server/housekeeping.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/limits_feed.h"
#include "server/access.h"
#include "server/event.h"
#include "store/tables_feed.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenSweeps = 1h;
constexpr auto kAnswersKept = 24h;  // of Idempotency-Key: longer than any client retries
// Rarely enough to be read each time, and once more when nobody acted.
constexpr std::array kWarnBefore = {std::chrono::days(30), std::chrono::days(14), std::chrono::days(7), std::chrono::days(1)};
constexpr std::string_view kWarnedAt = "certificate_warned_at";  // fingerprint and which warning
constexpr std::string_view kHeadNoted = "audit_head_noted";      // day and hash

enum class Swept : std::uint8_t { quietly, with_news };

/// Of this server's own certificate.
struct Ending {
  std::string fingerprint;
  std::string issuer;
  TimePoint not_after;
};

std::string day_of(TimePoint at) { return to_rfc3339(std::chrono::floor<std::chrono::days>(at)).substr(0, 10); }

/// What is due at `at`; nothing: nothing yet. Once it is over, every day anew.
std::optional<std::string> warning_due(TimePoint not_after, TimePoint at) {
  const auto left = not_after - at;
  if (left <= 0s) return "over " + day_of(at);
  std::optional<std::string> due;
  for (const auto days : kWarnBefore) {
    if (left <= days) due = std::to_string(days.count());
  }
  return due;
}

hierarchy::Event certificate_event(const Ending& ending, TimePoint at) {
  const auto when = day_of(ending.not_after);
  const auto whose = ending.issuer.empty() ? std::string("This server's certificate")
                                           : fmt::format("This server's certificate, issued by {},", ending.issuer);
  // One that is signed by its own key is renewed by itself, and comes here only when that fails.
  const std::string_view remedy =
      ending.issuer.empty() ? "Renewing it has failed: see the log, or make another key with daikan certificate roll begin."
                            : "It is not renewed by itself: get a new one from its issuer and set it with daikan certificate set.";
  return warning_event(at, "certificate_expiring",
                       ending.not_after <= at
                           ? fmt::format("{} expired on {}. Links stay up, but no new server accepts its file. {}", whose, when, remedy)
                           : fmt::format("{} expires on {}. {}", whose, when, remedy));
}

Swept warn_of_certificate(store::Transaction& transaction, const Ending& ending, TimePoint at) {
  const auto due = warning_due(ending.not_after, at);
  if (!due) return Swept::quietly;
  const auto warning = fmt::format("{} {}", ending.fingerprint, *due);
  if (store::find_setting(transaction, kWarnedAt) == warning) return Swept::quietly;
  store::put_setting(transaction, kWarnedAt, warning);
  History::record(transaction, certificate_event(ending, at));
  return Swept::with_news;
}

void trim_events(store::Transaction& transaction, const Retention& keep, TimePoint at) {
  using hierarchy::Severity;
  store::trim_events(transaction, Severity::info, at - keep.info);
  store::trim_events(transaction, Severity::warning, at - keep.warning);
  store::trim_events(transaction, Severity::error, at - keep.error);
  store::trim_events(transaction, Severity::critical, at - keep.critical);
}

/// What came from below is kept as long as what happened here, by the time of its arrival: clocks below may be wrong.
void trim_rolled_up(store::Transaction& transaction, const Retention& keep, TimePoint at) {
  using hierarchy::Severity;
  store::trim_rolled_up_events(transaction, Severity::info, at - keep.info);
  store::trim_rolled_up_events(transaction, Severity::warning, at - keep.warning);
  store::trim_rolled_up_events(transaction, Severity::error, at - keep.error);
  store::trim_rolled_up_events(transaction, Severity::critical, at - keep.critical);
  store::trim_rolled_up_results(transaction, at - keep.info);
  store::trim_tombstones(transaction, at - limits::kTombstonesKept);
  store::trim_feed(transaction, {at - keep.feed, limits::kMaxFeedBytes});
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
  History::record(transaction,
                  info_event(at, "audit_head", fmt::format("The last audit record is {}, with the hash {}.", head.sequence, head.hash)));
  return Swept::with_news;
}

}  // namespace

Housekeeping::Housekeeping(Storage& storage, History& history, const Facts& facts, Retention retention)
    : storage_(storage), history_(history), facts_(facts), retention_(retention), changed_(storage.executor()) {}

awaitable<> Housekeeping::run() {
  for (;;) {
    const auto seen = changes_;
    auto swept = co_await sweep(now());
    static_cast<void>(swept);
    if (seen != changes_) continue;
    const auto until = std::chrono::steady_clock::now() + kBetweenSweeps;
    const bool changed = co_await changed_.wait(until);
    if (!changed && std::chrono::steady_clock::now() < until) co_return;
  }
}

void Housekeeping::set_events(const Retention& events) {
  const auto audit = retention_.audit;
  retention_ = events;
  retention_.audit = audit;
  ++changes_;
  changed_.notify_all();
}

awaitable<Result<>> Housekeeping::sweep(TimePoint at) {
  const Ending ending{facts_.certificate.fingerprint, facts_.certificate_issuer, facts_.certificate_not_after};
  const auto work = [at, keep = retention_, ending](store::Transaction& transaction) -> Result<Swept> {
    store::remove_expired_credentials(transaction, at);
    trim_events(transaction, keep, at);
    trim_rolled_up(transaction, keep, at);
    trim_audit(transaction, keep.audit, at);
    store::trim_answers(transaction, at - kAnswersKept);
    const auto noted = note_audit_head(transaction, at);
    const auto warned = warn_of_certificate(transaction, ending, at);
    return noted == Swept::with_news ? noted : warned;
  };
  auto swept = co_await storage_.write<Swept>(work);
  if (!swept) co_return fail(std::move(swept.error()));
  if (*swept == Swept::with_news) history_.committed();
  co_return Result<>{};
}

}  // namespace daikan::server
