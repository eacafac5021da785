#include "link/backoff.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "base/limits.h"

namespace daikan::link {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesItsCeilingFromHalfASecondToAMinute) {
  const std::vector<Duration> ceilings{500ms, 1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s};
  std::vector<Duration> longest(ceilings.size(), 0s);
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Backoff backoff(seed);
    for (std::size_t i = 0; i < ceilings.size(); ++i) {
      const auto wait = backoff.after_failure();
      EXPECT_GE(wait, 0s);
      EXPECT_LT(wait, ceilings[i]);
      longest[i] = std::max(longest[i], wait);
    }
  }
  for (std::size_t i = 0; i < ceilings.size(); ++i) EXPECT_GT(longest[i], ceilings[i] * 95 / 100) << i;
}

TEST(Backoff, GovernedBoundsHoldFromTheNextWaitOn) {
  Duration longest = 0s;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Backoff backoff(seed);
    for (int i = 0; i < 9; ++i) backoff.after_failure();
    backoff.use({.first = 100ms, .longest = 5s, .refused = 10s});
    const auto wait = backoff.after_failure();
    EXPECT_LT(wait, 5s);
    longest = std::max(longest, wait);
    EXPECT_GE(backoff.after_refusal(), 10s);
    EXPECT_LT(backoff.after_refusal(), 20s);
    backoff.connection_lasted(60s);
    EXPECT_LT(backoff.after_failure(), 100ms);
  }
  EXPECT_GT(longest, 4s);
}

TEST(Backoff, SpreadsItsWaitsEvenly) {
  int halves[2] = {0, 0};
  Duration sum = 0s;
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    const auto wait = Backoff(seed).after_failure();
    ++halves[wait < 250ms ? 0 : 1];
    sum += wait;
  }
  EXPECT_NEAR(halves[0], 5000, 250);
  EXPECT_NEAR(static_cast<double>(sum.count()) / 10'000, 250'000, 10'000);
}

TEST(Backoff, WaitsHalfAMinuteToAMinuteAfterARefusalAndKeepsItsRow) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Backoff backoff(seed);
    const auto wait = backoff.after_refusal();
    EXPECT_GE(wait, 30s);
    EXPECT_LT(wait, 60s);
    EXPECT_LT(backoff.after_failure(), 500ms);
  }
}

TEST(Backoff, StartsAnewOnlyAfterAConnectionThatLasted) {
  bool stayed_long = false;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Backoff backoff(seed);
    for (int i = 0; i < 8; ++i) backoff.after_failure();
    backoff.connection_lasted(59s);
    stayed_long |= backoff.after_failure() > 30s;
    backoff.connection_lasted(60s);
    EXPECT_LT(backoff.after_failure(), 500ms);
  }
  EXPECT_TRUE(stayed_long);
}

TEST(Backoff, IsTheSameForTheSameSeed) {
  Backoff a(42), b(42), c(43);
  std::vector<Duration> waits_a, waits_b, waits_c;
  for (int i = 0; i < 20; ++i) {
    waits_a.push_back(a.after_failure());
    waits_b.push_back(b.after_failure());
    waits_c.push_back(c.after_failure());
  }
  EXPECT_EQ(waits_a, waits_b);
  EXPECT_NE(waits_a, waits_c);
}

}  // namespace
}  // namespace daikan::link
