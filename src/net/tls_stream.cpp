#include "net/tls_stream.h"

#include <array>
#include <cassert>
#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "net/detail/tls_stream_state.h"

namespace daikan::net {
namespace {

using detail::Handshake;
using detail::TlsRole;
using detail::Verdict;

constexpr auto kTuple = asio::as_tuple(use_awaitable);

// After this many bytes without waiting, a reader or writer lets others run: one busy link must not starve the rest of its thread.
constexpr std::size_t kFairShareBytes = 256 * 1024;
constexpr std::size_t kMostBytesInARecord = 16 * 1024;  // RFC 8446 section 5.1
constexpr std::size_t kMostBytesUnread = 64 * 1024;
constexpr std::size_t kMostBytesDropped = 1024 * 1024;  // of a peer that goes on sending after our end

bool is_ip_literal(std::string_view name) {
  boost::system::error_code ec;
  asio::ip::make_address(name, ec);
  return !ec;
}

// Drops what the socket holds. What is left: more may come (EAGAIN), or the stream has ended or failed.
enum class Rest : std::uint8_t { may_come, ended };
Rest drop_received(TcpSocket& socket, std::size_t& budget) {
  std::array<std::uint8_t, 4096> unread;
  while (budget > 0) {
    const auto n = ::recv(socket.native_handle(), unread.data(), std::min(unread.size(), budget), MSG_DONTWAIT);
    if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? Rest::may_come : Rest::ended;
    budget -= static_cast<std::size_t>(n);
  }
  return Rest::ended;
}

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

}  // namespace

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

Result<bool> TlsStream::try_write(std::span<const std::uint8_t> bytes) {
  auto& state = *state_;
  assert(!state.writing && bytes.size() <= kMostBytesInARecord);
  if (bytes.empty()) return true;
  if (state.write_broken || !state.open) return fail(state.closed_error());
  if (state.ended_by) return fail(*state.ended_by);
  std::size_t n = 0;
  ERR_clear_error();
  const int done = SSL_write_ex(state.ssl, bytes.data(), bytes.size(), &n);
  if (done == 1) return true;  // one record is written whole or not at all
  const auto failure = detail::take_failure(state.ssl, done);
  if (failure.kind == SSL_ERROR_WANT_READ || failure.kind == SSL_ERROR_WANT_WRITE) return false;
  if (failure.kind == SSL_ERROR_SYSCALL) state.look_for_alert();
  return fail(state.remember(failure));
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

awaitable<> TlsStream::finish(SteadyTime until) {
  auto& state = *state_;
  if (!state.open || !state.established || state.ended_by || state.write_broken) co_return;
  ERR_clear_error();
  SSL_shutdown(state.ssl);
  ERR_clear_error();
  boost::system::error_code ignored;
  state.socket.shutdown(TcpSocket::shutdown_send, ignored);
  std::size_t budget = kMostBytesDropped;
  while (state.open && drop_received(state.socket, budget) == Rest::may_come) {
    auto waiting = state.wait(TcpSocket::wait_read);
    const auto waited = co_await with_deadline(until, "waiting for the other side's end", std::move(waiting));
    if (!waited) co_return;
  }
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
  std::size_t budget = kMostBytesUnread;
  drop_received(state.socket, budget);
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
std::array<std::uint8_t, 32> TlsStream::channel_binding() const {
  constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";  // RFC 9266
  std::array<std::uint8_t, 32> value{};
  if (SSL_export_keying_material(state_->ssl, value.data(), value.size(), kLabel.data(), kLabel.size(), nullptr, 0, 1) != 1) {
    throw std::logic_error("a channel binding was asked for before the handshake");
  }
  return value;
}

Pin TlsStream::own_pin() const {
  X509* own = SSL_get_certificate(state_->ssl);
  return own != nullptr ? pin_of(own) : Pin{};
}

const std::optional<CertificateRecord>& TlsStream::peer_certificate() const { return state_->certificate; }
void TlsStream::forget_certificate() { state_->certificate.reset(); }
std::string TlsStream::remote_address() const { return state_->who(); }
std::string TlsStream::remote_ip() const { return detail::plain(state_->remote.address()).to_string(); }
Executor TlsStream::executor() const { return state_->socket.get_executor(); }
std::uint64_t TlsStream::bytes_decrypted() const { return state_->decrypted; }

}  // namespace daikan::net
