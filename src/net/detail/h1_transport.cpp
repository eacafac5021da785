#include "net/detail/h1_transport.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>

#include "base/limits.h"

namespace daikan::net::detail {
namespace {

constexpr auto kTuple = asio::as_tuple(use_awaitable);

class OverTls final : public H1Transport {
 public:
  explicit OverTls(std::unique_ptr<TlsStream> stream) : stream_(std::move(stream)) {}
  awaitable<Result<>> wait_readable() override { return stream_->wait_readable(); }
  awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into) override { return stream_->read_some(into); }
  awaitable<Result<>> write(std::span<const std::uint8_t> bytes) override { return stream_->write(bytes); }
  void close() override { stream_->close(); }
  std::string remote_ip() const override { return stream_->remote_ip(); }
  Executor executor() const override { return stream_->executor(); }

 private:
  std::unique_ptr<TlsStream> stream_;
};

class OverTcp final : public H1Transport {
 public:
  explicit OverTcp(TcpSocket socket) : socket_(std::move(socket)), executor_(socket_.get_executor()) {
    boost::system::error_code ec;
    const auto peer = socket_.remote_endpoint(ec);
    if (!ec) remote_ip_ = peer.address().to_string();
  }

  awaitable<Result<>> wait_readable() override {
    const auto [ec] = co_await socket_.async_wait(asio::socket_base::wait_read, kTuple);
    if (ec) co_return fail(broken(ec));
    co_return Result<>{};
  }

  awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    const auto [ec, n] = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), kTuple);
    if (ec == asio::error::eof) co_return std::size_t{0};
    if (ec) co_return fail(broken(ec));
    co_return n;
  }

  awaitable<Result<>> write(std::span<const std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      auto taken = co_await with_deadline<std::size_t>(std::chrono::steady_clock::now() + limits::kWriteStallTime, "writing an answer",
                                                       write_some(bytes));
      if (!taken) co_return fail(std::move(taken.error()));
      bytes = bytes.subspan(*taken);
    }
    co_return Result<>{};
  }

  void close() override {
    boost::system::error_code ec;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ec);
    socket_.close(ec);
  }
  std::string remote_ip() const override { return remote_ip_; }
  Executor executor() const override { return executor_; }

 private:
  static Error broken(const boost::system::error_code& ec) {
    if (ec == asio::error::operation_aborted) return {Code::cancelled, "The connection was given up."};
    return {Code::closed, "The connection broke: " + ec.message() + "."};
  }
  awaitable<Result<std::size_t>> write_some(std::span<const std::uint8_t> bytes) {
    const auto [ec, n] = co_await socket_.async_write_some(asio::buffer(bytes.data(), bytes.size()), kTuple);
    if (ec) co_return fail(broken(ec));
    co_return n;
  }

  TcpSocket socket_;
  Executor executor_;
  std::string remote_ip_;
};

}  // namespace

std::unique_ptr<H1Transport> over_tls(std::unique_ptr<TlsStream> stream) { return std::make_unique<OverTls>(std::move(stream)); }
std::unique_ptr<H1Transport> over_tcp(TcpSocket socket) { return std::make_unique<OverTcp>(std::move(socket)); }

}  // namespace daikan::net::detail
