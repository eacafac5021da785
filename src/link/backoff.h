// How long the dialling end waits before the next attempt: exponential with full jitter, longer after a refusal.
//
// Pure and deterministic: the same seed gives the same waits. Bounds are limits::kBackoff* unless somebody governs them. Full jitter (a
// wait evenly spread from zero to the current ceiling) is what keeps all secondaries of a restarted primary from coming back in step.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/limits.h"

namespace daikan::link {

/// A small generator (SplitMix64, 8 bytes: there is one per link). Not for secrets.
class Jitter {
 public:
  explicit Jitter(std::uint64_t seed) : state_(seed) {}
  /// Evenly spread in [0, 1).
  double next();

 private:
  std::uint64_t state_;
};

struct BackoffBounds {
  Duration first = limits::kBackoffFirst;      ///< The first ceiling; it doubles up to
  Duration longest = limits::kBackoffLongest;  ///< this.
  Duration refused = limits::kBackoffRefused;  ///< The shortest wait after a refusal.
  friend bool operator==(const BackoffBounds&, const BackoffBounds&) = default;
};

class Backoff {
 public:
  explicit Backoff(std::uint64_t seed) : jitter_(seed) {}

  /// For every later wait; the row goes on where it is.
  void use(const BackoffBounds& bounds) { bounds_ = bounds; }
  const BackoffBounds& bounds() const { return bounds_; }
  /// After a failed attempt or a lost connection: 0 to 0.5 s, then 0 to 1 s … 0 to 60 s.
  Duration after_failure();
  /// After a refusal by either side: 30 to 60 s. Leaves the exponential row as it is.
  Duration after_refusal();
  /// A connection that stood this long and was lost: 60 s or more start the row anew.
  void connection_lasted(Duration up);

 private:
  Jitter jitter_;
  BackoffBounds bounds_;
  unsigned failures_ = 0;
};

}  // namespace daikan::link
