// Settings, groups, secondaries and the primary.
#include "store/detail/columns.h"
#include "store/tables.h"
#include "store/tables_keys.h"
#include "store/tables_secondaries.h"

namespace daikan::store {
namespace {

using namespace detail;

hierarchy::Direction read_direction(const Row& row, std::size_t column) {
  return require(hierarchy::direction_from_string(row.text(column)), "a direction");
}

#define DAIKAN_SECONDARY_COLUMNS                                                                                                \
  "id, name, group_id, direction, address_host, address_port, proxy_kind, proxy_host, proxy_port, proxy_user, proxy_password, " \
  "certificate, pin, fingerprint, server_id, version, created_at, last_connected_at, revision, ended_at"

hierarchy::SecondaryRecord read_secondary(const Row& row) {
  return {.id = read_id<RegistrationId>(row, 0),
          .name = row.text(1),
          .group = read_id<GroupId>(row, 2),
          .direction = read_direction(row, 3),
          .address = read_endpoint(row, 4),
          .proxy = read_proxy(row, 6),
          .certificate = read_certificate(row, 11),
          .server_id = read_maybe_id<ServerId>(row, 14),
          .version = row.text(15),
          .created_at = read_time(row, 16),
          .last_connected_at = read_maybe_time(row, 17),
          .ended_at = read_maybe_time(row, 19),
          .revision = row.integer(18)};
}

}  // namespace

std::optional<std::string> find_setting(Transaction& transaction, std::string_view key) {
  const auto rows = transaction.query("SELECT value FROM settings WHERE name = $1", {to_value(key)});
  if (rows.empty()) return std::nullopt;
  return rows[0].text(0);
}

void put_setting(Transaction& transaction, std::string_view key, std::string_view value) {
  transaction.execute("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                      {to_value(key), to_value(value)});
}

std::vector<hierarchy::Group> all_groups(Transaction& transaction) {
  std::vector<hierarchy::Group> groups;
  for (const auto& row : transaction.query("SELECT id, parent, name, revision FROM admin_groups ORDER BY id")) {
    groups.push_back({read_id<GroupId>(row, 0), read_maybe_id<GroupId>(row, 1), row.text(2), row.integer(3)});
  }
  return groups;
}

void insert_group(Transaction& transaction, const hierarchy::Group& group) {
  transaction.execute("INSERT INTO admin_groups (id, parent, name, revision) VALUES ($1, $2, $3, $4)",
                      {to_value(group.id), to_value(group.parent), group.name, group.revision});
}

void update_group(Transaction& transaction, const hierarchy::Group& group) {
  transaction.execute("UPDATE admin_groups SET parent = $2, name = $3, revision = $4 WHERE id = $1",
                      {to_value(group.id), to_value(group.parent), group.name, group.revision});
}

void remove_group(Transaction& transaction, const GroupId& id) {
  transaction.execute("DELETE FROM admin_groups WHERE id = $1", {to_value(id)});
}

std::vector<hierarchy::SecondaryRecord> all_secondaries(Transaction& transaction) {
  std::vector<hierarchy::SecondaryRecord> records;
  for (const auto& row : transaction.query("SELECT " DAIKAN_SECONDARY_COLUMNS " FROM secondaries ORDER BY created_at, id")) {
    records.push_back(read_secondary(row));
  }
  return records;
}

std::vector<hierarchy::SecondaryRecord> secondaries_like(Transaction& transaction, const SecondaryTraits& traits) {
  std::vector<hierarchy::SecondaryRecord> records;
  for (const auto& row : transaction.query(
           "SELECT " DAIKAN_SECONDARY_COLUMNS " FROM secondaries WHERE pin = $1 OR fingerprint = $2 OR server_id = $3 OR name_key = $4 "
           "ORDER BY created_at, id",
           {traits.pin ? to_value(*traits.pin) : Value(nullptr), traits.fingerprint.empty() ? Value(nullptr) : Value(traits.fingerprint),
            to_value(traits.server), traits.name.empty() ? Value(nullptr) : name_key(traits.name)})) {
    records.push_back(read_secondary(row));
  }
  return records;
}

std::unordered_map<GroupId, std::size_t> count_secondaries(Transaction& transaction) {
  std::unordered_map<GroupId, std::size_t> counts;
  for (const auto& row : transaction.query("SELECT group_id, COUNT(*) FROM secondaries GROUP BY group_id")) {
    counts[read_id<GroupId>(row, 0)] = static_cast<std::size_t>(row.integer(1));
  }
  return counts;
}

std::optional<hierarchy::SecondaryRecord> find_secondary(Transaction& transaction, const RegistrationId& id) {
  const auto rows = transaction.query("SELECT " DAIKAN_SECONDARY_COLUMNS " FROM secondaries WHERE id = $1", {to_value(id)});
  if (rows.empty()) return std::nullopt;
  return read_secondary(rows[0]);
}

void insert_secondary(Transaction& transaction, const hierarchy::SecondaryRecord& record) {
  const auto proxy = proxy_values(record.proxy);
  transaction.execute("INSERT INTO secondaries (" DAIKAN_SECONDARY_COLUMNS
                      ", name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
                      {to_value(record.id),
                       record.name,
                       to_value(record.group),
                       to_value(to_string(record.direction)),
                       host_value(record.address),
                       port_value(record.address),
                       proxy.kind,
                       proxy.host,
                       proxy.port,
                       proxy.user,
                       proxy.password,
                       certificate_value(record.certificate),
                       to_value(record.certificate.pin),
                       record.certificate.fingerprint,
                       to_value(record.server_id),
                       record.version,
                       to_value(record.created_at),
                       to_value(record.last_connected_at),
                       record.revision,
                       to_value(record.ended_at),
                       name_key(record.name)});
}

bool update_secondary(Transaction& transaction, const hierarchy::SecondaryRecord& record, std::int64_t expected_revision) {
  const auto proxy = proxy_values(record.proxy);
  const auto changed = transaction.execute(
      "UPDATE secondaries SET name = $2, name_key = $3, group_id = $4, direction = $5, address_host = $6, address_port = $7, "
      "proxy_kind = $8, proxy_host = $9, proxy_port = $10, proxy_user = $11, proxy_password = $12, certificate = $13, pin = $14, "
      "fingerprint = $15, server_id = $16, version = $17, last_connected_at = $18, ended_at = $19, revision = $20 WHERE id = $1 AND "
      "revision = $21",
      {to_value(record.id),
       record.name,
       name_key(record.name),
       to_value(record.group),
       to_value(to_string(record.direction)),
       host_value(record.address),
       port_value(record.address),
       proxy.kind,
       proxy.host,
       proxy.port,
       proxy.user,
       proxy.password,
       certificate_value(record.certificate),
       to_value(record.certificate.pin),
       record.certificate.fingerprint,
       to_value(record.server_id),
       record.version,
       to_value(record.last_connected_at),
       to_value(record.ended_at),
       record.revision,
       expected_revision});
  return changed == 1;
}

bool remove_secondary(Transaction& transaction, const RegistrationId& id) {
  remove_announced_key(transaction, id);
  transaction.execute("DELETE FROM downstream WHERE registration = $1", {to_value(id)});
  return transaction.execute("DELETE FROM secondaries WHERE id = $1", {to_value(id)}) == 1;
}

void record_secondary_hello(Transaction& transaction, const RegistrationId& id, const ServerId& server, std::string_view version,
                            TimePoint connected_at) {
  transaction.execute("UPDATE secondaries SET server_id = $2, version = $3, last_connected_at = $4, ended_at = NULL WHERE id = $1",
                      {to_value(id), to_value(server), to_value(version), to_value(connected_at)});
}

void record_secondary_ended(Transaction& transaction, const RegistrationId& id, TimePoint at) {
  transaction.execute("UPDATE secondaries SET ended_at = $2 WHERE id = $1", {to_value(id), to_value(at)});
}

std::optional<hierarchy::PrimaryRecord> find_primary(Transaction& transaction) {
  const auto rows = transaction.query(
      "SELECT direction, address_host, address_port, proxy_kind, proxy_host, proxy_port, proxy_user, proxy_password, certificate, pin, "
      "fingerprint, server_id, name, version, created_at, last_connected_at, revision, ended_at FROM primary_server");
  if (rows.empty()) return std::nullopt;
  const Row& row = rows[0];
  return hierarchy::PrimaryRecord{.direction = read_direction(row, 0),
                                  .address = read_endpoint(row, 1),
                                  .proxy = read_proxy(row, 3),
                                  .certificate = read_certificate(row, 8),
                                  .server_id = read_maybe_id<ServerId>(row, 11),
                                  .name = row.text(12),
                                  .version = row.text(13),
                                  .created_at = read_time(row, 14),
                                  .last_connected_at = read_maybe_time(row, 15),
                                  .ended_at = read_maybe_time(row, 17),
                                  .revision = row.integer(16)};
}

void put_primary(Transaction& transaction, const hierarchy::PrimaryRecord& record) {
  const auto proxy = proxy_values(record.proxy);
  remove_primary(transaction);
  transaction.execute(
      "INSERT INTO primary_server (slot, direction, address_host, address_port, proxy_kind, proxy_host, proxy_port, proxy_user, "
      "proxy_password, certificate, pin, fingerprint, server_id, name, version, created_at, last_connected_at, revision, "
      "ended_at) VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
      {to_value(to_string(record.direction)), host_value(record.address), port_value(record.address), proxy.kind, proxy.host, proxy.port,
       proxy.user, proxy.password, certificate_value(record.certificate), to_value(record.certificate.pin), record.certificate.fingerprint,
       to_value(record.server_id), record.name, record.version, to_value(record.created_at), to_value(record.last_connected_at),
       record.revision, to_value(record.ended_at)});
}

bool remove_primary(Transaction& transaction) { return transaction.execute("DELETE FROM primary_server") == 1; }

void record_primary_hello(Transaction& transaction, const PrimaryHello& hello) {
  transaction.execute(
      "UPDATE primary_server SET server_id = $1, name = $2, version = $3, last_connected_at = $4, ended_at = NULL WHERE pin = $5",
      {to_value(hello.server_id), hello.name, hello.version, to_value(hello.connected_at), to_value(hello.pin)});
}

void record_primary_ended(Transaction& transaction, const Pin& pin, TimePoint at) {
  transaction.execute("UPDATE primary_server SET ended_at = $2 WHERE pin = $1", {to_value(pin), to_value(at)});
}

}  // namespace daikan::store
