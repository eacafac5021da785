// A server that moves from one primary to another: which it had, which it goes to, and how it ended. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "hierarchy/records.h"

namespace daikan::hierarchy {

struct PrimaryMove {
  enum class State : std::uint8_t { running, done, undone } state = State::running;
  std::string by;  ///< Who asked for it.
  TimePoint began_at;
  std::chrono::seconds wait{0};  ///< So long the new link may take to come up.
  std::optional<TimePoint> ended_at;
  std::string message;   ///< Why it was undone.
  PrimaryRecord former;  ///< Where it goes back to. Its proxy as the database keeps it.
  Pin to;                ///< The new primary's.
  std::string to_fingerprint;
};
std::string_view to_string(PrimaryMove::State);
std::optional<PrimaryMove::State> primary_move_state_from_string(std::string_view);

}  // namespace daikan::hierarchy
