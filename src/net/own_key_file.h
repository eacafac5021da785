// A key and certificate that an administrator brings for this server: PKCS#12, or PEM with key, certificate and chain.
//
// Files of any kind land here, so every wrong one is named for what it is, and nothing of one is believed before it was tried: what comes
// out can sign, and both ports can use it. Knows no data folder and no roll-over; called by server/own_key on a thread of its own, because
// a passphrase may cost a second.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "net/identity.h"

namespace daikan::net {

/// The identity in `file` (at most limits::kMaxOwnKeyFileBytes), which `passphrase` opens; empty: it is not encrypted. Certificates beside
/// the one of the key are its chain, whatever their order. Fails with certificate_unreadable (the field is "passphrase" when that is
/// missing or wrong, otherwise "file": no key, several keys, no certificate, one of another key, a key of a kind or size that is not
/// supported, a certificate that is no server's or not valid yet, one that is no part of the chain, too many, encrypted in a way that is
/// not supported, damaged) or certificate_expired.
Result<Identity> read_own_key(std::span<const std::uint8_t> file, std::string_view passphrase, TimePoint now);

/// Overwrites a secret that is not needed any more.
void wipe(std::span<char> secret);

}  // namespace daikan::net
