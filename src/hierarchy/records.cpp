#include "hierarchy/records.h"

namespace daikan::hierarchy {

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::secondary_dials:
      return "secondary_dials";
    case Direction::primary_dials:
      return "primary_dials";
  }
  return "unknown";
}

std::string_view to_string(LinkState state) {
  switch (state) {
    case LinkState::never_connected:
      return "never_connected";
    case LinkState::connecting:
      return "connecting";
    case LinkState::connected:
      return "connected";
    case LinkState::disconnected:
      return "disconnected";
    case LinkState::refused:
      return "refused";
  }
  return "unknown";
}

std::optional<Direction> direction_from_string(std::string_view name) {
  for (const auto direction : {Direction::secondary_dials, Direction::primary_dials}) {
    if (to_string(direction) == name) return direction;
  }
  return std::nullopt;
}

}  // namespace daikan::hierarchy
