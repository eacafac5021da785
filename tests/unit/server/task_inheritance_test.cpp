// Inherited tasks on one server: whether they run, how many there may be, and what stays of them. What travels is tests/system.
#include "server/task_inheritance.h"

#include <gmock/gmock.h>

#include "base/limits_tasks.h"
#include "base/time_text.h"
#include "server/access.h"
#include "server/task_content.h"
#include "server/tasks.h"
#include "store/tables_tasks.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;
using hierarchy::InheritedKind;
using hierarchy::InheritedSet;
using hierarchy::Task;
using hierarchy::TaskKind;
using test::olga;
using test::Site;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

struct InheritedTasksTest : testing::Test {
  InheritedTasksTest() {
    shop.links->downstream().provide(InheritedKind::task, task_source());
    scheduler = std::make_unique<TaskScheduler>(*shop.storage, *shop.history, shop.facts, [this](Task) { return work(); });
    scheduler->use_clock([this] { return clock; });
    tasks = std::make_unique<Tasks>(*shop.storage, *shop.history, *scheduler, shop.facts);
    EXPECT_TRUE(loop.run(scheduler->start()));
  }
  ~InheritedTasksTest() override { loop.run(scheduler->stop()); }

  awaitable<Result<std::string>> work() {
    ++begun;
    co_return "It is done.";
  }
  Task task(std::string name, std::string_view schedule) const {
    Task made;
    made.id = TaskId::make(clock);
    made.name = std::move(name);
    made.kind = TaskKind::link_check;
    made.schedule = *hierarchy::parse_schedule(schedule);
    made.created_at = clock;
    return made;
  }
  InheritedSet set_of(const std::vector<Task>& all) const {
    InheritedSet set;
    set.chain = {{hq, "hq", "Managed devices"}};
    for (const auto& each : all) {
      set.put({.kind = InheritedKind::task,
               .id = each.id.bytes,
               .owner = hq,
               .group = "Managed devices",
               .revision = each.revision,
               .content = content_of(each)});
    }
    return set;
  }
  /// As link_downstream does it.
  void apply(const InheritedSet& set) {
    shop.write([&](store::Transaction& transaction) {
      const auto before = store::applied_set(transaction);
      store::put_applied_set(transaction, {before.revision + 1, "hash", set}, clock);
      shop.links->downstream().applied(transaction, before.set, set, clock);
    });
  }
  void bound(std::string_view may) {
    shop.write([&](store::Transaction& transaction) { store::put_setting(transaction, kPrimaryMay, std::string(may)); });
  }
  void leave() {
    shop.write([&](store::Transaction& transaction) { shop.links->downstream().left(transaction, Inherited::kept, clock); });
  }
  std::vector<Task> own() {
    return shop.read<std::vector<Task>>([](store::Transaction& transaction) { return store::all_tasks(transaction); });
  }
  std::size_t going_down() {
    return shop.read<std::size_t>([&](store::Transaction& transaction) {
      const hierarchy::GroupTree tree(store::all_groups(transaction));
      return shop.links->downstream().wanted(transaction, tree, tree.root().id).objects.size();
    });
  }
  void advance(Duration by) {
    clock += by;
    for (int i = 0; i < 2; ++i) {
      scheduler->wake();
      const auto seen = scheduler->looks();
      ASSERT_TRUE(loop.run_until([&] { return scheduler->looks() > seen; }));
    }
    const auto running = [](store::Transaction& t) { return store::running_task_runs(t).size(); };
    for (int i = 0; i < 2000 && shop.read<std::size_t>(running) > 0; ++i) loop.run(net::sleep_for(1ms));
    EXPECT_EQ(shop.read<std::size_t>(running), 0U);
  }

  net::test::Loop loop;
  Site shop{loop, "shop"};
  TimePoint clock = time_from_text("2026-11-25T12:00:00Z").value();
  unsigned begun = 0;
  ServerId hq = ServerId::make(clock);
  std::unique_ptr<TaskScheduler> scheduler;
  std::unique_ptr<Tasks> tasks;
};

TEST_F(InheritedTasksTest, ItRunsWhereThePrimaryMayManageTasks) {
  apply(set_of({task("Check", "cron 0 13 * * *")}));
  advance(1min);
  advance(60min);
  EXPECT_EQ(begun, 1U);
}

TEST_F(InheritedTasksTest, NothingOfAPrimaryThatMayOnlyLookOrNotEvenThatRunsHereWhateverStartsIt) {
  for (const auto* may : {"read", "none"}) {
    bound(may);
    auto started = task("Started above", "manual");
    started.starts = 1;
    started.started_at = clock;
    apply(set_of({task("Daily", "cron 0 * * * *"), task("On change", "on secondary_added"), started}));
    advance(1min);
    shop.write([&](store::Transaction& transaction) {
      History::record(transaction, {.sequence = 0,
                                    .at = clock,
                                    .severity = hierarchy::Severity::info,
                                    .kind = "secondary_added",
                                    .message = "One more.",
                                    .secondary = std::nullopt});
    });
    advance(120min);
    EXPECT_EQ(begun, 0U) << may;
    const auto views = loop.run(tasks->list(olga())).value();
    ASSERT_EQ(views.size(), 3U) << "they are known all the same";
    for (const auto& each : views) EXPECT_FALSE(each.next_start) << each.task.name;
  }
}

TEST_F(InheritedTasksTest, AnOwnTaskRunsWhateverThePrimaryMay) {
  bound("none");
  TaskText text;
  text.name = "Own";
  text.kind = TaskKind::link_check;
  text.schedule = "cron 0 13 * * *";
  ASSERT_TRUE(loop.run(tasks->add(olga(), std::move(text), std::nullopt)));
  advance(1min);
  advance(60min);
  EXPECT_EQ(begun, 1U);
}

TEST_F(InheritedTasksTest, ThatTheyAreHeldIsToldOnceAndWhatWasDueMeanwhileIsNotMadeUpFor) {
  bound("read");
  auto daily = task("Daily", "cron 0 13 * * *");
  daily.missed = hierarchy::MissedStarts::run;
  auto started = task("Started above", "manual");
  started.starts = 1;
  started.started_at = clock;
  apply(set_of({daily, started}));
  for (int i = 0; i < 3; ++i) advance(60min);
  const auto kinds = shop.event_kinds();
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "inherited_tasks_held"), 1);
  bound("full");
  for (int i = 0; i < 3; ++i) advance(1min);
  EXPECT_EQ(begun, 0U);
  EXPECT_THAT(shop.event_kinds(), Contains("inherited_tasks_run"));
  advance(24h);
  EXPECT_EQ(begun, 1U) << "the next one is";
}

TEST_F(InheritedTasksTest, WhatIsHeldHereIsNotHandedOn) {
  apply(set_of({task("Daily", "cron 0 13 * * *")}));
  EXPECT_EQ(going_down(), 1U);
  bound("read");
  EXPECT_EQ(going_down(), 0U);
  bound("full");
  EXPECT_EQ(going_down(), 1U);
}

TEST_F(InheritedTasksTest, MoreThanAServerTakesAreRefusedWithTheirNumber) {
  std::vector<Task> many;
  for (std::size_t i = 0; i < limits::kMaxInheritedTasks; ++i) many.push_back(task(fmt::format("Task {}", i), "manual"));
  const auto check = [&] {
    return shop.read<Result<>>([&](store::Transaction& transaction) { return shop.links->downstream().check(transaction, set_of(many)); });
  };
  EXPECT_TRUE(check());
  many.push_back(task("One more", "manual"));
  const auto refused = check();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::too_large);
  EXPECT_THAT(refused.error().message, HasSubstr("501 tasks"));
}

TEST_F(InheritedTasksTest, WhoLeavesTwiceKeepsATaskOnce) {
  const auto daily = task("Daily", "cron 0 13 * * *");
  apply(set_of({daily}));
  leave();
  ASSERT_EQ(own().size(), 1U);
  const auto kept = own()[0];
  EXPECT_NE(kept.id, daily.id);
  apply(set_of({daily}));
  leave();
  ASSERT_EQ(own().size(), 1U);
  EXPECT_EQ(own()[0].revision, kept.revision);
  auto edited = daily;
  edited.schedule = *hierarchy::parse_schedule("cron 0 15 * * *");
  edited.revision = 2;
  apply(set_of({edited}));
  leave();
  ASSERT_EQ(own().size(), 1U);
  EXPECT_EQ(own()[0].schedule, edited.schedule) << "what was in force stays in force";
}

TEST_F(InheritedTasksTest, WhatDidNotRunHereDoesNotBeginToWhenThePrimaryIsLeft) {
  bound("none");
  apply(set_of({task("Daily", "cron 0 13 * * *")}));
  leave();
  ASSERT_EQ(own().size(), 1U);
  EXPECT_EQ(own()[0].state, Task::State::disabled);
}

TEST_F(InheritedTasksTest, WhatFindsNoRoomWhenThePrimaryIsLeftIsToldByName) {
  shop.write([&](store::Transaction& transaction) {
    for (std::size_t i = 1; i < limits::kMaxTasks; ++i) store::insert_task(transaction, task(fmt::format("Own {}", i), "manual"));
  });
  apply(set_of({task("Fits", "manual"), task("Fits not", "manual")}));
  EXPECT_THAT(shop.event_kinds(), Not(Contains("inherited_tasks_dropped")));
  leave();
  EXPECT_EQ(own().size(), limits::kMaxTasks);
  EXPECT_THAT(shop.event_kinds(), Contains("inherited_tasks_dropped"));
  EXPECT_THAT(shop.audit(), Contains("task.drop done"));
}

}  // namespace
}  // namespace daikan::server
