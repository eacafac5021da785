// Whose certificate is accepted of a server that is none of ours: mail, web, log.
//
// Between Administration Servers the pin decides and nothing else (identity.h); here it is the fingerprint a person gave or, without one,
// the certificate authorities of this machine and the server's name.
#pragma once

#include <memory>
#include <string>

#include "net/tls_stream.h"

namespace daikan::net {

struct Trust {
  std::string fingerprint;  ///< SHA-256 as normalise_fingerprint gives it: exactly this one. Empty: authorities and name.
};

/// For dialling `host` (name or IP address): TLS 1.2 and later, no ALPN. Hand it trusted_check() besides.
Result<std::shared_ptr<TlsContext>> trusting_context(const Trust& trust, const std::string& host);
PinCheck trusted_check(const Trust& trust);

}  // namespace daikan::net
