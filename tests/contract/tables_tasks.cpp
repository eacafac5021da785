// Tasks, their progress and their runs on both engines.
#include "store/tables_tasks.h"

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using hierarchy::RunState;
using hierarchy::Task;
using hierarchy::TaskId;
using hierarchy::TaskRun;
using store::Transaction;

DAIKAN_ON_BOTH(TaskTables);

Task task(const std::string& name, std::int64_t second) {
  Task made;
  made.id = TaskId::make(at(second));
  made.name = name;
  made.kind = hierarchy::TaskKind::event_cleanup;
  made.schedule = *hierarchy::parse_schedule("cron 30 3 * * mon-fri");
  made.random_delay = std::chrono::minutes(90);
  made.missed = hierarchy::MissedStarts::run;
  made.state = Task::State::disabled;
  made.distribute = hierarchy::Distribute::to_secondaries;
  made.settings = {.folder = "backups",
                   .keep = 7,
                   .passphrase = "sealed1:x",
                   .format = "csv",
                   .destination = "ops",
                   .days = {30, std::nullopt, 90, std::nullopt}};
  made.starts = 3;
  made.started_at = at(second + 3);
  made.created_at = at(second);
  return made;
}

TaskRun run(const TaskId& id, std::int64_t second, RunState state = RunState::done) {
  return {.id = hierarchy::TaskRunId::make(at(second)),
          .task = id,
          .task_name = "Nightly",
          .kind = hierarchy::TaskKind::backup,
          .state = state,
          .cause = hierarchy::RunCause::person,
          .by = "olga",
          .started_at = at(second),
          .ended_at = state == RunState::running ? std::optional<TimePoint>() : at(second + 1),
          .message = "7 backups are kept."};
}

void expect_equal(const Task& a, const Task& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.group, b.group);
  EXPECT_EQ(a.schedule, b.schedule);
  EXPECT_EQ(a.random_delay, b.random_delay);
  EXPECT_EQ(a.missed, b.missed);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.distribute, b.distribute);
  EXPECT_EQ(a.settings, b.settings);
  EXPECT_EQ(a.starts, b.starts);
  EXPECT_EQ(a.started_at, b.started_at);
  EXPECT_EQ(a.created_at, b.created_at);
  EXPECT_EQ(a.revision, b.revision);
}

TEST_P(TaskTables, ATaskComesBackWithEveryField) {
  const auto root = root_group();
  auto made = task("Nightly", 1);
  made.group = root.id;
  in_write(database(), [&](Transaction& t) { return store::insert_group(t, root), store::insert_task(t, made), 0; });
  const auto found = in_read(database(), [&](Transaction& t) { return store::find_task(t, made.id); });
  ASSERT_TRUE(found);
  expect_equal(*found, made);
  EXPECT_FALSE(in_read(database(), [&](Transaction& t) { return store::find_task(t, TaskId::make(at(9))); }));
}

TEST_P(TaskTables, AnEditWritesEverythingButTheKind) {
  auto made = task("Nightly", 1);
  in_write(database(), [&](Transaction& t) { return store::insert_task(t, made), store::insert_task(t, task("Other", 2)), 0; });
  made.name = "Weekly";
  made.schedule = *hierarchy::parse_schedule("on link_refused");
  made.random_delay = std::chrono::minutes(0);
  made.missed = hierarchy::MissedStarts::skip;
  made.state = Task::State::enabled;
  made.distribute = hierarchy::Distribute::no;
  made.settings = {
      .folder = "x", .keep = 1, .passphrase = "sealed1:y", .format = "text", .destination = "", .days = {std::nullopt, 1, std::nullopt, 2}};
  made.starts = 4;
  made.started_at = at(9);
  made.revision = 2;
  in_write(database(), [&](Transaction& t) { return store::update_task(t, made), 0; });
  const auto all = in_read(database(), [&](Transaction& t) { return store::all_tasks(t); });
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "Other");
  EXPECT_EQ(all[0].starts, 3);
  expect_equal(all[1], made);
}

TEST_P(TaskTables, NamesAreUniqueWithoutRegardToCase) {
  in_write(database(), [&](Transaction& t) { return store::insert_task(t, task("Nightly", 1)), 0; });
  EXPECT_FALSE(write(database(), [&](Transaction& t) -> Result<> {
    store::insert_task(t, task("nightLY", 2));
    return {};
  }));
}

TEST_P(TaskTables, ProgressIsPutAgainAndGoesWithItsTask) {
  const auto made = task("Nightly", 1);
  hierarchy::TaskProgress progress{made.id, at(5), 7, 2};
  in_write(database(), [&](Transaction& t) {
    store::insert_task(t, made);
    store::put_task_progress(t, progress);
    progress.event_through = 8;
    return store::put_task_progress(t, progress), 0;
  });
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::all_task_progress(t); }), std::vector{progress});
  in_write(database(), [&](Transaction& t) { return store::insert_task_run(t, run(made.id, 6)), 0; });
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::remove_task(t, made.id); }));
  EXPECT_TRUE(in_read(database(), [&](Transaction& t) { return store::all_task_progress(t); }).empty());
  EXPECT_TRUE(in_read(database(), [&](Transaction& t) { return store::task_runs(t, made.id, 10); }).empty());
  EXPECT_FALSE(in_write(database(), [&](Transaction& t) { return store::remove_task(t, made.id); }));
}

TEST_P(TaskTables, RunsComeNewestFirstAndEnd) {
  const auto id = TaskId::make(at(0));
  const auto other = TaskId::make(at(0));
  auto going = run(id, 9, RunState::running);
  in_write(database(), [&](Transaction& t) {
    for (const auto second : {3, 1, 2}) store::insert_task_run(t, run(id, second));
    store::insert_task_run(t, run(other, 5));
    return store::insert_task_run(t, going), 0;
  });
  const auto starts = [&](const std::vector<TaskRun>& runs) {
    std::vector<TimePoint> times;
    for (const auto& each : runs) times.push_back(each.started_at);
    return times;
  };
  EXPECT_EQ(starts(in_read(database(), [&](Transaction& t) { return store::task_runs(t, id, 3); })), (std::vector{at(9), at(3), at(2)}));
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::last_task_runs(t); }).size(), 2U);
  const auto running = in_read(database(), [&](Transaction& t) { return store::running_task_runs(t); });
  ASSERT_EQ(running.size(), 1U);
  EXPECT_EQ(running[0].id, going.id);
  EXPECT_EQ(running[0].by, "olga");
  EXPECT_FALSE(running[0].ended_at);
  going.state = RunState::failed;
  going.ended_at = at(10);
  going.message = "The disk is full.";
  EXPECT_TRUE(in_write(database(), [&](Transaction& t) { return store::update_task_run(t, going); }));
  const auto ended = in_read(database(), [&](Transaction& t) { return store::find_task_run(t, going.id); });
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->state, RunState::failed);
  EXPECT_EQ(ended->ended_at, at(10));
  EXPECT_EQ(ended->message, going.message);
}

TEST_P(TaskTables, OldRunsGoByNumberAndByAgeAndThoseThatRunStay) {
  const auto id = TaskId::make(at(0));
  in_write(database(), [&](Transaction& t) {
    store::insert_task_run(t, run(id, 1, RunState::running));
    for (int second = 2; second <= 8; ++second) store::insert_task_run(t, run(id, second));
    return 0;
  });
  EXPECT_EQ(in_write(database(), [&](Transaction& t) { return store::trim_task_runs(t, id, 4, at(0)); }), 3)
      << "5 to 8 and the running stay";
  EXPECT_EQ(in_write(database(), [&](Transaction& t) { return store::trim_task_runs(t, id, 4, at(7)); }), 2);
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::task_runs(t, id, 10); }).size(), 3U);
}

}  // namespace
}  // namespace daikan::contract
