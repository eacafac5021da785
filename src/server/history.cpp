#include "server/history.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/limits.h"
#include "server/audit_events.h"
#include "server/roll_up.h"

namespace daikan::server {

History::History(Storage& storage) : storage_(storage), news_(storage.executor()), stream_news_(storage.executor()) {}

void History::record(store::Transaction& transaction, const hierarchy::Event& event) {
  store::append_event(transaction, event);
  roll_up(transaction, event);
}

void History::audit(store::Transaction& transaction, const Actor& actor, TimePoint at, std::string action, std::string object,
                    std::string outcome) {
  auto record = record_of(actor, std::move(action), std::move(object));
  record.at = at;
  record.outcome = std::move(outcome);
  store::append_audit(transaction, record);
  if (const auto event = event_of(record)) History::record(transaction, *event);
}

void History::committed() {
  ++news_count_;
  news_.notify_all();
  stream_news_.notify_all();
}

void History::policy_status_changed() {
  ++policy_status_changes_;
  stream_news_.notify_all();
}

awaitable<Result<>> History::append(std::vector<hierarchy::Event> events) {
  const auto append_all = [events = std::move(events)](store::Transaction& transaction) -> Result<Done> {
    for (const auto& event : events) record(transaction, event);
    return Done{};
  };
  auto written = co_await storage_.write<Done>(append_all);
  if (!written) co_return fail(std::move(written.error()));
  committed();
  co_return Result<>{};
}

awaitable<Result<>> History::append_audit(hierarchy::AuditRecord record) {
  auto event = event_of(record);
  if (event && !may_be_event(*event)) event.reset();
  const bool is_news = event.has_value();
  const auto append_one = [record = std::move(record), event = std::move(event)](store::Transaction& transaction) -> Result<Done> {
    store::append_audit(transaction, record);
    if (event) History::record(transaction, *event);
    return Done{};
  };
  auto written = co_await storage_.write<Done>(append_one);
  if (!written) co_return fail(std::move(written.error()));
  if (is_news) committed();
  co_return Result<>{};
}

bool History::may_be_event(hierarchy::Event& event) {
  if (event.severity == hierarchy::Severity::info) return true;
  const TimePoint present = now();
  if (present - refusals_.minute >= std::chrono::minutes(1) || present < refusals_.minute) {
    refusals_.minute = present;
    refusals_.events = 0;
  }
  if (refusals_.events >= limits::kMaxRefusalEventsPerMinute) {
    ++refusals_.untold;
    return false;
  }
  ++refusals_.events;
  if (const auto untold = std::exchange(refusals_.untold, 0); untold > 0) {
    event.message += fmt::format(" {} more before it were not told; the audit records have them.", untold);
  }
  return true;
}

awaitable<Result<std::vector<hierarchy::Event>>> History::events(store::EventQuery query) {
  return storage_.read<std::vector<hierarchy::Event>>(
      [query](store::Transaction& transaction) -> Result<std::vector<hierarchy::Event>> { return store::events(transaction, query); });
}

awaitable<Result<std::vector<hierarchy::Event>>> History::events(store::EventQuery query, hierarchy::EventFilter filter) {
  return storage_.read<std::vector<hierarchy::Event>>(
      [query, filter = std::move(filter)](store::Transaction& transaction) -> Result<std::vector<hierarchy::Event>> {
        return store::events(transaction, query, filter);
      });
}

awaitable<Result<std::vector<hierarchy::AuditRecord>>> History::audit_records(store::EventQuery query, hierarchy::AuditFilter filter) {
  return storage_.read<std::vector<hierarchy::AuditRecord>>(
      [query, filter = std::move(filter)](store::Transaction& transaction) -> Result<std::vector<hierarchy::AuditRecord>> {
        return store::audit_records(transaction, query, filter);
      });
}

awaitable<Result<hierarchy::AuditChain>> History::audit_chain() {
  return storage_.read<hierarchy::AuditChain>(
      [](store::Transaction& transaction) -> Result<hierarchy::AuditChain> { return store::audit_chain(transaction); });
}

awaitable<> History::wait_for_news(net::SteadyTime until) { co_await news_.wait(until); }

awaitable<> History::wait_for_stream_news(net::SteadyTime until) { co_await stream_news_.wait(until); }

}  // namespace daikan::server
