// The register of devices as rows, and their counts by group and status. Functions on a Transaction, like tables.h.
//
// Knows neither rights nor what may be told (hierarchy/device.h). Invariant: the counts are those of the rows, because both are changed
// here and in one transaction.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hierarchy/device.h"
#include "store/database.h"

namespace daikan::store {

/// The place of a name among all names: pages go on behind it. The order is that of the bytes of the name in lower case.
std::string device_key(std::string_view name);

std::optional<hierarchy::Device> find_device(Transaction&, const hierarchy::DeviceId&);
/// In either ASCII case.
std::optional<hierarchy::Device> find_device_named(Transaction&, std::string_view name);

struct DeviceChange {
  std::optional<hierarchy::Device> before;  ///< Nothing: a new one.
  hierarchy::Device after;                  ///< The same id.
};
/// Writes rows and counts. A name that is taken throws StorageFailure.
void put_devices(Transaction&, std::span<const DeviceChange> changes);
void remove_device(Transaction&, const hierarchy::Device& device);

struct DeviceFilter {
  std::optional<GroupId> below;  ///< In this group or one below it; nothing: anywhere.
  std::optional<hierarchy::DeviceStatus> status;
  std::string begins;  ///< The name begins so, in either ASCII case.
  std::string after;   ///< A device_key: those behind it.
  unsigned limit = 100;
};
/// By device_key.
std::vector<hierarchy::Device> list_devices(Transaction&, const DeviceFilter& filter);

/// Of each group that holds devices itself; told_at is not known by group.
std::map<GroupId, hierarchy::DeviceCounts> device_counts_by_group(Transaction&);
/// Of the whole server.
hierarchy::DeviceCounts device_counts(Transaction&);

}  // namespace daikan::store
