// The register of devices on both engines: rows, pages and counts that agree.
#include "store/tables_devices.h"

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using hierarchy::Device;
using hierarchy::DeviceId;
using hierarchy::DeviceStatus;
using store::DeviceChange;
using store::DeviceFilter;
using store::Transaction;

DAIKAN_ON_BOTH(DeviceTables);

/// Root > Shops > North, and Offices beside Shops.
struct Groups {
  hierarchy::Group root = root_group();
  hierarchy::Group shops{GroupId::make(at(1)), root.id, "Shops"};
  hierarchy::Group north{GroupId::make(at(2)), shops.id, "North"};
  hierarchy::Group offices{GroupId::make(at(3)), root.id, "Offices"};

  explicit Groups(store::Database& database) {
    in_write(database, [&](Transaction& t) {
      for (const auto& group : {root, shops, north, offices}) store::insert_group(t, group);
      return 0;
    });
  }
};

Device device(const std::string& name, const GroupId& group, DeviceStatus status = DeviceStatus::ok, std::int64_t second = 5) {
  return {DeviceId::make(at(second)), name, group, status, "disk 91 % füll", at(second)};
}

int put(store::Database& database, const std::vector<DeviceChange>& changes) {
  return in_write(database, [&](Transaction& t) { return store::put_devices(t, changes), 0; });
}

int add(store::Database& database, const std::vector<Device>& devices) {
  std::vector<DeviceChange> changes;
  for (const auto& each : devices) changes.push_back({std::nullopt, each});
  return put(database, changes);
}

std::vector<std::string> names(store::Database& database, const DeviceFilter& filter) {
  std::vector<std::string> found;
  for (const auto& each : in_read(database, [&](Transaction& t) { return store::list_devices(t, filter); })) found.push_back(each.name);
  return found;
}

using Names = std::vector<std::string>;

TEST_P(DeviceTables, ADeviceComesBackWithEveryFieldByIdAndByNameInEitherCase) {
  const Groups groups(database());
  const auto till = device("Till-Ä 7", groups.north.id, DeviceStatus::critical);
  add(database(), {till});
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::find_device(t, till.id); }), till);
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::find_device_named(t, "tILL-Ä 7"); }), till);
  EXPECT_FALSE(in_read(database(), [&](Transaction& t) { return store::find_device_named(t, "till-ä 7"); }));
  EXPECT_FALSE(in_read(database(), [&](Transaction& t) { return store::find_device(t, DeviceId::make(at(9))); }));
}

TEST_P(DeviceTables, ANameIsThereOnceInEitherCase) {
  const Groups groups(database());
  add(database(), {device("till", groups.root.id)});
  EXPECT_THROW(add(database(), {device("TILL", groups.shops.id)}), std::runtime_error);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::device_counts(t).total(); }), 1U);
}

TEST_P(DeviceTables, CountsFollowEveryChangeByGroupAndForTheServer) {
  const Groups groups(database());
  const auto counts = [&] { return in_read(database(), [](Transaction& t) { return store::device_counts(t); }); };
  const auto of = [&](const GroupId& id) {
    return in_read(database(), [&](Transaction& t) { return store::device_counts_by_group(t)[id]; });
  };
  EXPECT_EQ(counts(), hierarchy::DeviceCounts());
  const auto a = device("a", groups.north.id, DeviceStatus::ok, 5);
  const auto b = device("b", groups.shops.id, DeviceStatus::critical, 7);
  add(database(), {a, b});
  EXPECT_EQ(counts().of, (std::array<std::uint64_t, 4>{1, 0, 1, 0}));
  EXPECT_EQ(counts().told_at, at(7));
  EXPECT_EQ(of(groups.north.id).of, (std::array<std::uint64_t, 4>{1, 0, 0, 0}));
  auto moved = a;
  moved.group = groups.offices.id;
  moved.status = DeviceStatus::unknown;
  moved.told_at = at(6);
  put(database(), {{a, moved}});
  EXPECT_EQ(counts().of, (std::array<std::uint64_t, 4>{0, 0, 1, 1}));
  EXPECT_EQ(counts().told_at, at(7));  // the latest of all
  EXPECT_EQ(of(groups.north.id).total(), 0U);
  EXPECT_EQ(of(groups.offices.id).of, (std::array<std::uint64_t, 4>{0, 0, 0, 1}));
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::find_device(t, a.id); }), moved);
  in_write(database(), [&](Transaction& t) { return store::remove_device(t, moved), store::remove_device(t, moved), 0; });
  EXPECT_EQ(counts().of, (std::array<std::uint64_t, 4>{0, 0, 1, 0}));
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::device_counts_by_group(t).size(); }), 1U);
}

TEST_P(DeviceTables, ToldAgainOnlyTheTimeChanges) {
  const Groups groups(database());
  const auto a = device("a", groups.north.id);
  add(database(), {a});
  auto again = a;
  again.told_at = at(60);
  put(database(), {{a, again}});
  EXPECT_EQ(in_read(database(), [&](Transaction& t) { return store::find_device(t, a.id); }), again);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::device_counts(t); }).told_at, at(60));
}

TEST_P(DeviceTables, PagesGoOnBehindAKeyAndHoldEveryNameOnce) {
  const Groups groups(database());
  std::vector<Device> devices;
  for (int i = 0; i < 25; ++i) devices.push_back(device((i % 2 == 0 ? "Till " : "till ") + std::to_string(i), groups.north.id));
  devices.push_back(device("ärger", groups.root.id));
  devices.push_back(device("till", groups.root.id));
  add(database(), devices);
  Names all;
  DeviceFilter filter{.limit = 4};
  for (;;) {
    const auto page = names(database(), filter);
    all.insert(all.end(), page.begin(), page.end());
    if (page.size() < filter.limit) break;
    filter.after = store::device_key(page.back());
  }
  ASSERT_EQ(all.size(), devices.size());
  EXPECT_EQ(all.front(), "till");
  EXPECT_EQ(all[1], "Till 0");
  EXPECT_EQ(all[2], "till 1");
  EXPECT_EQ(all[3], "Till 10");
  EXPECT_EQ(all.back(), "ärger");
}

TEST_P(DeviceTables, AFilterAsksForTheSubtreeTheStatusAndHowANameBegins) {
  const Groups groups(database());
  add(database(), {device("shop pc", groups.shops.id, DeviceStatus::warning), device("till 1", groups.north.id),
                   device("Till 2", groups.north.id, DeviceStatus::critical), device("till 3", groups.offices.id, DeviceStatus::critical),
                   device("root pc", groups.root.id)});
  const auto critical = DeviceStatus::critical;
  EXPECT_EQ(names(database(), {}), (Names{"root pc", "shop pc", "till 1", "Till 2", "till 3"}));
  EXPECT_EQ(names(database(), {.below = groups.root.id}), (Names{"root pc", "shop pc", "till 1", "Till 2", "till 3"}));
  EXPECT_EQ(names(database(), {.below = groups.shops.id}), (Names{"shop pc", "till 1", "Till 2"}));
  EXPECT_EQ(names(database(), {.below = groups.north.id}), (Names{"till 1", "Till 2"}));
  EXPECT_EQ(names(database(), {.status = critical}), (Names{"Till 2", "till 3"}));
  EXPECT_EQ(names(database(), {.below = groups.shops.id, .status = critical}), (Names{"Till 2"}));
  EXPECT_EQ(names(database(), {.begins = "TILL"}), (Names{"till 1", "Till 2", "till 3"}));
  EXPECT_EQ(names(database(), {.begins = "till", .after = store::device_key("till 1"), .limit = 1}), (Names{"Till 2"}));
  EXPECT_EQ(names(database(), {.begins = "till", .after = store::device_key("a")}), (Names{"till 1", "Till 2", "till 3"}));
  EXPECT_EQ(names(database(), {.begins = "till", .after = store::device_key("zebra")}), Names{});
  EXPECT_EQ(names(database(), {.begins = "x"}), Names{});
}

TEST_P(DeviceTables, ASmallGroupAmongManyDevicesGivesTheSamePages) {
  const Groups groups(database());
  std::vector<Device> devices = {device("z 1", groups.north.id), device("b 1", groups.north.id, DeviceStatus::warning),
                                 device("n 1", groups.shops.id, DeviceStatus::warning)};
  for (int i = 0; i < 400; ++i) devices.push_back(device("pc " + std::to_string(i), groups.offices.id));
  add(database(), devices);
  EXPECT_EQ(names(database(), {.below = groups.shops.id}), (Names{"b 1", "n 1", "z 1"}));
  EXPECT_EQ(names(database(), {.below = groups.shops.id, .status = DeviceStatus::warning}), (Names{"b 1", "n 1"}));
  EXPECT_EQ(names(database(), {.below = groups.shops.id, .after = store::device_key("b 1"), .limit = 1}), (Names{"n 1"}));
}

TEST_P(DeviceTables, AGroupThatHoldsDevicesIsKeptByTheDatabaseToo) {
  const Groups groups(database());
  add(database(), {device("a", groups.offices.id)});
  EXPECT_THROW(in_write(database(), [&](Transaction& t) { return store::remove_group(t, groups.offices.id), 0; }), std::runtime_error);
}

}  // namespace
}  // namespace daikan::contract
