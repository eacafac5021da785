// Time as values. Pure rooms are handed a TimePoint; only daemons and tests own a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace daikan {

using Duration = std::chrono::microseconds;
using TimePoint = std::chrono::sys_time<Duration>;  ///< UTC, microseconds since 1970.

/// The system's wall clock.
inline TimePoint now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

/// As stored in a database (BIGINT, microseconds since 1970).
inline std::int64_t to_micros(TimePoint t) { return t.time_since_epoch().count(); }
inline TimePoint from_micros(std::int64_t micros) { return TimePoint(Duration(micros)); }

/// RFC 3339 in UTC with microseconds: "2026-11-23T21:33:00.000000Z". Years 1970 to 9999.
std::string to_rfc3339(TimePoint t);

}  // namespace daikan
