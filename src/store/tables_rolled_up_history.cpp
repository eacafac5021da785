// Events and task results of the servers below, each as it was stored once: read and trimmed.
#include <array>
#include <limits>
#include <utility>

#include "store/detail/columns.h"
#include "store/detail/feed_writer.h"
#include "store/tables_feed.h"

namespace daikan::store {
namespace {

using namespace detail;

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

/// Columns: origin, origin_sequence, position, subject, at, payload.
std::vector<RolledUpResult> read_results(const std::vector<Row>& rows) {
  std::vector<RolledUpResult> found;
  for (const auto& row : rows) {
    RolledUpResult each;
    each.record.origin = read_id<ServerId>(row, 0);
    each.record.origin_sequence = static_cast<std::uint64_t>(row.integer(1));
    each.record.kind = hierarchy::FeedKind::task_result;
    each.position = row.integer(2);
    each.record.subject = row.text(3);
    each.record.at = read_time(row, 4);
    each.record.payload = read_payload(row, 5);
    found.push_back(std::move(each));
  }
  return found;
}

}  // namespace

#define DAIKAN_ROLLED_UP_EVENTS                                                                                                \
  "SELECT origin, origin_sequence, position, at, severity, kind, message, secondary, received_at FROM rolled_up_events WHERE " \
  "position > $1 AND position < $2 AND at >= $3 AND at < $4 AND (kind = $5 OR $5 = '') AND (secondary = $6 OR $6 = '') AND "   \
  "CASE severity WHEN 'info' THEN 0 WHEN 'warning' THEN 1 WHEN 'error' THEN 2 ELSE 3 END >= CAST($7 AS BIGINT) AND "           \
  "(CAST($8 AS TEXT) = '' OR replace(lower(message), lower(CAST($8 AS TEXT)), '') <> lower(message)) AND (origin = $9 OR $9 = '') "

std::vector<RolledUpEvent> rolled_up_events(Transaction& transaction, const EventQuery& wanted, const hierarchy::EventFilter& filter,
                                            const std::optional<ServerId>& origin) {
  const std::array<Value, 10> values = {wanted.after,
                                        wanted.before == 0 ? kLast : wanted.before,
                                        filter.from ? to_micros(*filter.from) : std::int64_t{0},
                                        filter.until ? to_micros(*filter.until) : kLast,
                                        filter.kind,
                                        filter.secondary ? filter.secondary->str() : std::string(),
                                        static_cast<std::int64_t>(filter.least),
                                        filter.text,
                                        origin ? origin->str() : std::string(),
                                        static_cast<std::int64_t>(wanted.limit)};
  const auto* text = wanted.before == 0 ? DAIKAN_ROLLED_UP_EVENTS "ORDER BY position LIMIT $10"
                                        : DAIKAN_ROLLED_UP_EVENTS "ORDER BY position DESC LIMIT $10";
  std::vector<RolledUpEvent> found;
  for (const auto& row : transaction.query(text, std::span<const Value>(values))) {
    RolledUpEvent each;
    each.origin = read_id<ServerId>(row, 0);
    each.origin_sequence = static_cast<std::uint64_t>(row.integer(1));
    each.event.sequence = row.integer(2);
    each.event.at = read_time(row, 3);
    each.event.severity = require(hierarchy::severity_from_string(row.text(4)), "a severity");
    each.event.kind = row.text(5);
    each.event.message = row.text(6);
    each.event.secondary = read_maybe_id<RegistrationId>(row, 7);
    each.received_at = read_time(row, 8);
    found.push_back(std::move(each));
  }
  return found;
}

std::int64_t trim_rolled_up_events(Transaction& transaction, hierarchy::Severity severity, TimePoint received_before) {
  return transaction.execute("DELETE FROM rolled_up_events WHERE severity = $1 AND received_at < $2",
                             {to_value(to_string(severity)), to_value(received_before)});
}

std::vector<RolledUpResult> rolled_up_results(Transaction& transaction, unsigned limit) {
  return read_results(transaction.query(
      "SELECT origin, origin_sequence, position, subject, at, payload FROM rolled_up_results ORDER BY position DESC LIMIT $1",
      {static_cast<std::int64_t>(limit)}));
}

std::vector<RolledUpResult> rolled_up_results_of(Transaction& transaction, std::string_view subject, const ServerId& self, unsigned limit) {
  return read_results(
      transaction.query("SELECT origin, origin_sequence, position, subject, at, payload FROM rolled_up_results WHERE subject = $1 AND "
                        "origin <> $2 ORDER BY position DESC LIMIT $3",
                        {to_value(subject), to_value(self), static_cast<std::int64_t>(limit)}));
}

std::int64_t trim_rolled_up_results(Transaction& transaction, TimePoint received_before) {
  return transaction.execute("DELETE FROM rolled_up_results WHERE received_at < $1", {to_value(received_before)});
}

std::int64_t trim_tombstones(Transaction& transaction, TimePoint received_before) {
  transaction.execute("DELETE FROM rolled_up_others WHERE received_at < $1", {to_value(received_before)});
  return transaction.execute("DELETE FROM rolled_up_states WHERE kind = 'gone' AND received_at < $1", {to_value(received_before)});
}

}  // namespace daikan::store
