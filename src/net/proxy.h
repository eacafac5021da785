// Speaking to proxies, sans-I/O: HTTP CONNECT (RFC 9110 section 9.3.6) without and with Basic, SOCKS5 (RFC 1928, 1929) without and with
// user and password.
//
// Knows the bytes of both protocols; owns no socket and no clock. The dialer sends what `begin` and `feed` return and feeds what the proxy
// answers. Invariant: a proxy's answer is never more than what was asked for: a byte too many is an error, because behind the proxy the
// peer speaks second, so nothing a proxy sends can be mistaken for the peer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"

namespace daikan::net {

struct ProxyProgress {
  std::string send;        ///< To be sent to the proxy now; may be empty.
  bool connected = false;  ///< The tunnel stands; nothing more is fed.
  std::string detail;      ///< With `connected`: "HTTP/1.1 200 Connection established", for the link doctor.
};

class ProxyExchange {
 public:
  virtual ~ProxyExchange() = default;
  /// What to send first. Fails with invalid_request when the target or the credentials do not fit the protocol.
  virtual Result<std::string> begin() = 0;
  /// Takes bytes in any portions. Fails with proxy_auth_required, proxy_denied or proxy_invalid_answer, as does anything fed afterwards.
  virtual Result<ProxyProgress> feed(std::string_view bytes) = 0;
  /// The proxy closed the connection before the tunnel stood: what to say. Always proxy_invalid_answer.
  virtual Error closed() const = 0;
};

/// The exchange for the kind of `proxy`. Messages begin with `target`.
std::unique_ptr<ProxyExchange> make_proxy_exchange(const Proxy& proxy, const Endpoint& target);

}  // namespace daikan::net
