// An object from above never stands in the place of an own one, of whatever kind, and whether the own one goes down or not.
#include <gmock/gmock.h>

#include "server/policies.h"
#include "server/policy_inheritance.h"
#include "server/policy_json.h"
#include "server/role_content.h"
#include "server/role_inheritance.h"
#include "server/task_content.h"
#include "server/task_inheritance.h"
#include "store/tables_policies.h"
#include "store/tables_tasks.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::InheritedKind;
using test::olga;
using test::Site;
using testing::HasSubstr;

struct OwnObjectsTest : testing::Test {
  OwnObjectsTest() {
    auto& downstream = shop.links->downstream();
    downstream.provide(InheritedKind::policy, policy_source(shop.facts));
    downstream.provide(InheritedKind::role, role_source(shop.facts));
    downstream.provide(InheritedKind::task, task_source());
  }

  /// What this server says of a set with this one object of “hq”.
  std::string verdict(const InheritedKind& kind, const Uuid& id, std::string content) {
    hierarchy::InheritedSet set;
    set.chain = {{hq, "hq", "Managed devices"}};
    set.put({.kind = kind, .id = id, .owner = hq, .group = "Managed devices", .revision = 1, .content = std::move(content)});
    return shop.read<std::string>([&](store::Transaction& transaction) {
      const auto checked = shop.links->downstream().check(transaction, set);
      return checked ? std::string("taken") : checked.error().message;
    });
  }

  net::test::Loop loop;
  Site shop{loop, "shop"};
  ServerId hq = ServerId::make(now());
};

TEST_F(OwnObjectsTest, ARole) {
  ASSERT_TRUE(loop.run(shop.roles->create(olga(), {"own", "", {"read"}})));
  auto role = loop.run(shop.roles->list())->back().known.role;
  EXPECT_THAT(verdict(InheritedKind::role, role.id.bytes, content_of(role)), HasSubstr("has one of its own with that id"));
  EXPECT_EQ(verdict(InheritedKind::role, make_uuid(now()), content_of(role)), "taken") << "the same name is no reason";
}

TEST_F(OwnObjectsTest, ATaskAlsoOneThatIsNotDistributed) {
  hierarchy::Task task;
  task.id = TaskId::make(now());
  task.name = "Own";
  task.kind = hierarchy::TaskKind::link_check;
  task.created_at = now();
  shop.write([&](store::Transaction& transaction) { store::insert_task(transaction, task); });
  EXPECT_THAT(verdict(InheritedKind::task, task.id.bytes, content_of(task)), HasSubstr("has one of its own with that id"));
  EXPECT_EQ(verdict(InheritedKind::task, make_uuid(now()), content_of(task)), "taken");
}

TEST_F(OwnObjectsTest, APolicyAlsoOneThatIsNotActive) {
  Policies policies{*shop.storage, *shop.history, shop.facts};
  policies.use(policy_way(shop.links->downstream()));
  PolicyText text;
  text.name = "Own";
  text.active = false;
  const auto made = loop.run(policies.add(olga(), text, {}));
  ASSERT_TRUE(made) << made.error().text();
  const auto& policy = made->policy;
  EXPECT_THAT(verdict(InheritedKind::policy, policy.id.bytes, policy_content(policy)), HasSubstr("has one of its own with that id"));
  EXPECT_EQ(verdict(InheritedKind::policy, make_uuid(now()), policy_content(policy)), "taken");
}

}  // namespace
}  // namespace daikan::server
