// The cascade of policies, row by row of docs/policies.md. Tests are named after the row they hold.
#include "hierarchy/policy.h"

#include <gtest/gtest.h>

namespace daikan::hierarchy {
namespace {

using Texts = std::vector<std::string>;
constexpr auto kLocked = PolicySetting::Lock::locked;
constexpr auto kOpen = PolicySetting::Lock::open;

/// The group of a test: root > branches > north; root > labs.
struct PolicyTest : testing::Test {
  static GroupId group(std::uint8_t number) {
    GroupId id;
    id.bytes[15] = number;
    return id;
  }
  static PolicyId policy_id(std::uint8_t number) {
    PolicyId id;
    id.bytes[15] = number;
    return id;
  }

  GroupId root = group(1);
  GroupId branches = group(2);
  GroupId north = group(3);
  GroupId labs = group(4);
  GroupTree tree{{{root, std::nullopt, "Managed devices"}, {branches, root, "Branches"}, {north, branches, "North"}, {labs, root, "Labs"}}};
  ServerId here;
  ServerId above;
  Application application{
      .name = "test",
      .title = "Test",
      .description = "",
      .sections = {},
      .settings = {{.path = "level",
                    .title = "Level",
                    .description = "",
                    .kind = SettingKind::integer,
                    .initial = std::int64_t{1},
                    .minimum = 0,
                    .maximum = 9},
                   {.path = "sources",
                    .title = "Sources",
                    .description = "",
                    .kind = SettingKind::texts,
                    .initial = Texts{},
                    .lists = Setting::Lists::merge},
                   {.path = "tags", .title = "Tags", .description = "", .kind = SettingKind::texts, .initial = Texts{}}}};

  PolicyTest() {
    here.bytes[15] = 1;
    above.bytes[15] = 2;
  }

  /// An active policy of `group` that says `settings`.
  static Policy policy(std::uint8_t number, GroupId group, std::vector<PolicySetting> settings) {
    Policy made;
    made.id = policy_id(number);
    made.application = "test";
    made.group = group;
    made.name = "Policy " + std::to_string(number);
    made.active = true;
    made.settings = std::move(settings);
    return made;
  }
  static PolicySetting level(std::int64_t value, PolicySetting::Lock lock = kOpen) { return {"level", value, lock}; }
  ChainPolicy from_above(std::vector<PolicySetting> settings) const {
    return {
        .source = {.policy = policy_id(99), .policy_name = "HQ", .group = "Managed devices/Branches", .server = above, .server_name = "hq"},
        .settings = std::move(settings)};
  }
  Landscape landscape(std::vector<Policy> policies, PolicyChain inherited = {}) const {
    return {.server = here, .server_name = "branch", .groups = tree, .policies = std::move(policies), .inherited = std::move(inherited)};
  }
  EffectiveSetting in(const Landscape& land, const GroupId& group, std::string_view path = "level") const {
    return *effective_in_group(land, application, group).find(path);
  }
  std::int64_t level_in(const Landscape& land, const GroupId& group) const { return std::get<std::int64_t>(in(land, group).value); }
};

TEST_F(PolicyTest, p1_APolicyAppliesToItsGroupItsSubgroupsAndNothingBeside) {
  const auto land = landscape({policy(1, branches, {level(5)})});
  EXPECT_EQ(level_in(land, branches), 5);
  EXPECT_EQ(level_in(land, north), 5);
  EXPECT_EQ(level_in(land, labs), 1);
  EXPECT_EQ(level_in(land, root), 1);
}

TEST_F(PolicyTest, p1_APolicyOfTheServerAboveAppliesToEveryGroupAndToThisServer) {
  const auto land = landscape({}, {from_above({level(7)})});
  for (const auto& each : {root, branches, north, labs}) EXPECT_EQ(level_in(land, each), 7);
  EXPECT_EQ(effective_on_server(land, application).find("level")->value, SettingValue(std::int64_t{7}));
}

TEST_F(PolicyTest, p1_APolicyOfAnotherApplicationChangesNothing) {
  auto other = policy(1, root, {level(5)});
  other.application = "another";
  EXPECT_EQ(level_in(landscape({other}), root), 1);
}

TEST_F(PolicyTest, p2_AnOpenValueMayDifferBelow) {
  const auto land = landscape({policy(1, root, {level(5)}), policy(2, north, {level(6)})});
  EXPECT_EQ(level_in(land, branches), 5);
  EXPECT_EQ(level_in(land, north), 6);
}

TEST_F(PolicyTest, p2_ALockedValueIsInForceOnEverythingBelow) {
  const auto land = landscape({policy(1, root, {level(5, kLocked)}), policy(2, north, {level(6)}), policy(3, labs, {level(7, kLocked)})});
  EXPECT_EQ(level_in(land, north), 5);
  EXPECT_EQ(level_in(land, labs), 5);
  EXPECT_TRUE(in(land, north).locked);
}

TEST_F(PolicyTest, p2_WhatAServerWasSetToItselfYieldsToALockOnly) {
  const std::vector<PolicySetting> local{level(3)};
  const PolicyChain open{from_above({level(7)})};
  const PolicyChain locked{from_above({level(7, kLocked)})};
  const auto free = *effective_settings(application, open, local).find("level");
  EXPECT_EQ(free.value, SettingValue(std::int64_t{3}));
  EXPECT_EQ(free.from.kind, Origin::Kind::local);
  const auto bound = *effective_settings(application, locked, local).find("level");
  EXPECT_EQ(bound.value, SettingValue(std::int64_t{7}));
  ASSERT_EQ(bound.overrode.size(), 1U);
  EXPECT_EQ(bound.overrode[0].from.kind, Origin::Kind::local);
}

TEST_F(PolicyTest, p3_AChildThatDoesNotInheritIsNotReachedByLocks) {
  auto child = policy(2, branches, {{"tags", Texts{"b"}}});
  child.inherit = false;
  const auto land = landscape({policy(1, root, {level(5, kLocked)}), child});
  EXPECT_EQ(level_in(land, branches), 1);
  EXPECT_EQ(level_in(land, north), 1);
  EXPECT_EQ(level_in(land, labs), 5);
  const auto reason = in(land, north);
  ASSERT_EQ(reason.overrode.size(), 1U);
  EXPECT_EQ(reason.overrode[0].why, Overridden::Why::cut);
}

TEST_F(PolicyTest, p3_AForcingParentIsInheritedWhateverTheChildSays) {
  auto parent = policy(1, root, {level(5, kLocked)});
  parent.force = true;
  auto child = policy(2, branches, {level(6)});
  child.inherit = false;
  EXPECT_EQ(level_in(landscape({parent, child}), north), 5);
}

TEST_F(PolicyTest, p3_ForceReachesPastAPolicyInBetweenThatDoesNotForce) {
  auto top = from_above({level(5, kLocked)});
  top.force = true;
  auto child = policy(2, branches, {level(6)});
  child.inherit = false;
  const auto land = landscape({policy(1, root, {{"tags", Texts{"r"}, kLocked}}), child}, {top});
  EXPECT_EQ(level_in(land, north), 5) << "forced from above";
  EXPECT_EQ(in(land, north, "tags").value, SettingValue(Texts{})) << "not forced: the child does not inherit it";
}

TEST_F(PolicyTest, p4_AnUpperLockedValueOverwritesALowerLockedOne) {
  const auto land = landscape({policy(1, root, {level(6, kLocked)})}, {from_above({level(7, kLocked)})});
  const auto reason = in(land, north);
  EXPECT_EQ(reason.value, SettingValue(std::int64_t{7}));
  EXPECT_EQ(reason.from.source.server_name, "hq");
}

TEST_F(PolicyTest, p4_AnOpenValueAboveMayBeChangedAndLockedBelow) {
  const auto land = landscape({policy(1, root, {level(5)}), policy(2, branches, {level(6, kLocked)}), policy(3, north, {level(7)})});
  EXPECT_EQ(level_in(land, branches), 6);
  EXPECT_EQ(level_in(land, north), 6);
}

TEST_F(PolicyTest, p5_AGroupWithoutAnActivePolicyUsesTheNearestOneAbove) {
  const auto land = landscape({policy(1, root, {level(5)}), policy(2, branches, {level(6)})});
  EXPECT_EQ(in(land, north).from.source.policy, policy_id(2));
  EXPECT_EQ(in(land, labs).from.source.policy, policy_id(1));
}

TEST_F(PolicyTest, p5_AnInactivePolicyIsNotInherited) {
  auto inactive = policy(2, branches, {level(6, kLocked)});
  inactive.active = false;
  EXPECT_EQ(level_in(landscape({policy(1, root, {level(5)}), inactive}), north), 5);
}

TEST_F(PolicyTest, p6_MergeableListsMergeAndItemsFromAboveStay) {
  const auto land = landscape({policy(1, root, {{"sources", Texts{"b", "c"}}}), policy(2, north, {{"sources", Texts{"d"}}})},
                              {from_above({{"sources", Texts{"a", "b"}}})});
  EXPECT_EQ(in(land, branches, "sources").value, SettingValue(Texts{"a", "b", "c"}));
  const auto reason = in(land, north, "sources");
  EXPECT_EQ(reason.value, SettingValue(Texts{"a", "b", "c", "d"}));
  ASSERT_EQ(reason.merged.size(), 2U);
  EXPECT_EQ(reason.merged[0].source.server_name, "hq");
}

TEST_F(PolicyTest, p6_ALockedMergeableListTakesNothingFromBelow) {
  const auto land = landscape({policy(1, root, {{"sources", Texts{"a"}, kLocked}}), policy(2, north, {{"sources", Texts{"d"}}})});
  EXPECT_EQ(in(land, north, "sources").value, SettingValue(Texts{"a"}));
}

TEST_F(PolicyTest, p6_ListsThatAreNotMergeableAreReplaced) {
  const auto land = landscape({policy(1, root, {{"tags", Texts{"a"}}}), policy(2, north, {{"tags", Texts{"d"}}})});
  EXPECT_EQ(in(land, north, "tags").value, SettingValue(Texts{"d"}));
}

TEST_F(PolicyTest, p7_EveryValueSaysWhereItComesFromAndWhatItOverrode) {
  const auto land = landscape({policy(1, root, {level(5, kLocked)}), policy(2, north, {level(6)})}, {from_above({level(7)})});
  const auto reason = in(land, north);
  EXPECT_EQ(reason.from, (Origin{Origin::Kind::policy, {policy_id(1), "Policy 1", "Managed devices", here, "branch"}}));
  ASSERT_EQ(reason.overrode.size(), 2U);
  EXPECT_EQ(reason.overrode[0].value, SettingValue(std::int64_t{7}));
  EXPECT_EQ(reason.overrode[0].why, Overridden::Why::below);
  EXPECT_EQ(reason.overrode[0].from.source.server_name, "hq");
  EXPECT_EQ(reason.overrode[1].value, SettingValue(std::int64_t{6}));
  EXPECT_EQ(reason.overrode[1].why, Overridden::Why::locked);
  EXPECT_EQ(reason.overrode[1].from.source.group, "Managed devices/Branches/North");
}

TEST_F(PolicyTest, p7_AValueOfNoPolicyIsTheDefaultOfTheApplication) {
  const auto reason = in(landscape({}), north);
  EXPECT_EQ(reason.value, SettingValue(std::int64_t{1}));
  EXPECT_EQ(reason.from.kind, Origin::Kind::initial);
}

TEST_F(PolicyTest, p7_WhatThisVersionCannotObeyIsNamedAndChangesNothing) {
  const auto effective = effective_settings(application, PolicyChain{from_above({{"level", std::int64_t{99}}, {"newer", true}})});
  EXPECT_EQ(effective.find("level")->value, SettingValue(std::int64_t{1}));
  ASSERT_EQ(effective.unusable.size(), 2U);
  EXPECT_EQ(effective.unusable[0].path, "level");
  EXPECT_EQ(effective.unusable[1].path, "newer");
  EXPECT_EQ(effective.unusable[1].source.server_name, "hq");
}

TEST_F(PolicyTest, p8_APreviewNamesEveryPlaceWhoseSettingsWouldDiffer) {
  const auto before = landscape({policy(1, branches, {level(5)}), policy(2, north, {level(6)})});
  const auto after = landscape({policy(1, branches, {level(7)}), policy(2, north, {level(6)})});
  const auto places = preview(application, before, after);
  ASSERT_EQ(places.size(), 1U) << "north says otherwise, root and labs are not below";
  EXPECT_EQ(places[0].group, branches);
  ASSERT_EQ(places[0].changes.size(), 1U);
  EXPECT_EQ(places[0].changes[0].before.value, SettingValue(std::int64_t{5}));
  EXPECT_EQ(places[0].changes[0].after.value, SettingValue(std::int64_t{7}));
}

TEST_F(PolicyTest, p8_APreviewTellsOfThisServerFirstAndOfLocks) {
  const auto before = landscape({policy(1, root, {level(5)}), policy(2, north, {level(6)})});
  const auto after = landscape({policy(1, root, {level(5, kLocked)}), policy(2, north, {level(6)})});
  const auto places = preview(application, before, after);
  ASSERT_EQ(places.size(), 5U);
  EXPECT_FALSE(places[0].group) << "this server";
  EXPECT_TRUE(places[0].changes[0].after.locked);
  const auto at_north = std::find_if(places.begin(), places.end(), [&](const auto& each) { return each.group == north; });
  ASSERT_NE(at_north, places.end());
  EXPECT_EQ(at_north->changes[0].after.value, SettingValue(std::int64_t{5}));
}

TEST_F(PolicyTest, SettingsAreCheckedAgainstTheirApplication) {
  const auto field = [&](std::vector<PolicySetting> settings) {
    const auto checked = check_settings(application, settings);
    return checked ? std::string("fine") : checked.error().field;
  };
  EXPECT_EQ(field({level(9), {"tags", Texts{"a"}}}), "fine");
  EXPECT_EQ(field({level(10)}), "settings.level");
  EXPECT_EQ(field({{"level", std::string("9")}}), "settings.level");
  EXPECT_EQ(field({{"nothing", true}}), "settings.nothing");
  EXPECT_EQ(field({level(1), level(2)}), "settings.level");
  EXPECT_EQ(field({{"tags", Texts{"a\tb"}}}), "settings.tags");
}

TEST_F(PolicyTest, SettingsAreTheSameAfterTheirText) {
  const std::vector<PolicySetting> settings{{"a", true},
                                            {"b", std::int64_t{-3}, kLocked},
                                            {"c.d", 1.5},
                                            {"e", std::string("ü x")},
                                            {"f", Texts{}},
                                            {"g", Texts{""}, kLocked},
                                            {"h", Texts{"a", "", "b c"}},
                                            {"i", std::string()}};
  const auto text = to_text(settings);
  const auto read = settings_from_text(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, settings);
  EXPECT_EQ(to_text(*read), text);
}

TEST_F(PolicyTest, ATextThatIsNoSettingsIsRefused) {
  for (const auto* text :
       {"a", "a\topen\tb\ttrue", "a\tmaybe\tb\ttrue\n", "a\topen\tb\tyes\n", "a\topen\ti\t1x\n", "a\topen\tz\t1\n", "A\topen\ti\t1\n",
        "b\topen\ti\t1\na\topen\ti\t1\n", "a\topen\ti\t1\na\topen\ti\t1\n", "\n", "a\topen\tii\t1\n", "a\topen\tn\tnan\n"}) {
    EXPECT_FALSE(settings_from_text(text)) << text;
  }
}

TEST_F(PolicyTest, EverySettingOfAKnownApplicationHasAUsableDefaultAndAPlaceInTheOrder) {
  for (const auto& each : applications()) {
    std::string last;
    for (const auto& setting : each.settings) {
      EXPECT_TRUE(is_setting_path(setting.path)) << setting.path;
      EXPECT_TRUE(check_value(setting, setting.initial)) << setting.path;
      EXPECT_LT(last, setting.path);
      EXPECT_FALSE(setting.title.empty() || setting.description.empty()) << setting.path;
      last = setting.path;
    }
  }
}

TEST_F(PolicyTest, TwoRevisionsAreComparedSettingBySetting) {
  const std::vector<PolicySetting> before{level(1), {"tags", Texts{"a"}}};
  const std::vector<PolicySetting> after{level(1, kLocked), {"sources", Texts{"s"}}};
  const auto differences = compare(before, after);
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_EQ(differences[0].path, "level");
  EXPECT_FALSE(differences[1].before) << "sources is new";
  EXPECT_FALSE(differences[2].after) << "tags is gone";
}

}  // namespace
}  // namespace daikan::hierarchy
