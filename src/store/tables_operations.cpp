// Long operations and the answers kept for repeated requests.
#include "store/detail/columns.h"
#include "store/tables.h"

namespace daikan::store {
namespace {

using namespace detail;

#define DAIKAN_OPERATION_COLUMNS "id, kind, state, actor, input, steps, created_at, updated_at"

hierarchy::OperationRecord read_operation(const Row& row) {
  return {.id = read_id<OperationId>(row, 0),
          .kind = row.text(1),
          .state = row.text(2),
          .actor = row.text(3),
          .input = row.text(4),
          .steps = row.text(5),
          .created_at = read_time(row, 6),
          .updated_at = read_time(row, 7)};
}

}  // namespace

void put_operation(Transaction& transaction, const hierarchy::OperationRecord& record) {
  transaction.execute("INSERT INTO operations (" DAIKAN_OPERATION_COLUMNS
                      ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, "
                      "state = excluded.state, actor = excluded.actor, input = excluded.input, steps = excluded.steps, "
                      "updated_at = excluded.updated_at",
                      {to_value(record.id), record.kind, record.state, record.actor, record.input, record.steps,
                       to_value(record.created_at), to_value(record.updated_at)});
}

std::optional<hierarchy::OperationRecord> find_operation(Transaction& transaction, const OperationId& id) {
  const auto rows = transaction.query("SELECT " DAIKAN_OPERATION_COLUMNS " FROM operations WHERE id = $1", {to_value(id)});
  if (rows.empty()) return std::nullopt;
  return read_operation(rows[0]);
}

std::vector<hierarchy::OperationRecord> operations(Transaction& transaction, unsigned limit) {
  std::vector<hierarchy::OperationRecord> found;
  for (const auto& row : transaction.query("SELECT " DAIKAN_OPERATION_COLUMNS " FROM operations ORDER BY created_at DESC, id DESC LIMIT $1",
                                           {static_cast<std::int64_t>(limit)})) {
    found.push_back(read_operation(row));
  }
  return found;
}

std::optional<StoredAnswer> find_answer(Transaction& transaction, std::string_view account, std::string_view key) {
  const auto rows = transaction.query("SELECT request_hash, status, body, made FROM answers WHERE account = $1 AND idempotency_key = $2",
                                      {to_value(account), to_value(key)});
  if (rows.empty()) return std::nullopt;
  return StoredAnswer{rows[0].text(0), static_cast<int>(rows[0].integer(1)), rows[0].text(2), rows[0].text(3)};
}

void claim_answer(Transaction& transaction, std::string_view account, std::string_view key, const StoredAnswer& answer, TimePoint at) {
  transaction.execute(
      "INSERT INTO answers (account, idempotency_key, request_hash, status, body, made, at) VALUES ($1, $2, $3, 0, '', $4, $5)",
      {to_value(account), to_value(key), answer.request_hash, answer.made, to_value(at)});
}

void put_answer(Transaction& transaction, std::string_view account, std::string_view key, const StoredAnswer& answer, TimePoint at) {
  transaction.execute(
      "INSERT INTO answers (account, idempotency_key, request_hash, status, body, at) VALUES ($1, $2, $3, $4, $5, $6) "
      "ON CONFLICT (account, idempotency_key) DO UPDATE SET status = excluded.status, body = excluded.body WHERE answers.request_hash = "
      "excluded.request_hash",
      {to_value(account), to_value(key), answer.request_hash, static_cast<std::int64_t>(answer.status), answer.body, to_value(at)});
}

std::int64_t trim_answers(Transaction& transaction, TimePoint older_than) {
  return transaction.execute("DELETE FROM answers WHERE at < $1", {to_value(older_than)});
}

}  // namespace daikan::store
