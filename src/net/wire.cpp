#include "net/wire.h"

#include <array>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "base/limits_notifications.h"
#include "net/detail/reach.h"

namespace daikan::net {
namespace {

constexpr auto kTuple = asio::as_tuple(use_awaitable);
constexpr std::size_t kPieceBytes = 4096;

}  // namespace

awaitable<Result<std::unique_ptr<Wire>>> Wire::dial(Endpoint server, SteadyTime deadline) {
  auto socket = co_await detail::reach(server, deadline);
  if (!socket) co_return fail(std::move(socket.error()));
  co_return std::unique_ptr<Wire>(new Wire(std::move(server), std::move(*socket)));
}

awaitable<Result<>> Wire::secure(Trust trust, SteadyTime deadline) {
  auto context = trusting_context(trust, server_.host);
  if (!context) co_return fail(std::move(context.error()));
  stream_ = std::make_unique<TlsStream>(std::move(socket_), std::move(*context));
  auto check = trusted_check(trust);
  auto connected = co_await stream_->connect(server_.host, std::move(check), deadline);
  if (connected) co_return connected;
  // The stream knows the address; a person knows the name.
  auto error = std::move(connected.error());
  const auto address = stream_->remote_address();
  if (error.message.starts_with(address)) error.message.replace(0, address.size(), server_.str());
  if (error.code == Code::certificate_mismatch && !trust.fingerprint.empty()) {
    error.message += fmt::format(" Expected was {}.", trust.fingerprint);
  }
  co_return fail(std::move(error));
}

Error Wire::broken(std::string_view what, const boost::system::error_code& ec) const {
  if (ec == asio::error::operation_aborted) return {Code::cancelled, fmt::format("{}: {} was cancelled.", server_.str(), what)};
  return {Code::closed, fmt::format("{}: the connection broke while {}: {}.", server_.str(), what, ec.message()),
          "Check the server and its log."};
}

awaitable<Result<std::string>> Wire::read_some() {
  std::array<char, kPieceBytes> buffer;
  if (stream_) {
    auto n = co_await stream_->read_some({reinterpret_cast<std::uint8_t*>(buffer.data()), buffer.size()});
    if (!n) co_return fail(std::move(n.error()));
    co_return std::string(buffer.data(), *n);
  }
  const auto [ec, n] = co_await socket_.async_read_some(asio::buffer(buffer), kTuple);
  if (ec == asio::error::eof) co_return std::string();
  if (ec) co_return fail(broken("reading", ec));
  co_return std::string(buffer.data(), n);
}

awaitable<Result<>> Wire::write(std::string bytes) {
  if (stream_) {
    auto written = co_await stream_->write({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    co_return written;
  }
  const auto [ec, n] = co_await asio::async_write(socket_, asio::buffer(bytes), kTuple);
  if (ec) co_return fail(broken("writing", ec));
  co_return Result<>{};
}

awaitable<Result<>> Wire::drain() {
  for (;;) {
    auto piece = co_await read_some();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty()) co_return Result<>{};
  }
}

awaitable<Result<>> Wire::finish() {
  boost::system::error_code ec;
  if (!stream_) socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ec);
  auto draining = drain();
  auto drained = co_await with_deadline(std::chrono::steady_clock::now() + limits::kLingerTime, "closing", std::move(draining));
  close();
  if (!drained && drained.error().code != Code::timed_out) co_return drained;
  co_return Result<>{};
}

void Wire::close() {
  if (stream_) return stream_->close();
  boost::system::error_code ec;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ec);
  socket_.close(ec);
}

}  // namespace daikan::net
