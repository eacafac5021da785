// A file of devices, as an inventory or a monitoring system writes it: CSV with a head line (RFC 4180), or one JSON object a line.
//
// Pure: text in, rows out. Called by `daikan device import` before anything is sent, so that a file that cannot be read changes nothing.
// Invariant: every row it returns has a name and a status that the API takes; other rules are the server's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace daikan::cli {

struct DeviceLine {
  std::string name;
  std::string group;  ///< Path; empty: not said.
  std::string status;
  std::string reason;
  std::size_t line = 0;  ///< Where it begins in the file, from 1.
  friend bool operator==(const DeviceLine&, const DeviceLine&) = default;
};

/// A text that begins with “{” is JSON lines with the members name, status, group and reason; anything else is CSV with these columns, in
/// any order; name and status are needed. Empty lines are passed over. Fails with invalid_request naming the line, and with too_large
/// (more than limits::kMaxDevices rows).
Result<std::vector<DeviceLine>> read_device_file(std::string_view text);

}  // namespace daikan::cli
