// The bytes below one HTTP/1.1 connection: TLS, or a plain socket of this machine.
//
// Called by h1_connection.cpp alone. The owner keeps it alive until every operation it began has returned.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "net/tls_stream.h"

namespace daikan::net::detail {

class H1Transport {
 public:
  virtual ~H1Transport() = default;
  virtual awaitable<Result<>> wait_readable() = 0;
  /// At least one byte, or 0 at the end. Fails with closed or cancelled.
  virtual awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into) = 0;
  /// All of `bytes`; fails with timed_out when the peer takes none for limits::kWriteStallTime.
  virtual awaitable<Result<>> write(std::span<const std::uint8_t> bytes) = 0;
  virtual void close() = 0;
  virtual std::string remote_ip() const = 0;
  virtual Executor executor() const = 0;
};

std::unique_ptr<H1Transport> over_tls(std::unique_ptr<TlsStream> stream);
std::unique_ptr<H1Transport> over_tcp(TcpSocket socket);

}  // namespace daikan::net::detail
