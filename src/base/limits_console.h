// Bounds of `daikan console`, the local web server of one administrator.
#pragma once

#include <cstddef>
#include <cstdint>

namespace daikan::limits {

inline constexpr std::uint16_t kLocalConsolePort = 13292;       // beside 13291, so that both can be remembered
inline constexpr unsigned kMaxLocalConnections = 64;            // a browser opens six for a host, and a few tabs may stand open
inline constexpr std::size_t kMaxLocalServers = 64;             // connections that stand at once
inline constexpr std::size_t kMaxLocalJoins = 16;               // as many as a server runs
inline constexpr std::size_t kMaxLocalJoinsKept = 256;          // ended ones whose steps can still be read
inline constexpr std::size_t kMaxLoginAnswerBytes = 64 * 1024;  // a session as a server tells it: under 4 KiB

}  // namespace daikan::limits
