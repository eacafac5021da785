// Rules of this server for everybody: how long passwords are, and from which addresses the console is reached.
//
// Kept with the server's settings, held in memory for the dispatcher, which asks before every request. Called by api/access_rules.cpp
// (manage_server) and by whoever sets a password. Invariants: loopback is always let in, so that an administrator on the machine itself is
// never locked out; and no change is accepted that would lock out the person who makes it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/history.h"

namespace daikan::server {

class AccessRules {
 public:
  struct Rules {
    unsigned password_least = 8;                 ///< Characters.
    std::vector<std::string> console_sources{};  ///< "10.0.0.0/8", "2001:db8::/32", "192.0.2.7"; empty: from everywhere.
  };

  AccessRules(Storage& storage, History& history);
  ~AccessRules();

  /// Loads them; before that, and when what is stored cannot be read, only loopback is let in.
  awaitable<Result<>> start();
  Rules current() const;
  bool lets_in(std::string_view ip) const;
  /// Fails with invalid_request ("password_least", "console_sources") or conflict ("console_sources": the caller's own address is missing).
  awaitable<Result<Rules>> set(const Actor& actor, Rules rules);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether `password` may be one of `name`: long enough, not the name and not around it, not one of the commonest. Fails with
/// invalid_request ("password").
Result<> check_password(std::string_view name, std::string_view password, unsigned least);
/// The stored rule, inside a transaction.
unsigned password_least(store::Transaction&);

}  // namespace daikan::server
