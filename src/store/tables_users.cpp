// Roles, assignments, recovery codes.
#include "store/tables_users.h"

#include "store/detail/columns.h"

namespace daikan::store {
namespace {

using namespace detail;
using hierarchy::Assignment;
using hierarchy::Role;
using hierarchy::RoleId;

Assignment read_assignment(const Row& row, std::size_t column) {
  return {.role = read_id<RoleId>(row, column), .group = read_maybe_id<GroupId>(row, column + 1)};
}

}  // namespace

std::vector<Role> all_roles(Transaction& transaction) {
  std::vector<Role> roles(hierarchy::built_in_roles().begin(), hierarchy::built_in_roles().end());
  for (const auto& row : transaction.query("SELECT id, name, description, rights, created_at, revision FROM roles ORDER BY name_key")) {
    roles.push_back({.id = read_id<RoleId>(row, 0),
                     .name = row.text(1),
                     .description = row.text(2),
                     .rights = hierarchy::rights_from_text(row.text(3)),
                     .origin = Role::Origin::made,
                     .created_at = read_time(row, 4),
                     .revision = row.integer(5)});
  }
  return roles;
}

void insert_role(Transaction& transaction, const Role& role) {
  transaction.execute(
      "INSERT INTO roles (id, name, name_key, description, rights, created_at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {to_value(role.id), role.name, name_key(role.name), role.description, hierarchy::to_text(role.rights), to_value(role.created_at),
       role.revision});
}

void update_role(Transaction& transaction, const Role& role) {
  transaction.execute(
      "UPDATE roles SET name = $2, name_key = $3, description = $4, rights = $5, revision = $6 WHERE id = $1",
      {to_value(role.id), role.name, name_key(role.name), role.description, hierarchy::to_text(role.rights), role.revision});
}

bool remove_role(Transaction& transaction, const RoleId& id) {
  return transaction.execute("DELETE FROM roles WHERE id = $1", {to_value(id)}) == 1;
}

std::vector<Assignment> assignments_of(Transaction& transaction, const AccountId& account) {
  std::vector<Assignment> assignments;
  for (const auto& row :
       transaction.query("SELECT role_id, group_id FROM assignments WHERE account_id = $1 ORDER BY scope, role_id", {to_value(account)})) {
    assignments.push_back(read_assignment(row, 0));
  }
  return assignments;
}

std::vector<std::pair<AccountId, Assignment>> all_assignments(Transaction& transaction) {
  std::vector<std::pair<AccountId, Assignment>> all;
  for (const auto& row : transaction.query("SELECT account_id, role_id, group_id FROM assignments ORDER BY account_id, scope, role_id")) {
    all.emplace_back(read_id<AccountId>(row, 0), read_assignment(row, 1));
  }
  return all;
}

void remove_assignments(Transaction& transaction, const RoleId& role) {
  transaction.execute("DELETE FROM assignments WHERE role_id = $1", {to_value(role)});
}

void hand_assignments_over(Transaction& transaction, const RoleId& from, const RoleId& to) {
  transaction.execute("UPDATE assignments SET role_id = $2 WHERE role_id = $1", {to_value(from), to_value(to)});
}

void replace_assignments(Transaction& transaction, const AccountId& account, std::span<const Assignment> assignments) {
  transaction.execute("DELETE FROM assignments WHERE account_id = $1", {to_value(account)});
  for (const auto& each : assignments) {
    transaction.execute("INSERT INTO assignments (account_id, role_id, scope, group_id) VALUES ($1, $2, $3, $4)",
                        {to_value(account), to_value(each.role), each.group ? each.group->str() : std::string(), to_value(each.group)});
  }
}

void replace_recovery_codes(Transaction& transaction, const AccountId& account, std::span<const std::string> hashes) {
  transaction.execute("DELETE FROM recovery_codes WHERE account_id = $1", {to_value(account)});
  for (const auto& hash : hashes) {
    transaction.execute("INSERT INTO recovery_codes (account_id, code_hash) VALUES ($1, $2)", {to_value(account), hash});
  }
}

bool take_recovery_code(Transaction& transaction, const AccountId& account, std::string_view hash) {
  return transaction.execute("DELETE FROM recovery_codes WHERE account_id = $1 AND code_hash = $2", {to_value(account), to_value(hash)}) ==
         1;
}

std::int64_t count_recovery_codes(Transaction& transaction, const AccountId& account) {
  return transaction.query("SELECT count(*) FROM recovery_codes WHERE account_id = $1", {to_value(account)})[0].integer(0);
}

}  // namespace daikan::store
