// The bounds of policies, with unit and reason: a part of limits.h that only those include who read or write them.
#pragma once

#include <chrono>
#include <cstddef>

namespace daikan::limits {

inline constexpr std::size_t kMaxPolicies = 1000;               // of this server; all are read for one computation
inline constexpr std::size_t kMaxPolicySettings = 512;          // of one policy; an application of today has a dozen
inline constexpr std::size_t kMaxSettingPathBytes = 128;        // "password.min_length" and room for deeper ones
inline constexpr std::size_t kMaxSettingTextBytes = 4096;       // one text, or one item of a list
inline constexpr std::size_t kMaxSettingItems = 1000;           // of one list
inline constexpr std::size_t kMaxPolicyTextBytes = 256 * 1024;  // all settings of one policy: it travels whole down every link
inline constexpr std::size_t kMaxPolicyRevisions = 100;         // kept of one policy; the oldest go
inline constexpr std::size_t kMaxPreviewPlaces = 2000;          // groups and servers told of in one preview; the rest is counted
inline constexpr auto kPolicyStatusEvery = std::chrono::milliseconds(1000);  // a change of their status is told to streams at most so often

}  // namespace daikan::limits
