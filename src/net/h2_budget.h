// What a peer may not do too often: frames that cost it less than they cost us.
//
// Rapid reset (CVE-2023-44487), made-you-reset (CVE-2025-8671) and the floods of CVE-2019-9511 to 9518 all send cheap frames that are dear
// to answer. Called by H2Session only.
#pragma once

#include <cstdint>
#include <span>

#include "net/h2_connection.h"

namespace daikan::net {

/// A token bucket over frames that cost the peer less than they cost us; limits::kControlFrame….
class FrameBudget {
 public:
  explicit FrameBudget(SteadyTime now);
  void refill(SteadyTime now);
  /// False when the peer has used up its tokens.
  bool take(unsigned tokens);
  void give(unsigned tokens);

 private:
  double tokens_;
  SteadyTime refilled_;
};

/// Follows the frame headers of the byte stream, because nghttp2 does not report the frames that it ignores.
class FrameMeter {
 public:
  explicit FrameMeter(H2Role role);
  /// Returns the number of tokens that `bytes` cost.
  unsigned tokens_of(std::span<const std::uint8_t> bytes);

 private:
  unsigned tokens_of_frame() const;
  std::uint8_t head_[9] = {};
  std::size_t head_bytes_ = 0;
  std::size_t skip_;  // of the client's preface, or of a payload
};

}  // namespace daikan::net
