#include "store/tables_users.h"

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/migrations.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using hierarchy::Assignment;
using hierarchy::Right;
using hierarchy::Role;
using store::Transaction;

DAIKAN_ON_BOTH(UserTables);

hierarchy::Account account(const std::string& name) {
  return {.id = AccountId::make(at(0)),
          .name = name,
          .password_hash = "$argon2id$…",
          .created_at = at(3),
          .state = hierarchy::Account::State::disabled,
          .two_factor = {.state = hierarchy::TwoFactor::State::pending, .secret = "sealed", .last_step = 1'234'567'890'123},
          .revision = 4};
}

TEST_P(UserTables, EveryFieldOfAnAccountIsKeptAndUpdated) {
  auto olga = account("Olga");
  in_write(database(), [&](Transaction& t) { return store::insert_account(t, olga), 0; });
  const auto same = [&] {
    const auto all = in_read(database(), [](Transaction& t) { return store::all_accounts(t); });
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].id, olga.id);
    EXPECT_EQ(all[0].name, olga.name);
    EXPECT_EQ(all[0].password_hash, olga.password_hash);
    EXPECT_EQ(all[0].state, olga.state);
    EXPECT_EQ(all[0].two_factor.state, olga.two_factor.state);
    EXPECT_EQ(all[0].two_factor.secret, olga.two_factor.secret);
    EXPECT_EQ(all[0].two_factor.last_step, olga.two_factor.last_step);
    EXPECT_EQ(all[0].revision, olga.revision);
  };
  same();
  olga.name = "Eva";
  olga.password_hash = "other";
  olga.state = hierarchy::Account::State::enabled;
  olga.two_factor = {.state = hierarchy::TwoFactor::State::on, .secret = "new", .last_step = 5};
  olga.revision = 9;
  in_write(database(), [&](Transaction& t) { return store::update_account(t, olga), 0; });
  same();
  EXPECT_TRUE(in_read(database(), [](Transaction& t) { return store::find_account(t, "eva"); }));
}

TEST_P(UserTables, EverybodysAssignmentsOfARoleAreHandedOverOrRemovedAndOthersStay) {
  const auto olga = account("Olga");
  const auto eva = account("Eva");
  const auto one = hierarchy::RoleId::make(at(1));
  const auto two = hierarchy::RoleId::make(at(2));
  in_write(database(), [&](Transaction& t) {
    store::insert_account(t, olga);
    store::insert_account(t, eva);
    store::replace_assignments(t, olga.id, std::vector<Assignment>{{one, {}}, {hierarchy::administrator().id, {}}});
    store::replace_assignments(t, eva.id, std::vector<Assignment>{{one, {}}});
    store::hand_assignments_over(t, one, two);
    return 0;
  });
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::assignments_of(t, eva.id); }), (std::vector<Assignment>{{two, {}}}));
  in_write(database(), [&](Transaction& t) { return store::remove_assignments(t, two), 0; });
  const auto left = in_read(database(), [](Transaction& t) { return store::all_assignments(t); });
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left.front().second.role, hierarchy::administrator().id);
}

TEST_P(UserTables, BuiltInRolesComeFirstAndMadeOnesAreKeptUpdatedAndRemoved) {
  Role role{.id = hierarchy::RoleId::make(at(1)),
            .name = "Keeper",
            .description = "Kept",
            .rights = {Right::read, Right::relay},
            .origin = Role::Origin::made,
            .created_at = at(2),
            .revision = 1};
  in_write(database(), [&](Transaction& t) { return store::insert_role(t, role), 0; });
  role.name = "Watcher";
  role.rights = {Right::read_audit};
  role.revision = 2;
  in_write(database(), [&](Transaction& t) { return store::update_role(t, role), 0; });
  const auto roles = in_read(database(), [](Transaction& t) { return store::all_roles(t); });
  ASSERT_EQ(roles.size(), hierarchy::built_in_roles().size() + 1);
  EXPECT_EQ(roles.front().id, hierarchy::administrator().id);
  EXPECT_EQ(roles.back().name, "Watcher");
  EXPECT_EQ(roles.back().rights, role.rights);
  EXPECT_EQ(roles.back().revision, 2);
  EXPECT_ANY_THROW(in_write(database(), [&](Transaction& t) {
    auto other = role;
    other.id = hierarchy::RoleId::make(at(9));
    other.name = "WATCHER";
    return store::insert_role(t, other), 0;
  }));
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::remove_role(t, role.id); }));
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::remove_role(t, role.id); }));
}

TEST_P(UserTables, AssignmentsAreReplacedAndGoWithTheirGroupAndTheirAccount) {
  const auto olga = account("olga");
  const auto root = root_group();
  const hierarchy::Group branch{GroupId::make(at(5)), root.id, "Branch"};
  const Assignment on_server{hierarchy::administrator().id, std::nullopt};
  const Assignment on_branch{hierarchy::administrator().id, branch.id};
  in_write(database(), [&](Transaction& t) {
    store::insert_account(t, olga);
    store::insert_group(t, root);
    store::insert_group(t, branch);
    store::replace_assignments(t, olga.id, std::vector{on_branch, on_server});
    return 0;
  });
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::assignments_of(t, olga.id); }), (std::vector{on_server, on_branch}));
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::all_assignments(t); }).size(), 2U);
  in_write(database(), [&](Transaction& t) { return store::remove_group(t, branch.id), 0; });
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::assignments_of(t, olga.id); }), std::vector{on_server});
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::remove_account(t, olga.id); }));
  EXPECT_TRUE(in_read(database(), [&](Transaction& t) { return store::all_assignments(t); }).empty());
}

TEST_P(UserTables, SessionsOfOneAccountEndAndItsTokensStay) {
  const auto olga = account("olga");
  auto here = credential(olga.id, "a", at(100));
  auto there = credential(olga.id, "b", at(100));
  auto token = credential(olga.id, "c", at(100));
  here.kind = there.kind = hierarchy::CredentialKind::session;
  there.id = TokenId::make(at(1));
  token.id = TokenId::make(at(2));
  token.rights = hierarchy::Rights{Right::read};
  in_write(database(), [&](Transaction& t) {
    store::insert_account(t, olga);
    for (const auto& each : {here, there, token}) store::insert_credential(t, each);
    return 0;
  });
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::all_sessions(t); }).size(), 2U);
  EXPECT_EQ(in_write(database(), [&](Transaction& t) { return store::remove_sessions(t, olga.id, here.id); }), 1);
  EXPECT_EQ(in_write(database(), [&](Transaction& t) { return store::remove_sessions(t, olga.id); }), 1);
  const auto left = in_read(database(), [&](Transaction& t) { return store::credentials_of(t, olga.id); });
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].rights, token.rights);
}

TEST_P(UserTables, ARecoveryCodeIsTakenOnce) {
  const auto olga = account("olga");
  in_write(database(), [&](Transaction& t) {
    store::insert_account(t, olga);
    store::replace_recovery_codes(t, olga.id, std::vector<std::string>{"one", "two"});
    return 0;
  });
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::count_recovery_codes(t, olga.id); }), 2);
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::take_recovery_code(t, olga.id, "one"); }));
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::take_recovery_code(t, olga.id, "one"); }));
  in_write(database(), [&](Transaction& t) { return store::replace_recovery_codes(t, olga.id, {}), 0; });
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::count_recovery_codes(t, olga.id); }), 0);
}

// No lock-out by an upgrade: whoever could log in before may do everything afterwards, as before.
TEST_P(UserTables, AccountsFromBeforeRolesBecomeAdministrators) {
  const auto olga = account("olga");
  in_write(database(), [&](Transaction& t) { return store::insert_account(t, olga), 0; });
  close();
  auto engine = open_engine();
  auto& connection = *engine.writer;
  connection.run_script(
      "DROP TABLE assignments; DROP TABLE recovery_codes; DROP TABLE roles; ALTER TABLE credentials DROP COLUMN rights;"
      "ALTER TABLE accounts DROP COLUMN disabled; ALTER TABLE accounts DROP COLUMN two_factor;"
      "ALTER TABLE accounts DROP COLUMN two_factor_secret; ALTER TABLE accounts DROP COLUMN two_factor_step;"
      "ALTER TABLE accounts DROP COLUMN revision; DELETE FROM schema_version WHERE version >= 3");
  std::vector<store::Migration> steps;
  for (const auto& step : store::migrations()) {
    if (step.version <= 3) steps.push_back(step);
  }
  const auto migrated = store::migrate(connection, steps, now());
  ASSERT_TRUE(migrated) << migrated.error().text();
  const auto rows = connection.query("SELECT account_id, role_id, scope, group_id FROM assignments");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].text(0), olga.id.str());
  EXPECT_EQ(rows[0].text(1), hierarchy::administrator().id.str());
  EXPECT_EQ(rows[0].text(2), "");
  EXPECT_TRUE(rows[0].is_null(3));
}

}  // namespace
}  // namespace daikan::contract
