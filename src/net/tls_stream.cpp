#include "net/tls_stream.h"

#include <cassert>

#include <boost/asio/as_tuple.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "net/detail/handshake.h"
#include "net/detail/tls_error.h"

namespace daikan::net {
namespace {

using detail::Handshake;
using detail::TlsRole;
using detail::Verdict;

constexpr auto kTuple = asio::as_tuple(use_awaitable);

// After this many bytes without waiting, a reader or writer lets others run: one busy link must not starve the rest of its thread.
constexpr std::size_t kFairShareBytes = 256 * 1024;
constexpr std::size_t kMostBytesInARecord = 16 * 1024;  // RFC 8446 section 5.1
constexpr std::uint8_t kAlertRecord = 0x15;             // RFC 8446 section 5.1, the first byte of a record
constexpr std::uint8_t kHandshakeRecord = 0x16;

bool is_ip_literal(std::string_view name) {
  boost::system::error_code ec;
  asio::ip::make_address(name, ec);
  return !ec;
}

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

// One reader and one writer at a time; catches the mistake where it is made.
class InUse {
 public:
  explicit InUse(bool& flag) : flag_(flag) {
    assert(!flag_ && "one reader and one writer at a time");
    flag_ = true;
  }
  ~InUse() { flag_ = false; }
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;

 private:
  bool& flag_;
};

asio::ip::address plain(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

}  // namespace

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
    const auto ip = plain(remote.address());
    return ip.is_v6() ? fmt::format("[{}]:{}", ip.to_string(), remote.port()) : fmt::format("{}:{}", ip.to_string(), remote.port());
  }
  Error closed_error() const { return {Code::closed, fmt::format("{}: the connection is closed.", who())}; }
  Error cancelled_error() const { return {Code::cancelled, fmt::format("{}: the operation was cancelled.", who())}; }

  awaitable<Result<>> wait(TcpSocket::wait_type what);
  awaitable<Result<>> wait_as_asked(int ssl_error);
  awaitable<Result<>> wait_to_write();
  Result<bool> check_first_bytes(TlsRole role);
  void attach();
  void detach_reading();
  awaitable<Result<>> shake_hands(Handshake& handshake);
  awaitable<Result<>> run_handshake(Handshake& handshake, SteadyTime deadline);
  Result<> judge(Handshake& handshake);
  Error handshake_failure(const Handshake& handshake, const detail::TlsFailure& failure) const;
  Error refused_error(const Handshake& handshake) const;
  Error remember(const detail::TlsFailure& failure);
  void look_for_alert();
};

awaitable<Result<>> TlsStream::State::wait(TcpSocket::wait_type what) {
  since_wait = 0;
  const auto [ec] = co_await socket.async_wait(what, kTuple);
  if (!open) co_return fail(closed_error());
  if (ec == asio::error::operation_aborted) co_return fail(cancelled_error());
  // Any other error of the wait shows itself, with its reason, in the SSL call that follows.
  co_return Result<>{};
}

awaitable<Result<>> TlsStream::State::wait_as_asked(int ssl_error) {
  return wait(ssl_error == SSL_ERROR_WANT_READ ? TcpSocket::wait_read : TcpSocket::wait_write);
}

awaitable<Result<>> TlsStream::State::wait_to_write() {
  auto waiting = wait(TcpSocket::wait_write);
  auto waited = co_await with_deadline(std::chrono::steady_clock::now() + limits::kWriteStallTime, "writing", std::move(waiting));
  if (!waited && waited.error().code == Code::timed_out) {
    const auto seconds = std::chrono::seconds(limits::kWriteStallTime).count();
    co_return fail(Code::timed_out, fmt::format("{}: the other side took no data for {} seconds.", who(), seconds),
                   "Check the network and the load of the other side; the connection is made again by itself.");
  }
  co_return waited;
}

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
      return {Code::not_an_administration_server, fmt::format("{}: speaks TLS but not the protocol asked for.", who()),
              "Check the port: links use 13000 and the console 13291 unless they were changed."};
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
  if (handshake.role == TlsRole::client) {
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

// The first fatal error counts: later calls on a failed SSL report only that it failed.
Error TlsStream::State::remember(const detail::TlsFailure& failure) {
  if (!ended_by) ended_by = std::make_unique<Error>(detail::stream_error(who(), failure));
  return *ended_by;
}

// A peer that refuses our certificate sends its alert and closes; our next write then fails with a bare "connection reset" although the
// reason lies unread in the socket.
void TlsStream::State::look_for_alert() {
  std::uint8_t byte = 0;
  std::size_t n = 0;
  ERR_clear_error();
  if (SSL_peek_ex(ssl, &byte, 1, &n) == 1) return;
  const auto found = detail::take_failure(ssl, 0);
  if (found.kind == SSL_ERROR_SSL) remember(found);
}

TlsStream::TlsStream(TcpSocket socket, std::shared_ptr<TlsContext> context)
    : state_(std::make_unique<State>(std::move(socket), std::move(context))) {
  boost::system::error_code ignored;
  state_->remote = state_->socket.remote_endpoint(ignored);
  state_->socket.native_non_blocking(true, ignored);
  state_->socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  state_->socket.set_option(asio::socket_base::keep_alive(true), ignored);
  state_->ssl = SSL_new(state_->context->native());
  if (state_->ssl == nullptr) throw std::bad_alloc();
  state_->attach();
}

TlsStream::~TlsStream() { close(); }

awaitable<Result<>> TlsStream::accept(PinCheck check, SteadyTime deadline) {
  SSL_set_accept_state(state_->ssl);
  Handshake handshake{.check = check, .role = TlsRole::server, .verdict = Verdict::none, .certificate = {}, .exception = {}};
  auto result = co_await state_->run_handshake(handshake, deadline);
  co_return result;
}

awaitable<Result<>> TlsStream::connect(std::string_view server_name, PinCheck check, SteadyTime deadline) {
  SSL_set_connect_state(state_->ssl);
  if (!server_name.empty() && !is_ip_literal(server_name)) SSL_set_tlsext_host_name(state_->ssl, std::string(server_name).c_str());
  Handshake handshake{.check = check, .role = TlsRole::client, .verdict = Verdict::none, .certificate = {}, .exception = {}};
  auto result = co_await state_->run_handshake(handshake, deadline);
  co_return result;
}

awaitable<Result<std::size_t>> TlsStream::read_some(std::span<std::uint8_t> into) {
  auto& state = *state_;
  const InUse use(state.reading);
  for (;;) {
    if (!state.open) co_return fail(state.closed_error());
    if (state.ended_by) co_return fail(*state.ended_by);
    std::size_t n = 0;
    ERR_clear_error();
    const int done = SSL_read_ex(state.ssl, into.data(), into.size(), &n);
    if (done == 1) {
      state.decrypted += n;
      state.since_wait += n;
      if (state.since_wait >= kFairShareBytes) {
        state.since_wait = 0;
        co_await yield();
      }
      co_return n;
    }
    const auto failure = detail::take_failure(state.ssl, done);
    if (failure.kind == SSL_ERROR_ZERO_RETURN) co_return std::size_t{0};
    if (failure.kind != SSL_ERROR_WANT_READ && failure.kind != SSL_ERROR_WANT_WRITE) co_return fail(state.remember(failure));
    auto waited = co_await state.wait_as_asked(failure.kind);
    if (!waited) co_return fail(std::move(waited.error()));
  }
}

awaitable<Result<>> TlsStream::write(std::span<const std::uint8_t> bytes) {
  auto& state = *state_;
  const InUse use(state.writing);
  if (state.write_broken) co_return fail(state.closed_error());
  // Until the last byte is taken: a write given up halfway leaves half a record behind, so nothing may follow it.
  state.write_broken = true;
  while (!bytes.empty()) {
    if (!state.open) co_return fail(state.closed_error());
    if (state.ended_by) co_return fail(*state.ended_by);
    std::size_t n = 0;
    ERR_clear_error();
    const int done = SSL_write_ex(state.ssl, bytes.data(), std::min(bytes.size(), kMostBytesInARecord), &n);
    if (done == 1) {
      bytes = bytes.subspan(n);
      state.since_wait += n;
      if (state.since_wait >= kFairShareBytes) {
        state.since_wait = 0;
        co_await yield();
      }
      continue;
    }
    const auto failure = detail::take_failure(state.ssl, done);
    if (failure.kind != SSL_ERROR_WANT_READ && failure.kind != SSL_ERROR_WANT_WRITE) {
      if (failure.kind == SSL_ERROR_SYSCALL) state.look_for_alert();
      co_return fail(state.remember(failure));
    }
    auto waiting = failure.kind == SSL_ERROR_WANT_WRITE ? state.wait_to_write() : state.wait(TcpSocket::wait_read);
    auto waited = co_await std::move(waiting);
    if (!waited) co_return waited;
  }
  state.write_broken = false;
  co_return Result<>{};
}

awaitable<Result<>> TlsStream::wait_readable() {
  auto& state = *state_;
  if (!state.open) co_return fail(state.closed_error());
  if (state.ended_by) co_return fail(*state.ended_by);
  if (SSL_pending(state.ssl) > 0) co_return Result<>{};
  auto waited = co_await state.wait(TcpSocket::wait_read);
  co_return waited;
}

void TlsStream::close() {
  auto& state = *state_;
  if (!state.open) return;
  state.open = false;
  if (state.established && !state.ended_by) {
    ERR_clear_error();
    SSL_shutdown(state.ssl);
    ERR_clear_error();
  }
  // Closing a socket with unread bytes sends a reset, which may overtake our last alert or GOAWAY at the peer.
  std::array<std::uint8_t, 4096> unread;
  for (int i = 0; i < 16; ++i) {
    if (::recv(state.socket.native_handle(), unread.data(), unread.size(), MSG_DONTWAIT) <= 0) break;
  }
  boost::system::error_code ignored;
  state.socket.close(ignored);
}

bool TlsStream::is_open() const { return state_->open; }

std::string TlsStream::alpn() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(state_->ssl, &name, &length);
  return {name, name + length};
}

std::string TlsStream::protocol() const {
  const auto* cipher = SSL_get_current_cipher(state_->ssl);
  return fmt::format("{} {}", SSL_get_version(state_->ssl), cipher != nullptr ? SSL_CIPHER_get_name(cipher) : "");
}

std::optional<AuthenticatedPeer> TlsStream::peer() const { return state_->peer; }
const std::optional<CertificateRecord>& TlsStream::peer_certificate() const { return state_->certificate; }
void TlsStream::forget_certificate() { state_->certificate.reset(); }
std::string TlsStream::remote_address() const { return state_->who(); }
std::string TlsStream::remote_ip() const { return plain(state_->remote.address()).to_string(); }
Executor TlsStream::executor() const { return state_->socket.get_executor(); }
std::uint64_t TlsStream::bytes_decrypted() const { return state_->decrypted; }

}  // namespace daikan::net
