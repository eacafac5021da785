// How a private key in a file is encrypted, looked at before anything is derived from a passphrase.
#pragma once

#include <openssl/types.h>

#include "base/result.h"

namespace daikan::net::detail {

/// Fails with certificate_unreadable when deriving the key would take more than limits::kMaxKeyFileIterations, or scrypt more memory and
/// time than its usual settings: a file must not say how long this server computes.
Result<> check_derivation(const X509_ALGOR* algorithm);
Result<> check_iterations(const ASN1_INTEGER* iterations);

}  // namespace daikan::net::detail
