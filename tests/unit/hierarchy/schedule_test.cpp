#include "hierarchy/schedule.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "base/limits_tasks.h"
#include "base/time_text.h"

namespace daikan::hierarchy {
namespace {

using namespace std::chrono_literals;

TimePoint at(std::string_view text) { return time_from_text(text).value(); }

Schedule schedule(std::string_view text) {
  auto parsed = parse_schedule(text);
  if (!parsed) throw std::runtime_error(parsed.error().text());
  return *parsed;
}

/// The start after `after`, as text without its fraction.
std::string next(std::string_view text, std::string_view after) {
  const auto time = next_time(schedule(text), at(after));
  return time ? to_rfc3339(*time).substr(0, 16) : "never";
}

Error refused(std::string_view text) {
  const auto parsed = parse_schedule(text);
  if (parsed) return Error(Code::internal, "accepted: " + std::string(text));
  EXPECT_EQ(parsed.error().code, Code::invalid_request) << text;
  EXPECT_EQ(parsed.error().field, "schedule") << text;
  EXPECT_TRUE(parsed.error().message.ends_with('.') && parsed.error().remedy.ends_with('.')) << parsed.error().text();
  return parsed.error();
}

TEST(Schedules, OnceIsOneMomentAndThenNeverAgain) {
  EXPECT_EQ(next("once 2026-12-01T03:00:00Z", "2026-11-30T00:00:00Z"), "2026-12-01T03:00");
  EXPECT_EQ(next("once 2026-12-01T03:00:00Z", "2026-12-01T03:00:00Z"), "never");
  EXPECT_EQ(next("ONCE 2026-12-01T12:00:00+09:00", "2026-11-30T00:00:00Z"), "2026-12-01T03:00");
}

TEST(Schedules, CronFieldsTakeListsRangesStepsAndNames) {
  EXPECT_EQ(next("cron 30 3 * * mon-fri", "2026-11-27T03:30:00Z"), "2026-11-30T03:30") << "Friday is over, Monday is next";
  EXPECT_EQ(next("cron */15 * * * *", "2026-11-27T23:46:10Z"), "2026-11-28T00:00");
  EXPECT_EQ(next("cron 0,20-40/10 6 * * *", "2026-11-27T06:20:00Z"), "2026-11-27T06:30");
  EXPECT_EQ(next("cron 0 0 1 JAN,jul *", "2026-01-01T00:00:00Z"), "2026-07-01T00:00");
  EXPECT_EQ(next("cron 0 12 * * 7", "2026-11-25T00:00:00Z"), "2026-11-29T12:00") << "7 is Sunday, as 0";
  EXPECT_EQ(next("  cron   0\t12  * * Sun ", "2026-11-25T00:00:00Z"), "2026-11-29T12:00");
}

TEST(Schedules, TheNextStartIsAlwaysLaterThanTheMomentAskedFor) {
  EXPECT_EQ(next("cron 0 3 * * *", "2026-11-25T02:59:59.999999Z"), "2026-11-25T03:00");
  EXPECT_EQ(next("cron 0 3 * * *", "2026-11-25T03:00:00Z"), "2026-11-26T03:00");
  EXPECT_EQ(next("cron 59 23 31 12 *", "2026-12-31T23:59:00Z"), "2027-12-31T23:59");
}

TEST(Schedules, TheTwentyNinthOfFebruaryComesInLeapYearsOnly) {
  EXPECT_EQ(next("cron 0 0 29 feb *", "2026-11-25T00:00:00Z"), "2028-02-29T00:00");
  EXPECT_EQ(next("cron 0 0 29 2 *", "2028-02-29T00:00:00Z"), "2032-02-29T00:00");
  EXPECT_EQ(next("cron 0 0 29 2 *", "2096-03-01T00:00:00Z"), "2104-02-29T00:00") << "2100 is no leap year";
  EXPECT_EQ(next("cron 0 0 31 * *", "2026-11-25T00:00:00Z"), "2026-12-31T00:00") << "November has no 31st";
}

TEST(Schedules, ADayAndAWeekdayTogetherMeanEither) {
  EXPECT_EQ(next("cron 0 0 13 * fri", "2026-11-25T00:00:00Z"), "2026-11-27T00:00") << "the Friday";
  EXPECT_EQ(next("cron 0 0 13 * fri", "2026-12-11T00:00:00Z"), "2026-12-13T00:00") << "the 13th";
  EXPECT_EQ(next("cron 0 0 */2 * fri", "2026-11-25T00:00:00Z"), "2026-11-27T00:00") << "with a star: both";
  EXPECT_EQ(next("cron 0 0 29 2 */7", "2026-11-25T00:00:00Z"), "2032-02-29T00:00") << "a Sunday in a leap year";
}

TEST(Schedules, ADayThatNeverComesIsRefusedWithASentence) {
  EXPECT_EQ(refused("cron 0 0 30 feb *").message, "No year has a day “30” in the month “feb”: the task would never start.");
  refused("cron 0 0 31 4,6,sep,11 *");
  EXPECT_EQ(next("cron 0 0 30 feb mon", "2026-01-31T00:00:00Z"), "2026-02-02T00:00") << "but a weekday beside it comes";
}

TEST(Schedules, WhatIsNotUnderstoodIsNamed) {
  EXPECT_NE(refused("cron 60 * * * *").message.find("The minute “60”"), std::string::npos);
  EXPECT_NE(refused("cron * 24 * * *").message.find("The hour “24”"), std::string::npos);
  EXPECT_NE(refused("cron * * 0 * *").message.find("The day “0”"), std::string::npos);
  EXPECT_NE(refused("cron * * * smarch *").message.find("The month “smarch”"), std::string::npos);
  EXPECT_NE(refused("cron * * * * someday").message.find("The weekday “someday”"), std::string::npos);
  EXPECT_NE(refused("cron 40-20 * * * *").message.find("ends before it begins"), std::string::npos);
  EXPECT_NE(refused("cron 0 3 * *").message.find("has 4 fields"), std::string::npos);
  EXPECT_NE(refused("cron").message.find("has 0 fields"), std::string::npos);
  for (const char* text :
       {"", "sometimes", "cron 5/2 * * * *", "cron */0 * * * *", "cron ,1 * * * *", "cron 1- * * * *", "cron +1 * * * *", "once",
        "once tomorrow", "once 2026-02-30T00:00:00Z", "on", "on Link-Refused", "manual now", "cron 001 * * * *"}) {
    refused(text);
  }
  refused(std::string(limits::kMaxScheduleBytes + 1, 'x'));
}

TEST(Schedules, EventsOfTasksStartNoTask) {
  EXPECT_EQ(schedule("on link_refused link_disconnected link_refused").events,
            (std::vector<std::string>{"link_refused", "link_disconnected"}));
  EXPECT_NE(refused("on task_failed").message.find("start each other for ever"), std::string::npos);
  refused("on backup_made");
  std::string many = "on";
  for (std::size_t i = 0; i <= limits::kMaxScheduleKinds; ++i) many += " kind_" + std::to_string(i);
  refused(many);
}

TEST(Schedules, TextAndBack) {
  for (const char* text : {"manual", "once 2026-12-01T03:00:00.000000Z", "cron */5 0-6/2 29 feb 7", "on server_started link_refused"}) {
    EXPECT_EQ(to_text(schedule(text)), text);
  }
}

TEST(Schedules, TheRandomDelayIsTheSameForTheSameSeedAndSpreadEvenly) {
  const auto moment = at("2026-12-01T03:00:00Z");
  std::map<std::int64_t, int> hours;
  for (int server = 0; server < 2400; ++server) {
    const auto seed = "server-" + std::to_string(server);
    const auto delay = random_delay(seed, moment, 24h);
    EXPECT_EQ(delay, random_delay(seed, moment, 24h));
    EXPECT_GE(delay, 0s);
    EXPECT_LT(delay, 24h);
    ++hours[std::chrono::floor<std::chrono::hours>(delay).count()];
  }
  ASSERT_EQ(hours.size(), 24U);
  for (const auto& [hour, count] : hours) EXPECT_NEAR(count, 100, 50) << hour;
  EXPECT_EQ(random_delay("x", moment, 0s), 0s);
  EXPECT_NE(random_delay("x", moment, 24h), random_delay("x", moment + 24h, 24h));
}

TEST(StartPlans, AStartIsWaitedForAndThenMade) {
  const auto daily = schedule("cron 0 3 * * *");
  const auto handled = at("2026-11-25T12:00:00Z");
  auto plan = plan_start(daily, {}, handled, handled + 1h);
  EXPECT_EQ(plan.action, StartPlan::Action::wait);
  EXPECT_EQ(plan.due, at("2026-11-26T03:00:00Z"));
  plan = plan_start(daily, {}, handled, at("2026-11-26T03:00:00Z"));
  EXPECT_EQ(plan.action, StartPlan::Action::start);
  EXPECT_EQ(plan_start(schedule("manual"), {}, handled, handled + 1h).action, StartPlan::Action::none);
  EXPECT_EQ(plan_start(schedule("once 2026-11-25T11:00:00Z"), {}, handled, handled + 1h).action, StartPlan::Action::none);
}

TEST(StartPlans, AMissedStartIsSkippedUnlessMissedOnesAreToBeRun) {
  const auto daily = schedule("cron 0 3 * * *");
  const auto handled = at("2026-11-20T12:00:00Z");
  const auto late = at("2026-11-25T12:00:00Z");
  EXPECT_EQ(plan_start(daily, {}, handled, late).action, StartPlan::Action::skip);
  const auto plan = plan_start(daily, {.missed = MissedStarts::run}, handled, late);
  EXPECT_EQ(plan.action, StartPlan::Action::start);
  EXPECT_EQ(plan.scheduled, at("2026-11-21T03:00:00Z")) << "the first of those that were missed; all of them run once";
  EXPECT_EQ(plan_start(daily, {}, at("2026-11-25T02:00:00Z"), at("2026-11-25T03:00:00Z") + limits::kTaskLateness).action,
            StartPlan::Action::start)
      << "a little late is not missed";
}

TEST(StartPlans, TheDelayIsAddedToTheStartAndNotToTheNextOne) {
  const auto daily = schedule("cron 0 3 * * *");
  const StartRule rule{.most_delay = 6h, .seed = "branch", .missed = MissedStarts::skip};
  const auto plan = plan_start(daily, rule, at("2026-11-25T12:00:00Z"), at("2026-11-25T12:00:00Z"));
  EXPECT_GE(plan.due, plan.scheduled);
  EXPECT_LT(plan.due, plan.scheduled + 6h);
  const auto after = plan_start(daily, rule, plan.due, plan.due);
  EXPECT_EQ(after.scheduled, plan.scheduled + 24h);
}

}  // namespace
}  // namespace daikan::hierarchy
