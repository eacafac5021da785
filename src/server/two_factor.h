// The second factor of an account: enrolled, confirmed by a first code, given up with a code; and taken at a login.
//
// Codes are server/totp.h. The key is sealed in the database (server/sealing.h), recovery codes are kept as hashes and are good once each.
// Called by api/account.cpp for the caller's own account, and by Accounts inside the login's transaction. Invariant: whatever a code allows
// happens in the transaction that marks it as used.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/accounts.h"
#include "server/history.h"

namespace daikan::server {

enum class SecondFactorTaken : std::uint8_t { none_needed, code, recovery_code };
/// Takes `code` (of the app, or a recovery code) for `account`, if it has a second factor. Fails with two_factor_required when there is no
/// code, wrong_credentials ("code") when it is not good.
Result<SecondFactorTaken> take_second_factor(store::Transaction&, const Sealing& sealing, const AccountId& account, std::string_view code);

class TwoFactor {
 public:
  TwoFactor(Storage& storage, History& history, Accounts& accounts);

  struct Enrolment {
    std::string secret;  ///< Base32, for typing.
    std::string uri;     ///< For a QR code.
  };
  /// A new key, of no effect until it is confirmed. Fails with conflict when a second factor is on.
  awaitable<Result<Enrolment>> enrol(const Actor& actor, AccountId account);
  /// Turns it on and returns ten recovery codes, shown this once. Fails with conflict (nothing enrolled), wrong_credentials ("code") or
  /// rate_limited.
  awaitable<Result<std::vector<std::string>>> confirm(const Actor& actor, AccountId account, std::string code);
  /// Turns it off. Fails with conflict (it is off), wrong_credentials ("code") or rate_limited.
  awaitable<Result<>> disable(const Actor& actor, AccountId account, std::string code);

 private:
  template <class T>
  awaitable<Result<T>> guess(const Actor& actor, std::function<Result<T>(store::Transaction&)> work);

  Storage& storage_;
  History& history_;
  Accounts& accounts_;
};

}  // namespace daikan::server
