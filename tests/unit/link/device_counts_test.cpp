#include "link/device_counts.h"

#include <gtest/gtest.h>

#include "base/limits_devices.h"

namespace daikan::link {
namespace {

using hierarchy::DeviceStatus;

TEST(DeviceCountsPayload, ComesBackAndBrokenOnesAreRefused) {
  hierarchy::DeviceCounts counts;
  counts.of = {40, 3, 2, limits::kMaxToldDevices};
  counts.told_at = from_micros(1'700'000'000'000'000);
  EXPECT_EQ(decode_device_counts(encode(counts)), counts);
  EXPECT_EQ(decode_device_counts(encode({})), hierarchy::DeviceCounts());
  EXPECT_FALSE(decode_device_counts("nonsense"));
  ++counts.at(DeviceStatus::unknown);
  EXPECT_EQ(decode_device_counts(encode(counts)).error().code, Code::protocol_error);
}

TEST(DeviceCountsPayload, ATimeOutOfBoundsIsRefused) {
  EXPECT_FALSE(decode_device_counts("\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));  // -1
  EXPECT_FALSE(decode_device_counts("\x28\xff\xff\xff\xff\xff\xff\xff\xff\x7f"));      // the last of 64 bits
}

}  // namespace
}  // namespace daikan::link
