#include "store/tables_invitations.h"

#include <algorithm>

#include "base/text.h"
#include "store/detail/columns.h"

namespace daikan::store {
namespace {

using namespace detail;

#define DAIKAN_INVITATION_COLUMNS "id, group_id, name, pin, created_by, created_at, expires_at, revoked_at, used_at, used_by, registration"

Value maybe_pin_value(const std::optional<Pin>& pin) { return pin ? to_value(*pin) : Value(nullptr); }

hierarchy::InvitationRecord read_invitation(const Row& row) {
  hierarchy::InvitationRecord record;
  record.id = read_id<InvitationId>(row, 0);
  record.group = read_id<GroupId>(row, 1);
  record.name = row.text(2);
  record.pin = read_pin(row, 3);
  record.created_by = row.text(4);
  record.created_at = read_time(row, 5);
  record.expires_at = read_time(row, 6);
  record.revoked_at = read_maybe_time(row, 7);
  record.used_at = read_maybe_time(row, 8);
  if (!row.is_null(9)) record.used_by = read_pin(row, 9);
  record.registration = read_maybe_id<RegistrationId>(row, 10);
  return record;
}

std::optional<hierarchy::InvitationRecord> first_of(const std::vector<Row>& rows) {
  if (rows.empty()) return std::nullopt;
  return read_invitation(rows[0]);
}

}  // namespace

std::vector<hierarchy::InvitationRecord> all_invitations(Transaction& transaction) {
  std::vector<hierarchy::InvitationRecord> records;
  for (const auto& row : transaction.query("SELECT " DAIKAN_INVITATION_COLUMNS " FROM invitations ORDER BY created_at DESC, id DESC")) {
    records.push_back(read_invitation(row));
  }
  return records;
}

std::optional<hierarchy::InvitationRecord> find_invitation(Transaction& transaction, const InvitationId& id) {
  return first_of(transaction.query("SELECT " DAIKAN_INVITATION_COLUMNS " FROM invitations WHERE id = $1", {to_value(id)}));
}

std::optional<hierarchy::InvitationRecord> find_invitation(Transaction& transaction, const Pin& pin) {
  return first_of(transaction.query("SELECT " DAIKAN_INVITATION_COLUMNS " FROM invitations WHERE pin = $1", {to_value(pin)}));
}

void insert_invitation(Transaction& transaction, const hierarchy::InvitationRecord& record) {
  transaction.execute("INSERT INTO invitations (" DAIKAN_INVITATION_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                      {to_value(record.id), to_value(record.group), record.name, to_value(record.pin), record.created_by,
                       to_value(record.created_at), to_value(record.expires_at), to_value(record.revoked_at), to_value(record.used_at),
                       maybe_pin_value(record.used_by), to_value(record.registration)});
}

void update_invitation(Transaction& transaction, const hierarchy::InvitationRecord& record) {
  transaction.execute("UPDATE invitations SET revoked_at = $2, used_at = $3, used_by = $4, registration = $5 WHERE id = $1",
                      {to_value(record.id), to_value(record.revoked_at), to_value(record.used_at), maybe_pin_value(record.used_by),
                       to_value(record.registration)});
}

void revoke_unused_invitations(Transaction& transaction, TimePoint at) {
  transaction.execute("UPDATE invitations SET revoked_at = $1 WHERE used_at IS NULL AND revoked_at IS NULL", {to_value(at)});
}

std::int64_t trim_invitations(Transaction& transaction, TimePoint time) {
  return transaction.execute("DELETE FROM invitations WHERE expires_at < $1 OR revoked_at < $2 OR used_at < $3",
                             {to_value(time), to_value(time), to_value(time)});
}

}  // namespace daikan::store
