// Who may: accounts, what proves them, and on whose behalf a request runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "hierarchy/rights.h"

namespace daikan::hierarchy {

/// The second factor of a login (RFC 6238).
struct TwoFactor {
  enum class State : std::uint8_t { off, pending, on } state = State::off;  ///< pending: enrolled, not yet confirmed by a code.
  std::string secret;                                                       ///< Sealed; empty when off.
  std::int64_t last_step = 0;                                               ///< Of the last code that was accepted: none is accepted twice.
};
std::string_view to_string(TwoFactor::State);

struct Account {
  AccountId id;
  std::string name;           ///< Unique without regard to ASCII case.
  std::string password_hash;  ///< Argon2id in its text form.
  TimePoint created_at;
  enum class State : std::uint8_t { enabled, disabled } state = State::enabled;
  TwoFactor two_factor = {};
  std::int64_t revision = 1;  ///< Counts changes of the account and of its assignments; the ETag.
};

enum class CredentialKind : std::uint8_t { session, token };
std::string_view to_string(CredentialKind);

/// A session (from a password login) or an API token (for scripts). The secret itself is never stored, only its SHA-256 in hex.
struct Credential {
  TokenId id;
  AccountId account;
  CredentialKind kind = CredentialKind::session;
  std::string name;  ///< What the person called the token; for a session, the client ("daikan 0.1.0").
  std::string secret_hash;
  std::string source;  ///< IP address it was made from.
  TimePoint created_at;
  TimePoint expires_at;
  TimePoint last_used_at;
  std::optional<Rights> rights = std::nullopt;  ///< A token's scope; nothing: all that its owner may.
};

/// On whose behalf something happens. Made by authentication on 13291, or below from a primary's relay request.
struct Actor {
  std::string name;                  ///< "olga"; "system" for what no person caused.
  std::string source;                ///< IP address, or empty.
  std::vector<std::string> through;  ///< Names of the servers a relayed request came through, nearest last; empty when direct.
  std::optional<TokenId> credential;
  Permissions permissions = {};  ///< What may be done on this behalf; nothing unless somebody said so.
};

}  // namespace daikan::hierarchy
