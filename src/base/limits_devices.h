// The bounds of the register of devices, with unit and reason: a part of limits.h that only those include who need them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace daikan::limits {

inline constexpr std::uint64_t kMaxDevices = 1'000'000;                // of one server: what lists and counts are measured with
inline constexpr std::size_t kMaxDevicesAtOnce = 1000;                 // told in one request: one transaction of some ten milliseconds
inline constexpr std::size_t kMaxDeviceReasonBytes = 256;              // a sentence
inline constexpr std::size_t kMaxDeviceFileBytes = 256 * 1024 * 1024;  // a million lines of a command line's import, and room
inline constexpr std::size_t kMaxDeviceRequestBytes = 768 * 1024;      // a part of an import: below kMaxJsonBytes with all escapes
inline constexpr std::uint64_t kMaxToldDevices = 1'000'000'000'000;  // what a server below may say it has of a status: sums do not overflow
inline constexpr auto kDeviceCountsEvery = std::chrono::milliseconds(1000);  // told above at most so often while an import runs
inline constexpr auto kDeviceCountsIdle = std::chrono::hours(1);             // looked at without any news: costs nothing, mends a miss

}  // namespace daikan::limits
