// A connection to a server that is no Administration Server – mail, web, log – in plain TCP or in TLS, which may begin later (STARTTLS).
//
// Knows bytes only. Called by the senders of notifications; one coroutine at a time. Every call is covered by a deadline of the caller
// (with_deadline): nothing here waits with a time of its own but the dial.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/address.h"
#include "net/trust.h"

namespace daikan::net {

class Wire {
 public:
  /// Connects; `server` is named in every error. Fails as dial() does for name and TCP.
  static awaitable<Result<std::unique_ptr<Wire>>> dial(Endpoint server, SteadyTime deadline);

  /// Begins TLS (1.2 and later) on the connection. Fails with not_tls, tls_failed, certificate_mismatch (another fingerprint, or no trusted
  /// authority: the reason is told) or timed_out.
  awaitable<Result<>> secure(Trust trust, SteadyTime deadline);
  bool is_secure() const { return stream_ != nullptr; }

  /// The next piece; empty when the peer closed. Fails with closed or cancelled.
  awaitable<Result<std::string>> read_some();
  awaitable<Result<>> write(std::string bytes);
  /// After the last byte of a protocol without answers: closes, but not before the peer could break the connection, closed it, or was
  /// silent for a second. Fails with closed when it broke: what was written may be lost. Bytes the peer still sends are thrown away; left
  /// unread, they would make the kernel reset the connection under what we wrote.
  awaitable<Result<>> finish();
  void close();
  const Endpoint& server() const { return server_; }

 private:
  Wire(Endpoint server, TcpSocket socket) : server_(std::move(server)), socket_(std::move(socket)) {}
  awaitable<Result<>> drain();
  Error broken(std::string_view what, const boost::system::error_code& ec) const;

  Endpoint server_;
  TcpSocket socket_;
  std::unique_ptr<TlsStream> stream_;
};

}  // namespace daikan::net
