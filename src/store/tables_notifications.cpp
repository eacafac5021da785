#include "store/tables_notifications.h"

#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/detail/columns.h"

namespace daikan::store {
namespace {

using namespace detail;

#define DAIKAN_DESTINATION_COLUMNS                                                                                           \
  "id, name, kind, transport, host, port, path, fingerprint, user_name, secret, sender, recipients, least_severity, kinds, " \
  "created_at, delivered_through, last_delivered_at, failing_since, last_error, revision"

// Neither addresses nor kinds hold spaces.
std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

hierarchy::Destination read_destination(const Row& row) {
  return {.id = read_id<hierarchy::DestinationId>(row, 0),
          .name = row.text(1),
          .kind = require(hierarchy::destination_kind_from_string(row.text(2)), "a kind of destination"),
          .transport = require(hierarchy::transport_from_string(row.text(3)), "a transport"),
          .endpoint = {row.text(4), static_cast<std::uint16_t>(row.integer(5))},
          .path = row.text(6),
          .fingerprint = row.text(7),
          .user = row.text(8),
          .secret = row.text(9),
          .sender = row.text(10),
          .recipients = words_of(row.text(11)),
          .least = require(hierarchy::severity_from_string(row.text(12)), "a severity"),
          .kinds = words_of(row.text(13)),
          .created_at = read_time(row, 14),
          .delivered_through = row.integer(15),
          .last_delivered_at = read_maybe_time(row, 16),
          .failing_since = read_maybe_time(row, 17),
          .last_error = row.text(18),
          .revision = row.integer(19)};
}

}  // namespace

std::vector<hierarchy::Destination> all_destinations(Transaction& transaction) {
  std::vector<hierarchy::Destination> found;
  for (const auto& row : transaction.query("SELECT " DAIKAN_DESTINATION_COLUMNS " FROM notification_destinations ORDER BY name_key")) {
    found.push_back(read_destination(row));
  }
  return found;
}

std::optional<hierarchy::Destination> find_destination(Transaction& transaction, const hierarchy::DestinationId& id) {
  const auto rows = transaction.query("SELECT " DAIKAN_DESTINATION_COLUMNS " FROM notification_destinations WHERE id = $1", {to_value(id)});
  if (rows.empty()) return std::nullopt;
  return read_destination(rows[0]);
}

void insert_destination(Transaction& transaction, const hierarchy::Destination& destination) {
  transaction.execute("INSERT INTO notification_destinations (" DAIKAN_DESTINATION_COLUMNS
                      ", name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
                      {to_value(destination.id),
                       destination.name,
                       to_value(to_string(destination.kind)),
                       to_value(to_string(destination.transport)),
                       destination.endpoint.host,
                       static_cast<std::int64_t>(destination.endpoint.port),
                       destination.path,
                       destination.fingerprint,
                       destination.user,
                       destination.secret,
                       destination.sender,
                       joined(destination.recipients),
                       to_value(to_string(destination.least)),
                       joined(destination.kinds),
                       to_value(destination.created_at),
                       destination.delivered_through,
                       to_value(destination.last_delivered_at),
                       to_value(destination.failing_since),
                       destination.last_error,
                       destination.revision,
                       name_key(destination.name)});
}

bool update_destination(Transaction& transaction, const hierarchy::Destination& destination, std::int64_t expected_revision) {
  return transaction.execute(
             "UPDATE notification_destinations SET name = $1, name_key = $2, transport = $3, host = $4, port = $5, path = $6, "
             "fingerprint = $7, user_name = $8, secret = $9, sender = $10, recipients = $11, least_severity = $12, kinds = $13, "
             "revision = $14 WHERE id = $15 AND revision = $16",
             {destination.name, name_key(destination.name), to_value(to_string(destination.transport)), destination.endpoint.host,
              static_cast<std::int64_t>(destination.endpoint.port), destination.path, destination.fingerprint, destination.user,
              destination.secret, destination.sender, joined(destination.recipients), to_value(to_string(destination.least)),
              joined(destination.kinds), destination.revision, to_value(destination.id), expected_revision}) > 0;
}

bool remove_destination(Transaction& transaction, const hierarchy::DestinationId& id) {
  return transaction.execute("DELETE FROM notification_destinations WHERE id = $1", {to_value(id)}) > 0;
}

bool record_delivery(Transaction& transaction, const hierarchy::DestinationId& id, std::int64_t sequence, TimePoint at) {
  return transaction.execute(
             "UPDATE notification_destinations SET delivered_through = $1, last_delivered_at = $2, failing_since = NULL, last_error = '' "
             "WHERE id = $3",
             {sequence, to_value(at), to_value(id)}) > 0;
}

bool record_position(Transaction& transaction, const hierarchy::DestinationId& id, std::int64_t sequence) {
  return transaction.execute("UPDATE notification_destinations SET delivered_through = $1 WHERE id = $2", {sequence, to_value(id)}) > 0;
}

bool record_remark(Transaction& transaction, const hierarchy::DestinationId& id, std::string_view remark) {
  return transaction.execute("UPDATE notification_destinations SET last_error = $1 WHERE id = $2", {to_value(remark), to_value(id)}) > 0;
}

bool record_delivery_failure(Transaction& transaction, const hierarchy::DestinationId& id, std::string_view error, TimePoint at) {
  const auto begun = transaction.execute("UPDATE notification_destinations SET failing_since = $1 WHERE id = $2 AND failing_since IS NULL",
                                         {to_value(at), to_value(id)});
  transaction.execute("UPDATE notification_destinations SET last_error = $1 WHERE id = $2", {to_value(error), to_value(id)});
  return begun > 0;
}

}  // namespace daikan::store
