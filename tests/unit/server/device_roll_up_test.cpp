#include "server/device_roll_up.h"

#include <gmock/gmock.h>

#include "base/limits_devices.h"
#include "link/device_counts.h"
#include "server/devices.h"
#include "store/tables_feed.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::DeviceRow;
using hierarchy::DeviceStatus;
using hierarchy::FeedKind;
using test::olga;
using test::Site;

struct DeviceRollUpTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
  net::TaskGroup tasks{loop.executor()};

  DeviceRollUpTest() {
    hq.write([](store::Transaction& transaction) { store::begin_feed(transaction, now()); });
    tasks.spawn(roll_up_devices(*hq.storage, *hq.history));
  }
  ~DeviceRollUpTest() override {
    tasks.cancel();
    loop.run(tasks.join());
  }

  void tell(int number, DeviceStatus status) {
    ASSERT_TRUE(loop.run(import_devices(*hq.storage, *hq.history, olga(), {DeviceRow{std::to_string(number), std::nullopt, status, {}}})));
  }
  /// Of every record of devices in the feed, oldest first.
  std::vector<std::array<std::uint64_t, 4>> told() {
    return hq.read<std::vector<std::array<std::uint64_t, 4>>>([](store::Transaction& transaction) {
      std::vector<std::array<std::uint64_t, 4>> found;
      for (const auto& entry : store::feed_page(transaction, 0, 1000, 1'000'000)) {
        if (entry.record.kind == FeedKind::devices) found.push_back(link::decode_device_counts(entry.record.payload)->of);
      }
      return found;
    });
  }
  std::array<std::uint64_t, 4> last() {
    const auto all = told();
    return all.empty() ? std::array<std::uint64_t, 4>{9, 9, 9, 9} : all.back();
  }
};

TEST_F(DeviceRollUpTest, AServerWithoutDevicesSaysSoOnce) {
  EXPECT_TRUE(loop.run_until([&] { return !told().empty(); }));
  EXPECT_THAT(told(), testing::ElementsAre(std::array<std::uint64_t, 4>{0, 0, 0, 0}));
}

TEST_F(DeviceRollUpTest, ManyImportsAreToldTogetherAndAlwaysTheLast) {
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 30; ++i) tell(i, DeviceStatus::ok);
  tell(7, DeviceStatus::critical);
  EXPECT_TRUE(loop.run_until([&] { return last() == std::array<std::uint64_t, 4>{29, 0, 1, 0}; }));
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_LE(told().size(), 2 + static_cast<std::size_t>(took / limits::kDeviceCountsEvery));
}

TEST_F(DeviceRollUpTest, WhatWasToldAlreadyIsNotToldAgain) {
  tell(1, DeviceStatus::warning);
  ASSERT_TRUE(loop.run_until([&] { return last() == std::array<std::uint64_t, 4>{0, 1, 0, 0}; }));
  const auto before = told().size();
  ASSERT_TRUE(loop.run(hq.groups->add(olga(), "Shops")));  // news, but not of devices
  tell(2, DeviceStatus::ok);
  ASSERT_TRUE(loop.run_until([&] { return last() == std::array<std::uint64_t, 4>{1, 1, 0, 0}; }));
  EXPECT_EQ(told().size(), before + 1);
}

}  // namespace
}  // namespace daikan::server
