#include "server/task_content.h"

#include <gtest/gtest.h>

#include "base/time_text.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;
using hierarchy::Task;

const TimePoint kNow = time_from_text("2026-11-25T12:00:00Z").value();

Task sample() {
  Task task;
  task.id = hierarchy::TaskId::make(kNow);
  task.name = "Tidy";
  task.kind = hierarchy::TaskKind::event_cleanup;
  task.group = GroupId::make(kNow);
  task.schedule = *hierarchy::parse_schedule("cron 0 4 * * sun");
  task.random_delay = 90min;
  task.missed = hierarchy::MissedStarts::run;
  task.distribute = hierarchy::Distribute::to_secondaries;
  task.settings.days = {30, std::nullopt, 90, std::nullopt};
  task.starts = 2;
  task.started_at = kNow;
  task.created_at = kNow;
  task.revision = 5;
  return task;
}

TEST(TaskContent, WhatGoesDownComesBackWithoutTheOwnersGroup) {
  const auto task = sample();
  const auto read = task_from_content(task.id, content_of(task));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->name, task.name);
  EXPECT_EQ(read->kind, task.kind);
  EXPECT_FALSE(read->group);
  EXPECT_EQ(read->schedule, task.schedule);
  EXPECT_EQ(read->random_delay, task.random_delay);
  EXPECT_EQ(read->missed, task.missed);
  EXPECT_EQ(read->state, task.state);
  EXPECT_EQ(read->settings, task.settings);
  EXPECT_EQ(read->starts, task.starts);
  EXPECT_EQ(read->started_at, task.started_at);
  EXPECT_EQ(read->revision, task.revision);
}

TEST(TaskContent, KindsThatStayOnTheirServerAreNeverTakenFromAbove) {
  auto task = sample();
  task.kind = hierarchy::TaskKind::backup;
  EXPECT_EQ(task_from_content(task.id, content_of(task)).error().code, Code::invalid_request);
  EXPECT_EQ(content_of(task).find("passphrase"), std::string::npos);
}

TEST(TaskContent, AKindThatOnlyANewerVersionKnowsIsToldApartFromWhatIsNoTask) {
  EXPECT_EQ(newer_kind_of_task(R"({"kind":"device_scan","name":"Scan","depth":{"of":["things"]}})"), "device_scan");
  for (const char* text : {"", "{}", R"({"kind":"link_check"})", R"({"kind":"backup"})", R"({"kind":"Scan it"})", R"({"kind":7})"})
    EXPECT_EQ(newer_kind_of_task(text), "") << text;
}

TEST(TaskContent, WhatIsNoTaskIsRefused) {
  for (const char* text : {"", "{", "[]", "{}", R"({"kind":"link_check"})", R"({"kind":"link_check","schedule":"sometimes","name":"x"})",
                           R"({"kind":"link_check","schedule":"manual","name":"a/b"})",
                           R"({"kind":"event_cleanup","schedule":"manual","name":"x","info_days":0})", "{\"a\":\"\xff\"}"}) {
    EXPECT_FALSE(task_from_content({}, text)) << text;
  }
}

TEST(TaskContent, AResultComesBackAsItWas) {
  TaskResult result;
  result.server = "branch";
  result.run = {.id = hierarchy::TaskRunId::make(kNow),
                .task = hierarchy::TaskId::make(kNow),
                .task_name = "Tidy",
                .kind = hierarchy::TaskKind::link_check,
                .state = hierarchy::RunState::failed,
                .cause = hierarchy::RunCause::owner,
                .by = "",
                .started_at = kNow,
                .ended_at = kNow + 3s,
                .message = "1 of 2 links are not connected."};
  const auto read = result_from_payload(payload_of(result));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(payload_of(*read), payload_of(result));
  EXPECT_EQ(read->server, "branch");
  EXPECT_EQ(read->run.ended_at, result.run.ended_at);
  EXPECT_FALSE(result_from_payload("{}"));
}

}  // namespace
}  // namespace daikan::server
