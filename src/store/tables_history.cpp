// Events and audit records: appended, paged, filtered, trimmed.
#include <limits>

#include "store/detail/columns.h"
#include "store/tables.h"

namespace daikan::store {
namespace {

using namespace detail;

#define DAIKAN_EVENT_COLUMNS "sequence, at, severity, kind, message, secondary"
#define DAIKAN_AUDIT_COLUMNS "sequence, at, actor, source, through, action, object, outcome, previous_hash, hash"
// One text for every filter: a parameter that asks nothing is a bound nothing exceeds, or the empty text. replace() finds a text without
// wildcards in both engines alike.
#define DAIKAN_EVENT_FILTER                                                                                                   \
  " FROM events WHERE sequence > $1 AND sequence < $2 AND at >= $3 AND at < $4 AND (kind = $5 OR $5 = '') AND "               \
  "(secondary = $6 OR $6 = '') AND CASE severity WHEN 'info' THEN 0 WHEN 'warning' THEN 1 WHEN 'error' THEN 2 ELSE 3 END >= " \
  "CAST($7 AS BIGINT) AND (CAST($8 AS TEXT) = '' OR replace(lower(message), lower(CAST($8 AS TEXT)), '') <> lower(message)) "
#define DAIKAN_AUDIT_FILTER                                                                                                     \
  " FROM audit WHERE sequence > $1 AND sequence < $2 AND at >= $3 AND at < $4 AND (actor = $5 OR $5 = '') AND "                 \
  "(action = $6 OR $6 = '') AND (CAST($7 AS TEXT) = '' OR substr(action, 1, length(CAST($7 AS TEXT))) = CAST($7 AS TEXT)) AND " \
  "(CAST($8 AS TEXT) = '' OR replace(lower(object), lower(CAST($8 AS TEXT)), '') <> lower(object)) "

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kChainedAtOnce = 1000;  // records in memory while old ones get their hashes

/// A row of its own rather than max + 1, which would begin again after the newest were trimmed.
std::int64_t next_sequence(Transaction& transaction, std::string_view counter) {
  const auto rows = transaction.query("UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value", {to_value(counter)});
  if (rows.empty()) unreadable_column("a counter");
  return rows[0].integer(0);
}

Value time_or(const std::optional<TimePoint>& time, std::int64_t otherwise) { return time ? to_micros(*time) : otherwise; }

std::vector<Value> parameters_of(const EventQuery& wanted, const hierarchy::EventFilter& filter) {
  return {wanted.after,
          wanted.before == 0 ? kLast : wanted.before,
          time_or(filter.from, 0),
          time_or(filter.until, kLast),
          filter.kind,
          filter.secondary ? filter.secondary->str() : std::string(),
          static_cast<std::int64_t>(filter.least),
          filter.text,
          static_cast<std::int64_t>(wanted.limit)};
}

std::vector<Value> parameters_of(const EventQuery& wanted, const hierarchy::AuditFilter& filter) {
  const bool prefix = filter.action.ends_with('.');
  return {wanted.after,
          wanted.before == 0 ? kLast : wanted.before,
          time_or(filter.from, 0),
          time_or(filter.until, kLast),
          filter.actor,
          prefix ? std::string() : filter.action,
          prefix ? filter.action : std::string(),
          filter.object,
          static_cast<std::int64_t>(wanted.limit)};
}

hierarchy::AuditRecord read_audit(const Row& row) {
  return {.sequence = row.integer(0),
          .at = read_time(row, 1),
          .actor = row.text(2),
          .source = row.text(3),
          .through = row.text(4),
          .action = row.text(5),
          .object = row.text(6),
          .outcome = row.text(7),
          .previous_hash = row.text(8),
          .hash = row.text(9)};
}

std::optional<hierarchy::AuditChain> find_chain(Transaction& transaction) {
  const auto rows = transaction.query("SELECT anchor_sequence, anchor_hash, head_sequence, head_hash FROM audit_chain WHERE slot = 1");
  if (rows.empty()) return std::nullopt;
  return hierarchy::AuditChain{{rows[0].integer(0), rows[0].text(1)}, {rows[0].integer(2), rows[0].text(3)}};
}

void put_chain(Transaction& transaction, const hierarchy::AuditChain& chain) {
  transaction.execute(
      "INSERT INTO audit_chain (slot, anchor_sequence, anchor_hash, head_sequence, head_hash) VALUES (1, $1, $2, $3, $4) "
      "ON CONFLICT (slot) DO UPDATE SET anchor_sequence = excluded.anchor_sequence, anchor_hash = excluded.anchor_hash, "
      "head_sequence = excluded.head_sequence, head_hash = excluded.head_hash",
      {chain.anchor.sequence, chain.anchor.hash, chain.head.sequence, chain.head.hash});
}

/// Chains what is there. A record that has a hash already keeps it: a chain whose row was taken away is not made anew over changed records.
hierarchy::AuditChain make_chain(Transaction& transaction) {
  hierarchy::AuditChain chain;
  const auto first = transaction.query("SELECT sequence, previous_hash FROM audit ORDER BY sequence LIMIT 1");
  if (!first.empty()) {
    chain.anchor.sequence = first[0].integer(0) - 1;
    if (!first[0].text(1).empty()) chain.anchor.hash = first[0].text(1);
  } else {
    // Counted before, and nothing is left: the next record says so.
    const auto counted = transaction.query("SELECT value FROM counters WHERE name = 'audit'");
    if (!counted.empty()) chain.anchor.sequence = counted[0].integer(0);
  }
  chain.head = chain.anchor;
  for (;;) {
    const auto records = audit_records(transaction, {.after = chain.head.sequence, .limit = kChainedAtOnce});
    for (const auto& record : records) {
      const auto hash = record.hash.empty() ? hierarchy::audit_hash(chain.head.hash, record) : record.hash;
      if (record.hash.empty()) {
        transaction.execute("UPDATE audit SET previous_hash = $1, hash = $2 WHERE sequence = $3", {chain.head.hash, hash, record.sequence});
      }
      chain.head = {record.sequence, hash};
    }
    if (records.size() < static_cast<std::size_t>(kChainedAtOnce)) break;
  }
  put_chain(transaction, chain);
  return chain;
}

}  // namespace

std::int64_t append_event(Transaction& transaction, const hierarchy::Event& event) {
  const auto sequence = next_sequence(transaction, "events");
  transaction.execute(
      "INSERT INTO events (" DAIKAN_EVENT_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)",
      {sequence, to_value(event.at), to_value(to_string(event.severity)), event.kind, event.message, to_value(event.secondary)});
  return sequence;
}

std::vector<hierarchy::Event> events(Transaction& transaction, const EventQuery& wanted, const hierarchy::EventFilter& filter) {
  std::vector<hierarchy::Event> found;
  const auto text = wanted.before == 0 ? "SELECT " DAIKAN_EVENT_COLUMNS DAIKAN_EVENT_FILTER "ORDER BY sequence LIMIT $9"
                                       : "SELECT " DAIKAN_EVENT_COLUMNS DAIKAN_EVENT_FILTER "ORDER BY sequence DESC LIMIT $9";
  for (const auto& row : transaction.query(text, std::span<const Value>(parameters_of(wanted, filter)))) {
    found.push_back({row.integer(0), read_time(row, 1), require(hierarchy::severity_from_string(row.text(2)), "a severity"), row.text(3),
                     row.text(4), read_maybe_id<RegistrationId>(row, 5)});
  }
  return found;
}

std::int64_t trim_events(Transaction& transaction, TimePoint older_than) {
  return transaction.execute("DELETE FROM events WHERE at < $1", {to_value(older_than)});
}

std::int64_t trim_events(Transaction& transaction, hierarchy::Severity severity, TimePoint older_than) {
  return transaction.execute("DELETE FROM events WHERE at < $1 AND severity = $2", {to_value(older_than), to_value(to_string(severity))});
}

std::int64_t append_audit(Transaction& transaction, const hierarchy::AuditRecord& record) {
  auto found = find_chain(transaction);
  auto chain = found ? std::move(*found) : make_chain(transaction);
  auto chained = record;
  chained.sequence = next_sequence(transaction, "audit");
  chained.previous_hash = chain.head.hash;
  chained.hash = hierarchy::audit_hash(chained.previous_hash, chained);
  transaction.execute("INSERT INTO audit (" DAIKAN_AUDIT_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                      {chained.sequence, to_value(chained.at), chained.actor, chained.source, chained.through, chained.action,
                       chained.object, chained.outcome, chained.previous_hash, chained.hash});
  transaction.execute("UPDATE audit_chain SET head_sequence = $1, head_hash = $2 WHERE slot = 1", {chained.sequence, chained.hash});
  return chained.sequence;
}

std::vector<hierarchy::AuditRecord> audit_records(Transaction& transaction, const EventQuery& wanted,
                                                  const hierarchy::AuditFilter& filter) {
  std::vector<hierarchy::AuditRecord> found;
  const auto text = wanted.before == 0 ? "SELECT " DAIKAN_AUDIT_COLUMNS DAIKAN_AUDIT_FILTER "ORDER BY sequence LIMIT $9"
                                       : "SELECT " DAIKAN_AUDIT_COLUMNS DAIKAN_AUDIT_FILTER "ORDER BY sequence DESC LIMIT $9";
  for (const auto& row : transaction.query(text, std::span<const Value>(parameters_of(wanted, filter)))) found.push_back(read_audit(row));
  return found;
}

void chain_audit(Transaction& transaction) {
  if (!find_chain(transaction)) make_chain(transaction);
}

hierarchy::AuditChain audit_chain(Transaction& transaction) { return find_chain(transaction).value_or(hierarchy::AuditChain{}); }

std::int64_t trim_audit(Transaction& transaction, TimePoint older_than) {
  auto found = find_chain(transaction);
  auto chain = found ? std::move(*found) : make_chain(transaction);
  // What a wrong clock stamped in the future keeps nothing that is older, and goes only together with something older behind it.
  const auto kept = transaction.query("SELECT sequence FROM audit WHERE at >= $1 AND at <= $2 ORDER BY sequence LIMIT 1",
                                      {to_value(older_than), to_value(now())});
  const auto before = kept.empty() ? kLast : kept[0].integer(0);
  const auto last = transaction.query("SELECT sequence, hash FROM audit WHERE sequence < $1 AND at < $2 ORDER BY sequence DESC LIMIT 1",
                                      {before, to_value(older_than)});
  if (last.empty()) return 0;
  chain.anchor = {last[0].integer(0), last[0].text(1)};
  put_chain(transaction, chain);
  return transaction.execute("DELETE FROM audit WHERE sequence <= $1", {chain.anchor.sequence});
}

}  // namespace daikan::store
