// This server's own key and certificate while it runs: the only place that puts another identity in the place of the one in use.
//
// The composition root owns one net::Identity; everybody else reads it (and Facts, which tell of it) through references. OwnIdentity alone
// writes both, on the I/O thread, and then tells those that made something of the old one: the TLS settings of both ports. Connections that
// stand go on with what they began with. Invariant: what is in use is what is in the data folder.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "net/identity.h"
#include "server/facts.h"
#include "server/history.h"

namespace daikan::server {

class OwnIdentity {
 public:
  struct Place {
    net::Identity& identity;
    Facts& facts;
    std::filesystem::path folder;  ///< Of server.key and server.cer.
  };
  OwnIdentity(Storage& storage, History& history, Place place);

  /// Called after every change. What it captures must outlive this object.
  void on_change(std::function<void()> changed) { changed_.push_back(std::move(changed)); }

  /// Renews in time, at once and then every hour, until it is cancelled. A renewal that fails is tried again an hour later.
  awaitable<> run();
  /// With the same key, limits::kRenewBefore before the end: no peer notices, because they know the key. Says whether it did. Not a
  /// certificate that somebody else issued: of that one the housekeeping warns. Fails with storage_failed; the old one stays in use.
  awaitable<Result<bool>> renew_if_due(TimePoint at);

  /// `identity` is in use from now on; it is in the data folder already. Called by RollOver.
  void adopt(net::Identity identity);
  const net::Identity& identity() const { return place_.identity; }
  const std::filesystem::path& folder() const { return place_.folder; }

 private:
  Storage& storage_;
  History& history_;
  Place place_;
  std::vector<std::function<void()>> changed_;
};

}  // namespace daikan::server
