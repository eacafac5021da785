// When a set that was not taken is sent again, and who is served first when many want one.
#include "server/set_pace.h"

#include <gtest/gtest.h>

#include "base/limits_downstream.h"
#include "server/detail/line.h"
#include "unit/net/test_net.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;
using Attempt = SetPace::Attempt;

const SetPace::Time kStart{};
const Attempt kSet{"a1", 7};
constexpr std::uint64_t kMostUnlucky = ~std::uint64_t{0};

TEST(SetPace, WhatFailedWaitsTwiceAsLongEachTimeUpToTenMinutes) {
  SetPace pace;
  EXPECT_TRUE(pace.may_try(kSet, kStart));
  auto now = kStart;
  SetPace::Time::duration before{};
  for (int failures = 0; failures < 20; ++failures) {
    pace.failed(kSet, now, 0);  // the luckiest: half the time
    auto waited = SetPace::Time::duration{};
    while (!pace.may_try(kSet, now + waited)) waited += 500ms;
    EXPECT_GE(waited, before);
    EXPECT_GE(waited, std::chrono::milliseconds(limits::kSetAgainFirst) / 2);
    EXPECT_LE(waited, limits::kSetAgainLast);
    before = waited;
    now += waited;
  }
  EXPECT_EQ(before, limits::kSetAgainLast / 2);
  pace.failed(kSet, now, kMostUnlucky);
  EXPECT_TRUE(pace.may_try(kSet, now + limits::kSetAgainLast));
}

TEST(SetPace, ChanceSpreadsThoseWhoFailedTogether) {
  SetPace lucky, unlucky;
  lucky.failed(kSet, kStart, 0);
  unlucky.failed(kSet, kStart, 2400);
  const auto soon = kStart + std::chrono::milliseconds(limits::kSetAgainFirst) / 2;
  EXPECT_TRUE(lucky.may_try(kSet, soon));
  EXPECT_FALSE(unlucky.may_try(kSet, soon));
}

TEST(SetPace, SomethingElseAndAnotherConnectionAreTriedAtOnce) {
  SetPace pace;
  pace.failed(kSet, kStart, 0);
  EXPECT_FALSE(pace.may_try(kSet, kStart));
  EXPECT_TRUE(pace.may_try({"b2", 7}, kStart));
  EXPECT_TRUE(pace.may_try({"a1", 8}, kStart));
}

TEST(SetPace, ASuccessForgetsAllFailures) {
  SetPace pace;
  for (int i = 0; i < 10; ++i) pace.failed(kSet, kStart, 0);
  pace.succeeded();
  EXPECT_TRUE(pace.may_try(kSet, kStart));
  pace.failed(kSet, kStart, 0);
  EXPECT_TRUE(pace.may_try(kSet, kStart + limits::kSetAgainFirst));
}

struct LineTest : testing::Test {
  net::awaitable<> take(int number, std::chrono::milliseconds how_long) {
    const auto place = co_await line.enter();
    if (!place) {
      gone.push_back(number);
      co_return;
    }
    most = std::max(most, line.taken());
    served.push_back(number);
    static_cast<void>(co_await net::sleep_for(how_long));
  }
  net::test::Loop loop;
  Line line{loop.executor(), 3};
  net::TaskGroup tasks{loop.executor()};
  std::vector<int> served, gone;
  std::size_t most = 0;
};

TEST_F(LineTest, OnlySoManyAtOnceInTheOrderInWhichTheyCame) {
  std::vector<int> all;
  for (int i = 0; i < 50; ++i) {
    tasks.spawn(take(i, std::chrono::milliseconds(i % 3)));
    all.push_back(i);
  }
  loop.run(tasks.join());
  EXPECT_EQ(served, all);
  EXPECT_EQ(most, 3U);
  EXPECT_EQ(line.taken(), 0U);
  EXPECT_EQ(line.waiting(), 0U);
}

TEST_F(LineTest, WhoIsCancelledLeavesTheLineAndGivesThePlaceBack) {
  for (int i = 0; i < 3; ++i) tasks.spawn(take(i, 1h));
  net::TaskGroup others{loop.executor()};
  for (int i = 3; i < 9; ++i) others.spawn(take(i, 1h));
  ASSERT_TRUE(loop.run_until([&] { return line.waiting() == 6; }));
  others.cancel();
  loop.run(others.join());
  EXPECT_EQ(line.waiting(), 0U);
  EXPECT_EQ(line.taken(), 3U);
  tasks.cancel();
  loop.run(tasks.join());
  EXPECT_EQ(line.taken(), 0U);
}

}  // namespace
}  // namespace daikan::server
