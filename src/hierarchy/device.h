// The devices of a server: their names, groups and states as somebody told them, and how many there are of each.
//
// Daikan has no agent of its own: an inventory or a monitoring system of the administrator tells what is here. Values and rules only.
// `server/devices` takes and lists them, `store/tables_devices` keeps them, the feed tells the counts above. Invariant: a row that
// check_rows let pass can be stored, and its name is the device's on this server, in either ASCII case.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace daikan::hierarchy {

using DeviceId = Id<struct DeviceTag>;

/// Stable names; the order is that of columns. unknown: whoever tells does not know either.
enum class DeviceStatus : std::uint8_t { ok, warning, critical, unknown };
inline constexpr std::array kDeviceStatuses = {DeviceStatus::ok, DeviceStatus::warning, DeviceStatus::critical, DeviceStatus::unknown};
std::string_view to_string(DeviceStatus);
std::optional<DeviceStatus> device_status_from_string(std::string_view);

struct Device {
  DeviceId id;
  std::string name;  ///< Unique on its server without regard to ASCII case.
  GroupId group;
  DeviceStatus status = DeviceStatus::unknown;
  std::string reason;  ///< Why it is so; may be empty.
  TimePoint told_at;   ///< When it was told last, by this server's clock.
  friend bool operator==(const Device&, const Device&) = default;
};

/// What somebody tells of one device.
struct DeviceRow {
  std::string name;
  std::optional<std::string> group;  ///< Path. Nothing: it stays where it is; a new one comes into the root group.
  DeviceStatus status = DeviceStatus::unknown;
  std::string reason;
};

/// "devices[3].name": where an error in the row of this number (from 0) is.
std::string row_field(std::size_t row, std::string_view field);

/// Fails with invalid_request on the field of the first row that cannot be: its name (names.h check_name()), a name twice, a reason that is
/// longer than limits::kMaxDeviceReasonBytes or holds control characters; too_large for more than limits::kMaxDevicesAtOnce rows.
Result<> check_rows(std::span<const DeviceRow> rows);

/// How many devices there are of each status.
struct DeviceCounts {
  std::array<std::uint64_t, kDeviceStatuses.size()> of = {};
  std::optional<TimePoint> told_at;  ///< When any of them was told last; nothing: nobody told any yet.

  std::uint64_t total() const;
  std::uint64_t& at(DeviceStatus status) { return of.at(static_cast<std::size_t>(status)); }
  std::uint64_t at(DeviceStatus status) const { return of.at(static_cast<std::size_t>(status)); }
  /// Adds the numbers; told_at becomes the later one.
  DeviceCounts& operator+=(const DeviceCounts& other);
  friend bool operator==(const DeviceCounts&, const DeviceCounts&) = default;
};

}  // namespace daikan::hierarchy
