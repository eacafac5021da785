// One TLS connection on one non-blocking socket.
//
// OpenSSL works directly on the descriptor (SSL_set_fd; PARTIAL_WRITE, MOVING_WRITE_BUFFER, RELEASE_BUFFERS), because asio::ssl::stream
// keeps two 17 KiB buffers for good. Tickets and resumption are off. The pin is checked in the verify callback, so no byte above TLS is
// read from an unknown peer, and once more after the handshake.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/types.h>

#include "net/async.h"
#include "net/identity.h"

namespace daikan::net {

/// ALPN names. `rh2` is reversed HTTP/2 (draft-thomson-ptth-potato): after TLS the HTTP/2 roles are inverted and nothing else changes.
inline constexpr std::string_view kAlpnH2 = "h2";
inline constexpr std::string_view kAlpnReversedH2 = "rh2";
inline constexpr std::string_view kAlpnHttp11 = "http/1.1";

/// The pin of the peer of an established connection. Only the pin check makes one: a value of this type is the proof.
class AuthenticatedPeer {
 public:
  const Pin& pin() const { return pin_; }

 private:
  friend class TlsStream;
  explicit AuthenticatedPeer(Pin pin) : pin_(pin) {}
  Pin pin_;
};

/// Decides during the handshake whether a peer's certificate may go on. Called on the I/O thread; must not block.
using PinCheck = std::function<bool(const Pin& pin, const CertificateRecord& certificate)>;

/// The settings of one listening port or of all dials; immutable, shared by its connections.
class TlsContext {
 public:
  /// Port 13000, both directions: TLS 1.3 only, mutual, the pin decides. `alpn` in order of preference; no match is a fatal alert.
  static Result<std::shared_ptr<TlsContext>> link(const Identity& own, std::vector<std::string> alpn);
  /// The accepting side of 13291: TLS 1.2 and later, no client certificate.
  static Result<std::shared_ptr<TlsContext>> console_server(const Identity& own);
  /// The dialling side of 13291 (CLI, way 1): any certificate is handed to the PinCheck.
  static Result<std::shared_ptr<TlsContext>> console_client();

  ~TlsContext();
  SSL_CTX* native() const { return context_; }

 private:
  TlsContext() = default;
  static std::shared_ptr<TlsContext> make();
  SSL_CTX* context_ = nullptr;
};

/// The owner keeps it alive until every operation it began has returned.
class TlsStream {
 public:
  /// Takes the connected socket. Nothing is sent yet.
  TlsStream(TcpSocket socket, std::shared_ptr<TlsContext> context);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  /// The accepting side. Fails with timed_out, not_tls (what came instead is quoted), tls_failed (OpenSSL's reason or the peer's alert),
  /// closed, or cancelled; a peer the check refused yields unknown_to_primary with `peer_certificate()` set (the caller words the message).
  awaitable<Result<>> accept(PinCheck check, SteadyTime deadline);
  /// The dialling side; `server_name` is sent as SNI when it is a name. Fails as accept() does, or with not_an_administration_server
  /// (no common ALPN); a refused check yields certificate_mismatch. TLS 1.3: success here does not mean that the server accepted our
  /// certificate: that is known only when its first bytes arrive (read_some's error says so).
  awaitable<Result<>> connect(std::string_view server_name, PinCheck check, SteadyTime deadline);

  /// At least one byte, or 0 at the peer's close_notify. One reader at a time. Fails with closed, timed_out (never by itself: wrap),
  /// cancelled, or, when the peer's alert says that it does not know our certificate, unknown_to_primary.
  awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into);
  /// All of `bytes`, in records of at most 16 KiB: gather small pieces before. One writer at a time; `bytes` stays valid until it returns.
  /// Fails as read_some() does, or with timed_out when the peer takes no byte for limits::kWriteStallTime. After a
  /// failed or cancelled write nothing more can be written.
  awaitable<Result<>> write(std::span<const std::uint8_t> bytes);
  /// Writes at most one record (16 KiB) if the socket takes it at once. True: done. False: nothing was taken; call write() with the same
  /// bytes before anything else. Fails as write() does. Spares the coroutine where, as nearly always, the socket has room.
  Result<bool> try_write(std::span<const std::uint8_t> bytes);
  /// Waits until bytes can be read without blocking (already decrypted, or the socket is readable); holds no buffer meanwhile.
  awaitable<Result<>> wait_readable();

  /// Says that no more will be sent (close_notify and the end of the TCP stream) and drops what still comes, until the peer has ended too,
  /// `until`, or 1 MiB. Then close(). Closing a socket whose peer still sends makes a reset, which throws away what the peer has not read
  /// yet: an answer or a GOAWAY. Returns at once when the connection has failed already.
  awaitable<> finish(SteadyTime until);
  /// Sends close_notify if the socket takes it at once and closes. Pending operations end with Code::closed: wait for them before
  /// destroying the stream. Idempotent.
  void close();
  bool is_open() const;

  std::string alpn() const;
  std::string protocol() const;                                      ///< "TLSv1.3 TLS_AES_256_GCM_SHA384", for the link doctor.
  std::optional<AuthenticatedPeer> peer() const;                     ///< Set after a handshake whose check said yes.
  const std::optional<CertificateRecord>& peer_certificate() const;  ///< Also set when the check said no. Released by forget_certificate().
  /// A value that both ends of this very connection share and nobody else can know (RFC 8446 section 7.5, RFC 9266): what a signature over
  /// it proves cannot be carried to another connection. Only after a handshake.
  std::array<std::uint8_t, 32> channel_binding() const;
  Pin own_pin() const;                 ///< Of the certificate that this side presents on this connection.
  void forget_certificate();           ///< Saves memory on long-lived links.
  std::string remote_address() const;  ///< "ip:port"; through a proxy, the proxy's.
  std::string remote_ip() const;
  Executor executor() const;
  std::uint64_t bytes_decrypted() const;  ///< Application bytes received so far, for tests and metrics.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace daikan::net
