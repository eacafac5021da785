#include "base/address.h"

#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"

namespace daikan {
namespace {

/// `whole` is the address it is part of.
Result<std::uint16_t> parse_port(std::string_view text, std::string_view whole, std::string_view field) {
  unsigned value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || value < 1 || value > 65535) {
    return fail(Code::port_out_of_range, fmt::format("{}: “{}” is not a port.", quotable(whole, 80), quotable(text, 40)),
                "Give a port from 1 to 65535.", std::string(field));
  }
  return static_cast<std::uint16_t>(value);
}

bool is_host_character(unsigned char c) {
  return c > 0x20 && c != 0x7f && c != '/' && c != '@' && c != '[' && c != ']' && c != '"' && c != '\\';
}

}  // namespace

std::string Endpoint::str() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port, std::string_view field) {
  const auto malformed = [&] {
    return fail(Code::invalid_request, fmt::format("“{}” is not an address.", quotable(text, 80)),
                "Write a network name or an IP address, with an optional port: branch1.example.com, 10.0.0.7:13000 or [2001:db8::7]:13000.",
                std::string(field));
  };
  text = trim(text);
  if (text.empty()) {
    return fail(Code::address_required, "The address is missing.", "Give a network name or an IP address.", std::string(field));
  }
  if (text.find("//") != std::string_view::npos) return malformed();  // a URL
  std::string_view host = text;
  std::string_view port;
  bool has_port = false;
  if (text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return malformed();
    host = text.substr(1, close - 1);
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return malformed();
    has_port = !rest.empty();
    if (has_port) port = rest.substr(1);
    if (host.find(':') == std::string_view::npos) return malformed();
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    has_port = true;
  }
  if (host.empty() || host.size() > limits::kMaxAddressBytes) return malformed();
  for (const char c : host) {
    if (!is_host_character(static_cast<unsigned char>(c))) return malformed();
  }
  if (!has_port) return Endpoint{std::string(host), default_port};
  const auto parsed = parse_port(port, text, field);
  if (!parsed) return fail(parsed.error());
  return Endpoint{std::string(host), *parsed};
}

std::string Proxy::url() const {
  return fmt::format("{}://{}{}{}", kind == ProxyKind::http ? "http" : "socks5", user, user.empty() ? "" : "@", endpoint.str());
}

Result<Proxy> parse_proxy_url(std::string_view url, std::string_view field) {
  Proxy proxy;
  std::string_view rest = trim(url);
  if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else if (rest.starts_with("socks5://")) {
    proxy.kind = ProxyKind::socks5;
    rest.remove_prefix(9);
  } else {
    return fail(Code::invalid_request, fmt::format("“{}” is not a proxy address.", quotable(url, 80)),
                "Write http://proxy.example.com:3128 or socks5://proxy.example.com:1080.", std::string(field));
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const auto user = rest.substr(0, at);
    if (user.find(':') != std::string_view::npos) {
      return fail(Code::invalid_request, "The proxy address contains a password.",
                  "Give only the user name in the address and the password apart (a file, standard input or the password field).",
                  std::string(field));
    }
    if (user.empty() || user.size() > limits::kMaxNameBytes || quotable(user, user.size() + 1) != user) {
      return fail(Code::invalid_request, "The user name in the proxy address is empty or not readable.", "Write http://user@proxy:3128.",
                  std::string(field));
    }
    proxy.user = user;
    rest.remove_prefix(at + 1);
  }
  auto endpoint = parse_endpoint(rest, proxy.kind == ProxyKind::http ? 3128 : 1080, field);
  if (!endpoint) return fail(endpoint.error());
  proxy.endpoint = std::move(*endpoint);
  return proxy;
}

std::string source_key(std::string_view ip) {
  in6_addr address{};
  const std::string text(ip);
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1 || ip.starts_with("::ffff:")) return text;
  std::memset(address.s6_addr + 8, 0, 8);
  char out[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, &address, out, sizeof out);
  return out;
}

}  // namespace daikan
