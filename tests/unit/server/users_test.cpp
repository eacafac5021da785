#include "server/users.h"

#include <gmock/gmock.h>

#include "server/roles.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::Permissions;
using hierarchy::Right;
using test::olga;
using test::Site;
using testing::HasSubstr;
using State = hierarchy::Account::State;

struct UsersTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
  AccountId first = hq.add_account("olga", "correct horse");

  Result<UserView> create(std::string name, std::vector<AssignmentRequest> assignments = {}, Actor actor = olga()) {
    return loop.run(hq.users->create(actor, {std::move(name), "a good password", std::move(assignments)}));
  }
  Result<Login> log_in(std::string name, std::string password) {
    return loop.run(hq.accounts->login({std::move(name), std::move(password), "192.0.2.7", "test"}));
  }
  /// Somebody who may manage users and read, and nothing else.
  static Actor clerk() {
    auto actor = olga();
    actor.name = "clerk";
    actor.permissions = Permissions::of({Right::manage_users, Right::read});
    return actor;
  }
};

TEST_F(UsersTest, AUserIsMadeLogsInAndMayWhatTheRolesSay) {
  loop.run(hq.groups->add(olga(), "Branches"));
  const auto made = create("ivan", {{"viewer", std::nullopt}, {"OPERATOR", "Managed devices/Branches"}, {"viewer", std::nullopt}});
  ASSERT_TRUE(made) << made.error().text();
  ASSERT_EQ(made->assignments.size(), 2U);
  EXPECT_EQ(made->assignments[0].role_name, "viewer");
  EXPECT_EQ(made->assignments[1].group_path, "Managed devices/Branches");
  const auto login = log_in("ivan", "a good password");
  ASSERT_TRUE(login) << login.error().text();
  const auto who = loop.run(hq.accounts->authenticate(login->secret));
  EXPECT_TRUE(who->permissions.on_server(Right::read));
  EXPECT_FALSE(who->permissions.on_server(Right::edit_groups));
  EXPECT_TRUE(who->permissions.anywhere(Right::edit_groups));
  EXPECT_THAT(hq.event_kinds(), testing::Contains("user_created"));
  EXPECT_THAT(hq.audit(), testing::Contains("user.create done"));
}

TEST_F(UsersTest, WrongNamesPasswordsRolesAndGroupsAreToldApartAndNothingIsMade) {
  EXPECT_EQ(create("a/b").error().field, "name");
  EXPECT_EQ(create("OLGA").error().code, Code::name_taken);
  EXPECT_EQ(loop.run(hq.users->create(olga(), {"ivan", "short", {}})).error().field, "password");
  EXPECT_EQ(create("ivan", {{"king", std::nullopt}}).error().field, "role");
  EXPECT_EQ(create("ivan", {{"viewer", "Nowhere"}}).error().code, Code::group_not_found);
  EXPECT_EQ(loop.run(hq.users->list())->size(), 1U);
}

TEST_F(UsersTest, ADisabledUserHasNoSessionsAndCannotLogInUntilEnabled) {
  const auto ivan = create("ivan", {{"viewer", std::nullopt}});
  const auto login = log_in("ivan", "a good password");
  ASSERT_TRUE(login);
  ASSERT_TRUE(loop.run(hq.accounts->authenticate(login->secret)));
  ASSERT_TRUE(loop.run(hq.users->set_state(olga(), ivan->account.id, State::disabled, {})));
  EXPECT_EQ(loop.run(hq.accounts->authenticate(login->secret)).error().code, Code::unauthenticated);
  EXPECT_EQ(log_in("ivan", "a good password").error().code, Code::wrong_credentials);
  ASSERT_TRUE(loop.run(hq.users->set_state(olga(), ivan->account.id, State::enabled, {})));
  EXPECT_TRUE(log_in("ivan", "a good password"));
}

TEST_F(UsersTest, ATokenOfADisabledUserIsWorthNothing) {
  const auto ivan = create("ivan", {{"viewer", std::nullopt}});
  const auto token = loop.run(hq.accounts->create_token(olga(), {ivan->account.id, "ci", std::chrono::hours(1)}));
  ASSERT_TRUE(loop.run(hq.accounts->authenticate(token->secret)));
  ASSERT_TRUE(loop.run(hq.users->set_state(olga(), ivan->account.id, State::disabled, {})));
  EXPECT_FALSE(loop.run(hq.accounts->authenticate(token->secret)));
}

TEST_F(UsersTest, TheLastEnabledAdministratorCannotBeDisabledDemotedOrRemoved) {
  const auto is_refused = [&](const Error& error) {
    EXPECT_EQ(error.code, Code::conflict);
    EXPECT_THAT(error.message, HasSubstr("last enabled administrator"));
  };
  is_refused(loop.run(hq.users->set_state(olga(), first, State::disabled, {})).error());
  is_refused(loop.run(hq.users->assign(olga(), first, {{"operator", std::nullopt}}, {})).error());
  is_refused(loop.run(hq.users->assign(olga(), first, {{"administrator", ""}}, {})).error());
  is_refused(loop.run(hq.users->remove(olga(), first, {})).error());
  EXPECT_EQ(loop.run(hq.users->find(first))->assignments.front().role_name, "administrator");
  // A disabled administrator does not count; an enabled one does.
  const auto second = create("ivan", {{"administrator", std::nullopt}});
  ASSERT_TRUE(loop.run(hq.users->set_state(olga(), second->account.id, State::disabled, {})));
  is_refused(loop.run(hq.users->remove(olga(), first, {})).error());
  ASSERT_TRUE(loop.run(hq.users->set_state(olga(), second->account.id, State::enabled, {})));
  EXPECT_TRUE(loop.run(hq.users->remove(olga(), first, {})));
}

TEST_F(UsersTest, NobodyGivesRightsTheyDoNotHaveNorTakesOverWhoHasThem) {
  const auto denied = Code::permission_denied;
  EXPECT_EQ(create("eva", {{"administrator", std::nullopt}}, clerk()).error().code, denied);
  EXPECT_EQ(create("eva", {{"operator", ""}}, clerk()).error().code, denied);
  const auto eva = create("eva", {}, clerk());
  ASSERT_TRUE(eva) << eva.error().text();
  EXPECT_EQ(loop.run(hq.users->assign(clerk(), eva->account.id, {{"auditor", std::nullopt}}, {})).error().code, denied);
  EXPECT_EQ(loop.run(hq.users->set_password(clerk(), first, "stolen password")).error().code, denied);
  EXPECT_EQ(loop.run(hq.users->clear_two_factor(clerk(), first)).error().code, denied);
  EXPECT_EQ(loop.run(hq.users->remove(clerk(), first, {})).error().code, denied);
  const auto login = log_in("olga", "correct horse");
  EXPECT_EQ(loop.run(hq.users->end_session(clerk(), login->credential.id)).error().code, denied);
  EXPECT_TRUE(loop.run(hq.users->set_password(clerk(), eva->account.id, "another password")));
  auto nobody = olga();
  nobody.permissions = Permissions::of({Right::read});
  EXPECT_EQ(create("max", {}, nobody).error().code, denied);
}

TEST_F(UsersTest, ANewPasswordEndsTheSessionsOfItsOwner) {
  const auto ivan = create("ivan");
  const auto login = log_in("ivan", "a good password");
  ASSERT_TRUE(loop.run(hq.users->set_password(olga(), ivan->account.id, "a better password")));
  EXPECT_FALSE(loop.run(hq.accounts->authenticate(login->secret)));
  EXPECT_FALSE(log_in("ivan", "a good password"));
  EXPECT_TRUE(log_in("ivan", "a better password"));
}

TEST_F(UsersTest, TheOwnPasswordIsChangedByWhoKnowsItAndOnlyThatSessionGoesOn) {
  const auto here = log_in("olga", "correct horse");
  const auto there = log_in("olga", "correct horse");
  auto actor = olga();
  actor.credential = here->credential.id;
  const auto change = [&](std::string current, std::string password) {
    return loop.run(hq.accounts->change_password(actor, {here->account, std::move(current), std::move(password)}));
  };
  EXPECT_EQ(change("wrong", "a better password").error().field, "current_password");
  EXPECT_EQ(change("correct horse", "short").error().field, "password");
  ASSERT_TRUE(change("correct horse", "a better password"));
  EXPECT_TRUE(loop.run(hq.accounts->authenticate(here->secret)));
  EXPECT_FALSE(loop.run(hq.accounts->authenticate(there->secret)));
  EXPECT_TRUE(log_in("olga", "a better password"));
}

TEST_F(UsersTest, TheOwnAccountIsNotChangedByTheWayForOthers) {
  const auto denied = Code::permission_denied;
  const auto password = loop.run(hq.users->set_password(olga(), first, "a better password"));
  ASSERT_FALSE(password);
  EXPECT_EQ(password.error().code, denied);
  EXPECT_THAT(password.error().remedy, HasSubstr("daikan user password"));
  const auto factor = loop.run(hq.users->clear_two_factor(olga(), first));
  ASSERT_FALSE(factor);
  EXPECT_EQ(factor.error().code, denied);
  EXPECT_THAT(factor.error().remedy, HasSubstr("daikan two-factor off"));
  EXPECT_TRUE(log_in("olga", "correct horse"));
  // Somebody of the same name on a server above is somebody else.
  auto above = olga();
  above.through = {"hq"};
  EXPECT_TRUE(loop.run(hq.users->set_password(above, first, "a better password")));
}

TEST_F(UsersTest, ANewPasswordByAnAdministratorOrDisablingEndsTokensToo) {
  const auto ivan = create("ivan");
  const auto token = [&] { return loop.run(hq.accounts->create_token(olga(), {ivan->account.id, "ci", std::chrono::hours(1)})); };
  const auto first_token = token();
  ASSERT_TRUE(loop.run(hq.accounts->authenticate(first_token->secret)));
  ASSERT_TRUE(loop.run(hq.users->set_password(olga(), ivan->account.id, "a better password")));
  EXPECT_FALSE(loop.run(hq.accounts->authenticate(first_token->secret)));
  const auto second_token = token();
  ASSERT_TRUE(loop.run(hq.users->set_state(olga(), ivan->account.id, State::disabled, {})));
  ASSERT_TRUE(loop.run(hq.users->set_state(olga(), ivan->account.id, State::enabled, {})));
  EXPECT_FALSE(loop.run(hq.accounts->authenticate(second_token->secret)));
}

TEST_F(UsersTest, AResetIsNotUndoneByWhoStillProvedTheOldPassword) {
  const auto ivan = create("ivan");
  const auto login = log_in("ivan", "a good password");  // ivan's request was let in with this account
  ASSERT_TRUE(loop.run(hq.users->set_password(olga(), ivan->account.id, "a better password")));
  auto actor = olga();
  actor.name = "ivan";
  const auto changed = loop.run(hq.accounts->change_password(actor, {login->account, "a good password", "stolen back again"}));
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().field, "current_password");
  EXPECT_TRUE(log_in("ivan", "a better password"));
}

TEST_F(UsersTest, ALoginThatIsStillBeingCheckedDoesNotOutliveDisabling) {
  const auto ivan = create("ivan");
  std::optional<Result<Login>> login;
  net::asio::co_spawn(loop.executor(), hq.accounts->login({"ivan", "a good password", "192.0.2.7", "test"}),
                      [&](std::exception_ptr, Result<Login> answer) { login.emplace(std::move(answer)); });
  ASSERT_TRUE(loop.run(hq.users->set_state(olga(), ivan->account.id, State::disabled, {})));
  ASSERT_TRUE(loop.run_until([&] { return login.has_value(); }));
  ASSERT_FALSE(*login);
  EXPECT_EQ(login->error().code, Code::wrong_credentials);
}

TEST_F(UsersTest, AnEditOfWhatWasChangedMeanwhileIsRefused) {
  const auto ivan = create("ivan");
  ASSERT_TRUE(loop.run(hq.users->assign(olga(), ivan->account.id, {{"viewer", std::nullopt}}, Seen({ivan->account.revision}))));
  const auto stale = loop.run(hq.users->assign(olga(), ivan->account.id, {}, Seen({ivan->account.revision})));
  EXPECT_EQ(stale.error().field, "If-Match");
}

TEST_F(UsersTest, ARoleIsMadeUsedEditedAndRemovedOnlyWhenNobodyHasIt) {
  const auto role = loop.run(hq.roles->create(olga(), {"keeper", "Keeps", {"read", "configure_hierarchy"}}));
  ASSERT_TRUE(role) << role.error().text();
  const auto ivan = create("ivan", {{"keeper", std::nullopt}});
  const auto login = log_in("ivan", "a good password");
  EXPECT_TRUE(loop.run(hq.accounts->authenticate(login->secret))->permissions.on_server(Right::configure_hierarchy));
  ASSERT_TRUE(loop.run(hq.roles->edit(olga(), role->known.role.id, {"keeper", "Looks", {"read"}}, Seen({1}))));
  EXPECT_FALSE(loop.run(hq.accounts->authenticate(login->secret))->permissions.on_server(Right::configure_hierarchy));
  EXPECT_EQ(loop.run(hq.roles->edit(olga(), role->known.role.id, {"keeper", "", {"read"}}, Seen({1}))).error().field, "If-Match");
  EXPECT_THAT(loop.run(hq.roles->remove(olga(), role->known.role.id)).error().message, HasSubstr("1 user(s)"));
  ASSERT_TRUE(loop.run(hq.users->remove(olga(), ivan->account.id, {})));
  EXPECT_TRUE(loop.run(hq.roles->remove(olga(), role->known.role.id)));
  EXPECT_EQ(loop.run(hq.roles->remove(olga(), role->known.role.id)).error().code, Code::not_found);
}

TEST_F(UsersTest, RolesThatAreBuiltInWrongOrBeyondTheMakersRightsAreRefused) {
  EXPECT_EQ(loop.run(hq.roles->create(olga(), {"Viewer", "", {"read"}})).error().code, Code::name_taken);
  EXPECT_EQ(loop.run(hq.roles->create(olga(), {"x", "", {"fly"}})).error().field, "rights");
  EXPECT_EQ(loop.run(hq.roles->create(clerk(), {"x", "", {"manage_server"}})).error().code, Code::permission_denied);
  const auto viewer = hierarchy::built_in_roles()[2].id;
  EXPECT_EQ(loop.run(hq.roles->edit(olga(), viewer, {"x", "", {"read"}}, {})).error().code, Code::permission_denied);
  EXPECT_EQ(loop.run(hq.roles->remove(olga(), viewer)).error().code, Code::permission_denied);
}

TEST_F(UsersTest, ARemovedGroupTakesItsAssignmentsAlong) {
  const auto group = loop.run(hq.groups->add(olga(), "Branches"));
  const auto ivan = create("ivan", {{"operator", "Branches"}});
  ASSERT_EQ(ivan->assignments.size(), 1U);
  ASSERT_TRUE(loop.run(hq.groups->remove(olga(), group->group.id)));
  EXPECT_TRUE(loop.run(hq.users->find(ivan->account.id))->assignments.empty());
}

TEST_F(UsersTest, SessionsOfEverybodyAreListedAndEnded) {
  const auto login = log_in("olga", "correct horse");
  const auto all = loop.run(hq.users->sessions());
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->front().account.name, "olga");
  ASSERT_TRUE(loop.run(hq.users->end_session(olga(), login->credential.id)));
  EXPECT_FALSE(loop.run(hq.accounts->authenticate(login->secret)));
  EXPECT_EQ(loop.run(hq.users->end_session(olga(), login->credential.id)).error().code, Code::not_found);
}

}  // namespace
}  // namespace daikan::server
