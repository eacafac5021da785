// What becomes of inherited objects when the primary is left. Values only: said by the API, carried out by downstream.h.
#pragma once

#include <cstdint>

namespace daikan::server {

enum class Inherited : std::uint8_t {
  kept,     ///< What was in force stays in force, as own objects that can be edited.
  removed,  ///< It goes, and what remains are the own objects.
};

}  // namespace daikan::server
