#include "store/tables_policies.h"

#include "store/detail/columns.h"

namespace daikan::store {
namespace {

using namespace detail;
using hierarchy::Policy;
using hierarchy::PolicyId;
using hierarchy::PolicyRevision;

#define DAIKAN_POLICY_COLUMNS \
  "id, application, group_id, name, active, inherits, forces, settings, created_at, changed_at, changed_by, revision"
#define DAIKAN_REVISION_COLUMNS "revision, at, author, name, group_path, active, inherits, forces, settings"

std::vector<hierarchy::PolicySetting> read_settings(const Row& row, std::size_t column) {
  return require(hierarchy::settings_from_text(row.text(column)), "settings");
}

Policy read_policy(const Row& row) {
  return {.id = read_id<PolicyId>(row, 0),
          .application = row.text(1),
          .group = read_id<GroupId>(row, 2),
          .name = row.text(3),
          .active = row.integer(4) != 0,
          .inherit = row.integer(5) != 0,
          .force = row.integer(6) != 0,
          .settings = read_settings(row, 7),
          .created_at = read_time(row, 8),
          .changed_at = read_time(row, 9),
          .changed_by = row.text(10),
          .revision = row.integer(11)};
}

PolicyRevision read_revision(const Row& row) {
  return {.revision = row.integer(0),
          .at = read_time(row, 1),
          .author = row.text(2),
          .name = row.text(3),
          .group = row.text(4),
          .active = row.integer(5) != 0,
          .inherit = row.integer(6) != 0,
          .force = row.integer(7) != 0,
          .settings = read_settings(row, 8)};
}

}  // namespace

std::vector<Policy> all_policies(Transaction& transaction) {
  std::vector<Policy> found;
  for (const auto& row : transaction.query("SELECT " DAIKAN_POLICY_COLUMNS " FROM policies ORDER BY application, name_key, id")) {
    found.push_back(read_policy(row));
  }
  return found;
}

std::optional<Policy> find_policy(Transaction& transaction, const PolicyId& id) {
  const auto rows = transaction.query("SELECT " DAIKAN_POLICY_COLUMNS " FROM policies WHERE id = $1", {to_value(id)});
  if (rows.empty()) return std::nullopt;
  return read_policy(rows[0]);
}

void insert_policy(Transaction& transaction, const Policy& policy) {
  transaction.execute(
      "INSERT INTO policies (" DAIKAN_POLICY_COLUMNS ", name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      {to_value(policy.id), policy.application, to_value(policy.group), policy.name, std::int64_t{policy.active},
       std::int64_t{policy.inherit}, std::int64_t{policy.force}, hierarchy::to_text(policy.settings), to_value(policy.created_at),
       to_value(policy.changed_at), policy.changed_by, policy.revision, name_key(policy.name)});
}

void update_policy(Transaction& transaction, const Policy& policy) {
  transaction.execute(
      "UPDATE policies SET group_id = $2, name = $3, name_key = $4, active = $5, inherits = $6, forces = $7, settings = $8, "
      "changed_at = $9, changed_by = $10, revision = $11 WHERE id = $1",
      {to_value(policy.id), to_value(policy.group), policy.name, name_key(policy.name), std::int64_t{policy.active},
       std::int64_t{policy.inherit}, std::int64_t{policy.force}, hierarchy::to_text(policy.settings), to_value(policy.changed_at),
       policy.changed_by, policy.revision});
}

bool remove_policy(Transaction& transaction, const PolicyId& id) {
  return transaction.execute("DELETE FROM policies WHERE id = $1", {to_value(id)}) > 0;
}

void append_policy_revision(Transaction& transaction, const PolicyId& id, const PolicyRevision& revision, std::size_t most) {
  transaction.execute(
      "INSERT INTO policy_revisions (policy_id, " DAIKAN_REVISION_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {to_value(id), revision.revision, to_value(revision.at), revision.author, revision.name, revision.group,
       std::int64_t{revision.active}, std::int64_t{revision.inherit}, std::int64_t{revision.force}, hierarchy::to_text(revision.settings)});
  transaction.execute("DELETE FROM policy_revisions WHERE policy_id = $1 AND revision <= $2",
                      {to_value(id), revision.revision - static_cast<std::int64_t>(most)});
}

std::vector<PolicyRevision> policy_revisions(Transaction& transaction, const PolicyId& id) {
  std::vector<PolicyRevision> found;
  const auto rows = transaction.query(
      "SELECT " DAIKAN_REVISION_COLUMNS " FROM policy_revisions WHERE policy_id = $1 ORDER BY revision DESC", {to_value(id)});
  for (const auto& row : rows) found.push_back(read_revision(row));
  return found;
}

std::optional<PolicyRevision> find_policy_revision(Transaction& transaction, const PolicyId& id, std::int64_t revision) {
  const auto rows = transaction.query("SELECT " DAIKAN_REVISION_COLUMNS " FROM policy_revisions WHERE policy_id = $1 AND revision = $2",
                                      {to_value(id), revision});
  if (rows.empty()) return std::nullopt;
  return read_revision(rows[0]);
}

}  // namespace daikan::store
