#include "hierarchy/task.h"

#include <gtest/gtest.h>

#include "base/time_text.h"

namespace daikan::hierarchy {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow = time_from_text("2026-11-25T12:00:00Z").value();

Task task(TaskKind kind) {
  Task made;
  made.id = TaskId::make(kNow);
  made.name = "Nightly";
  made.kind = kind;
  made.settings.folder = "backups";
  made.settings.keep = 7;
  made.settings.passphrase = "several words that nobody guesses";
  made.settings.format = "csv";
  made.settings.days[0] = 30;
  return made;
}

void expect_refused(const Task& wrong, std::string_view field) {
  const auto checked = check_task(wrong, kNow);
  ASSERT_FALSE(checked) << field;
  EXPECT_EQ(checked.error().code, Code::invalid_request);
  EXPECT_EQ(checked.error().field, field) << checked.error().text();
  EXPECT_FALSE(checked.error().remedy.empty());
}

TEST(Tasks, EveryKindCanBeATaskOfTheServer) {
  for (const auto kind : {TaskKind::backup, TaskKind::event_cleanup, TaskKind::link_check, TaskKind::report}) {
    const auto checked = check_task(task(kind), kNow);
    EXPECT_TRUE(checked) << checked.error().text();
    EXPECT_EQ(task_kind_from_string(to_string(kind)), kind);
  }
  EXPECT_FALSE(task_kind_from_string("format_disk"));
}

TEST(Tasks, BackupAndReportStayOnTheirServerAndTheOthersCanBeGivenToAGroup) {
  for (const auto kind : {TaskKind::event_cleanup, TaskKind::link_check}) {
    auto given = task(kind);
    given.group = GroupId::make(kNow);
    given.distribute = Distribute::to_secondaries;
    EXPECT_TRUE(check_task(given, kNow));
  }
  for (const auto kind : {TaskKind::backup, TaskKind::report}) {
    auto given = task(kind);
    given.group = GroupId::make(kNow);
    expect_refused(given, "group");
  }
}

TEST(Tasks, ATaskOfTheServerIsNotDistributed) {
  auto own = task(TaskKind::link_check);
  own.distribute = Distribute::to_secondaries;
  expect_refused(own, "distribute");
}

TEST(Tasks, WhatAKindNeedsMustBeThere) {
  auto wrong = task(TaskKind::backup);
  wrong.settings.passphrase = "short";
  expect_refused(wrong, "settings.passphrase");
  for (const char* folder : {"", "../outside", "a/../b", ".hidden", "a/.b", "line\nbreak"}) {
    wrong = task(TaskKind::backup);
    wrong.settings.folder = folder;
    expect_refused(wrong, "settings.folder");
  }
  wrong = task(TaskKind::backup);
  wrong.settings.keep = 0;
  expect_refused(wrong, "settings.keep");
  wrong = task(TaskKind::event_cleanup);
  wrong.settings.days = {};
  expect_refused(wrong, "settings");
  wrong.settings.days[2] = 0;
  expect_refused(wrong, "settings");
  wrong = task(TaskKind::report);
  wrong.settings.format = "pdf";
  expect_refused(wrong, "settings.format");
  wrong = task(TaskKind::report);
  wrong.settings.folder.clear();
  expect_refused(wrong, "settings.folder");
  wrong.settings.destination = "ops";
  EXPECT_TRUE(check_task(wrong, kNow)) << "by mail alone is enough";
}

TEST(Tasks, AMomentThatIsOverAndADelayOfMoreThanADayAreRefused) {
  auto late = task(TaskKind::link_check);
  late.schedule = *parse_schedule("once 2026-11-25T12:00:00Z");
  expect_refused(late, "schedule");
  late.schedule = *parse_schedule("once 2026-11-25T12:00:01Z");
  EXPECT_TRUE(check_task(late, kNow));
  late.random_delay = 24h + 1s;
  expect_refused(late, "random_delay_minutes");
}

TEST(Tasks, AnInheritedTaskSaysWhoOwnsIt) {
  const auto error = inherited("Nightly", "hq", "started");
  EXPECT_EQ(error.code, Code::permission_denied);
  EXPECT_EQ(error.message, "The task “Nightly” is inherited from “hq” and cannot be started here.");
  EXPECT_EQ(error.remedy, "Do it on “hq”, which owns the task.");
}

TEST(Tasks, StatesAndCausesHaveNamesBothWays) {
  for (const auto state :
       {RunState::running, RunState::done, RunState::failed, RunState::cancelled, RunState::interrupted, RunState::skipped}) {
    EXPECT_EQ(run_state_from_string(to_string(state)), state);
  }
  for (const auto cause : {RunCause::schedule, RunCause::event, RunCause::person, RunCause::owner}) {
    EXPECT_EQ(run_cause_from_string(to_string(cause)), cause);
  }
}

}  // namespace
}  // namespace daikan::hierarchy
