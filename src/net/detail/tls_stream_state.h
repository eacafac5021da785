// What a TlsStream holds, shared by its two halves: tls_stream.cpp (bytes) and tls_handshake.cpp (getting there).
#pragma once

#include <fmt/format.h>
#include <openssl/ssl.h>

#include "net/detail/handshake.h"
#include "net/detail/tls_error.h"
#include "net/tls_stream.h"

namespace daikan::net {
namespace detail {

/// An IPv4 peer on an IPv6 socket is shown and counted as what it is.
inline asio::ip::address plain(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

}  // namespace detail

struct TlsStream::State {
  State(TcpSocket s, std::shared_ptr<TlsContext> c) : socket(std::move(s)), context(std::move(c)) {}
  ~State() { SSL_free(ssl); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  TcpSocket socket;
  std::shared_ptr<TlsContext> context;
  SSL* ssl = nullptr;
  asio::ip::tcp::endpoint remote;
  std::optional<AuthenticatedPeer> peer;
  std::optional<CertificateRecord> certificate;
  std::unique_ptr<Error> ended_by;  // the first fatal error; every later operation ends with it
  std::uint64_t decrypted = 0;
  std::size_t since_wait = 0;
  bool open = true;
  bool established = false;
  bool reading = false;
  bool writing = false;
  bool write_broken = false;

  std::string who() const {
    const auto ip = detail::plain(remote.address());
    return ip.is_v6() ? fmt::format("[{}]:{}", ip.to_string(), remote.port()) : fmt::format("{}:{}", ip.to_string(), remote.port());
  }
  Error closed_error() const { return {Code::closed, fmt::format("{}: the connection is closed.", who())}; }
  Error cancelled_error() const { return {Code::cancelled, fmt::format("{}: the operation was cancelled.", who())}; }

  awaitable<Result<>> wait(TcpSocket::wait_type what);
  awaitable<Result<>> wait_as_asked(int ssl_error);
  awaitable<Result<>> wait_to_write();
  Result<bool> check_first_bytes(detail::TlsRole role);
  void attach();
  void detach_reading();
  awaitable<Result<>> shake_hands(detail::Handshake& handshake);
  awaitable<Result<>> run_handshake(detail::Handshake& handshake, SteadyTime deadline);
  Result<> judge(detail::Handshake& handshake);
  Error handshake_failure(const detail::Handshake& handshake, const detail::TlsFailure& failure) const;
  Error refused_error(const detail::Handshake& handshake) const;
  Error remember(const detail::TlsFailure& failure);
  void look_for_alert();
};

}  // namespace daikan::net
