// Signatures by a server's own key, and their check against a certificate: what proves a key beyond the TLS handshake that presented it.
//
// Used for invitation files and for keys that are announced before they are used. The algorithm follows from the key: ECDSA with SHA-256
// (DER encoded), RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519. Invariant: what is signed begins with a text of its own for each purpose, so
// that no signature means two things; the callers see to it (link/proof.h, joining/invitation_file.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/certificate.h"
#include "net/identity.h"

namespace daikan::net {

/// Throws std::bad_alloc when OpenSSL cannot (a key without a private half does not become an Identity).
std::vector<std::uint8_t> sign(const Identity& identity, std::string_view text);

/// Whether `signature` over `text` was made by the key of `certificate`. False for anything malformed.
bool verify_signature(const CertificateRecord& certificate, std::string_view text, std::span<const std::uint8_t> signature);

}  // namespace daikan::net
