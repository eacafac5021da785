// Accounts, password checks (Argon2id on worker threads, bounded), sessions and API tokens.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "hierarchy/accounts.h"
#include "server/history.h"

namespace daikan::server {

struct Login {
  std::string secret;  ///< Shown once: "dks_…" (session) or "dkt_…" (token); 256 random bits.
  hierarchy::Credential credential;
  hierarchy::Account account;
};

struct Authenticated {
  hierarchy::Account account;
  hierarchy::Credential credential;
};

/// Rules for a new account's name and password; errors carry the field.
Result<> check_account(std::string_view name, std::string_view password);

/// Argon2id text of a password (libsodium, interactive limits: 64 MiB). Blocks for about 0.15 s.
std::string hash_password(std::string_view password);

class Accounts {
 public:
  Accounts(Storage& storage, History& history);
  ~Accounts();

  /// Checks the password and opens a session (12 hours, renewed by use). Fails with wrong_credentials (the same for an unknown name, at
  /// the same cost), rate_limited (per account and per source, with the seconds to wait in the remedy), or unavailable when
  /// limits::kMaxPasswordChecksAtOnce are already running and the queue is long. Every outcome is audited.
  struct LoginRequest {
    std::string name;
    std::string password;
    std::string source;
    std::string client;
  };
  awaitable<Result<Login>> login(LoginRequest request);
  /// Who presents `secret`. Fails with unauthenticated. Cached for a few seconds; revocation empties the cache.
  awaitable<Result<Authenticated>> authenticate(std::string_view secret);
  awaitable<Result<>> logout(const Actor& actor, TokenId id);

  /// An API token, `valid_for` from one hour to one year.
  awaitable<Result<Login>> create_token(const Actor& actor, AccountId account, std::string name, std::chrono::hours valid_for);
  awaitable<Result<std::vector<hierarchy::Credential>>> credentials(AccountId account);
  /// Ends a session or token of `account`; not_found when there is none.
  awaitable<Result<>> revoke(const Actor& actor, AccountId account, TokenId id);

  /// A double-submit token bound to a session secret, for browsers that send it as a cookie.
  static std::string csrf_token(std::string_view secret);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace daikan::server
