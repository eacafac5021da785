// Accounts and credentials.
#include "store/detail/columns.h"
#include "store/tables.h"

namespace daikan::store {
namespace {

using namespace detail;
using hierarchy::CredentialKind;

#define DAIKAN_ACCOUNT_COLUMNS "id, name, password_hash, created_at"
#define DAIKAN_CREDENTIAL_COLUMNS "id, account_id, kind, name, secret_hash, source, created_at, expires_at, last_used_at"

std::optional<hierarchy::Account> first_account(const std::vector<Row>& rows) {
  if (rows.empty()) return std::nullopt;
  return hierarchy::Account{read_id<AccountId>(rows[0], 0), rows[0].text(1), rows[0].text(2), read_time(rows[0], 3)};
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
          .last_used_at = read_time(row, 8)};
}

}  // namespace

std::int64_t count_accounts(Transaction& transaction) { return transaction.query("SELECT count(*) FROM accounts")[0].integer(0); }

void insert_account(Transaction& transaction, const hierarchy::Account& account) {
  transaction.execute("INSERT INTO accounts (" DAIKAN_ACCOUNT_COLUMNS ", name_key) VALUES ($1, $2, $3, $4, $5)",
                      {to_value(account.id), account.name, account.password_hash, to_value(account.created_at), name_key(account.name)});
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
      "INSERT INTO credentials (" DAIKAN_CREDENTIAL_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {to_value(credential.id), to_value(credential.account), to_value(to_string(credential.kind)), credential.name, credential.secret_hash,
       credential.source, to_value(credential.created_at), to_value(credential.expires_at), to_value(credential.last_used_at)});
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
