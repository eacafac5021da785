// Accounts and credentials.
#include "store/detail/columns.h"
#include "store/tables.h"
#include "store/tables_users.h"

namespace daikan::store {
namespace {

using namespace detail;
using hierarchy::CredentialKind;
using hierarchy::TwoFactor;

#define DAIKAN_ACCOUNT_COLUMNS "id, name, password_hash, created_at, disabled, two_factor, two_factor_secret, two_factor_step, revision"
#define DAIKAN_CREDENTIAL_COLUMNS "id, account_id, kind, name, secret_hash, source, created_at, expires_at, last_used_at, rights"

TwoFactor::State read_two_factor(const Row& row, std::size_t column) {
  for (const auto state : {TwoFactor::State::off, TwoFactor::State::pending, TwoFactor::State::on}) {
    if (to_string(state) == row.text(column)) return state;
  }
  unreadable_column("a state of the second factor");
}

hierarchy::Account read_account(const Row& row) {
  using State = hierarchy::Account::State;
  return {.id = read_id<AccountId>(row, 0),
          .name = row.text(1),
          .password_hash = row.text(2),
          .created_at = read_time(row, 3),
          .state = row.integer(4) != 0 ? State::disabled : State::enabled,
          .two_factor = {.state = read_two_factor(row, 5), .secret = row.text(6), .last_step = row.integer(7)},
          .revision = row.integer(8)};
}

std::optional<hierarchy::Account> first_account(const std::vector<Row>& rows) {
  if (rows.empty()) return std::nullopt;
  return read_account(rows[0]);
}

CredentialKind read_kind(const Row& row, std::size_t column) {
  for (const auto kind : {CredentialKind::session, CredentialKind::token}) {
    if (to_string(kind) == row.text(column)) return kind;
  }
  unreadable_column("a kind of credential");
}

hierarchy::Credential read_credential(const Row& row) {
  return {.id = read_id<TokenId>(row, 0),
          .account = read_id<AccountId>(row, 1),
          .kind = read_kind(row, 2),
          .name = row.text(3),
          .secret_hash = row.text(4),
          .source = row.text(5),
          .created_at = read_time(row, 6),
          .expires_at = read_time(row, 7),
          .last_used_at = read_time(row, 8),
          .rights = row.is_null(9) ? std::nullopt : std::optional(hierarchy::rights_from_text(row.text(9)))};
}

}  // namespace

std::int64_t count_accounts(Transaction& transaction) { return transaction.query("SELECT count(*) FROM accounts")[0].integer(0); }

std::vector<hierarchy::Account> all_accounts(Transaction& transaction) {
  std::vector<hierarchy::Account> accounts;
  for (const auto& row : transaction.query("SELECT " DAIKAN_ACCOUNT_COLUMNS " FROM accounts ORDER BY name_key")) {
    accounts.push_back(read_account(row));
  }
  return accounts;
}

void insert_account(Transaction& transaction, const hierarchy::Account& account) {
  const std::int64_t disabled = account.state == hierarchy::Account::State::disabled ? 1 : 0;
  transaction.execute("INSERT INTO accounts (" DAIKAN_ACCOUNT_COLUMNS ", name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                      {to_value(account.id), account.name, account.password_hash, to_value(account.created_at), disabled,
                       to_value(to_string(account.two_factor.state)), account.two_factor.secret, account.two_factor.last_step,
                       account.revision, name_key(account.name)});
}

void update_account(Transaction& transaction, const hierarchy::Account& account) {
  const std::int64_t disabled = account.state == hierarchy::Account::State::disabled ? 1 : 0;
  transaction.execute(
      "UPDATE accounts SET name = $2, name_key = $3, password_hash = $4, disabled = $5, two_factor = $6, two_factor_secret = $7, "
      "two_factor_step = $8, revision = $9 WHERE id = $1",
      {to_value(account.id), account.name, name_key(account.name), account.password_hash, disabled,
       to_value(to_string(account.two_factor.state)), account.two_factor.secret, account.two_factor.last_step, account.revision});
}

bool remove_account(Transaction& transaction, const AccountId& id) {
  return transaction.execute("DELETE FROM accounts WHERE id = $1", {to_value(id)}) == 1;
}

std::optional<hierarchy::Account> find_account(Transaction& transaction, std::string_view name) {
  return first_account(transaction.query("SELECT " DAIKAN_ACCOUNT_COLUMNS " FROM accounts WHERE name_key = $1", {name_key(name)}));
}

std::optional<hierarchy::Account> find_account(Transaction& transaction, const AccountId& id) {
  return first_account(transaction.query("SELECT " DAIKAN_ACCOUNT_COLUMNS " FROM accounts WHERE id = $1", {to_value(id)}));
}

void update_password(Transaction& transaction, const AccountId& id, std::string_view password_hash) {
  transaction.execute("UPDATE accounts SET password_hash = $2 WHERE id = $1", {to_value(id), to_value(password_hash)});
}

void insert_credential(Transaction& transaction, const hierarchy::Credential& credential) {
  transaction.execute(
      "INSERT INTO credentials (" DAIKAN_CREDENTIAL_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {to_value(credential.id), to_value(credential.account), to_value(to_string(credential.kind)), credential.name, credential.secret_hash,
       credential.source, to_value(credential.created_at), to_value(credential.expires_at), to_value(credential.last_used_at),
       credential.rights ? to_value(hierarchy::to_text(*credential.rights)) : Value(nullptr)});
}

std::optional<hierarchy::Credential> find_credential(Transaction& transaction, std::string_view secret_hash) {
  const auto rows =
      transaction.query("SELECT " DAIKAN_CREDENTIAL_COLUMNS " FROM credentials WHERE secret_hash = $1", {to_value(secret_hash)});
  if (rows.empty()) return std::nullopt;
  return read_credential(rows[0]);
}

std::vector<hierarchy::Credential> credentials_of(Transaction& transaction, const AccountId& account) {
  std::vector<hierarchy::Credential> credentials;
  for (const auto& row : transaction.query(
           "SELECT " DAIKAN_CREDENTIAL_COLUMNS " FROM credentials WHERE account_id = $1 ORDER BY created_at, id", {to_value(account)})) {
    credentials.push_back(read_credential(row));
  }
  return credentials;
}

std::vector<hierarchy::Credential> all_sessions(Transaction& transaction) {
  std::vector<hierarchy::Credential> sessions;
  for (const auto& row :
       transaction.query("SELECT " DAIKAN_CREDENTIAL_COLUMNS " FROM credentials WHERE kind = 'session' ORDER BY last_used_at DESC, id")) {
    sessions.push_back(read_credential(row));
  }
  return sessions;
}

std::int64_t remove_sessions(Transaction& transaction, const AccountId& account, std::optional<TokenId> kept) {
  return transaction.execute("DELETE FROM credentials WHERE account_id = $1 AND kind = 'session' AND id <> $2",
                             {to_value(account), to_value(kept.value_or(TokenId{}))});
}

void touch_credential(Transaction& transaction, const TokenId& id, TimePoint last_used_at, TimePoint expires_at) {
  transaction.execute("UPDATE credentials SET last_used_at = $2, expires_at = $3 WHERE id = $1",
                      {to_value(id), to_value(last_used_at), to_value(expires_at)});
}

bool remove_credential(Transaction& transaction, const TokenId& id) {
  return transaction.execute("DELETE FROM credentials WHERE id = $1", {to_value(id)}) == 1;
}

std::int64_t remove_expired_credentials(Transaction& transaction, TimePoint now) {
  return transaction.execute("DELETE FROM credentials WHERE expires_at <= $1", {to_value(now)});
}

}  // namespace daikan::store
