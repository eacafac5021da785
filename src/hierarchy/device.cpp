#include "hierarchy/device.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include <fmt/format.h>

#include "base/limits_devices.h"
#include "base/text.h"
#include "hierarchy/names.h"

namespace daikan::hierarchy {
namespace {

constexpr std::array<std::string_view, kDeviceStatuses.size()> kNames = {"ok", "warning", "critical", "unknown"};

bool is_plain(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

std::string_view to_string(DeviceStatus status) { return kNames.at(static_cast<std::size_t>(status)); }

std::optional<DeviceStatus> device_status_from_string(std::string_view text) {
  const auto found = std::find(kNames.begin(), kNames.end(), text);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<DeviceStatus>(found - kNames.begin());
}

std::string row_field(std::size_t row, std::string_view field) { return fmt::format("devices[{}].{}", row, field); }

Result<> check_rows(std::span<const DeviceRow> rows) {
  if (rows.size() > limits::kMaxDevicesAtOnce) {
    return fail(Code::too_large, fmt::format("{} devices were told at once.", rows.size()),
                fmt::format("Send at most {} in one request.", limits::kMaxDevicesAtOnce), "devices");
  }
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    if (auto checked = check_name(row.name, row_field(i, "name")); !checked) return checked;
    if (row.reason.size() > limits::kMaxDeviceReasonBytes) {
      return fail(Code::invalid_request, fmt::format("The reason of “{}” is {} bytes long.", quotable(row.name, 80), row.reason.size()),
                  fmt::format("Use at most {} bytes.", limits::kMaxDeviceReasonBytes), row_field(i, "reason"));
    }
    if (!is_plain(row.reason)) {
      return fail(Code::invalid_request, fmt::format("The reason of “{}” is not one line of UTF-8 text.", quotable(row.name, 80)),
                  "Remove line breaks, tabs and the like.", row_field(i, "reason"));
    }
    if (const auto [there, is_first] = seen.emplace(folded(row.name), i); !is_first) {
      return fail(
          Code::invalid_request,
          fmt::format("The device “{}” is there twice: as “{}” before.", quotable(row.name, 80), quotable(rows[there->second].name, 80)),
          "Tell every device once; names are the same in either case of ASCII letters.", row_field(i, "name"));
    }
  }
  return {};
}

std::uint64_t DeviceCounts::total() const { return std::accumulate(of.begin(), of.end(), std::uint64_t{0}); }

DeviceCounts& DeviceCounts::operator+=(const DeviceCounts& other) {
  for (std::size_t i = 0; i < of.size(); ++i) of.at(i) += other.of.at(i);
  told_at = std::max(told_at, other.told_at);
  return *this;
}

}  // namespace daikan::hierarchy
