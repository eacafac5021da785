#include "server/access_rules.h"

#include <gmock/gmock.h>

#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using test::olga;
using test::Site;
using testing::HasSubstr;

struct AccessRulesTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
  AccessRules rules{*hq.storage, *hq.history};

  AccessRulesTest() { EXPECT_TRUE(loop.run(rules.start())); }
  Result<AccessRules::Rules> set(std::vector<std::string> sources, unsigned least = 8, Actor actor = olga()) {
    return loop.run(rules.set(actor, {least, std::move(sources)}));
  }
};

TEST_F(AccessRulesTest, EverybodyIsLetInUntilThereIsAList) {
  EXPECT_TRUE(rules.lets_in("203.0.113.9"));
  ASSERT_TRUE(set({"192.0.2.0/24", "2001:db8::/32"}));
  EXPECT_TRUE(rules.lets_in("192.0.2.7"));
  EXPECT_TRUE(rules.lets_in("2001:db8::7"));
  EXPECT_FALSE(rules.lets_in("203.0.113.9"));
  ASSERT_TRUE(set({}));
  EXPECT_TRUE(rules.lets_in("203.0.113.9"));
}

TEST_F(AccessRulesTest, LoopbackIsLetInWhateverTheListSays) {
  ASSERT_TRUE(set({"192.0.2.0/24"}));
  for (const auto* ip : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) EXPECT_TRUE(rules.lets_in(ip)) << ip;
}

TEST_F(AccessRulesTest, AListThatLocksItsMakerOutIsRefusedAndNothingChanges) {
  const auto refused = set({"10.0.0.0/8"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_EQ(refused.error().field, "console_sources");
  EXPECT_THAT(refused.error().message, HasSubstr("192.0.2.7"));
  EXPECT_TRUE(rules.lets_in("203.0.113.9"));
  auto local = olga();
  local.source = "::1";
  EXPECT_TRUE(set({"10.0.0.0/8"}, 8, local));
  auto from_above = olga();
  from_above.through = {"primary"};
  EXPECT_TRUE(set({"10.0.0.0/8"}, 8, from_above));
}

TEST_F(AccessRulesTest, WhatIsNoNetworkIsNamed) {
  const auto refused = set({"192.0.2.0/24", "10.0.0.1/8"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "console_sources");
  EXPECT_THAT(refused.error().message, HasSubstr("10.0.0.1/8"));
  EXPECT_EQ(set({}, 7).error().field, "password_least");
  EXPECT_EQ(set({}, 129).error().field, "password_least");
  EXPECT_FALSE(set(std::vector<std::string>(257, "192.0.2.0/24")));
}

TEST_F(AccessRulesTest, RulesOutliveARestartAndADamagedListLetsInLoopbackAlone) {
  ASSERT_TRUE(set({"192.0.2.0/24"}, 12));
  AccessRules again(*hq.storage, *hq.history);
  EXPECT_FALSE(again.lets_in("192.0.2.7")) << "not before it knows its rules";
  ASSERT_TRUE(loop.run(again.start()));
  EXPECT_TRUE(again.lets_in("192.0.2.7"));
  EXPECT_FALSE(again.lets_in("203.0.113.9"));
  EXPECT_EQ(loop.run(again.own())->password_least, 12U);
  hq.write([](store::Transaction& transaction) { store::put_setting(transaction, "console_sources", "192.0.2.0/24 nonsense"); });
  AccessRules damaged(*hq.storage, *hq.history);
  ASSERT_TRUE(loop.run(damaged.start()));
  EXPECT_FALSE(damaged.lets_in("192.0.2.7"));
  EXPECT_TRUE(damaged.lets_in("127.0.0.1"));
}

TEST_F(AccessRulesTest, APasswordIsLongEnoughNotTheNameAndNotWhatEverybodyTries) {
  const auto refusal = [](std::string_view name, std::string_view password, unsigned least) {
    const auto checked = check_password(name, password, {.min_length = least});
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_EQ(refusal("olga", "vier eis", 8), "");
  EXPECT_EQ(refusal("olga", "пароль-о", 8), "") << "characters are counted, not bytes";
  EXPECT_THAT(refusal("olga", "пароль", 8), HasSubstr("6 characters"));
  EXPECT_THAT(refusal("olga", "vier eis", 12), HasSubstr("8 characters"));
  EXPECT_THAT(refusal("olga", "myOLGA2026", 8), HasSubstr("name"));
  EXPECT_EQ(refusal("al", "a manual way", 8), "") << "a name of two letters is in half of all texts";
  EXPECT_THAT(refusal("olga", "PassWord123", 8), HasSubstr("commonest"));
}

TEST_F(AccessRulesTest, APasswordHasAsManyKindsOfCharactersAsAreAsked) {
  const auto fits = [](std::string_view password, unsigned kinds) { return check_password("olga", password, {8, kinds}).has_value(); };
  EXPECT_TRUE(fits("viereisig", 1));
  EXPECT_FALSE(fits("viereisig", 2));
  EXPECT_TRUE(fits("vier eis", 2));
  EXPECT_FALSE(fits("Vier Eis", 4));
  EXPECT_TRUE(fits("Vier Eis 4", 4));
  EXPECT_TRUE(fits("vierеeis", 2)) << "a letter of another script is something else";
}

TEST_F(AccessRulesTest, AGovernedListTakesTheOwnOnesPlaceAndLeavesLoopback) {
  ASSERT_TRUE(set({"192.0.2.0/24"}));
  rules.govern({"10.0.0.0/8"});
  EXPECT_FALSE(rules.lets_in("192.0.2.7"));
  EXPECT_TRUE(rules.lets_in("10.1.2.3"));
  EXPECT_TRUE(rules.lets_in("127.0.0.1"));
  EXPECT_THAT(loop.run(rules.own())->console_sources, testing::ElementsAre("192.0.2.0/24"));
  rules.govern({});
  EXPECT_TRUE(rules.lets_in("203.0.113.9"));
}

TEST_F(AccessRulesTest, TheStoredLengthCountsForNewPasswords) {
  ASSERT_TRUE(set({}, 20));
  EXPECT_EQ(loop.run(hq.users->create(olga(), {"ivan", "a good password", {}})).error().field, "password");
  EXPECT_TRUE(loop.run(hq.users->create(olga(), {"ivan", "a good and longer password", {}})));
}

}  // namespace
}  // namespace daikan::server
