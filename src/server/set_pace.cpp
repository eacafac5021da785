#include "server/set_pace.h"

#include <algorithm>
#include <utility>

#include "base/limits_downstream.h"

namespace daikan::server {

using std::chrono::milliseconds;

void SetPace::failed(Attempt attempt, Time now, std::uint64_t chance) {
  constexpr unsigned kEnough = 16;  // doublings, long after the last bound
  const milliseconds longest = limits::kSetAgainLast;
  const auto whole =
      std::min<milliseconds>(milliseconds(limits::kSetAgainFirst) * (std::int64_t{1} << std::min(failures_, kEnough)), longest);
  const auto half = whole / 2;
  again_at_ = now + half + milliseconds(chance % static_cast<std::uint64_t>(half.count() + 1));
  failed_ = std::move(attempt);
  ++failures_;
}

void SetPace::succeeded() {
  failed_.reset();
  failures_ = 0;
}

}  // namespace daikan::server
