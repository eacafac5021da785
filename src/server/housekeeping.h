// What nobody asks for but must happen: expired credentials, old events, audit records and kept answers go; a certificate that runs out
// and the end of the audit chain are announced.
//
// Owned by the daemon, which spawns run(). Knows the database and the certificate's end. Invariant: each sweep is one transaction.
#pragma once

#include <chrono>

#include "base/limits_feed.h"
#include "server/facts.h"
#include "server/history.h"

namespace daikan::server {

/// How long history is kept.
struct Retention {
  Retention(std::chrono::days all) : info(all), warning(all), error(all), critical(all) {}  // NOLINT: one number is the common case
  std::chrono::days info, warning, error, critical;
  std::chrono::days audit{0};                  ///< 0: for good.
  std::chrono::days feed = limits::kFeedKept;  ///< What is to go to a primary that is away.
  friend bool operator==(const Retention&, const Retention&) = default;
};

class Housekeeping {
 public:
  Housekeeping(Storage& storage, History& history, const Facts& facts, Retention retention);

  /// Sweeps at once and then every hour until it is cancelled. A sweep that fails is tried again an hour later.
  awaitable<> run();
  /// From now on: run() sweeps at once. How long audit records are kept stays.
  void set_events(const Retention& events);
  /// One sweep as of `at`. The certificate is announced ("certificate_expiring") 30, 14, 7 and one day before its end and once a day after
  /// it, the head of the audit chain ("audit_head") once a day when it is another than the day before.
  awaitable<Result<>> sweep(TimePoint at);

 private:
  Storage& storage_;
  History& history_;
  const Facts& facts_;
  Retention retention_;
  net::Signal changed_;
  std::uint64_t changes_ = 0;  ///< One more with every set_events().
};

}  // namespace daikan::server
