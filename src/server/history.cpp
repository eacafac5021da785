#include "server/history.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace daikan::server {

History::History(Storage& storage) : storage_(storage), news_(storage.executor()) {}

void History::record(store::Transaction& transaction, const hierarchy::Event& event) { store::append_event(transaction, event); }

void History::audit(store::Transaction& transaction, const Actor& actor, TimePoint at, std::string action, std::string object,
                    std::string outcome) {
  hierarchy::AuditRecord record;
  record.at = at;
  record.actor = actor.name;
  record.source = actor.source;
  record.through = fmt::format("{}", fmt::join(actor.through, " > "));
  record.action = std::move(action);
  record.object = std::move(object);
  record.outcome = std::move(outcome);
  store::append_audit(transaction, record);
}

void History::committed() {
  ++news_count_;
  news_.notify_all();
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
  const auto append_one = [record = std::move(record)](store::Transaction& transaction) -> Result<Done> {
    store::append_audit(transaction, record);
    return Done{};
  };
  auto written = co_await storage_.write<Done>(append_one);
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<>{};
}

awaitable<Result<std::vector<hierarchy::Event>>> History::events(store::EventQuery query) {
  return storage_.read<std::vector<hierarchy::Event>>(
      [query](store::Transaction& transaction) -> Result<std::vector<hierarchy::Event>> { return store::events(transaction, query); });
}

awaitable<Result<std::vector<hierarchy::AuditRecord>>> History::audit_records(store::EventQuery query) {
  return storage_.read<std::vector<hierarchy::AuditRecord>>(
      [query](store::Transaction& transaction) -> Result<std::vector<hierarchy::AuditRecord>> {
        return store::audit_records(transaction, query);
      });
}

awaitable<> History::wait_for_news(net::SteadyTime until) { co_await news_.wait(until); }

}  // namespace daikan::server
