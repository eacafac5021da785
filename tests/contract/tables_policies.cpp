// Policies and their revisions on both engines.
#include "store/tables_policies.h"

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using hierarchy::Policy;
using hierarchy::PolicyId;
using hierarchy::PolicyRevision;
using hierarchy::PolicySetting;
using store::Transaction;

DAIKAN_ON_BOTH(PolicyTables);

Policy policy(const std::string& name, GroupId group, std::int64_t second) {
  return {.id = PolicyId::make(at(second)),
          .application = "daikan-server",
          .group = group,
          .name = name,
          .active = false,
          .inherit = false,
          .force = true,
          .settings = {{"a.b", std::int64_t{3}, PolicySetting::Lock::locked}, {"c", std::vector<std::string>{"x", "ü"}}},
          .created_at = at(second),
          .changed_at = at(second + 1),
          .changed_by = "olga",
          .revision = 4};
}

void expect_equal(const Policy& a, const Policy& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.application, b.application);
  EXPECT_EQ(a.group, b.group);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.active, b.active);
  EXPECT_EQ(a.inherit, b.inherit);
  EXPECT_EQ(a.force, b.force);
  EXPECT_EQ(a.settings, b.settings);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.changed_at, b.changed_at);
  EXPECT_EQ(a.changed_by, b.changed_by);
  EXPECT_EQ(a.revision, b.revision);
}

PolicyRevision revision(std::int64_t number) {
  return {.revision = number,
          .at = at(number),
          .author = "olga",
          .name = "Base",
          .group = "Managed devices",
          .active = true,
          .inherit = false,
          .force = true,
          .settings = {{"a", number}}};
}

TEST_P(PolicyTables, APolicyComesBackAsItWasAndIsEditedAndRemoved) {
  const auto root = root_group();
  auto made = policy("Base", root.id, 1);
  in_write(database(), [&](Transaction& t) {
    store::insert_group(t, root);
    return store::insert_policy(t, made), 0;
  });
  expect_equal(*in_read(database(), [&](Transaction& t) { return store::find_policy(t, made.id); }), made);
  made.name = "Other";
  made.active = made.inherit = true;
  made.force = false;
  made.settings.pop_back();
  made.changed_at = at(9);
  made.changed_by = "boris";
  made.revision = 5;
  in_write(database(), [&](Transaction& t) { return store::update_policy(t, made), 0; });
  const auto all = in_read(database(), [&](Transaction& t) { return store::all_policies(t); });
  ASSERT_EQ(all.size(), 1U);
  expect_equal(all[0], made);
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::remove_policy(t, made.id); }));
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::remove_policy(t, made.id); }));
}

TEST_P(PolicyTables, ASecondActivePolicyOfAnApplicationAndGroupIsRefused) {
  const auto root = root_group();
  auto first = policy("First", root.id, 1);
  auto second = policy("Second", root.id, 2);
  first.active = second.active = true;
  in_write(database(), [&](Transaction& t) {
    store::insert_group(t, root);
    return store::insert_policy(t, first), 0;
  });
  const auto insert_second = [&](Transaction& t) -> Result<> {
    store::insert_policy(t, second);
    return {};
  };
  EXPECT_FALSE(write(database(), insert_second));
  second.application = "another";
  EXPECT_TRUE(write(database(), insert_second));
}

TEST_P(PolicyTables, NamesAreUniqueInTheirGroupWithoutRegardToCase) {
  const auto root = root_group();
  in_write(database(), [&](Transaction& t) {
    store::insert_group(t, root);
    return store::insert_policy(t, policy("Base", root.id, 1)), 0;
  });
  EXPECT_FALSE(write(database(), [&](Transaction& t) -> Result<> {
    store::insert_policy(t, policy("bASE", root.id, 2));
    return {};
  }));
}

TEST_P(PolicyTables, RevisionsComeNewestFirstWithinTheirBoundAndGoWithTheirPolicy) {
  const auto root = root_group();
  const auto made = policy("Base", root.id, 1);
  in_write(database(), [&](Transaction& t) {
    store::insert_group(t, root);
    store::insert_policy(t, made);
    for (std::int64_t number = 1; number <= 5; ++number) store::append_policy_revision(t, made.id, revision(number), 3);
    return 0;
  });
  const auto kept = in_read(database(), [&](Transaction& t) { return store::policy_revisions(t, made.id); });
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].revision, 5);
  EXPECT_EQ(kept[2].revision, 3);
  const auto found = in_read(database(), [&](Transaction& t) { return store::find_policy_revision(t, made.id, 4); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at, at(4));
  EXPECT_EQ(found->author, "olga");
  EXPECT_EQ(found->group, "Managed devices");
  EXPECT_TRUE(found->active && !found->inherit && found->force);
  EXPECT_EQ(found->settings, revision(4).settings);
  EXPECT_FALSE(in_read(database(), [&](Transaction& t) { return store::find_policy_revision(t, made.id, 2); }));
  in_write(database(), [&](Transaction& t) { return store::remove_policy(t, made.id); });
  EXPECT_TRUE(in_read(database(), [&](Transaction& t) { return store::policy_revisions(t, made.id); }).empty());
}

}  // namespace
}  // namespace daikan::contract
