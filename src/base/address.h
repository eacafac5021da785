// Network addresses as people write them: "branch1.example.com", "10.0.0.7:13000", "[2001:db8::1]:13000", and proxy URLs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daikan {

/// Host (name or IP literal without brackets) and port, 1 to 65535.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;

  /// "host:port", with brackets around an IPv6 literal.
  std::string str() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Parses `text` with `default_port` where none is given. Fails with address_required (empty), port_out_of_range, or invalid_request
/// (white space, control characters, longer than limits::kMaxAddressBytes, unbalanced brackets, a URL); `field` names the field at fault.
Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port, std::string_view field = "address");

enum class ProxyKind : std::uint8_t { http, socks5 };

/// A proxy between this server and its peer. `password` never appears in a URL, a log line or an API answer.
struct Proxy {
  ProxyKind kind = ProxyKind::http;
  Endpoint endpoint;
  std::string user;  ///< Empty: no authentication.
  std::string password;

  /// "http://user@host:3128" or "socks5://host:1080", without the password.
  std::string url() const;
  friend bool operator==(const Proxy&, const Proxy&) = default;
};

/// Parses "http://[user@]host[:port]" (port 3128) or "socks5://[user@]host[:port]" (port 1080). A password in the URL is refused with
/// invalid_request: it would end up in shell histories; it is given apart.
Result<Proxy> parse_proxy_url(std::string_view url, std::string_view field = "proxy");

/// What counts as one source of attempts: an IPv4 address, or the /64 of an IPv6 address, which one host or household often has whole.
std::string source_key(std::string_view ip);

}  // namespace daikan
