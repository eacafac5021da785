// Secrets that prove a session or a token: how they look, how they are stored, what is derived from them.
//
// Pure text and libsodium; called by Accounts and initialise. Invariant: the secret itself is never stored, only stored_form().
#pragma once

#include <string>
#include <string_view>

#include "hierarchy/accounts.h"

namespace daikan::server {

/// "dks_" (session) or "dkt_" (token) and 256 random bits in base64url.
std::string make_secret(hierarchy::CredentialKind kind);
/// Whether `text` can be one of ours: cheaper than asking the database.
bool looks_like_secret(std::string_view text);
/// SHA-256 in hex. A plain hash is enough: what is hashed has 256 random bits.
std::string stored_form(std::string_view secret);
/// HMAC-SHA-256 of a constant label under the secret, in hex: proves knowledge of the secret without being it.
std::string csrf_form(std::string_view secret);

}  // namespace daikan::server
