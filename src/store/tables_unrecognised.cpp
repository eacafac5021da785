// Servers that dialled without being registered.
#include "base/text.h"
#include "store/detail/columns.h"
#include "store/tables.h"

namespace daikan::store {
namespace {

using namespace detail;

/// Of the newcomer's own source: those seen longest ago, beyond its share.
void make_room_in_source(Transaction& transaction, const std::string& pin, const std::string& source, std::size_t share) {
  const auto rows =
      transaction.query("SELECT count(*) FROM unrecognised WHERE source_key = $1 AND ignored_at IS NULL", {source})[0].integer(0);
  const auto surplus = rows - static_cast<std::int64_t>(share);
  if (surplus <= 0) return;
  transaction.execute(
      "DELETE FROM unrecognised WHERE pin IN (SELECT pin FROM unrecognised WHERE source_key = $1 AND ignored_at IS NULL AND pin <> $2 "
      "ORDER BY last_seen, pin LIMIT $3)",
      {source, pin, surplus});
}

/// Of all: first those of the source that has the most rows, and of these the one seen longest ago.
void make_room_in_all(Transaction& transaction, const std::string& pin, std::size_t most) {
  const auto rows = transaction.query("SELECT count(*) FROM unrecognised WHERE ignored_at IS NULL")[0].integer(0);
  const auto surplus = rows - static_cast<std::int64_t>(most);
  if (surplus <= 0) return;
  transaction.execute(
      "DELETE FROM unrecognised WHERE pin IN (SELECT mine.pin FROM unrecognised AS mine WHERE mine.ignored_at IS NULL AND mine.pin <> $1 "
      "ORDER BY (SELECT count(*) FROM unrecognised AS others WHERE others.source_key = mine.source_key AND others.ignored_at IS NULL) "
      "DESC, "
      "mine.last_seen, mine.pin LIMIT $2)",
      {pin, surplus});
}

}  // namespace

std::int64_t record_unrecognised(Transaction& transaction, const hierarchy::UnrecognisedRecord& record, UnrecognisedBounds bounds) {
  const auto source = source_key(record.source);
  const auto rows = transaction.query(
      "INSERT INTO unrecognised (pin, certificate, fingerprint, source, first_seen, last_seen, attempts, source_key) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (pin) DO UPDATE SET certificate = excluded.certificate, "
      "fingerprint = excluded.fingerprint, source = excluded.source, last_seen = excluded.last_seen, source_key = excluded.source_key, "
      "attempts = unrecognised.attempts + excluded.attempts RETURNING attempts",
      {to_value(record.certificate.pin), certificate_value(record.certificate), record.certificate.fingerprint, record.source,
       to_value(record.first_seen), to_value(record.last_seen), record.attempts, source});
  const auto attempts = rows[0].integer(0);
  const auto pin = to_hex(record.certificate.pin.bytes);
  make_room_in_source(transaction, pin, source, bounds.per_source);
  make_room_in_all(transaction, pin, bounds.in_all);
  return attempts;
}

bool update_ignored(Transaction& transaction, const Pin& pin, const std::optional<TimePoint>& ignored_at) {
  return transaction.execute("UPDATE unrecognised SET ignored_at = $1 WHERE pin = $2", {to_value(ignored_at), to_value(pin)}) == 1;
}

std::vector<hierarchy::UnrecognisedRecord> all_unrecognised(Transaction& transaction) {
  std::vector<hierarchy::UnrecognisedRecord> records;
  for (const auto& row :
       transaction.query("SELECT certificate, pin, fingerprint, source, first_seen, last_seen, attempts, ignored_at FROM unrecognised "
                         "ORDER BY last_seen DESC, pin")) {
    records.push_back(
        {read_certificate(row, 0), row.text(3), read_time(row, 4), read_time(row, 5), row.integer(6), read_maybe_time(row, 7)});
  }
  return records;
}

bool remove_unrecognised(Transaction& transaction, const Pin& pin) {
  return transaction.execute("DELETE FROM unrecognised WHERE pin = $1", {to_value(pin)}) == 1;
}

}  // namespace daikan::store
