#include "store/tables_devices.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "hierarchy/names.h"
#include "store/detail/columns.h"

namespace daikan::store {
namespace {

using namespace detail;
using hierarchy::Device;
using hierarchy::DeviceCounts;
using hierarchy::DeviceId;
using hierarchy::DeviceStatus;

#define DAIKAN_DEVICE_COLUMNS "id, name, group_id, status, reason, told_at"

/// Behind every key: keys are hexadecimal.
constexpr char kBehindKeys = 'g';
/// A group with fewer than this part of all devices is read by its own index and sorted; a larger one is met soon on the way by name.
constexpr std::uint64_t kSmallPart = 64;

Device read_device(const Row& row) {
  Device device;
  device.id = read_id<DeviceId>(row, 0);
  device.name = row.text(1);
  device.group = read_id<GroupId>(row, 2);
  device.status = require(hierarchy::device_status_from_string(row.text(3)), "a device's status");
  device.reason = row.text(4);
  device.told_at = read_time(row, 5);
  return device;
}

std::optional<Device> read_one(const std::vector<Row>& rows) {
  if (rows.empty()) return std::nullopt;
  return read_device(rows[0]);
}

using Place = std::pair<std::string, DeviceStatus>;  ///< Group id, or "" for the server.

void count(std::map<Place, std::int64_t>& changes, const Device& device, std::int64_t by) {
  changes[{device.group.str(), device.status}] += by;
  changes[{std::string(), device.status}] += by;
}

void write_counts(Transaction& transaction, const std::map<Place, std::int64_t>& changes) {
  for (const auto& [place, by] : changes) {
    if (by == 0) continue;
    const Value status = to_value(to_string(place.second));
    const auto there = transaction.execute("UPDATE device_counts SET devices = devices + $1 WHERE group_id = $2 AND status = $3",
                                           {by, place.first, status});
    if (there == 0) {
      transaction.execute("INSERT INTO device_counts (group_id, status, devices) VALUES ($1, $2, $3)", {place.first, status, by});
    } else if (by < 0) {
      transaction.execute("DELETE FROM device_counts WHERE group_id = $1 AND status = $2 AND devices = 0", {place.first, status});
    }
  }
}

void write_device(Transaction& transaction, const DeviceChange& change) {
  const auto& after = change.after;
  if (!change.before) {
    transaction.execute("INSERT INTO devices (" DAIKAN_DEVICE_COLUMNS ", name_key) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        {to_value(after.id), after.name, to_value(after.group), to_value(to_string(after.status)), after.reason,
                         to_value(after.told_at), device_key(after.name)});
    return;
  }
  auto told_again = *change.before;
  told_again.told_at = after.told_at;
  if (told_again == after) {  // the usual case: nothing but the time is written
    transaction.execute("UPDATE devices SET told_at = $1 WHERE id = $2", {to_value(after.told_at), to_value(after.id)});
    return;
  }
  transaction.execute("UPDATE devices SET name = $1, group_id = $2, status = $3, reason = $4, told_at = $5, name_key = $6 WHERE id = $7",
                      {after.name, to_value(after.group), to_value(to_string(after.status)), after.reason, to_value(after.told_at),
                       device_key(after.name), to_value(after.id)});
}

std::uint64_t devices_below(Transaction& transaction, const GroupId& group) {
  const auto rows = transaction.query(
      "WITH RECURSIVE below (id) AS (SELECT id FROM admin_groups WHERE id = $1 UNION ALL "
      "SELECT each.id FROM admin_groups each JOIN below ON each.parent = below.id) "
      "SELECT CAST(sum(devices) AS BIGINT) FROM device_counts WHERE group_id IN (SELECT id FROM below)",
      {to_value(group)});
  return rows.empty() || rows[0].is_null(0) ? 0 : static_cast<std::uint64_t>(rows[0].integer(0));
}

// In those below: from $1, before $2, at most $3; of the status $4; in or below the group $5. An index is not used for what stands in
// “|| ''”: which one is, is decided here, because a planner does not know how large a group is.
#define DAIKAN_DEVICES "SELECT " DAIKAN_DEVICE_COLUMNS " FROM devices WHERE name_key >= $1 AND name_key < $2 "
#define DAIKAN_BELOW(group)                                                                 \
  "WITH RECURSIVE below (id) AS (SELECT id FROM admin_groups WHERE id = " group             \
  " UNION ALL SELECT each.id FROM admin_groups each JOIN below ON each.parent = below.id) " \
  "SELECT " DAIKAN_DEVICE_COLUMNS " FROM devices WHERE name_key >= $1 AND name_key < $2 "
constexpr std::string_view kEvery = DAIKAN_DEVICES "ORDER BY name_key LIMIT $3";
constexpr std::string_view kOfStatus = DAIKAN_DEVICES "AND status = $4 ORDER BY name_key LIMIT $3";
constexpr std::string_view kInLarge = DAIKAN_BELOW("$4") "AND group_id || '' IN (SELECT id FROM below) ORDER BY name_key LIMIT $3";
constexpr std::string_view kInSmall = DAIKAN_BELOW("$4") "AND group_id IN (SELECT id FROM below) ORDER BY name_key || '' LIMIT $3";
constexpr std::string_view kInLargeOfStatus =
    DAIKAN_BELOW("$5") "AND status = $4 AND group_id || '' IN (SELECT id FROM below) ORDER BY name_key LIMIT $3";
constexpr std::string_view kInSmallOfStatus =
    DAIKAN_BELOW("$5") "AND status = $4 AND group_id IN (SELECT id FROM below) ORDER BY name_key || '' LIMIT $3";

}  // namespace

std::string device_key(std::string_view name) {
  const auto key = hierarchy::folded(name);
  return to_hex({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
}

std::optional<Device> find_device(Transaction& transaction, const DeviceId& id) {
  return read_one(transaction.query("SELECT " DAIKAN_DEVICE_COLUMNS " FROM devices WHERE id = $1", {to_value(id)}));
}

std::optional<Device> find_device_named(Transaction& transaction, std::string_view name) {
  return read_one(transaction.query("SELECT " DAIKAN_DEVICE_COLUMNS " FROM devices WHERE name_key = $1", {device_key(name)}));
}

void put_devices(Transaction& transaction, std::span<const DeviceChange> changes) {
  std::map<Place, std::int64_t> counts;
  TimePoint last{};
  for (const auto& change : changes) {
    write_device(transaction, change);
    if (change.before) count(counts, *change.before, -1);
    count(counts, change.after, 1);
    last = std::max(last, change.after.told_at);
  }
  write_counts(transaction, counts);
  transaction.execute("UPDATE counters SET value = $1 WHERE name = 'devices_told' AND value < $1", {to_value(last)});
}

void remove_device(Transaction& transaction, const Device& device) {
  if (transaction.execute("DELETE FROM devices WHERE id = $1", {to_value(device.id)}) == 0) return;
  std::map<Place, std::int64_t> counts;
  count(counts, device, -1);
  write_counts(transaction, counts);
}

std::vector<Device> list_devices(Transaction& transaction, const DeviceFilter& filter) {
  // A name that begins with the text has a key that begins with the text's key; the first key behind another one is that with a digit more.
  auto first = device_key(filter.begins);
  auto behind = first + kBehindKeys;
  if (!filter.after.empty()) first = std::max(first, filter.after + "0");
  std::vector<Value> values = {std::move(first), std::move(behind), static_cast<std::int64_t>(filter.limit)};
  if (filter.status) values.emplace_back(to_value(to_string(*filter.status)));
  auto text = filter.status ? kOfStatus : kEvery;
  if (filter.below) {
    values.emplace_back(to_value(*filter.below));
    const bool small = devices_below(transaction, *filter.below) < device_counts(transaction).total() / kSmallPart;
    if (filter.status) text = small ? kInSmallOfStatus : kInLargeOfStatus;
    if (!filter.status) text = small ? kInSmall : kInLarge;
  }
  std::vector<Device> found;
  for (const auto& row : transaction.query(text, std::span<const Value>(values))) found.push_back(read_device(row));
  return found;
}

std::map<GroupId, DeviceCounts> device_counts_by_group(Transaction& transaction) {
  std::map<GroupId, DeviceCounts> found;
  for (const auto& row : transaction.query("SELECT group_id, status, devices FROM device_counts WHERE group_id <> ''")) {
    const auto status = require(hierarchy::device_status_from_string(row.text(1)), "a device's status");
    found[read_id<GroupId>(row, 0)].at(status) = static_cast<std::uint64_t>(row.integer(2));
  }
  return found;
}

DeviceCounts device_counts(Transaction& transaction) {
  DeviceCounts counts;
  for (const auto& row : transaction.query("SELECT status, devices FROM device_counts WHERE group_id = ''")) {
    const auto status = require(hierarchy::device_status_from_string(row.text(0)), "a device's status");
    counts.at(status) = static_cast<std::uint64_t>(row.integer(1));
  }
  const auto told = transaction.query("SELECT value FROM counters WHERE name = 'devices_told'");
  if (told.empty()) unreadable_column("a counter");
  if (told[0].integer(0) > 0) counts.told_at = read_time(told[0], 0);
  return counts;
}

}  // namespace daikan::store
