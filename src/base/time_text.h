// Times as people and programs write them.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace daikan {

/// RFC 3339 ("2026-11-23T21:33:00.5+09:00"; at most six digits of a second), or a date alone, which is its first moment in UTC. Years 1970
/// to 9999; nothing for anything else.
std::optional<TimePoint> time_from_text(std::string_view text);

}  // namespace daikan
