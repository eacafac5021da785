// What one TLS handshake decides, shared between TlsStream (which runs it) and the callbacks of TlsContext (which OpenSSL calls).
//
// Lives on the stack of the handshake; OpenSSL finds it through the SSL's ex_data, which is emptied when the handshake is over.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>

#include <openssl/types.h>

#include "net/identity.h"
#include "net/tls_stream.h"

namespace daikan::net::detail {

enum class TlsRole : std::uint8_t { client, server };

enum class Verdict : std::uint8_t {
  none,         ///< No certificate was looked at.
  accepted,     ///< The check said yes.
  refused,      ///< The check said no.
  unreadable,   ///< The certificate could not be read or the check threw (`exception`).
  no_protocol,  ///< No common ALPN name, or none offered where one is required.
  untrusted,    ///< No authority of this machine vouches for it (`untrusted_because`).
};

struct Handshake {
  const PinCheck& check;
  TlsRole role;
  Verdict verdict = Verdict::none;
  std::optional<CertificateRecord> certificate;
  std::exception_ptr exception;
  bool wants_protocol = true;  ///< client: a peer that chooses no ALPN name is none of ours. trust.cpp says no.
  std::string untrusted_because = {};
};

/// Where the SSL keeps its Handshake.
int handshake_index();

}  // namespace daikan::net::detail
