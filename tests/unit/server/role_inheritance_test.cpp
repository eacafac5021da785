// Inherited roles on one server: shown, given, bounded, lost and kept. What travels between servers is tests/system.
#include "server/role_inheritance.h"

#include <gmock/gmock.h>

#include "server/policy_records.h"
#include "server/role_content.h"
#include "store/tables_policies.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::InheritedKind;
using hierarchy::InheritedSet;
using hierarchy::Right;
using hierarchy::Rights;
using hierarchy::Role;
using hierarchy::RoleId;
using test::olga;
using test::Site;
using testing::HasSubstr;

struct InheritedRolesTest : testing::Test {
  InheritedRolesTest() { shop.links->downstream().provide(InheritedKind::role, role_source(shop.facts)); }

  void put(InheritedSet& set, RoleId id, std::string name, Rights rights, ServerId owner) const {
    Role role{.id = id, .name = std::move(name), .description = {}, .rights = rights, .created_at = now()};
    set.put({.kind = InheritedKind::role,
             .id = id.bytes,
             .owner = owner,
             .group = "Managed devices",
             .revision = 1,
             .content = content_of(role)});
  }
  InheritedSet set_of(Rights rights) const {
    InheritedSet set;
    set.chain = {{hq, "hq", "Managed devices"}, {branch, "branch", "Managed devices"}};
    put(set, helpdesk, "helpdesk", rights, hq);
    return set;
  }
  /// As link_downstream does it.
  void apply(const InheritedSet& set) {
    shop.write([&](store::Transaction& transaction) {
      const auto before = store::applied_set(transaction);
      store::put_applied_set(transaction, {before.revision + 1, "hash", set}, now());
      shop.links->downstream().applied(transaction, before.set, set, now());
    });
  }
  Result<UserView> give(std::string role) {
    return loop.run(shop.users->create(olga(), {"ivan", "a good password", {{std::move(role), std::nullopt}}}));
  }
  UserView ivan() {
    const auto users = loop.run(shop.users->list());
    for (const auto& each : *users) {
      if (each.account.name == "ivan") return each;
    }
    return {};
  }
  void bound(std::string_view may) {
    shop.write([&](store::Transaction& transaction) { store::put_setting(transaction, kPrimaryMay, std::string(may)); });
  }
  void leave(Inherited inherited) {
    shop.write([&](store::Transaction& transaction) { shop.links->downstream().left(transaction, inherited, now()); });
  }

  net::test::Loop loop;
  Site shop{loop, "shop"};
  AccountId first = shop.add_account("olga", "correct horse");
  ServerId hq = ServerId::make(now());
  ServerId branch = ServerId::make(now());
  RoleId helpdesk = RoleId::make(now());
};

TEST_F(InheritedRolesTest, AnInheritedRoleIsShownWithItsOwnerGivenAndNeverEditedOrRemovedHere) {
  apply(set_of({Right::read, Right::edit_groups}));
  const auto roles = loop.run(shop.roles->list());
  ASSERT_TRUE(roles->back().known.owner);
  EXPECT_EQ(roles->back().known.owner->name, "hq");
  ASSERT_TRUE(give("helpdesk"));
  EXPECT_EQ(ivan().permissions.on_server(), (Rights{Right::read, Right::edit_groups}));
  const auto edited = loop.run(shop.roles->edit(olga(), helpdesk, {"mine", "", {"read"}}, {}));
  EXPECT_EQ(edited.error().code, Code::permission_denied);
  EXPECT_THAT(edited.error().message, HasSubstr("“hq”"));
  EXPECT_EQ(loop.run(shop.roles->remove(olga(), helpdesk)).error().code, Code::permission_denied);
}

TEST_F(InheritedRolesTest, ItGivesNoMoreThanThisServerLetsItsPrimaryDo) {
  apply(set_of({Right::read, Right::manage_users}));
  ASSERT_TRUE(give("helpdesk"));
  bound("read");
  EXPECT_EQ(ivan().permissions.on_server(), Rights{Right::read});
  bound("none");
  EXPECT_TRUE(ivan().permissions.on_server().empty());
  bound("full");
  EXPECT_TRUE(ivan().permissions.on_server(Right::manage_users));
}

TEST_F(InheritedRolesTest, WhoeverGivesItHasEveryRightItDeclaresWhateverTheBound) {
  bound("none");
  apply(set_of({Right::read, Right::manage_server}));
  auto clerk = olga();
  clerk.permissions = hierarchy::Permissions::of({Right::manage_users, Right::read});
  const auto made = loop.run(shop.users->create(clerk, {"ivan", "a good password", {{"helpdesk", std::nullopt}}}));
  EXPECT_EQ(made.error().code, Code::permission_denied);
}

TEST_F(InheritedRolesTest, AnOwnRoleComesFirstByNameAndOwnersTellInheritedOnesApart) {
  auto set = set_of({Right::read});
  const auto other = RoleId::make(now());
  put(set, other, "Helpdesk", {Right::edit_groups}, branch);
  apply(set);
  const auto several = give("helpdesk");
  ASSERT_FALSE(several);
  EXPECT_THAT(several.error().remedy, HasSubstr("helpdesk@hq"));
  ASSERT_TRUE(give("helpdesk@branch"));
  EXPECT_EQ(ivan().permissions.on_server(), Rights{Right::edit_groups});
  ASSERT_TRUE(loop.run(shop.roles->create(olga(), {"helpdesk", "", {"relay"}})));
  ASSERT_TRUE(loop.run(shop.users->assign(olga(), ivan().account.id, {{"helpdesk", std::nullopt}}, {})));
  EXPECT_EQ(ivan().permissions.on_server(), Rights{Right::relay});
}

TEST_F(InheritedRolesTest, WhatChangesAboveCountsAtTheNextRequestAndWhatIsGoneAboveIsTakenAway) {
  apply(set_of({Right::read, Right::edit_groups}));
  ASSERT_TRUE(give("helpdesk"));
  const auto login = loop.run(shop.accounts->login({"ivan", "a good password", "192.0.2.7", "test"}));
  EXPECT_TRUE(loop.run(shop.accounts->authenticate(login->secret))->permissions.on_server(Right::edit_groups));
  apply(set_of({Right::read}));
  EXPECT_FALSE(loop.run(shop.accounts->authenticate(login->secret))->permissions.on_server(Right::edit_groups));
  EXPECT_THAT(shop.event_kinds(), testing::Contains("inherited_role_edited"));
  apply({});
  EXPECT_TRUE(ivan().assignments.empty());
  EXPECT_FALSE(loop.run(shop.accounts->authenticate(login->secret))->permissions.on_server(Right::read));
  EXPECT_THAT(shop.event_kinds(), testing::Contains("role_withdrawn"));
  EXPECT_THAT(shop.audit(), testing::Contains("role.withdraw done"));
  // A right that was taken does not come back by itself.
  apply(set_of({Right::read}));
  EXPECT_TRUE(ivan().assignments.empty());
}

TEST_F(InheritedRolesTest, C4KeptRolesBecomeOwnOnesWithTheirUsersAndNoMoreThanTheyGave) {
  ASSERT_TRUE(loop.run(shop.roles->create(olga(), {"helpdesk", "", {"relay"}})));
  apply(set_of({Right::read, Right::manage_users}));
  ASSERT_TRUE(give("helpdesk@hq"));
  bound("read");
  leave(Inherited::kept);
  const auto user = ivan();
  ASSERT_EQ(user.assignments.size(), 1U);
  EXPECT_EQ(user.assignments[0].role_name, "helpdesk (hq)");
  EXPECT_FALSE(user.assignments[0].role_owner);
  EXPECT_NE(user.assignments[0].role, helpdesk);
  bound("full");
  EXPECT_EQ(ivan().permissions.on_server(), Rights{Right::read});
}

TEST_F(InheritedRolesTest, C4RemovedRolesGoWithWhatTheyGave) {
  apply(set_of({Right::read}));
  ASSERT_TRUE(give("helpdesk"));
  leave(Inherited::removed);
  EXPECT_TRUE(ivan().assignments.empty());
  EXPECT_EQ(loop.run(shop.roles->list())->size(), hierarchy::built_in_roles().size());
}

TEST_F(InheritedRolesTest, NothingGoesDownUnlessRelayIsInForceHere) {
  ASSERT_TRUE(loop.run(shop.roles->create(olga(), {"own", "", {"read"}})));
  apply(set_of({Right::read}));
  const auto going_down = [&] {
    return shop.read<std::size_t>([&](store::Transaction& transaction) {
      const hierarchy::GroupTree tree(store::all_groups(transaction));
      return shop.links->downstream().wanted(transaction, tree, tree.root().id).objects.size();
    });
  };
  EXPECT_EQ(going_down(), 0U);
  const std::vector<hierarchy::PolicySetting> on = {{"roles.relay", true}};
  shop.write([&](store::Transaction& transaction) { put_local_settings(transaction, on); });
  EXPECT_EQ(going_down(), 2U) << "the own one and the inherited one";
  shop.write([](store::Transaction& transaction) { put_local_settings(transaction, {}); });
  EXPECT_EQ(going_down(), 0U);
}

}  // namespace
}  // namespace daikan::server
