// One look at a server's link port: every step of a dial, the certificate found, and nothing written anywhere.
//
// Used by Primary::probe (the console asks) and by joins (the primary of way 3 checks the DMZ). Invariant: the connection is closed when it
// returns, and it returns within limits::kDialTime.
#pragma once

#include "server/primary.h"

namespace daikan::server {

/// Dials with this server's own identity; an `expected` pin that does not match yields certificate_mismatch. A server that answers with
/// this server's own certificate yields own_certificate.
awaitable<ProbeAnswer> run_probe(const Facts& facts, ProbeRequest request);

}  // namespace daikan::server
