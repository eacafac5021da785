#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using store::Transaction;

DAIKAN_ON_BOTH(AccountTables);

hierarchy::Account with_account(store::Database& database, const std::string& name) {
  return in_write(database, [&](Transaction& t) {
    const hierarchy::Account account{AccountId::make(at(0)), name, "$argon2id$…", at(3)};
    store::insert_account(t, account);
    return account;
  });
}

void expect_same(const hierarchy::Credential& a, const hierarchy::Credential& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.account, b.account);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.secret_hash, b.secret_hash);
  EXPECT_EQ(a.source, b.source);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.expires_at, b.expires_at);
  EXPECT_EQ(a.last_used_at, b.last_used_at);
}

TEST_P(AccountTables, AccountIsFoundByIdAndByNameWithoutAsciiCase) {
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::count_accounts(t); }), 0);
  const auto olga = with_account(database(), "Olga");
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::count_accounts(t); }), 1);
  const auto by_name = in_read(database(), [](Transaction& t) { return store::find_account(t, "oLGA"); });
  ASSERT_TRUE(by_name);
  EXPECT_EQ(by_name->id, olga.id);
  EXPECT_EQ(by_name->name, "Olga");
  EXPECT_EQ(by_name->password_hash, olga.password_hash);
  EXPECT_EQ(by_name->created_at, olga.created_at);
  const auto by_id = in_read(database(), [&](Transaction& t) { return store::find_account(t, olga.id); });
  ASSERT_TRUE(by_id);
  EXPECT_EQ(by_id->name, "Olga");
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_account(t, "nobody"); }));
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_account(t, AccountId::make(at(1))); }));
}

TEST_P(AccountTables, NameThatDiffersOnlyByCaseIsForbidden) {
  with_account(database(), "Olga");
  EXPECT_ANY_THROW(with_account(database(), "OLGA"));
}

TEST_P(AccountTables, PasswordIsReplaced) {
  const auto olga = with_account(database(), "olga");
  in_write(database(), [&](Transaction& t) { return store::update_password(t, olga.id, "new hash"), 0; });
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::find_account(t, olga.id); })->password_hash, "new hash");
}

TEST_P(AccountTables, CredentialIsFoundTouchedListedAndRemoved) {
  const auto olga = with_account(database(), "olga");
  const auto ivan = with_account(database(), "ivan");
  auto token = credential(olga.id, "aa", at(100));
  auto session = credential(olga.id, "bb", at(200));
  session.kind = hierarchy::CredentialKind::session;
  session.created_at = at(50);
  in_write(database(), [&](Transaction& t) {
    store::insert_credential(t, session);
    store::insert_credential(t, token);
    store::insert_credential(t, credential(ivan.id, "cc", at(100)));
    return 0;
  });
  const auto listed = in_read(database(), [&](Transaction& t) { return store::credentials_of(t, olga.id); });
  ASSERT_EQ(listed.size(), 2U);
  expect_same(listed[0], token);
  expect_same(listed[1], session);
  token.last_used_at = at(60);
  token.expires_at = at(160);
  in_write(database(), [&](Transaction& t) { return store::touch_credential(t, token.id, at(60), at(160)), 0; });
  const auto found = in_read(database(), [](Transaction& t) { return store::find_credential(t, "aa"); });
  ASSERT_TRUE(found);
  expect_same(*found, token);
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_credential(t, "zz"); }));
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::remove_credential(t, token.id); }));
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::remove_credential(t, token.id); }));
}

TEST_P(AccountTables, ExpiredCredentialsAreSweptAndOthersStay) {
  const auto olga = with_account(database(), "olga");
  in_write(database(), [&](Transaction& t) {
    store::insert_credential(t, credential(olga.id, "past", at(99)));
    store::insert_credential(t, credential(olga.id, "now", at(100)));
    store::insert_credential(t, credential(olga.id, "future", at(101)));
    return 0;
  });
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::remove_expired_credentials(t, at(100)); }), 2);
  const auto left = in_read(database(), [&](Transaction& t) { return store::credentials_of(t, olga.id); });
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].secret_hash, "future");
}

TEST_P(AccountTables, CredentialOfNobodyAndSecondUseOfASecretAreForbidden) {
  const auto olga = with_account(database(), "olga");
  const auto insert = [&](const hierarchy::Credential& c) {
    return write(database(), [&](Transaction& t) -> Result<> {
      store::insert_credential(t, c);
      return {};
    });
  };
  EXPECT_FALSE(insert(credential(AccountId::make(at(9)), "aa", at(1))));
  EXPECT_TRUE(insert(credential(olga.id, "aa", at(1))));
  EXPECT_FALSE(insert(credential(olga.id, "aa", at(1))));
}

}  // namespace
}  // namespace daikan::contract
