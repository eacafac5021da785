// Fairness of handshake slots, in virtual time.
#include "net/detail/handshake_slots.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace daikan::net::detail {
namespace {

using namespace std::chrono_literals;

const auto kStranger = boost::asio::ip::make_address("192.0.2.66");
const auto kOther = boost::asio::ip::make_address("192.0.2.1");
constexpr SteadyTime kStart{1h};

struct HandshakeSlotsTest : testing::Test {
  HandshakeSlots slots{8};
  int evicted = 0;

  HandshakeSlots::Id take(const HandshakeSlots::Share& share, SteadyTime now = kStart) {
    return slots.take(share, now, [this] { ++evicted; });
  }
  void fill(const HandshakeSlots::Share& share, SteadyTime now = kStart) {
    while (slots.has_room()) take(share, now);
  }
};

TEST_F(HandshakeSlotsTest, NobodyIsEvictedWhileSlotsAreFree) {
  for (int i = 0; i < 7; ++i) take(kStranger);
  EXPECT_TRUE(slots.make_room(kStart + 1h));
  EXPECT_EQ(evicted, 0);
}

TEST_F(HandshakeSlotsTest, AStormIsWaitedFor) {
  fill(kStranger);
  EXPECT_FALSE(slots.make_room(kStart + 1s));
  EXPECT_FALSE(slots.can_make_room(kStart + 1s));
  EXPECT_EQ(slots.held(), 8U);
}

TEST_F(HandshakeSlotsTest, AStalledHandshakeOfTheGreatestShareMakesRoom) {
  const auto honest = take(kOther);
  fill(kStranger);
  EXPECT_TRUE(slots.can_make_room(kStart + 2s));
  EXPECT_TRUE(slots.make_room(kStart + 2s));
  EXPECT_EQ(evicted, 1);
  EXPECT_EQ(slots.held(), 7U);
  EXPECT_TRUE(slots.give(honest)) << "the honest one, as old, is still there";
}

TEST_F(HandshakeSlotsTest, AShareThatWasCaughtIsNotWaitedForAgainUntilItIsForgotten) {
  fill(kStranger);
  ASSERT_TRUE(slots.make_room(kStart + 2s));
  std::vector<HandshakeSlots::Id> now;
  for (int i = 0; i < 20; ++i) {
    now.push_back(take(kStranger, kStart + 2s));
    EXPECT_TRUE(slots.make_room(kStart + 2s)) << "each of its newcomers pushes out one of its own";
  }
  for (const auto id : now) slots.give(id);
  fill(kStranger, kStart + 70s);
  EXPECT_FALSE(slots.make_room(kStart + 71s)) << "it is forgotten after a minute";
}

TEST_F(HandshakeSlotsTest, FourSharesThatHoldEverythingKeepNobodyOut) {
  for (const auto* each : {"198.51.100.1", "198.51.100.2", "2001:db8:1::", "2001:db8:2::"}) {
    take(boost::asio::ip::make_address(each));
    take(boost::asio::ip::make_address(each));
  }
  EXPECT_FALSE(slots.make_room(kStart + 1s)) << "they may still be honest";
  EXPECT_TRUE(slots.make_room(kStart + 2s));
  const auto honest = take(kOther, kStart + 2s);
  for (int i = 0; i < 20; ++i) {
    take(boost::asio::ip::make_address("198.51.100.1"), kStart + 2s);
    EXPECT_TRUE(slots.make_room(kStart + 2s + 1ms)) << i;
  }
  EXPECT_TRUE(slots.give(honest)) << "who holds little is never the one to go";
}

TEST_F(HandshakeSlotsTest, ManyAddressesWithASlotEachLoseTheOldest) {
  std::vector<HandshakeSlots::Id> all;
  for (int i = 0; i < 8; ++i) all.push_back(take(boost::asio::ip::make_address("198.51.100." + std::to_string(i)), kStart + i * 100ms));
  EXPECT_FALSE(slots.make_room(kStart + 1s));
  EXPECT_TRUE(slots.make_room(kStart + 2s));
  EXPECT_FALSE(slots.give(all[0]));
  EXPECT_TRUE(slots.give(all[1]));
}

TEST_F(HandshakeSlotsTest, OneSlowHandshakeIsNotHeldAgainstItsAddress) {
  HandshakeSlots many(64);
  many.take(kOther, kStart, [this] { ++evicted; });
  for (int i = 0; i < 63; ++i) many.take(boost::asio::ip::make_address("198.51.100." + std::to_string(i)), kStart + 1s, [] {});
  ASSERT_TRUE(many.make_room(kStart + 2s));
  EXPECT_EQ(evicted, 1);
  many.take(kOther, kStart + 2s, [this] { ++evicted; });
  EXPECT_FALSE(many.make_room(kStart + 2500ms)) << "the newcomer has its time";
}

TEST_F(HandshakeSlotsTest, WhatWasEvictedCannotBeGivenBackAgain) {
  const auto first = take(kStranger);
  fill(kStranger);
  ASSERT_TRUE(slots.make_room(kStart + 2s));
  EXPECT_FALSE(slots.give(first));
  EXPECT_EQ(slots.held(), 7U);
}

}  // namespace
}  // namespace daikan::net::detail
