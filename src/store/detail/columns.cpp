#include "store/detail/columns.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/text.h"

namespace daikan::store::detail {
namespace {

constexpr std::string_view kHttp = "http";
constexpr std::string_view kSocks5 = "socks5";

std::uint16_t read_port(const Row& row, std::size_t column) {
  const auto port = row.integer(column);
  if (port < 1 || port > std::numeric_limits<std::uint16_t>::max()) unreadable_column("a port");
  return static_cast<std::uint16_t>(port);
}

ProxyKind read_proxy_kind(const std::string& text) {
  if (text == kHttp) return ProxyKind::http;
  if (text == kSocks5) return ProxyKind::socks5;
  unreadable_column("a kind of proxy");
}

Pin read_pin(const std::string& text) {
  const auto bytes = require(from_hex(text), "a pin");
  Pin pin;
  if (bytes.size() != pin.bytes.size()) unreadable_column("a pin");
  std::ranges::copy(bytes, pin.bytes.begin());
  return pin;
}

}  // namespace

void unreadable_column(std::string_view what) {
  throw StorageFailure(fmt::format("The database holds a row whose column is not {}.", what));
}

Value to_value(const Pin& pin) { return to_hex(pin.bytes); }

Pin read_pin(const Row& row, std::size_t column) { return read_pin(row.text(column)); }

Value name_key(std::string_view name) {
  std::string key(name);
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

std::optional<TimePoint> read_maybe_time(const Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return read_time(row, column);
}

Value host_value(const std::optional<Endpoint>& endpoint) { return endpoint ? Value(endpoint->host) : Value(nullptr); }

Value port_value(const std::optional<Endpoint>& endpoint) {
  return endpoint ? Value(static_cast<std::int64_t>(endpoint->port)) : Value(nullptr);
}

std::optional<Endpoint> read_endpoint(const Row& row, std::size_t first_column) {
  if (row.is_null(first_column)) return std::nullopt;
  return Endpoint{row.text(first_column), read_port(row, first_column + 1)};
}

ProxyValues proxy_values(const std::optional<Proxy>& proxy) {
  if (!proxy) return {nullptr, nullptr, nullptr, nullptr, nullptr};
  return {to_value(proxy->kind == ProxyKind::http ? kHttp : kSocks5), proxy->endpoint.host, static_cast<std::int64_t>(proxy->endpoint.port),
          proxy->user, proxy->password};
}

std::optional<Proxy> read_proxy(const Row& row, std::size_t first_column) {
  if (row.is_null(first_column)) return std::nullopt;
  return Proxy{read_proxy_kind(row.text(first_column)), Endpoint{row.text(first_column + 1), read_port(row, first_column + 2)},
               row.text(first_column + 3), row.text(first_column + 4)};
}

Value certificate_value(const CertificateRecord& certificate) { return to_base64(certificate.der); }

CertificateRecord read_certificate(const Row& row, std::size_t first_column) {
  return {require(from_base64(row.text(first_column)), "a certificate"), read_pin(row.text(first_column + 1)), row.text(first_column + 2)};
}

}  // namespace daikan::store::detail
