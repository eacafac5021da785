// Policies as use cases: what is inherited is shown and not changed, locks from above bind this server, and what governs is obeyed.
#include "server/policies.h"

#include "server/access_rules.h"
#include "server/governed.h"
#include "server/policy_json.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::Origin;
using hierarchy::PolicySetting;
using test::olga;
using test::Site;

struct PoliciesTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
  Policies policies{*hq.storage, *hq.history, hq.facts};
  std::vector<InheritedPolicy> above;
  unsigned changes = 0;

  PoliciesTest() {
    policies.use(
        {.inherited = [this](store::Transaction&) { return above; }, .changed = [this](store::Transaction&, TimePoint) { ++changes; }});
  }
  void inherit(PolicySetting setting) {
    InheritedPolicy made;
    made.policy.id = PolicyId::make(now());
    made.policy.application = "daikan-server";
    made.policy.name = "Top";
    made.policy.active = true;
    made.policy.settings = {std::move(setting)};
    made.source = {made.policy.id, "Top", "Managed devices/Branches", ServerId::make(now()), "root"};
    above.push_back(std::move(made));
  }
  static PolicyText text(std::string name, std::vector<PolicySetting> settings) {
    PolicyText made;
    made.name = std::move(name);
    made.active = true;
    made.settings = std::move(settings);
    return made;
  }
};

TEST_F(PoliciesTest, AnInheritedPolicyIsShownWithItsOwnerAndChangedThereOnly) {
  inherit({"log.level", std::string("error"), PolicySetting::Lock::locked});
  const auto views = loop.run(policies.list(olga()));
  ASSERT_TRUE(views && views->size() == 1U);
  EXPECT_EQ(views->front().inherited->server_name, "root");
  const auto refused = loop.run(policies.edit(olga(), above[0].policy.id, text("Mine", {}), {}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::permission_denied);
  EXPECT_NE(refused.error().message.find("“root”"), std::string::npos) << refused.error().text();
  EXPECT_FALSE(loop.run(policies.remove(olga(), above[0].policy.id, {})));
  EXPECT_EQ(changes, 0U);
}

TEST_F(PoliciesTest, ALockFromAboveBindsTheServersOwnPolicyAndWhatItIsSetTo) {
  ASSERT_TRUE(loop.run(policies.set_local(olga(), {{"log.level", std::string("debug")}})));
  ASSERT_TRUE(loop.run(policies.add(olga(), text("Own", {{"log.level", std::string("warning")}}), {})));
  EXPECT_EQ(changes, 1U);
  EXPECT_EQ(loop.run(policies.governing())->find("log.level")->value, hierarchy::SettingValue(std::string("debug")));
  inherit({"log.level", std::string("error"), PolicySetting::Lock::locked});
  const auto bound = loop.run(policies.governing());
  EXPECT_EQ(bound->find("log.level")->value, hierarchy::SettingValue(std::string("error")));
  EXPECT_EQ(bound->find("log.level")->overrode.size(), 2U);
  const auto refused = loop.run(policies.set_local(olga(), {{"log.level", std::string("info")}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_NE(refused.error().message.find("“Top”"), std::string::npos) << refused.error().text();
}

TEST_F(PoliciesTest, ASetIsAppliedAsAWholeOrNotAtAllAndToldOnce) {
  ASSERT_TRUE(loop.run(policies.add(olga(), text("Old", {{"log.level", std::string("info")}}), {})));
  auto old = text("Old", {{"log.level", std::string("warning")}});
  old.active = false;
  auto wrong = text("Wrong", {{"log.level", std::string("silent")}});
  auto refused = loop.run(policies.apply(olga(), {{.text = old, .seen = 1}, {.text = wrong, .seen = 0}}));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().field.starts_with("policies.1.")) << refused.error().field;
  EXPECT_EQ(loop.run(policies.list(olga()))->front().policy.revision, 1) << "the first of them was not changed either";
  EXPECT_EQ(changes, 1U);

  // The one that takes over comes first: it deactivates the other, which is then edited besides.
  const auto applied = loop.run(policies.apply(olga(), {{.text = text("Next", {}), .seen = 0}, {.text = old, .seen = 1}}));
  ASSERT_TRUE(applied) << applied.error().text();
  EXPECT_EQ(applied->at(0).change, AppliedPolicy::Change::made);
  EXPECT_EQ(applied->at(1).change, AppliedPolicy::Change::edited);
  EXPECT_EQ(applied->at(1).view.policy.revision, 3) << "deactivated, then edited: each is a revision";
  EXPECT_EQ(loop.run(policies.revisions(olga(), applied->at(1).view.policy.id))->size(), 3U);
  EXPECT_EQ(changes, 2U);
  const auto again = loop.run(policies.apply(olga(), {{.text = old}}));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->front().change, AppliedPolicy::Change::none);
  EXPECT_EQ(changes, 2U);
}

TEST_F(PoliciesTest, ASetIsRefusedThatContradictsItselfOrWhatIsThereNow) {
  ASSERT_TRUE(loop.run(policies.add(olga(), text("Old", {}), {})));
  const auto code = [&](std::vector<WantedPolicy> wanted) {
    const auto refused = loop.run(policies.apply(olga(), std::move(wanted)));
    return refused ? std::string("taken") : fmt::format("{} {}", to_string(refused.error().code), refused.error().field);
  };
  EXPECT_EQ(code({{.text = text("Old", {}), .seen = 7}}), "conflict policies.0.revision");
  EXPECT_EQ(code({{.text = text("Old", {}), .seen = 0}}), "conflict policies.0.revision");
  EXPECT_EQ(code({{.text = text("Gone", {}), .seen = 1}}), "conflict policies.0.revision");
  EXPECT_EQ(code({{.text = text("New", {})}, {.text = text("NEW", {})}}), "name_taken policies.1.name");
  EXPECT_EQ(code({{.text = text("Old", {})}, {.text = text("old", {})}}), "invalid_request policies.1.name");
  EXPECT_EQ(code({{.text = text("A", {})}, {.text = text("B", {})}}), "conflict policies.0.active");
  EXPECT_EQ(loop.run(policies.list(olga()))->size(), 1U);
}

TEST_F(PoliciesTest, TheConfigurationIsTheServersOwnWordUntilItIsSetOtherwise) {
  policies.configured({{"events.info_days", std::int64_t{7}}});
  const auto said = *loop.run(policies.governing())->find("events.info_days");
  EXPECT_EQ(said.value, hierarchy::SettingValue(std::int64_t{7}));
  EXPECT_EQ(said.from.kind, Origin::Kind::local);
  ASSERT_TRUE(loop.run(policies.set_local(olga(), {{"events.info_days", std::int64_t{8}}})));
  EXPECT_EQ(loop.run(policies.governing())->find("events.info_days")->value, hierarchy::SettingValue(std::int64_t{8}));
  ASSERT_TRUE(loop.run(policies.set_local(olga(), {{"events.info_days", std::nullopt}})));
  EXPECT_EQ(loop.run(policies.governing())->find("events.info_days")->value, hierarchy::SettingValue(std::int64_t{7}));
}

TEST_F(PoliciesTest, WhatGovernsIsToldToWhoObeysOnceForEachChange) {
  std::vector<std::string> told;
  Governed governed(policies, *hq.history,
                    {.log_level = [&](std::string_view level) { told.push_back(std::string(level)); },
                     .events = [&](const Retention& events) { told.push_back(std::to_string(events.info.count())); },
                     .session_idle = [&](std::chrono::minutes idle) { told.push_back(std::to_string(idle.count())); },
                     .logins = [&](const LoginLimits& limits) { EXPECT_EQ(limits, LoginLimits{}); },
                     .console_sources = [&](const std::vector<std::string>& sources) { EXPECT_TRUE(sources.empty()); }});
  ASSERT_TRUE(loop.run(governed.start()));
  EXPECT_EQ(told, (std::vector<std::string>{"info", "90", "720"}));
  ASSERT_TRUE(loop.run(policies.add(olga(), text("Own", {{"sessions.idle_minutes", std::int64_t{15}}}), {})));
  ASSERT_TRUE(loop.run(governed.start()));
  EXPECT_EQ(told.size(), 4U);
  EXPECT_EQ(told.back(), "15");
}

TEST_F(PoliciesTest, TheOwnAccessRulesAreTheServersOwnWord) {
  AccessRules rules(*hq.storage, *hq.history);
  rules.use([&](store::Transaction& transaction) { return policies.governing(transaction); });
  ASSERT_TRUE(loop.run(rules.start()));
  ASSERT_TRUE(loop.run(rules.set(olga(), {10, {"192.0.2.0/24"}})));
  const auto said = *loop.run(policies.governing())->find("console.sources");
  EXPECT_EQ(said.value, hierarchy::SettingValue(std::vector<std::string>{"192.0.2.0/24"}));
  EXPECT_EQ(said.from.kind, Origin::Kind::local);
  ASSERT_TRUE(loop.run(policies.set_local(olga(), {{"passwords.min_length", std::int64_t{11}}, {"log.level", std::string("debug")}})));
  EXPECT_EQ(loop.run(rules.own())->password_least, 11U);
  EXPECT_EQ(loop.run(rules.own())->console_sources.size(), 1U);

  inherit({"console.sources", std::vector<std::string>{"192.0.2.7"}, PolicySetting::Lock::locked});
  EXPECT_TRUE(loop.run(rules.set(olga(), {12, {"192.0.2.0/24"}}))) << "what stays may be said again";
  EXPECT_FALSE(rules.lets_in("192.0.2.8")) << "the lock holds";
  const auto refused = loop.run(rules.set(olga(), {12, {"192.0.0.0/16"}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_EQ(refused.error().field, "console_sources");
  EXPECT_NE(refused.error().message.find("“Top”"), std::string::npos) << refused.error().text();
}

TEST_F(PoliciesTest, AnOpenListAboveAndTheOwnOneMerge) {
  AccessRules rules(*hq.storage, *hq.history);
  rules.use([&](store::Transaction& transaction) { return policies.governing(transaction); });
  ASSERT_TRUE(loop.run(rules.start()));
  inherit({"console.sources", std::vector<std::string>{"10.0.0.0/8"}});
  ASSERT_TRUE(loop.run(rules.set(olga(), {8, {"192.0.2.0/24"}})));
  EXPECT_TRUE(rules.lets_in("10.1.2.3"));
  EXPECT_TRUE(rules.lets_in("192.0.2.8"));
  EXPECT_FALSE(rules.lets_in("203.0.113.9"));
}

TEST_F(PoliciesTest, NobodyLocksOneselfOutByAPolicyAndNothingIsSavedThen) {
  const auto doors = text("Doors", {{"console.sources", std::vector<std::string>{"10.0.0.0/8"}}});
  const auto refused = loop.run(policies.add(olga(), doors, {}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_NE(refused.error().message.find("192.0.2.7"), std::string::npos) << refused.error().text();
  EXPECT_TRUE(loop.run(policies.list(olga()))->empty());
  EXPECT_FALSE(loop.run(policies.set_local(olga(), {{"console.sources", std::vector<std::string>{"10.0.0.0/8"}}})));
  auto here = olga();
  here.source = "::1";
  const auto made = loop.run(policies.add(here, doors, {}));
  ASSERT_TRUE(made) << made.error().text();
  const auto bad = loop.run(policies.add(here, text("Bad", {{"console.sources", std::vector<std::string>{"10.0.0.1/8"}}}), {}));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().field, "settings.console.sources");
}

TEST_F(PoliciesTest, WhatGoesDownReadsTheSameBelow) {
  hierarchy::Policy policy;
  policy.application = "daikan-server";
  policy.name = "Top";
  policy.inherit = false;
  policy.force = true;
  policy.settings = {
      {"a.newer", 1.5}, {"b", std::vector<std::string>{"x"}, PolicySetting::Lock::locked}, {"log.level", std::string("error")}};
  const auto content = policy_content(policy);
  const auto read = policy_from_content(content);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->settings, policy.settings);
  EXPECT_TRUE(read->force && !read->inherit);
  EXPECT_EQ(policy_content(*read), content);
  for (const auto* text : {"", "{}", "[]", R"({"application":"a","name":"n","settings":{"A B":{"value":1}}})", R"({"settings":{}})"}) {
    EXPECT_FALSE(policy_from_content(text)) << text;
  }
}

}  // namespace
}  // namespace daikan::server
