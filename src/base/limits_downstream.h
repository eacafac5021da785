// The bounds of what a secondary inherits, with unit and reason: a part of limits.h that only those include who need them.
#pragma once

#include <chrono>
#include <cstddef>

namespace daikan::limits {

inline constexpr std::size_t kMaxDownstreamBytes = 4 * 1024 * 1024;  // one message: a set beyond it is refused above, with the reason
inline constexpr std::size_t kMaxInheritedObjects = 5000;            // of one set: twenty at each of 64 levels, and room
inline constexpr std::size_t kMaxKeptSetBytes = 8 * 1024 * 1024;     // sets and their encodings: one of the largest, or many usual ones
inline constexpr std::size_t kMaxInheritedBytes = 256 * 1024;        // the content of one object

inline constexpr std::size_t kMaxSetsAtOnce = 64;  // being read, sent or waited for: with the largest set 256 MiB; the others stand in line
inline constexpr unsigned kMostSetsInARow = 8;     // for one secondary, before it stands at the end of the line again
inline constexpr auto kSetAgainFirst = std::chrono::seconds(5);  // after a failure, twice as long after each further one, up to
inline constexpr auto kSetAgainLast = std::chrono::minutes(10);  // a person who mended it below sees it within the time for a coffee
inline constexpr auto kSetsLookedAt = std::chrono::seconds(60);  // computed anew so often, even when nothing told of a change

}  // namespace daikan::limits
