#include "server/accounts.h"

#include <gmock/gmock.h>

#include "base/limits.h"
#include "server/login_limiter.h"
#include "server/password_checks.h"
#include "server/secrets.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::CredentialKind;
using test::olga;
using test::Site;
using namespace std::chrono_literals;
using testing::ElementsAre;

struct AccountsTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
  AccountId account = hq.add_account("olga", "correct horse");

  Result<Login> log_in(std::string password, std::string source = "192.0.2.7", std::string name = "Olga") {
    return loop.run(hq.accounts->login({std::move(name), std::move(password), std::move(source), "test 1.0"}));
  }
  void expire(const std::string& secret) {
    hq.write([&](store::Transaction& transaction) {
      const auto credential = store::find_credential(transaction, stored_form(secret));
      store::touch_credential(transaction, credential->id, credential->last_used_at, now() - 1s);
    });
  }
};

TEST_F(AccountsTest, ALoginOpensASessionThatAuthenticates) {
  const auto login = log_in("correct horse");
  ASSERT_TRUE(login) << login.error().text();
  EXPECT_TRUE(login->secret.starts_with("dks_"));
  EXPECT_EQ(login->secret.size(), 47U);
  EXPECT_EQ(login->account.name, "olga");
  EXPECT_GT(login->credential.expires_at, now() + 11h);
  const auto who = loop.run(hq.accounts->authenticate(login->secret));
  ASSERT_TRUE(who);
  EXPECT_EQ(who->account.id, account);
  EXPECT_EQ(who->credential.id, login->credential.id);
  EXPECT_THAT(hq.audit(), ElementsAre("login done"));
}

TEST_F(AccountsTest, AnIdleSessionEndsByTheLimitThatHoldsNow) {
  const auto login = log_in("correct horse");
  const auto idle_for = [&](std::chrono::minutes time) {
    hq.write(
        [&](store::Transaction& transaction) { store::touch_credential(transaction, login->credential.id, now() - time, now() + 11h); });
  };
  idle_for(30min);
  hq.accounts->set_session_idle(45min);
  const auto used = loop.run(hq.accounts->authenticate(login->secret));
  ASSERT_TRUE(used) << used.error().text();
  EXPECT_LT(used->credential.expires_at, now() + 46min);
  hq.accounts->set_session_idle(20min);
  EXPECT_TRUE(loop.run(hq.accounts->authenticate(login->secret))) << "it was used just now";
  idle_for(30min);
  hq.accounts->set_session_idle(21min);
  const auto ended = loop.run(hq.accounts->authenticate(login->secret));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::unauthenticated);
}

TEST_F(AccountsTest, TheSecretItselfIsStoredNowhere) {
  const auto login = log_in("correct horse");
  const auto all = loop.run(hq.accounts->credentials(account));
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->front().secret_hash, stored_form(login->secret));
  EXPECT_EQ(all->front().secret_hash.find(login->secret.substr(4)), std::string::npos);
}

TEST_F(AccountsTest, AWrongPasswordAndAnUnknownNameGetTheSameAnswerAndAreAudited) {
  const auto wrong = log_in("wrong horse");
  const auto unknown = log_in("correct horse", "192.0.2.7", "nobody");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error(), unknown.error());
  EXPECT_EQ(wrong.error().code, Code::wrong_credentials);
  EXPECT_EQ(log_in("x", "192.0.2.7", std::string("a\0b\xff", 4)).error().code, Code::wrong_credentials);
  EXPECT_EQ(log_in(std::string(limits::kMaxPasswordBytes + 1, 'x')).error().code, Code::wrong_credentials);
  EXPECT_EQ(log_in("").error().code, Code::wrong_credentials);
  EXPECT_THAT(hq.audit(), testing::Each("login.refused wrong_credentials"));
  EXPECT_EQ(hq.audit().size(), 5U);
}

TEST_F(AccountsTest, TheHashOfNobodyIsARealHashThatNoPasswordOpens) {
  PasswordChecks checks(loop.executor());
  const auto answer = loop.run(checks.check(std::string(kNobodysHash), "nobody"));
  EXPECT_EQ(*answer, PasswordChecks::Answer::wrong);
  // The parameters are those of a real hash, so that the cost is the same.
  EXPECT_EQ(kNobodysHash.substr(0, 31), hash_password("x").substr(0, 31));
  EXPECT_EQ(kNobodysHash.size(), hash_password("x").size());
}

TEST_F(AccountsTest, GuessingIsSlowedDownButNotForTheServersOwnMachine) {
  for (int i = 0; i < 6; ++i) EXPECT_EQ(log_in("wrong").error().code, Code::wrong_credentials);
  const auto limited = log_in("correct horse", "198.51.100.1");
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().code, Code::rate_limited);
  EXPECT_EQ(limited.error().remedy, "Try again in 1 second.");
  EXPECT_TRUE(log_in("correct horse", "127.0.0.1"));
  EXPECT_TRUE(log_in("correct horse", "::1"));
  log_in("correct horse", "198.51.100.1");
  const auto audit = hq.audit();
  EXPECT_EQ(std::count(audit.begin(), audit.end(), "login.refused rate_limited"), 1);
}

awaitable<> log_in_into(Accounts& accounts, std::vector<Code>& codes) {
  auto login = co_await accounts.login({"olga", "wrong", "192.0.2.7", "t"});
  codes.push_back(login ? Code::closed : login.error().code);
}

TEST_F(AccountsTest, BeyondTheQueueLoginsAreRefusedAsUnavailable) {
  std::vector<Code> codes;
  net::TaskGroup tasks(loop.executor());
  const auto most = limits::kMaxPasswordChecksAtOnce + limits::kMaxQueuedPasswordChecks;
  for (unsigned i = 0; i < most + 3; ++i) tasks.spawn(log_in_into(*hq.accounts, codes));
  ASSERT_TRUE(loop.run_until([&] { return codes.size() == most + 3; }));
  loop.run(tasks.join());
  EXPECT_EQ(std::count(codes.begin(), codes.end(), Code::unavailable), 3);
}

TEST_F(AccountsTest, AnExpiredSessionIsNoProof) {
  const auto login = log_in("correct horse");
  expire(login->secret);
  EXPECT_EQ(loop.run(hq.accounts->authenticate(login->secret)).error().code, Code::unauthenticated);
  EXPECT_TRUE(loop.run(hq.accounts->credentials(account))->empty());
}

TEST_F(AccountsTest, UseRenewsASessionAtMostOnceAMinuteAndATokenNever) {
  const auto login = log_in("correct horse");
  const auto token = loop.run(hq.accounts->create_token(olga(), {account, "ci", 24h}));
  for (const auto& secret : {login->secret, token->secret}) {
    hq.write([&](store::Transaction& transaction) {
      const auto credential = store::find_credential(transaction, stored_form(secret));
      store::touch_credential(transaction, credential->id, now() - 2min, now() + 1h);
    });
  }
  const auto renewed = loop.run(hq.accounts->authenticate(login->secret));
  EXPECT_GT(renewed->credential.expires_at, now() + 11h);
  const auto kept = loop.run(hq.accounts->authenticate(token->secret));
  EXPECT_LT(kept->credential.expires_at, now() + 2h);
  EXPECT_GT(kept->credential.last_used_at, now() - 1min);
}

TEST_F(AccountsTest, LogoutAndRevocationCountAtOnce) {
  const auto login = log_in("correct horse");
  ASSERT_TRUE(loop.run(hq.accounts->authenticate(login->secret)));
  ASSERT_TRUE(loop.run(hq.accounts->logout(olga(), login->credential.id)));
  EXPECT_EQ(loop.run(hq.accounts->authenticate(login->secret)).error().code, Code::unauthenticated);
  EXPECT_EQ(loop.run(hq.accounts->logout(olga(), login->credential.id)).error().code, Code::unauthenticated);

  const auto token = loop.run(hq.accounts->create_token(olga(), {account, "ci", 24h}));
  ASSERT_TRUE(token) << token.error().text();
  EXPECT_TRUE(token->secret.starts_with("dkt_"));
  ASSERT_TRUE(loop.run(hq.accounts->authenticate(token->secret)));
  EXPECT_EQ(loop.run(hq.accounts->revoke(olga(), AccountId::make(now()), token->credential.id)).error().code, Code::not_found);
  ASSERT_TRUE(loop.run(hq.accounts->revoke(olga(), account, token->credential.id)));
  EXPECT_EQ(loop.run(hq.accounts->authenticate(token->secret)).error().code, Code::unauthenticated);
  EXPECT_THAT(hq.audit(), ElementsAre("login done", "logout done", "token.create done", "token.revoke done"));
}

TEST_F(AccountsTest, SecretsThatAreNoneAreRefused) {
  for (const auto* secret : {"", "dks_", "x", "dks_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                             "dkx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "dks_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'"}) {
    EXPECT_EQ(loop.run(hq.accounts->authenticate(secret)).error().code, Code::unauthenticated) << secret;
  }
}

TEST_F(AccountsTest, TheOldestSessionMakesRoom) {
  const auto first = log_in("correct horse");
  hq.write([&](store::Transaction& transaction) {
    for (std::size_t i = 1; i < limits::kMaxSessionsPerAccount; ++i) {
      store::insert_credential(transaction, {.id = TokenId::make(now()),
                                             .account = account,
                                             .kind = CredentialKind::session,
                                             .name = "t",
                                             .secret_hash = stored_form(make_secret(CredentialKind::session)),
                                             .source = "",
                                             .created_at = now(),
                                             .expires_at = now() + 1h,
                                             .last_used_at = now()});
    }
  });
  ASSERT_TRUE(loop.run(hq.accounts->authenticate(first->secret)));
  const auto newest = log_in("correct horse");
  ASSERT_TRUE(newest);
  EXPECT_EQ(loop.run(hq.accounts->credentials(account))->size(), limits::kMaxSessionsPerAccount);
  EXPECT_EQ(loop.run(hq.accounts->authenticate(first->secret)).error().code, Code::unauthenticated);
}

TEST_F(AccountsTest, TokensHaveANameAndBounds) {
  EXPECT_EQ(loop.run(hq.accounts->create_token(olga(), {account, "", 24h})).error().field, "name");
  EXPECT_EQ(loop.run(hq.accounts->create_token(olga(), {account, "ci", 0h})).error().field, "expires_in_hours");
  EXPECT_EQ(loop.run(hq.accounts->create_token(olga(), {account, "ci", 24h * 366})).error().field, "expires_in_hours");
  EXPECT_EQ(loop.run(hq.accounts->create_token(olga(), {AccountId::make(now()), "ci", 1h})).error().code, Code::not_found);
}

TEST(Accounts, RulesForNamesAndPasswordsNameTheField) {
  EXPECT_TRUE(check_account("olga", "vier eis"));
  EXPECT_EQ(check_account("", "vier eis").error().field, "user");
  EXPECT_EQ(check_account("a/b", "vier eis").error().field, "user");
  EXPECT_EQ(check_account("olga", "1234567").error().field, "password");
  EXPECT_EQ(check_account("olga", std::string(1025, 'x')).error().field, "password");
  EXPECT_EQ(check_account("olga", "1234567\xff").error().field, "password");
  EXPECT_EQ(check_account("olga.berg", "Olga.Berg").error().field, "password");
}

TEST(Accounts, TheCsrfTokenIsBoundToTheSecretAndIsNotIt) {
  const auto secret = make_secret(CredentialKind::session);
  EXPECT_EQ(Accounts::csrf_token(secret), Accounts::csrf_token(secret));
  EXPECT_NE(Accounts::csrf_token(secret), Accounts::csrf_token(make_secret(CredentialKind::session)));
  EXPECT_NE(Accounts::csrf_token(secret), stored_form(secret));
  EXPECT_EQ(Accounts::csrf_token(secret).size(), 64U);
}

struct LimiterTest : testing::Test {
  LoginLimiter limiter;
  LoginLimiter::Time t = std::chrono::steady_clock::now();
  void fail(int times, std::string_view account, std::string_view source) {
    for (int i = 0; i < times; ++i) limiter.failed(account, source, t);
  }
};

TEST_F(LimiterTest, TheDelayOfAnAccountGrowsToAMinuteAndEndsWithSuccess) {
  fail(5, "olga", "192.0.2.1");
  EXPECT_FALSE(limiter.ask("olga", "192.0.2.2", t));
  fail(1, "olga", "192.0.2.1");
  EXPECT_EQ(limiter.ask("OLGA", "192.0.2.2", t)->wait, 1s);
  fail(2, "olga", "192.0.2.1");
  EXPECT_EQ(limiter.ask("olga", "192.0.2.2", t)->wait, 4s);
  fail(10, "olga", "192.0.2.1");
  EXPECT_EQ(limiter.ask("olga", "192.0.2.2", t)->wait, 60s);
  EXPECT_FALSE(limiter.ask("olga", "192.0.2.2", t + 61s));
  limiter.succeeded("olga", "192.0.2.2");
  EXPECT_FALSE(limiter.ask("olga", "192.0.2.2", t));
}

TEST_F(LimiterTest, ASourceHasABucketThatFillsAgain) {
  for (int i = 0; i < 20; ++i) limiter.failed("user" + std::to_string(i), "192.0.2.1", t);
  EXPECT_EQ(limiter.ask("another", "192.0.2.1", t)->wait, 5s);
  EXPECT_FALSE(limiter.ask("another", "192.0.2.2", t));
  EXPECT_FALSE(limiter.ask("another", "192.0.2.1", t + 5s));
}

TEST_F(LimiterTest, AnIpv6NetworkIsOneSource) {
  for (int i = 0; i < 20; ++i) limiter.failed("user" + std::to_string(i), "2001:db8::" + std::to_string(i + 1), t);
  EXPECT_TRUE(limiter.ask("another", "2001:db8::ffff", t));
  EXPECT_FALSE(limiter.ask("another", "2001:db8:0:1::1", t));
}

TEST_F(LimiterTest, OtherLimitsHoldAtOnceAlsoForWhatWasCountedBefore) {
  fail(4, "olga", "192.0.2.1");
  limiter.use({.account_failures = 3, .account_window = 1min, .source_failures = 5, .source_window = 50s});
  fail(1, "olga", "192.0.2.1");
  EXPECT_EQ(limiter.ask("olga", "192.0.2.2", t)->wait, 2s);
  EXPECT_FALSE(limiter.ask("olga", "192.0.2.2", t + 62s)) << "forgotten by the shorter window";
  EXPECT_FALSE(limiter.ask("olga", "192.0.2.2", t));
  fail(4, "ivan", "192.0.2.1");
  EXPECT_EQ(limiter.ask("another", "192.0.2.1", t)->wait, 10s);
  limiter.use({});
  EXPECT_FALSE(limiter.ask("another", "192.0.2.1", t + 5s)) << "the wider window fills faster";
}

TEST_F(LimiterTest, TheMachineItselfIsNeverJudgedMoreStrictlyThanByDefault) {
  limiter.use({.account_failures = 3, .account_window = 24h, .source_failures = 5, .source_window = 1h});
  fail(5, "olga", "127.0.0.1");
  EXPECT_FALSE(limiter.ask("olga", "127.0.0.1", t));
  fail(20, "olga", "::1");
  EXPECT_LE(limiter.ask("olga", "127.0.0.1", t)->wait, 1min);
  EXPECT_FALSE(limiter.ask("olga", "::1", t + 61s));
  limiter.use({.account_failures = 50, .account_window = 1min, .source_failures = 1000, .source_window = 10s});
  fail(40, "ivan", "127.0.0.9");
  EXPECT_FALSE(limiter.ask("ivan", "127.0.0.9", t)) << "more generous limits hold here, too";
}

TEST_F(LimiterTest, OnlyTheFirstRefusalOfAWaitIsWorthTelling) {
  fail(6, "olga", "192.0.2.1");
  EXPECT_EQ(limiter.ask("olga", "192.0.2.2", t)->told, LoginLimiter::Refusal::Told::first);
  EXPECT_EQ(limiter.ask("olga", "192.0.2.2", t)->told, LoginLimiter::Refusal::Told::again);
  EXPECT_FALSE(limiter.ask("olga", "192.0.2.2", t + 2s));
}

TEST_F(LimiterTest, ItsMemoryIsBounded) {
  for (std::size_t i = 0; i < limits::kMaxLoginRecords + 500; ++i) {
    limiter.failed("user" + std::to_string(i),
                   "10." + std::to_string(i / 65536) + "." + std::to_string(i / 256 % 256) + "." + std::to_string(i % 256), t);
  }
  EXPECT_LE(limiter.size(), 2 * limits::kMaxLoginRecords);
}

}  // namespace
}  // namespace daikan::server
