#include "store/tables_downstream.h"

#include "store/detail/columns.h"

namespace daikan::store {
namespace {

using namespace detail;

/// Columns: registration, wanted_hash, behind_since, confirmed_revision, confirmed_hash, confirmed_at, manifest, failure_code,
/// failure_message, failure_remedy, failed_at.
DownstreamState read_downstream(const Row& row) {
  DownstreamState state;
  state.registration = read_id<RegistrationId>(row, 0);
  state.wanted_hash = row.text(1);
  state.behind_since = read_maybe_time(row, 2);
  state.confirmed.revision = static_cast<std::uint64_t>(row.integer(3));
  state.confirmed.hash = row.text(4);
  state.confirmed_at = read_maybe_time(row, 5);
  state.confirmed.manifest = require(hierarchy::manifest_from_text(row.text(6)), "a manifest");
  if (!row.is_null(7)) {
    state.failure.emplace(code_from_string(row.text(7)).value_or(Code::internal), row.text(8), row.text(9));
    state.failed_at = read_maybe_time(row, 10);
  }
  return state;
}

/// Columns: kind, id, owner, group_path, revision, content.
hierarchy::InheritedObject read_object(const Row& row) {
  hierarchy::InheritedObject object;
  object.kind = require(hierarchy::inherited_kind_from_string(row.text(0)), "a kind");
  object.id = require(uuid_from_string(row.text(1)), "an id");
  object.owner = read_id<ServerId>(row, 2);
  object.group = row.text(3);
  object.revision = row.integer(4);
  object.content = row.text(5);
  return object;
}

}  // namespace

hierarchy::AppliedSet applied_set(Transaction& transaction) {
  hierarchy::AppliedSet applied;
  const auto state = transaction.query("SELECT revision, hash, chain FROM inherited_state");
  if (state.empty()) return applied;
  applied.revision = static_cast<std::uint64_t>(state[0].integer(0));
  applied.hash = state[0].text(1);
  applied.set.chain = require(hierarchy::chain_from_text(state[0].text(2)), "a chain");
  for (const auto& row : transaction.query("SELECT kind, id, owner, group_path, revision, content FROM inherited_objects"))
    applied.set.put(read_object(row));
  return applied;
}

hierarchy::InheritedSet inherited_of(Transaction& transaction, hierarchy::InheritedKind kind) {
  hierarchy::InheritedSet set;
  const auto state = transaction.query("SELECT chain FROM inherited_state");
  if (state.empty()) return set;
  set.chain = require(hierarchy::chain_from_text(state[0].text(0)), "a chain");
  for (const auto& row : transaction.query("SELECT kind, id, owner, group_path, revision, content FROM inherited_objects WHERE kind = $1",
                                           {to_value(to_string(kind))}))
    set.put(read_object(row));
  return set;
}

void put_applied_set(Transaction& transaction, const hierarchy::AppliedSet& applied, TimePoint at) {
  remove_inherited(transaction);
  transaction.execute("INSERT INTO inherited_state (slot, revision, hash, chain, applied_at) VALUES (1, $1, $2, $3, $4)",
                      {static_cast<std::int64_t>(applied.revision), applied.hash, hierarchy::to_text(applied.set.chain), to_value(at)});
  for (const auto& [key, object] : applied.set.objects) {
    transaction.execute("INSERT INTO inherited_objects (kind, id, owner, group_path, revision, content) VALUES ($1, $2, $3, $4, $5, $6)",
                        {to_value(to_string(object.kind)), uuid_to_string(object.id), to_value(object.owner), object.group, object.revision,
                         object.content});
  }
}

void forget_applied_revision(Transaction& transaction) { transaction.execute("UPDATE inherited_state SET revision = 0, hash = ''"); }

void remove_inherited(Transaction& transaction) {
  transaction.execute("DELETE FROM inherited_objects");
  transaction.execute("DELETE FROM inherited_state");
}

std::optional<TimePoint> applied_at(Transaction& transaction) {
  const auto rows = transaction.query("SELECT applied_at FROM inherited_state WHERE revision > 0");
  return rows.empty() ? std::nullopt : std::optional(read_time(rows[0], 0));
}

std::string applied_hash(Transaction& transaction) {
  const auto rows = transaction.query("SELECT hash FROM inherited_state");
  return rows.empty() ? std::string() : rows[0].text(0);
}

bool is_another_wanted(Transaction& transaction, const GroupId& group, std::string_view hash) {
  return !transaction
              .query(
                  "SELECT id FROM secondaries LEFT JOIN downstream ON registration = id WHERE group_id = $1 AND (wanted_hash IS NULL OR "
                  "wanted_hash <> $2) LIMIT 1",
                  {to_value(group), to_value(hash)})
              .empty();
}

std::vector<RegistrationId> put_wanted(Transaction& transaction, const GroupId& group, std::string_view hash, TimePoint at) {
  auto rows = transaction.query(
      "UPDATE downstream SET behind_since = CASE WHEN confirmed_hash = $2 THEN NULL WHEN behind_since IS NULL THEN $3 ELSE behind_since "
      "END, failure_code = CASE WHEN confirmed_hash = $2 THEN NULL ELSE failure_code END, failed_at = NULL, wanted_hash = $2 WHERE "
      "wanted_hash <> $2 AND "
      "registration IN (SELECT id FROM secondaries WHERE group_id = $1) RETURNING registration",
      {to_value(group), to_value(hash), to_value(at)});
  auto added = transaction.query(
      "INSERT INTO downstream (registration, wanted_hash, behind_since, confirmed_revision, confirmed_hash, manifest, failure_message, "
      "failure_remedy) SELECT id, CAST($2 AS TEXT), CAST($3 AS BIGINT), 0, '', '', '', '' FROM secondaries WHERE group_id = $1 AND NOT "
      "EXISTS (SELECT 1 FROM downstream WHERE registration = id) RETURNING registration",
      {to_value(group), to_value(hash), to_value(at)});
  std::vector<RegistrationId> changed;
  changed.reserve(rows.size() + added.size());
  for (const auto& row : rows) changed.push_back(read_id<RegistrationId>(row, 0));
  for (const auto& row : added) changed.push_back(read_id<RegistrationId>(row, 0));
  return changed;
}

#define DAIKAN_DOWNSTREAM_COLUMNS                                                                                                        \
  "registration, wanted_hash, behind_since, confirmed_revision, confirmed_hash, confirmed_at, manifest, failure_code, failure_message, " \
  "failure_remedy, failed_at"

std::optional<DownstreamState> find_downstream(Transaction& transaction, const RegistrationId& id) {
  const auto rows = transaction.query("SELECT " DAIKAN_DOWNSTREAM_COLUMNS " FROM downstream WHERE registration = $1", {to_value(id)});
  if (rows.empty()) return std::nullopt;
  return read_downstream(rows[0]);
}

std::optional<DownstreamPlace> find_downstream_place(Transaction& transaction, const RegistrationId& id) {
  const auto rows = transaction.query("SELECT " DAIKAN_DOWNSTREAM_COLUMNS
                                      ", group_id, server_id FROM downstream JOIN secondaries ON id = registration WHERE registration = $1",
                                      {to_value(id)});
  if (rows.empty()) return std::nullopt;
  return DownstreamPlace{read_id<GroupId>(rows[0], 11), read_maybe_id<ServerId>(rows[0], 12), read_downstream(rows[0])};
}

std::vector<DownstreamState> all_downstream(Transaction& transaction) {
  std::vector<DownstreamState> found;
  for (const auto& row : transaction.query("SELECT " DAIKAN_DOWNSTREAM_COLUMNS " FROM downstream ORDER BY registration")) {
    found.push_back(read_downstream(row));
  }
  return found;
}

std::vector<BehindDownstream> behind_downstream(Transaction& transaction) {
  std::vector<BehindDownstream> found;
  for (const auto& row : transaction.query(
           "SELECT registration, wanted_hash FROM downstream WHERE behind_since IS NOT NULL ORDER BY behind_since, registration")) {
    found.push_back({read_id<RegistrationId>(row, 0), row.text(1)});
  }
  return found;
}

bool put_confirmed(Transaction& transaction, const RegistrationId& id, const hierarchy::ConfirmedSet& confirmed, TimePoint at) {
  const auto rows = transaction.query(
      "UPDATE downstream SET behind_since = CASE WHEN wanted_hash = $3 THEN NULL ELSE behind_since END, confirmed_revision = $2, "
      "confirmed_hash = $3, confirmed_at = $4, manifest = $5, failure_code = NULL, failure_message = '', failure_remedy = '', failed_at = "
      "NULL WHERE registration = $1 RETURNING behind_since",
      {to_value(id), static_cast<std::int64_t>(confirmed.revision), confirmed.hash, to_value(at), hierarchy::to_text(confirmed.manifest)});
  return !rows.empty() && !rows[0].is_null(0);
}

FailureNews put_downstream_failure(Transaction& transaction, const RegistrationId& id, const Error& failure, TimePoint at) {
  const auto known = find_downstream(transaction, id);
  // What failed may have been taken back meanwhile; then there is nothing to say.
  if (!known || !known->behind_since) return FailureNews::none;
  const bool told = known->failure && known->failed_at;
  if (told && known->failure->message == failure.message) return FailureNews::none;
  transaction.execute(
      "UPDATE downstream SET failure_code = $2, failure_message = $3, failure_remedy = $4, failed_at = $5 WHERE registration = $1",
      {to_value(id), to_value(to_string(failure.code)), failure.message, failure.remedy, to_value(told ? *known->failed_at : at)});
  return told ? FailureNews::reason : FailureNews::failure;
}

}  // namespace daikan::store
