// Counts requests, and writes what this process knows of itself as Prometheus text.
//
// Knows the names of the metrics and nothing of HTTP. On the I/O thread only. Invariant: labels come from tables (routes, statuses), never
// from a request, so a scanner cannot make the metrics grow.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "server/link_host.h"
#include "store/database.h"

namespace daikan::api {

class Metrics {
 public:
  /// One answered request. `route` is a pattern of the table (or a fixed word) and outlives this object.
  void count(std::string_view method, std::string_view route, int status, std::chrono::steady_clock::duration took);

  struct Sources {
    server::LinkHost::Counters links;
    store::Database::Statistics store;
    unsigned event_streams = 0;
    std::string_view version;
    double started_at = 0;             ///< Seconds since 1970.
    double certificate_not_after = 0;  ///< Seconds since 1970.
  };
  /// Prometheus text format 0.0.4.
  std::string text(const Sources& sources) const;

 private:
  static constexpr std::array<double, 7> kBounds{0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10};  // seconds
  struct Key {
    std::string_view method;
    std::string_view route;
    int status;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  std::map<Key, std::uint64_t> requests_;
  std::array<std::uint64_t, kBounds.size() + 1> durations_{};  ///< The last one: longer than every bound.
  double seconds_ = 0;
};

}  // namespace daikan::api
