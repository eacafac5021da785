// Tasks in virtual time: when they begin, that none begins twice, what is missed, cancelled, interrupted; and who may do what to them.
#include "server/tasks.h"

#include <gmock/gmock.h>

#include "base/limits_tasks.h"
#include "base/time_text.h"
#include "server/task_works.h"
#include "store/tables_feed.h"
#include "store/tables_tasks.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;
using hierarchy::Right;
using hierarchy::RunState;
using hierarchy::TaskKind;
using test::olga;
using testing::ElementsAre;

/// Work that waits until it is told how to end.
struct FakeWork {
  explicit FakeWork(net::Executor executor) : changed(executor) {}
  net::Signal changed;
  std::optional<Result<std::string>> outcome = Result<std::string>("It is done.");
  unsigned begun = 0;
  unsigned at_once = 0;
  unsigned most_at_once = 0;

  awaitable<Result<std::string>> run(hierarchy::Task) {
    ++begun;
    most_at_once = std::max(most_at_once, ++at_once);
    struct Leave {
      unsigned& count;
      ~Leave() { --count; }
    } const leave{at_once};
    while (!outcome) co_await changed.wait();
    co_return *outcome;
  }
  void end(Result<std::string> with) {
    outcome = std::move(with);
    changed.notify_all();
  }
};

struct TasksTest : testing::Test {
  test::Loop loop;
  test::Site hq{loop, "hq"};
  FakeWork work{loop.executor()};
  TimePoint clock = time_from_text("2026-11-25T12:00:00Z").value();
  std::unique_ptr<TaskScheduler> scheduler;
  std::unique_ptr<Tasks> tasks;

  TasksTest() { begin(); }
  ~TasksTest() override { end(); }
  void begin() {
    scheduler = std::make_unique<TaskScheduler>(*hq.storage, *hq.history, hq.facts,
                                                [this](hierarchy::Task task) { return work.run(std::move(task)); });
    scheduler->use_clock([this] { return clock; });
    tasks = std::make_unique<Tasks>(*hq.storage, *hq.history, *scheduler, hq.facts);
    ASSERT_TRUE(loop.run(scheduler->start()));
  }
  void end() {
    if (scheduler) loop.run(scheduler->stop());
    tasks.reset();
    scheduler.reset();
  }
  /// As a kill -9 in the middle of whatever runs: nothing of its end is written down.
  void crash(const TaskId& id) {
    const auto before = runs(id);
    end();
    hq.write([&](store::Transaction& transaction) {
      for (const auto& run : before) store::update_task_run(transaction, run);
    });
    begin();
  }

  TaskText text(std::string name, std::string schedule) {
    TaskText wanted;
    wanted.name = std::move(name);
    wanted.kind = TaskKind::link_check;
    wanted.schedule = std::move(schedule);
    return wanted;
  }
  TaskId add(TaskText wanted) {
    auto made = loop.run(tasks->add(olga(), std::move(wanted), std::nullopt));
    if (!made) throw std::runtime_error(made.error().text());
    return made->task.id;
  }
  Error refused(TaskText wanted) { return loop.run(tasks->add(olga(), std::move(wanted), std::nullopt)).error(); }
  TaskView view(const TaskId& id) { return loop.run(tasks->find(olga(), id)).value(); }
  std::vector<TaskRun> runs(const TaskId& id) {
    std::vector<TaskRun> all;
    auto results = loop.run(tasks->runs(olga(), id, 100)).value();
    for (auto& result : results) all.push_back(std::move(result.run));
    return all;
  }
  /// "done" for each run, newest first.
  std::vector<std::string> states(const TaskId& id) {
    std::vector<std::string> all;
    for (const auto& run : runs(id)) all.emplace_back(to_string(run.state));
    return all;
  }
  /// Lets the scheduler look at the clock, and waits until it has and what it began has got as far as it gets.
  void advance(Duration by) {
    clock += by;
    settle();
  }
  void settle() {
    // One look may have been under way already.
    for (int i = 0; i < 2; ++i) {
      scheduler->wake();
      const auto seen = scheduler->looks();
      ASSERT_TRUE(loop.run_until([&] { return scheduler->looks() > seen; }));
    }
    const auto running = [](store::Transaction& t) { return store::running_task_runs(t).size(); };
    const auto all_at_work = [&] {
      return work.outcome ? hq.read<std::size_t>(running) == 0
                          : work.at_once == std::min<std::size_t>(hq.read<std::size_t>(running), limits::kMaxTasksAtOnce);
    };
    for (int i = 0; i < 2000 && !all_at_work(); ++i) loop.run(net::sleep_for(1ms));
    EXPECT_TRUE(all_at_work());
  }
};

TEST_F(TasksTest, ATaskStartsAtItsTimeAndNotBefore) {
  const auto id = add(text("Daily", "cron 0 13 * * *"));
  EXPECT_EQ(view(id).next_start, time_from_text("2026-11-25T13:00:00Z"));
  advance(59min);
  EXPECT_EQ(work.begun, 0U);
  advance(1min);
  EXPECT_THAT(states(id), ElementsAre("done"));
  EXPECT_EQ(runs(id)[0].message, "It is done.");
  EXPECT_EQ(view(id).next_start, time_from_text("2026-11-26T13:00:00Z"));
  advance(1min);
  EXPECT_EQ(work.begun, 1U) << "once for one time";
  advance(24h - 1min);
  EXPECT_THAT(states(id), ElementsAre("done", "done"));
}

TEST_F(TasksTest, OnceIsOnce) {
  const auto id = add(text("Once", "once 2026-11-25T12:00:01Z"));
  advance(1s);
  EXPECT_THAT(states(id), ElementsAre("done"));
  EXPECT_FALSE(view(id).next_start);
  advance(24h * 365);
  EXPECT_EQ(work.begun, 1U);
  EXPECT_EQ(refused(text("Late", "once 2026-11-25T12:00:00Z")).field, "schedule");
}

TEST_F(TasksTest, NeverTwoRunsOfOneTaskAtOnce) {
  const auto id = add(text("Slow", "cron * * * * *"));
  work.outcome.reset();
  advance(1min);
  advance(1min);
  EXPECT_THAT(states(id), ElementsAre("skipped", "running"));
  EXPECT_EQ(work.most_at_once, 1U);
  EXPECT_EQ(loop.run(tasks->start(olga(), id)).error().code, Code::conflict);
  work.end(std::string("At last."));
  settle();
  EXPECT_THAT(states(id), ElementsAre("skipped", "done"));
  EXPECT_NE(runs(id)[0].message.find("had not ended"), std::string::npos);
}

TEST_F(TasksTest, AFailureIsARunAndAnEvent) {
  const auto id = add(text("Broken", "cron * * * * *"));
  work.outcome = fail(Code::storage_failed, "The disk is full.", "Make room.");
  advance(1min);
  EXPECT_THAT(states(id), ElementsAre("failed"));
  EXPECT_EQ(runs(id)[0].message, "The disk is full. Make room.");
  const auto events = loop.run(hq.history->events({.after = 0, .before = 0, .limit = 100})).value();
  EXPECT_EQ(events.back().kind, "task_failed");
  EXPECT_EQ(events.back().severity, hierarchy::Severity::error);
  EXPECT_EQ(events.back().message, "The task “Broken” failed: The disk is full. Make room.");
}

TEST_F(TasksTest, MissedStartsAreSkippedOrMadeUpForOnce) {
  const auto skipping = add(text("Skipping", "cron 0 3 * * *"));
  auto catching = text("Catching", "cron 0 3 * * *");
  catching.missed = hierarchy::MissedStarts::run;
  const auto making_up = add(std::move(catching));
  end();
  clock += 24h * 5;
  begin();
  settle();
  EXPECT_THAT(states(skipping), ElementsAre("skipped"));
  EXPECT_NE(runs(skipping)[0].message.find("2026-11-26T03:00:00"), std::string::npos) << runs(skipping)[0].message;
  EXPECT_THAT(states(making_up), ElementsAre("done")) << "five starts were missed; one makes up for them";
  EXPECT_EQ(view(making_up).next_start, time_from_text("2026-12-01T03:00:00Z"));
}

TEST_F(TasksTest, ACrashInTheMiddleOfARunIsSeenAndDoesNotStartItAgain) {
  const auto id = add(text("Cut", "once 2026-11-25T12:01:00Z"));
  work.outcome.reset();
  advance(1min);
  EXPECT_THAT(states(id), ElementsAre("running"));
  crash(id);
  settle();
  EXPECT_THAT(states(id), ElementsAre("interrupted"));
  EXPECT_EQ(work.begun, 1U);
  clock += 1s;  // runs are listed by the time of their start
  work.outcome = std::string("Now it works.");
  EXPECT_TRUE(loop.run(tasks->start(olga(), id))) << "and it can be started again";
  settle();
  EXPECT_THAT(states(id), ElementsAre("done", "interrupted"));
}

TEST_F(TasksTest, AStopEndsWhatRunsAsInterrupted) {
  const auto id = add(text("Long", "manual"));
  work.outcome.reset();
  EXPECT_TRUE(loop.run(tasks->start(olga(), id)));
  settle();
  end();
  EXPECT_EQ(work.at_once, 0U);
  begin();
  EXPECT_THAT(states(id), ElementsAre("interrupted"));
  EXPECT_EQ(runs(id)[0].message, "the server was stopped.");
}

TEST_F(TasksTest, APersonStartsAndCancelsIt) {
  const auto id = add(text("By hand", "manual"));
  work.outcome.reset();
  const auto started = loop.run(tasks->start(olga(), id)).value();
  EXPECT_EQ(started.last_run->state, RunState::running);
  EXPECT_EQ(started.last_run->by, "olga");
  settle();
  const auto cancelled = loop.run(tasks->cancel(olga(), id)).value();
  EXPECT_EQ(cancelled.last_run->state, RunState::cancelled);
  EXPECT_EQ(cancelled.last_run->message, "olga ended it.");
  EXPECT_EQ(work.at_once, 0U);
  EXPECT_EQ(loop.run(tasks->cancel(olga(), id)).error().code, Code::conflict);
  const auto audit = hq.audit();
  for (const char* line : {"task.create done", "task.start done", "task.cancel done"}) EXPECT_THAT(audit, testing::Contains(line));
}

TEST_F(TasksTest, AnEventStartsItOnceForWhatCameTogether) {
  const auto id = add(text("Watch", "on link_refused"));
  const auto happen = [&](const std::string& kind, int times) {
    std::vector<hierarchy::Event> events(static_cast<std::size_t>(times));
    for (auto& event : events) {
      event.at = clock;
      event.kind = kind;
      event.message = "It happened.";
    }
    ASSERT_TRUE(loop.run(hq.history->append(std::move(events))));
    settle();
  };
  happen("link_connected", 3);
  EXPECT_EQ(work.begun, 0U);
  happen("link_refused", 5);
  ASSERT_TRUE(loop.run_until([&] { return work.begun == 1; }));
  settle();
  EXPECT_EQ(runs(id)[0].by, "link_refused");
  happen("link_refused", 1);
  EXPECT_EQ(work.begun, 1U) << "it rests between two starts";
  advance(limits::kBetweenEventStarts);
  EXPECT_EQ(work.begun, 2U) << "and nothing is forgotten meanwhile";
  end();
  begin();
  settle();
  EXPECT_EQ(work.begun, 2U) << "what was looked at is not looked at again";
}

TEST_F(TasksTest, ADisabledTaskIsStartedByHandOnlyAndAnEditBeginsAnew) {
  const auto id = add(text("Off", "cron * * * * *"));
  TaskText off;
  off.state = hierarchy::Task::State::disabled;
  EXPECT_EQ(loop.run(tasks->edit(olga(), id, off, Seen({1}))).value().task.revision, 2);
  EXPECT_EQ(loop.run(tasks->edit(olga(), id, off, Seen({1}))).error().field, "If-Match");
  advance(10min);
  EXPECT_EQ(work.begun, 0U);
  EXPECT_TRUE(loop.run(tasks->start(olga(), id)));
  settle();
  EXPECT_THAT(states(id), ElementsAre("done"));
  TaskText on;
  on.state = hierarchy::Task::State::enabled;
  EXPECT_TRUE(loop.run(tasks->edit(olga(), id, on, {})));
  settle();
  EXPECT_EQ(work.begun, 1U) << "what passed while it was off was not missed";
  advance(1min);
  EXPECT_EQ(work.begun, 2U);
}

TEST_F(TasksTest, OnlySoManyWorkAtOnceAndTheOthersWait) {
  work.outcome.reset();
  std::vector<TaskId> ids;
  for (std::size_t i = 0; i < limits::kMaxTasksAtOnce + 2; ++i) ids.push_back(add(text("Task " + std::to_string(i), "cron * * * * *")));
  advance(1min);
  EXPECT_EQ(work.at_once, limits::kMaxTasksAtOnce);
  work.end(std::string("Done."));
  ASSERT_TRUE(loop.run_until([&] { return work.begun == ids.size(); }));
  EXPECT_EQ(work.most_at_once, limits::kMaxTasksAtOnce);
  settle();
  for (const auto& id : ids) EXPECT_THAT(states(id), ElementsAre("done"));
}

TEST_F(TasksTest, ARemovedTaskTakesItsRunsAlongAndEndsWhatRuns) {
  const auto id = add(text("Gone", "manual"));
  work.outcome.reset();
  EXPECT_TRUE(loop.run(tasks->start(olga(), id)));
  settle();
  EXPECT_TRUE(loop.run(tasks->remove(olga(), id, {})));
  settle();
  EXPECT_EQ(work.at_once, 0U);
  EXPECT_EQ(loop.run(tasks->find(olga(), id)).error().code, Code::not_found);
  EXPECT_TRUE(hq.read<std::vector<TaskRun>>([&](store::Transaction& t) { return store::task_runs(t, id, 10); }).empty());
}

TEST_F(TasksTest, WhatCannotBeIsRefusedAndNothingIsMade) {
  add(text("Taken", "manual"));
  EXPECT_EQ(refused(text("taken", "manual")).code, Code::name_taken);
  EXPECT_EQ(refused(text("x", "cron 0 0 30 2 *")).field, "schedule");
  auto grouped = text("x", "manual");
  grouped.group = "Nowhere";
  EXPECT_EQ(refused(grouped).code, Code::group_not_found);
  grouped.kind = TaskKind::backup;
  grouped.group = "Managed devices";
  EXPECT_EQ(refused(grouped).field, "group");
  auto strange = text("x", "manual");
  strange.passphrase = "several words";
  EXPECT_EQ(refused(strange).field, "settings");
  auto report = text("x", "manual");
  report.kind = TaskKind::report;
  report.destination = "nobody";
  EXPECT_EQ(refused(report).field, "settings.destination");
  EXPECT_EQ(loop.run(tasks->list(olga())).value().size(), 1U);
}

TEST_F(TasksTest, APassphraseIsSealedAndNeverShown) {
  TaskText wanted;
  wanted.name = "Backup";
  wanted.kind = TaskKind::backup;
  wanted.passphrase = "several words that nobody guesses";
  const auto id = add(wanted);
  EXPECT_EQ(view(id).task.settings.passphrase, "");
  EXPECT_EQ(view(id).task.settings.folder, "backups");
  const auto sealed = [&] {
    return hq.read<std::string>([&](store::Transaction& t) { return store::find_task(t, id)->settings.passphrase; });
  };
  const auto first = sealed();
  EXPECT_EQ(hq.sealing.unseal(first).value(), *wanted.passphrase);
  TaskText renamed;
  renamed.name = "Nightly";
  EXPECT_TRUE(loop.run(tasks->edit(olga(), id, renamed, {})));
  EXPECT_EQ(sealed(), first) << "who does not give it anew leaves it";
  TaskText shorter;
  shorter.passphrase = "short";
  EXPECT_EQ(loop.run(tasks->edit(olga(), id, shorter, {})).error().field, "settings.passphrase");
}

TEST_F(TasksTest, ManageTasksIsNeededOnTheGroupAndMoreForTheServer) {
  ASSERT_TRUE(loop.run(hq.groups->add(olga(), "Managed devices/Labs", std::nullopt)));
  const auto groups = hq.read<std::vector<hierarchy::Group>>([](store::Transaction& t) { return store::all_groups(t); });
  const auto labs = std::find_if(groups.begin(), groups.end(), [](const auto& group) { return group.name == "Labs"; })->id;
  auto ivan = olga();
  ivan.name = "ivan";
  ivan.permissions = {};
  ivan.permissions.give({Right::read, Right::manage_tasks}, labs);
  auto of_labs = text("Labs", "manual");
  of_labs.group = "Labs";
  const auto made = loop.run(tasks->add(ivan, of_labs, std::nullopt));
  ASSERT_TRUE(made) << made.error().text();
  const auto own = add(text("Server's", "manual"));
  EXPECT_EQ(loop.run(tasks->find(ivan, own)).error().code, Code::permission_denied);
  EXPECT_EQ(loop.run(tasks->start(ivan, own)).error().code, Code::permission_denied);
  EXPECT_EQ(loop.run(tasks->list(ivan)).value().size(), 1U);
  EXPECT_TRUE(loop.run(tasks->start(ivan, made->task.id)));
  ivan.permissions = hierarchy::Permissions::of({Right::read, Right::manage_tasks});
  EXPECT_NE(loop.run(tasks->add(ivan, text("x", "manual"), std::nullopt)).error().message.find("manage_server"), std::string::npos);
  ivan.permissions = hierarchy::Permissions::of({Right::read, Right::manage_tasks, Right::manage_server});
  TaskText backup;
  backup.name = "Backup";
  backup.kind = TaskKind::backup;
  backup.passphrase = "several words that nobody guesses";
  EXPECT_NE(loop.run(tasks->add(ivan, backup, std::nullopt)).error().message.find("manage_users"), std::string::npos);
  settle();
}

TEST_F(TasksTest, WhatCameUpFromBelowStandsAmongTheRunsAndTheOwnResultGoesUp) {
  const auto id = add(text("Check", "manual"));
  EXPECT_TRUE(loop.run(tasks->start(olga(), id)));
  settle();
  const auto own = hq.read<std::vector<store::RolledUpResult>>([](store::Transaction& t) { return store::rolled_up_results(t, 10); });
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].record.origin, hq.facts.id);
  auto below = result_from_payload(own[0].record.payload).value();
  EXPECT_EQ(below.server, "hq");
  below.server = "branch";
  below.run.id = hierarchy::TaskRunId::make(clock);
  below.run.started_at = clock + 1min;
  const store::ArrivedRecord arrived{{.origin = ServerId::make(clock),
                                      .origin_sequence = 1,
                                      .kind = hierarchy::FeedKind::task_result,
                                      .subject = id.str(),
                                      .payload = payload_of(below),
                                      .at = clock}};
  hq.write([&](store::Transaction& t) {
    store::take_feed(t, {.via = RegistrationId::make(clock), .at = clock}, std::vector{arrived, arrived});
  });
  const auto all = loop.run(tasks->runs(olga(), id, 100)).value();
  ASSERT_EQ(all.size(), 2U) << "once, however often it arrives";
  EXPECT_EQ(all[0].server, "branch");
  EXPECT_EQ(all[1].server, "") << "its own, newest first";
}

TEST_F(TasksTest, AGroupThatHasATaskIsNotRemovedSilently) {
  const auto made = loop.run(hq.groups->add(olga(), "Managed devices/Labs", std::nullopt)).value();
  auto of_labs = text("Check", "manual");
  of_labs.group = "Labs";
  const auto id = add(of_labs);
  const auto refusal = loop.run(hq.groups->remove(olga(), made.group.id, {}));
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().code, Code::group_not_empty);
  EXPECT_NE(refusal.error().message.find("1 task(s): “Check”"), std::string::npos) << refusal.error().message;
  EXPECT_TRUE(loop.run(tasks->remove(olga(), id, {})));
  EXPECT_TRUE(loop.run(hq.groups->remove(olga(), made.group.id, {})));
}

TEST_F(TasksTest, HistoryIsBounded) {
  const auto id = add(text("Often", "cron * * * * *"));
  for (std::size_t i = 0; i < limits::kMaxRunsKept + 5; ++i) {
    hq.write([&](store::Transaction& transaction) {
      TaskRun run;
      run.id = hierarchy::TaskRunId::make(clock);
      run.task = id;
      run.task_name = "Often";
      run.kind = TaskKind::link_check;
      run.state = RunState::done;
      run.started_at = clock + std::chrono::seconds(static_cast<int>(i));
      store::insert_task_run(transaction, run);
    });
  }
  advance(1h);
  EXPECT_EQ(hq.read<std::vector<TaskRun>>([&](store::Transaction& t) { return store::task_runs(t, id, 1000); }).size(),
            limits::kMaxRunsKept);
}

}  // namespace
}  // namespace daikan::server
