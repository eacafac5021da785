// What nobody asks for but must happen: expired credentials, old events and kept answers go; a certificate that runs out is announced.
//
// Owned by the daemon, which spawns run(). Knows the database and the certificate's end. Invariant: each sweep is one transaction.
#pragma once

#include <chrono>

#include "server/facts.h"
#include "server/history.h"

namespace daikan::server {

class Housekeeping {
 public:
  Housekeeping(Storage& storage, History& history, const Facts& facts, std::chrono::days event_retention);

  /// Sweeps at once and then every hour until it is cancelled. A sweep that fails is tried again an hour later.
  awaitable<> run();
  /// One sweep as of `at`. The certificate is announced ("certificate_expiring") once a day in its last thirty days and after its end.
  awaitable<Result<>> sweep(TimePoint at);

 private:
  Storage& storage_;
  History& history_;
  const Facts& facts_;
  std::chrono::days event_retention_;
};

}  // namespace daikan::server
