// Accounts, password checks (Argon2id on worker threads, bounded), sessions and API tokens.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "hierarchy/accounts.h"
#include "server/history.h"

namespace daikan::server {

struct LoginLimits;
struct PasswordRules;

struct Login {
  std::string secret;  ///< Shown once: "dks_…" (session) or "dkt_…" (token); 256 random bits.
  hierarchy::Credential credential;
  hierarchy::Account account;
};

struct Authenticated {
  hierarchy::Account account;
  hierarchy::Credential credential;
  hierarchy::Permissions permissions;  ///< By the account's roles, within the credential's scope.
};

/// Rules for a new account's name and password where no server has rules of its own yet; errors carry the field.
Result<> check_account(std::string_view name, std::string_view password);

/// Argon2id text of a password (libsodium, interactive limits: 64 MiB). Blocks for about 0.15 s.
std::string hash_password(std::string_view password);

class Accounts {
 public:
  Accounts(Storage& storage, History& history);
  ~Accounts();

  /// Sessions end that long after their last request, those that are open too; 12 hours at first. A use may count up to a tenth less.
  void set_session_idle(std::chrono::minutes idle);
  /// How often a password may be guessed, from now on; LoginLimits{} at first.
  void set_login_limits(const LoginLimits& limits);
  /// Who says what is asked of new passwords; the own rules alone at first.
  void use(std::function<PasswordRules(store::Transaction&)> rules);

  /// Checks the password, then the second factor if the account has one, and opens a session (renewed by use). Fails with
  /// two_factor_required (the password was right), wrong_credentials (the same for an unknown name, at
  /// the same cost), rate_limited (per account and per source, with the seconds to wait in the remedy), or unavailable when
  /// limits::kMaxPasswordChecksAtOnce are already running and the queue is long. Every outcome is audited.
  struct LoginRequest {
    std::string name;
    std::string password;
    std::string source;
    std::string client;
    std::string code = {};  ///< Of the second factor, or a recovery code.
  };
  awaitable<Result<Login>> login(LoginRequest request);
  /// Who presents `secret`. Fails with unauthenticated. Cached for a few seconds; revocation empties the cache.
  awaitable<Result<Authenticated>> authenticate(std::string_view secret);
  awaitable<Result<>> logout(const Actor& actor, TokenId id);

  struct TokenRequest {
    AccountId account;
    std::string name;
    std::chrono::hours valid_for{};                          ///< One hour to one year.
    std::optional<hierarchy::Rights> rights = std::nullopt;  ///< Its scope; nothing: all that its owner may, now and later.
  };
  /// An API token. It never allows more than its owner may at the moment of a request.
  awaitable<Result<Login>> create_token(const Actor& actor, TokenRequest request);
  /// The own password, by who knows the old one; ends every other session of the account. Fails with wrong_credentials
  /// ("current_password"), rate_limited, or invalid_request ("password").
  struct PasswordChange {
    hierarchy::Account account;
    std::string current;
    std::string password;
  };
  awaitable<Result<>> change_password(const Actor& actor, PasswordChange change);
  /// By the rules of this server (server/access_rules.h). Fails with invalid_request ("password").
  awaitable<Result<>> check_new_password(std::string name, std::string password);
  /// For guesses beside a login (the own password, a code): rate_limited after too many, and the count of the wrong ones.
  Result<> may_guess(std::string_view name, std::string_view source);
  void guessed_wrong(std::string_view name, std::string_view source);
  /// Argon2id on the worker threads. Fails with unavailable when too much waits there.
  awaitable<Result<std::string>> hash(std::string password);
  /// After a change of anybody's rights, state or credentials: what was proven before is proven anew.
  void forget_cached();
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
