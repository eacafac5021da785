// The handshake half of TlsStream: the first bytes, OpenSSL's steps, and the second look at the pin.
#include <openssl/err.h>
#include <sys/socket.h>

#include "net/detail/tls_stream_state.h"

namespace daikan::net {
namespace {

using detail::Handshake;
using detail::TlsRole;
using detail::Verdict;

constexpr std::uint8_t kAlertRecord = 0x15;  // RFC 8446 section 5.1, the first byte of a record
constexpr std::uint8_t kHandshakeRecord = 0x16;

// Lends the handshake to OpenSSL's callbacks for as long as it runs, however it ends.
class Lent {
 public:
  Lent(SSL* ssl, Handshake& handshake) : ssl_(ssl) { SSL_set_ex_data(ssl_, detail::handshake_index(), &handshake); }
  ~Lent() { SSL_set_ex_data(ssl_, detail::handshake_index(), nullptr); }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

 private:
  SSL* ssl_;
};

}  // namespace

// Peeks: anything but a TLS record never reaches OpenSSL, and can be quoted. False while nothing has come.
Result<bool> TlsStream::State::check_first_bytes(TlsRole role) {
  std::array<char, 128> bytes;
  const auto n = ::recv(socket.native_handle(), bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (n <= 0) return false;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  if (first == kHandshakeRecord || (first == kAlertRecord && role == TlsRole::client)) return true;
  return fail(detail::not_tls_error(who(), role, std::string_view(bytes.data(), static_cast<std::size_t>(n))));
}

Error TlsStream::State::refused_error(const Handshake& handshake) const {
  const auto& fingerprint = handshake.certificate->fingerprint;
  if (handshake.role == TlsRole::server) {
    return {Code::unknown_to_primary, fmt::format("{}: its certificate, fingerprint {}, is not registered here.", who(), fingerprint),
            "If this server belongs to the hierarchy, register its certificate."};
  }
  return {Code::certificate_mismatch,
          fmt::format("{}: presented the certificate with fingerprint {}, which is not the expected one.", who(), fingerprint),
          "Compare the fingerprint with the one its administrator sees; if they agree, give this server the new certificate."};
}

Error TlsStream::State::handshake_failure(const Handshake& handshake, const detail::TlsFailure& failure) const {
  switch (handshake.verdict) {
    case Verdict::refused:
      return refused_error(handshake);
    case Verdict::no_protocol:
      if (handshake.role == TlsRole::server) {
        return {Code::tls_failed, fmt::format("{}: offered no protocol that is spoken here (ALPN).", who()),
                "Only Administration Servers and their tools may use this port."};
      }
      return {Code::not_an_administration_server,
              fmt::format("{}: speaks TLS, but is no Administration Server, or not one on this port.", who()),
              "Check the port: links use 13000 and the console 13291 unless they were changed."};
    case Verdict::untrusted:
      return {Code::certificate_mismatch,
              fmt::format("{}: its certificate, fingerprint {}, is not trusted: {}.", who(),
                          handshake.certificate ? handshake.certificate->fingerprint : "unknown", handshake.untrusted_because),
              "Install the certificate of its authority on this machine, or give its fingerprint."};
    case Verdict::unreadable:
    case Verdict::accepted:
    case Verdict::none:
      break;
  }
  return detail::handshake_error(who(), handshake.role, failure);
}

void TlsStream::State::attach() {
  if (SSL_set_fd(ssl, socket.native_handle()) != 1) throw std::bad_alloc();
}

void TlsStream::State::detach_reading() {
  BIO* empty = BIO_new(BIO_s_mem());
  if (empty == nullptr) throw std::bad_alloc();
  BIO_set_mem_eof_return(empty, -1);  // "try again", not the end
  SSL_set0_rbio(ssl, empty);
}

awaitable<Result<>> TlsStream::State::shake_hands(Handshake& handshake) {
  // Nothing is read before the first bytes were looked at, so the client says hello with an empty source in the socket's place.
  bool looked = false;
  if (handshake.role == TlsRole::server) {
    auto readable = co_await wait(TcpSocket::wait_read);
    if (!readable) co_return readable;
  } else {
    detach_reading();
  }
  for (;;) {
    const bool greeting = handshake.role == TlsRole::client && SSL_get_rfd(ssl) < 0;
    if (!greeting && !looked) {
      const auto checked = check_first_bytes(handshake.role);
      if (!checked) co_return fail(checked.error());
      looked = *checked;
    }
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl);
    if (done == 1) co_return Result<>{};
    const auto failure = detail::take_failure(ssl, done);
    if (greeting && failure.kind == SSL_ERROR_WANT_READ) attach();
    if (failure.kind != SSL_ERROR_WANT_READ && failure.kind != SSL_ERROR_WANT_WRITE) {
      if (handshake.exception) std::rethrow_exception(handshake.exception);
      co_return fail(handshake_failure(handshake, failure));
    }
    auto waited = co_await wait_as_asked(failure.kind);
    if (!waited) co_return waited;
  }
}

// The second look of link.md: whatever a library version does with its callback, no connection passes without its pin accepted here.
Result<> TlsStream::State::judge(Handshake& handshake) {
  if (handshake.role == TlsRole::client && handshake.wants_protocol) {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl, &name, &length);
    if (length == 0) {
      handshake.verdict = Verdict::no_protocol;
      return fail(handshake_failure(handshake, {}));
    }
  }
  auto* presented = SSL_get0_peer_certificate(ssl);
  if (presented == nullptr) {
    if (SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE) return {};
    return fail(Code::tls_failed, fmt::format("{}: sent no certificate.", who()), "Only Administration Servers may use this port.");
  }
  auto record = record_of(presented);
  const bool accepted = handshake.verdict == Verdict::accepted && handshake.certificate && handshake.certificate->pin == record.pin &&
                        handshake.check(record.pin, record);
  handshake.certificate = std::move(record);
  if (!accepted) return fail(refused_error(handshake));
  peer = AuthenticatedPeer(handshake.certificate->pin);
  return {};
}

awaitable<Result<>> TlsStream::State::run_handshake(Handshake& handshake, SteadyTime deadline) {
  if (!open) co_return fail(closed_error());
  const Lent lent(ssl, handshake);
  auto shaking = shake_hands(handshake);
  auto result = co_await with_deadline(deadline, "shaking hands", std::move(shaking));
  if (result) result = judge(handshake);
  certificate = std::move(handshake.certificate);
  if (result) {
    established = true;
    co_return result;
  }
  Error error = std::move(result.error());
  if (error.code == Code::timed_out) {
    error = Error(Code::timed_out, fmt::format("{}: the TLS handshake did not end in time.", who()),
                  "Check that the port belongs to an Administration Server and that the network between lets TLS through.");
  }
  if (error.code == Code::cancelled) error = cancelled_error();
  ended_by = std::make_unique<Error>(error);
  co_return fail(std::move(error));
}

}  // namespace daikan::net
