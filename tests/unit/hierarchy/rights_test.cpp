#include "hierarchy/rights.h"

#include <set>

#include <gtest/gtest.h>

#include "hierarchy/group_tree.h"

namespace daikan::hierarchy {
namespace {

/// Managed devices > Branches > North; Managed devices > Labs.
struct RightsTest : testing::Test {
  static GroupId group(std::uint8_t number) {
    GroupId id;
    id.bytes[15] = number;
    return id;
  }
  GroupId root = group(1);
  GroupId branches = group(2);
  GroupId north = group(3);
  GroupId labs = group(4);
  GroupTree tree{{{root, std::nullopt, "Managed devices"}, {branches, root, "Branches"}, {north, branches, "North"}, {labs, root, "Labs"}}};

  GroupPath path(const GroupId& id) const { return path_to(tree, id); }
  static Permissions of(std::vector<Assignment> assignments) { return permissions_of(assignments, built_in_roles()); }
  static RoleId role(std::string_view name) {
    for (const auto& each : built_in_roles()) {
      if (each.name == name) return each.id;
    }
    return {};
  }
};

TEST_F(RightsTest, WhoHasNoAssignmentMayNothing) {
  const Permissions none;
  for (const auto& each : all_rights()) {
    EXPECT_FALSE(none.on_server(each.right)) << each.name;
    EXPECT_FALSE(none.anywhere(each.right)) << each.name;
    EXPECT_FALSE(may(none, each.right, path(north))) << each.name;
    EXPECT_FALSE(may(none, each.right, {})) << each.name;
  }
}

TEST_F(RightsTest, AnAdministratorOfTheServerMayEverythingEverywhere) {
  const auto permissions = of({{administrator().id, std::nullopt}});
  for (const auto& each : all_rights()) {
    EXPECT_TRUE(permissions.on_server(each.right)) << each.name;
    EXPECT_TRUE(may(permissions, each.right, path(north))) << each.name;
  }
}

TEST_F(RightsTest, ARoleOnAGroupReachesWhatIsBelowItAndNothingBeside) {
  const auto permissions = of({{role("operator"), branches}});
  EXPECT_TRUE(may(permissions, Right::configure_hierarchy, path(branches)));
  EXPECT_TRUE(may(permissions, Right::configure_hierarchy, path(north)));
  EXPECT_FALSE(may(permissions, Right::configure_hierarchy, path(root)));
  EXPECT_FALSE(may(permissions, Right::configure_hierarchy, path(labs)));
  EXPECT_FALSE(permissions.on_server(Right::configure_hierarchy));
  EXPECT_TRUE(permissions.anywhere(Right::configure_hierarchy));
}

TEST_F(RightsTest, ARoleOnTheRootGroupIsNotARoleOnTheServer) {
  const auto permissions = of({{administrator().id, root}});
  EXPECT_TRUE(may(permissions, Right::configure_hierarchy, path(labs)));
  EXPECT_FALSE(permissions.on_server(Right::configure_hierarchy)) << "this would be the right to set the primary";
  EXPECT_FALSE(permissions.anywhere(Right::manage_users)) << "a right of the whole server is never gained from a group";
  EXPECT_FALSE(permissions.anywhere(Right::manage_server));
  EXPECT_FALSE(permissions.anywhere(Right::read_audit));
}

TEST_F(RightsTest, RolesAddUp) {
  const auto permissions = of({{role("viewer"), std::nullopt}, {role("operator"), labs}});
  EXPECT_TRUE(may(permissions, Right::read, path(north)));
  EXPECT_FALSE(may(permissions, Right::edit_groups, path(north)));
  EXPECT_TRUE(may(permissions, Right::edit_groups, path(labs)));
}

TEST_F(RightsTest, AnUnknownRoleGivesNothing) { EXPECT_FALSE(of({{RoleId{}, std::nullopt}}).anywhere(Right::read)); }

TEST_F(RightsTest, AnUnknownGroupHasNoPathAndNoRightsButTheServers) {
  EXPECT_TRUE(path(group(99)).empty());
  EXPECT_TRUE(of({{role("viewer"), group(99)}}).on_group(path(group(99))).empty());
}

TEST_F(RightsTest, ALimitTakesAwayAndNeverGives) {
  auto permissions = of({{role("operator"), branches}, {role("viewer"), std::nullopt}});
  permissions = permissions.limited_to({Right::read, Right::manage_users});
  EXPECT_EQ(permissions.on_server(), Rights{Right::read});
  EXPECT_EQ(permissions.on_group(path(branches)), Rights{Right::read});
}

TEST_F(RightsTest, NobodyCoversMoreThanTheyHave) {
  const auto admin = of({{administrator().id, std::nullopt}});
  const auto operates_branches = of({{role("operator"), branches}});
  const auto operates_north = of({{role("operator"), north}});
  const auto views_all = of({{role("viewer"), std::nullopt}});
  EXPECT_TRUE(covers(admin, admin, tree));
  EXPECT_TRUE(covers(admin, operates_branches, tree));
  EXPECT_TRUE(covers(operates_branches, operates_north, tree));
  EXPECT_FALSE(covers(operates_north, operates_branches, tree));
  EXPECT_FALSE(covers(operates_branches, views_all, tree)) << "a group is less than the server";
  EXPECT_FALSE(covers(views_all, operates_north, tree));
  EXPECT_TRUE(covers(views_all, Permissions(), tree));
}

TEST_F(RightsTest, EveryRightHasOneNameOneSentenceAndStandsInItsPlace) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < all_rights().size(); ++i) {
    const auto& each = all_rights()[i];
    EXPECT_EQ(static_cast<std::size_t>(each.right), i) << each.name;
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_TRUE(each.sentence.ends_with('.')) << each.name;
    EXPECT_EQ(right_from_string(each.name), each.right);
  }
  EXPECT_FALSE(right_from_string("everything"));
}

TEST_F(RightsTest, ASetOfRightsIsTextAndBackAndUnknownNamesGiveNothing) {
  EXPECT_EQ(to_text(Rights{}), "");
  EXPECT_EQ(to_text({Right::relay, Right::read}), "read,relay");
  EXPECT_EQ(rights_from_text("read,relay"), (Rights{Right::read, Right::relay}));
  EXPECT_EQ(rights_from_text(",read,,fly,READ,"), Rights{Right::read});
  EXPECT_EQ(rights_from_text(to_text(Rights::all())), Rights::all());
}

TEST_F(RightsTest, BuiltInRolesHaveIdsThatNeverChange) {
  std::set<RoleId> ids;
  for (const auto& each : built_in_roles()) EXPECT_TRUE(ids.insert(each.id).second) << each.name;
  EXPECT_EQ(administrator().id.str(), "00000000-0000-7000-8000-000000000001");
  EXPECT_EQ(administrator().rights, Rights::all());
  EXPECT_EQ(role("operator").str(), "00000000-0000-7000-8000-000000000002");
  EXPECT_EQ(role("viewer").str(), "00000000-0000-7000-8000-000000000003");
  EXPECT_EQ(role("auditor").str(), "00000000-0000-7000-8000-000000000004");
}

TEST_F(RightsTest, ARefusalNamesTheRightTheGroupAndTheServer) {
  const auto on_group = denied(Right::configure_hierarchy, "Managed devices/Branches", "hq");
  EXPECT_EQ(on_group.code, Code::permission_denied);
  EXPECT_EQ(
      on_group.message,
      "“hq” refuses: the right “Configure hierarchy” (configure_hierarchy) is needed on the group “Managed devices/Branches” of “hq”.");
  EXPECT_EQ(on_group.remedy, "Ask an administrator of “hq” for a role with this right there.");
  EXPECT_NE(denied(Right::manage_users, "", "hq").message.find("on the server “hq”"), std::string::npos);
}

TEST_F(RightsTest, ThePrimarysBoundIsFullReadOnlyOrNothing) {
  EXPECT_EQ(bound_of(PrimaryMay::full), Rights::all());
  EXPECT_EQ(bound_of(PrimaryMay::read), (Rights{Right::read, Right::read_audit, Right::relay}));
  EXPECT_TRUE(bound_of(PrimaryMay::none).empty());
  for (const auto may : {PrimaryMay::full, PrimaryMay::read, PrimaryMay::none}) EXPECT_EQ(primary_may_from_string(to_string(may)), may);
  EXPECT_FALSE(primary_may_from_string("some"));
}

}  // namespace
}  // namespace daikan::hierarchy
