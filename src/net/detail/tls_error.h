// OpenSSL's failures in this program's words.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "net/detail/handshake.h"

namespace daikan::net::detail {

/// What an SSL_* call left behind: its SSL_get_error code, the first entry of the error queue, and errno.
struct TlsFailure {
  int kind = 0;
  unsigned long queued = 0;
  int system = 0;
};

/// Takes both right after the call that returned `returned`; empties the error queue.
TlsFailure take_failure(const SSL* ssl, int returned);

/// A handshake of `role` with `who` that OpenSSL ended.
Error handshake_error(std::string_view who, TlsRole role, const TlsFailure& failure);

/// Reading or writing after the handshake.
Error stream_error(std::string_view who, const TlsFailure& failure);

/// `bytes` are no TLS: quotes their first line and says what they look like.
Error not_tls_error(std::string_view who, TlsRole role, std::string_view bytes);

/// The text of every entry of the error queue's first failure, for errors that should not happen.
std::string openssl_reason(unsigned long queued);

}  // namespace daikan::net::detail
