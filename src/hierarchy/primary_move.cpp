#include "hierarchy/primary_move.h"

namespace daikan::hierarchy {

std::string_view to_string(PrimaryMove::State state) {
  switch (state) {
    case PrimaryMove::State::running:
      return "running";
    case PrimaryMove::State::done:
      return "done";
    case PrimaryMove::State::undone:
      return "undone";
  }
  return "unknown";
}

std::optional<PrimaryMove::State> primary_move_state_from_string(std::string_view name) {
  for (const auto state : {PrimaryMove::State::running, PrimaryMove::State::done, PrimaryMove::State::undone}) {
    if (to_string(state) == name) return state;
  }
  return std::nullopt;
}

}  // namespace daikan::hierarchy
