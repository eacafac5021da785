#include "hierarchy/device.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/limits_devices.h"

namespace daikan::hierarchy {
namespace {

DeviceRow row(std::string name, std::string reason = {}) { return {std::move(name), std::nullopt, DeviceStatus::ok, std::move(reason)}; }

void expect_refused(const std::vector<DeviceRow>& rows, std::string_view field) {
  const auto checked = check_rows(rows);
  ASSERT_FALSE(checked) << field;
  EXPECT_EQ(checked.error().code, Code::invalid_request);
  EXPECT_EQ(checked.error().field, field) << checked.error().text();
  EXPECT_FALSE(checked.error().remedy.empty());
}

TEST(Devices, EveryStatusHasAName) {
  for (const auto status : kDeviceStatuses) EXPECT_EQ(device_status_from_string(to_string(status)), status);
  EXPECT_FALSE(device_status_from_string("fine"));
  EXPECT_FALSE(device_status_from_string(""));
}

TEST(Devices, RowsThatCanBePass) {
  EXPECT_TRUE(check_rows({}));
  EXPECT_TRUE(check_rows(std::vector{row("till-1"), row("Kasse Ä", "disk 91 % full"), row(std::string(limits::kMaxNameBytes, 'x'))}));
  EXPECT_TRUE(check_rows(std::vector{row("a", std::string(limits::kMaxDeviceReasonBytes, 'x'))}));
}

TEST(Devices, ARowThatCannotBeIsNamedWithItsField) {
  expect_refused({row("a"), row("")}, "devices[1].name");
  expect_refused({row("a/b")}, "devices[0].name");
  expect_refused({row("a"), row(" b")}, "devices[1].name");
  expect_refused({row(std::string(limits::kMaxNameBytes + 1, 'x'))}, "devices[0].name");
  expect_refused({row("a"), row("b"), row("A")}, "devices[2].name");
  expect_refused({row("a", std::string(limits::kMaxDeviceReasonBytes + 1, 'x'))}, "devices[0].reason");
  expect_refused({row("a", "two\nlines")}, "devices[0].reason");
  expect_refused({row("a", "\xff")}, "devices[0].reason");
}

TEST(Devices, MoreRowsThanOneRequestTakesAreTooMany) {
  std::vector<DeviceRow> rows;
  for (std::size_t i = 0; i < limits::kMaxDevicesAtOnce; ++i) rows.push_back(row(std::to_string(i)));
  EXPECT_TRUE(check_rows(rows));
  rows.push_back(row("one more"));
  EXPECT_EQ(check_rows(rows).error().code, Code::too_large);
}

TEST(Devices, CountsAreAddedAndTheLaterTimeStays) {
  DeviceCounts sum;
  EXPECT_EQ(sum.total(), 0U);
  DeviceCounts one;
  one.at(DeviceStatus::critical) = 2;
  one.told_at = from_micros(7);
  DeviceCounts other;
  other.at(DeviceStatus::ok) = 3;
  sum += one;
  sum += other;
  EXPECT_EQ(sum.of, (std::array<std::uint64_t, 4>{3, 0, 2, 0}));
  EXPECT_EQ(sum.total(), 5U);
  EXPECT_EQ(sum.told_at, from_micros(7));
}

}  // namespace
}  // namespace daikan::hierarchy
