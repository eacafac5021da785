// The register of devices: told by somebody's inventory or monitoring, listed, counted, removed.
//
// Each function is one unit of work with its rights; it holds nothing between calls. What is told above of them: server/device_roll_up.
// Invariant: an import is taken as a whole or not at all, and leaves one audit record.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hierarchy/device.h"
#include "server/history.h"

namespace daikan::server {

struct DeviceView {
  hierarchy::Device device;
  std::string group_path;
};

struct DeviceQuery {
  std::optional<std::string> group;  ///< Path: those in it and below it; nothing: in every group the actor may read.
  std::optional<hierarchy::DeviceStatus> status;
  std::string begins;  ///< The name begins so.
  std::string name;    ///< Exactly this one; empty: any.
  std::string after;   ///< store::device_key of the last one of the page before.
  unsigned limit = 100;
};
/// By name. Fails with group_not_found, permission_denied for a group of which the actor may read nothing.
awaitable<Result<std::vector<DeviceView>>> list_devices(Storage& storage, const Actor& actor, DeviceQuery query);

/// How many there are of each status in this group (a path) and below it, or in every group the actor may read. Errors as list_devices().
awaitable<Result<hierarchy::DeviceCounts>> count_devices(Storage& storage, const Actor& actor, std::optional<std::string> group);

struct DeviceImport {
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t unchanged = 0;  ///< Told again as they were: only the time is new.
};
/// Makes or changes each device by its name. Needs edit_groups on the groups of all of them, before and after. Errors, on the field of the
/// row (hierarchy::row_field): hierarchy/device.h check_rows(), group_not_found, permission_denied, too_large (limits::kMaxDevices);
/// nothing is changed then.
awaitable<Result<DeviceImport>> import_devices(Storage& storage, History& history, const Actor& actor,
                                               std::vector<hierarchy::DeviceRow> rows);

/// Fails with not_found, and with permission_denied without edit_groups on its group.
awaitable<Result<>> remove_device(Storage& storage, History& history, const Actor& actor, hierarchy::DeviceId id);

}  // namespace daikan::server
