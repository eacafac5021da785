#include "link/backoff.h"

#include <algorithm>

#include "base/limits.h"

namespace daikan::link {
namespace {

Duration scaled(Duration whole, double part) { return Duration(static_cast<Duration::rep>(static_cast<double>(whole.count()) * part)); }

}  // namespace

double Jitter::next() {
  std::uint64_t x = state_ += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  x ^= x >> 31;
  return static_cast<double>(x >> 11) * 0x1.0p-53;
}

Duration Backoff::after_failure() {
  const Duration longest = bounds_.longest;
  Duration ceiling = bounds_.first;
  for (unsigned i = 0; i < failures_ && ceiling < longest; ++i) ceiling *= 2;
  ceiling = std::min(ceiling, longest);
  if (ceiling < longest) ++failures_;
  return scaled(ceiling, jitter_.next());
}

Duration Backoff::after_refusal() { return bounds_.refused + scaled(bounds_.refused, jitter_.next()); }

void Backoff::connection_lasted(Duration up) {
  if (up >= limits::kBackoffResetAfter) failures_ = 0;
}

}  // namespace daikan::link
