// The report “devices”: how many of each status this server and every server below it has, and the sum; what is missing or old is named.
//
// Pure. Called by the reports. Invariant: a server that never told its numbers has none here, never zeros, and the sum says that it is not
// whole.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "hierarchy/device.h"
#include "server/facts.h"
#include "server/rolled_up.h"

namespace daikan::api {

struct DevicesReport {
  std::vector<std::string_view> columns;
  std::vector<boost::json::object> rows;  ///< This server first.
  boost::json::object sum;                ///< {"ok", "warning", "critical", "unknown", "total", "servers", "complete"}
  /// {"server", "heard_at", "devices": "old" or "unknown"} of each server whose numbers are not those of now.
  boost::json::array missing;
};

struct DevicesOfAll {
  const server::Facts& facts;
  const hierarchy::DeviceCounts& own;
  std::span<const server::RolledUpServer> servers;
  TimePoint at;  ///< When this server's own were counted.
};
enum class Columns : std::uint8_t { few, all };
DevicesReport devices_report(const DevicesOfAll& of, Columns columns);

}  // namespace daikan::api
