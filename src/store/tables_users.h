// Users beside their names and passwords: roles, assignments, sessions of everybody, recovery codes. Functions on a Transaction, like
// tables.h; the rules are in server/users.h and server/roles.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hierarchy/accounts.h"
#include "store/database.h"

namespace daikan::store {

/// By name.
std::vector<hierarchy::Account> all_accounts(Transaction&);
/// Writes every field but created_at.
void update_account(Transaction&, const hierarchy::Account&);
/// Its credentials, assignments and recovery codes go with it.
bool remove_account(Transaction&, const AccountId&);

/// The built-in ones first, then those that were made, by name.
std::vector<hierarchy::Role> all_roles(Transaction&);
void insert_role(Transaction&, const hierarchy::Role&);
/// Writes every field but created_at.
void update_role(Transaction&, const hierarchy::Role&);
bool remove_role(Transaction&, const hierarchy::RoleId&);

/// In a stable order. Those of a removed group go with the group.
std::vector<hierarchy::Assignment> assignments_of(Transaction&, const AccountId&);
std::vector<std::pair<AccountId, hierarchy::Assignment>> all_assignments(Transaction&);
/// Of everybody who has the role.
void remove_assignments(Transaction&, const hierarchy::RoleId&);
/// Whoever has `from` has `to` instead, in the same places; nobody may have `to` before.
void hand_assignments_over(Transaction&, const hierarchy::RoleId& from, const hierarchy::RoleId& to);
void replace_assignments(Transaction&, const AccountId&, std::span<const hierarchy::Assignment>);

/// Of all accounts, the one used last first.
std::vector<hierarchy::Credential> all_sessions(Transaction&);
/// Ends the sessions of an account (not its tokens), but for `kept`. Returns how many.
std::int64_t remove_sessions(Transaction&, const AccountId&, std::optional<TokenId> kept = std::nullopt);

void replace_recovery_codes(Transaction&, const AccountId&, std::span<const std::string> hashes);
/// True once for each code.
bool take_recovery_code(Transaction&, const AccountId&, std::string_view hash);
std::int64_t count_recovery_codes(Transaction&, const AccountId&);

}  // namespace daikan::store
