// Dialling: name → TCP → proxy → TLS → ALPN → pin under one deadline, every step's failure told apart.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "net/tls_stream.h"

namespace daikan::net {

/// The steps of a dial, in order; joining.md sections 2 and 6.
enum class DialStep : std::uint8_t { name, tcp, proxy, tls, alpn, certificate };
std::string_view to_string(DialStep step);

struct DialTarget {
  Endpoint endpoint;
  std::optional<Proxy> proxy;  ///< With a proxy the name is resolved by the proxy, never here.
};

/// What happened at each step, for `probe` and the link doctor. The last entry is the failing one, if one failed.
struct DialTrace {
  struct Entry {
    DialStep step;
    std::string detail;  ///< "10.0.0.7", "HTTP/1.1 200 Connection established", "TLSv1.3, rh2", a fingerprint
    std::chrono::microseconds took;
    std::optional<Error> error;
  };
  std::vector<Entry> entries;
};

/// Dials `target` and returns the connection once TLS is done and the peer's certificate passed `check`.
///
/// `deadline` covers all steps together, so a peer that drips bytes cannot hold a slot. Tries every resolved address in turn.
/// Fails with name_not_resolved, unreachable, refused, timed_out, proxy_unreachable, proxy_auth_required, proxy_denied (the status line or
/// SOCKS reply is quoted), proxy_invalid_answer (including bytes behind a CONNECT answer's headers: the peer never speaks first), not_tls,
/// tls_failed, not_an_administration_server (no common ALPN), certificate_mismatch, cancelled, or invalid_request (a name or password the
/// proxy's protocol cannot carry). Messages begin with the endpoint and have a remedy. `trace` and what it points to stay valid until the
/// dial has returned; through a proxy its first entry is the proxy.
awaitable<Result<std::unique_ptr<TlsStream>>> dial(DialTarget target, std::shared_ptr<TlsContext> context, PinCheck check,
                                                   SteadyTime deadline, DialTrace* trace = nullptr);

}  // namespace daikan::net
