#include "server/devices.h"

#include <gmock/gmock.h>

#include "server/access.h"
#include "store/tables_devices.h"
#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::DeviceRow;
using hierarchy::DeviceStatus;
using hierarchy::Rights;
using test::olga;
using test::Site;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct DevicesTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};

  Result<DeviceImport> import(std::vector<DeviceRow> rows, const Actor& actor = olga()) {
    return loop.run(import_devices(*hq.storage, *hq.history, actor, std::move(rows)));
  }
  std::vector<std::string> names(DeviceQuery query = {}, const Actor& actor = olga()) {
    std::vector<std::string> found;
    const auto views = loop.run(list_devices(*hq.storage, actor, std::move(query)));
    if (!views) return {views.error().message};
    for (const auto& view : *views) found.push_back(view.device.name + " in " + view.group_path);
    return found;
  }
  std::array<std::uint64_t, 4> counts(std::optional<std::string> group = {}, const Actor& actor = olga()) {
    return loop.run(count_devices(*hq.storage, actor, std::move(group)))->of;
  }
  GroupId group(const std::string& path) { return loop.run(hq.groups->add(olga(), path))->group.id; }
};

DeviceRow row(std::string name, DeviceStatus status = DeviceStatus::ok, std::optional<std::string> group = {}) {
  return {std::move(name), std::move(group), status, {}};
}

/// Somebody with these rights on these groups alone.
Actor on(std::vector<std::pair<GroupId, Rights>> given) {
  Actor actor = olga();
  actor.name = "ivo";
  actor.permissions = {};
  for (const auto& [id, rights] : given) actor.permissions.give(rights, id);
  return actor;
}

TEST_F(DevicesTest, AnImportMakesChangesAndKeepsAndIsOneRecordAndOneEvent) {
  group("Shops");
  auto told = import({row("till-1"), row("till-2", DeviceStatus::warning, "Shops")});
  ASSERT_TRUE(told) << told.error().text();
  EXPECT_EQ(told->added, 2U);
  told = import({row("TILL-1", DeviceStatus::critical, "Managed devices/Shops"), row("till-2", DeviceStatus::warning), row("till-3")});
  ASSERT_TRUE(told) << told.error().text();
  EXPECT_EQ(told->added, 1U);
  EXPECT_EQ(told->changed, 1U);
  EXPECT_EQ(told->unchanged, 1U);
  EXPECT_THAT(names(), ElementsAre("TILL-1 in Managed devices/Shops", "till-2 in Managed devices/Shops", "till-3 in Managed devices"));
  EXPECT_EQ(counts(), (std::array<std::uint64_t, 4>{1, 1, 1, 0}));
  EXPECT_EQ(counts("Shops"), (std::array<std::uint64_t, 4>{0, 1, 1, 0}));
  EXPECT_THAT(hq.event_kinds(), ElementsAre("group_added", "devices_told", "devices_told"));
  EXPECT_THAT(hq.audit(), ElementsAre("group.add done", "device.import done", "device.import done"));
}

TEST_F(DevicesTest, ToldAgainAsTheyWereTheyHaveTheNewTimeAndNoEvent) {
  ASSERT_TRUE(import({row("a")}));
  const auto first = loop.run(count_devices(*hq.storage, olga(), {}))->told_at;
  const auto told = import({row("a")});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->unchanged, 1U);
  EXPECT_GT(loop.run(count_devices(*hq.storage, olga(), {}))->told_at, first);
  EXPECT_GT(loop.run(list_devices(*hq.storage, olga(), {}))->front().device.told_at, *first);
  EXPECT_THAT(hq.event_kinds(), ElementsAre("devices_told"));
}

TEST_F(DevicesTest, ABadRowRefusesAllAndIsNamed) {
  const auto bad = import({row("a"), row("b", DeviceStatus::ok, "Nowhere")});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Code::group_not_found);
  EXPECT_EQ(bad.error().field, "devices[1].group");
  EXPECT_THAT(bad.error().message, HasSubstr("“b”"));
  EXPECT_EQ(import({row("a"), row("x/y")}).error().field, "devices[1].name");
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_THAT(hq.audit(), IsEmpty());
}

TEST_F(DevicesTest, WhoEditsOneGroupTellsTheDevicesOfThatOneOnly) {
  const auto mine = group("Mine");
  group("Theirs");
  ASSERT_TRUE(import({row("theirs", DeviceStatus::ok, "Theirs"), row("mine", DeviceStatus::critical, "Mine")}));
  const auto ivo = on({{mine, {Right::read, Right::edit_groups}}});
  for (const auto& rows : {std::vector{row("new")}, std::vector{row("mine"), row("theirs")},
                           std::vector{row("theirs", DeviceStatus::ok, "Mine")}, std::vector{row("mine", DeviceStatus::ok, "Theirs")}}) {
    const auto refused = import(rows, ivo);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::permission_denied);
    EXPECT_THAT(refused.error().field, HasSubstr(".group"));
  }
  EXPECT_TRUE(import({row("mine"), row("also mine", DeviceStatus::unknown, "Mine")}, ivo));
  EXPECT_THAT(names({}, ivo), ElementsAre("also mine in Managed devices/Mine", "mine in Managed devices/Mine"));
  EXPECT_THAT(names({.name = "theirs"}, ivo), IsEmpty());
  EXPECT_EQ(counts({}, ivo), (std::array<std::uint64_t, 4>{1, 0, 0, 1}));
  EXPECT_THAT(names({.group = "Theirs"}, ivo).at(0), HasSubstr("needed on the group"));
  const auto theirs = loop.run(list_devices(*hq.storage, olga(), {.name = "theirs"}))->front().device.id;
  EXPECT_EQ(loop.run(remove_device(*hq.storage, *hq.history, ivo, theirs)).error().code, Code::permission_denied);
}

TEST_F(DevicesTest, PagesOfSeveralGroupsAreOneListByName) {
  const auto a = group("A");
  const auto b = group("B");
  const auto below = group("B/Below");
  ASSERT_TRUE(import({row("1", DeviceStatus::ok, "A"), row("2", DeviceStatus::ok, "B/Below"), row("3", DeviceStatus::ok, "A"),
                      row("4", DeviceStatus::ok, "B"), row("5")}));
  const auto ivo = on({{a, {Right::read}}, {b, {Right::read}}, {below, {Right::read}}});
  EXPECT_THAT(names({}, ivo),
              ElementsAre("1 in Managed devices/A", "2 in Managed devices/B/Below", "3 in Managed devices/A", "4 in Managed devices/B"));
  EXPECT_THAT(names({.after = store::device_key("1"), .limit = 2}, ivo),
              ElementsAre("2 in Managed devices/B/Below", "3 in Managed devices/A"));
  EXPECT_EQ(counts({}, ivo), (std::array<std::uint64_t, 4>{4, 0, 0, 0}));
}

TEST_F(DevicesTest, AGroupThatHoldsDevicesIsRefusedByCountingThem) {
  const auto shops = group("Shops");
  ASSERT_TRUE(import({row("a", DeviceStatus::ok, "Shops"), row("b", DeviceStatus::ok, "Shops")}));
  const auto refused = loop.run(hq.groups->remove(olga(), shops));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::group_not_empty);
  EXPECT_THAT(refused.error().message, HasSubstr("2 device(s)"));
}

TEST_F(DevicesTest, ARemovedDeviceIsGoneOnceAndRecorded) {
  ASSERT_TRUE(import({row("a"), row("b")}));
  const auto id = loop.run(list_devices(*hq.storage, olga(), {.name = "A"}))->front().device.id;
  EXPECT_TRUE(loop.run(remove_device(*hq.storage, *hq.history, olga(), id)));
  EXPECT_EQ(loop.run(remove_device(*hq.storage, *hq.history, olga(), id)).error().code, Code::not_found);
  EXPECT_THAT(names(), ElementsAre("b in Managed devices"));
  EXPECT_THAT(hq.event_kinds(), ElementsAre("devices_told", "device_removed"));
  EXPECT_THAT(hq.audit(), ElementsAre("device.import done", "device.remove done"));
}

}  // namespace
}  // namespace daikan::server
