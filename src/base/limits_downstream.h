// The bounds of what a secondary inherits, with unit and reason: a part of limits.h that only those include who need them.
#pragma once

#include <cstddef>

namespace daikan::limits {

inline constexpr std::size_t kMaxDownstreamBytes = 4 * 1024 * 1024;  // one message: a set beyond it is refused above, with the reason
inline constexpr std::size_t kMaxInheritedObjects = 5000;            // of one set: twenty at each of 64 levels, and room
inline constexpr std::size_t kMaxKeptSetBytes = 8 * 1024 * 1024;     // sets and their encodings: one of the largest, or many usual ones
inline constexpr std::size_t kMaxInheritedBytes = 256 * 1024;        // the content of one object

}  // namespace daikan::limits
