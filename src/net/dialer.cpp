#include "net/dialer.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <fmt/format.h>

#include "net/detail/lookup.h"
#include "net/detail/reach.h"
#include "net/proxy.h"

namespace daikan::net {
namespace {

constexpr auto kTuple = asio::as_tuple(use_awaitable);
constexpr std::size_t kProxyReadBytes = 1024;
// One address that swallows packets must leave time for the others of the same name.
constexpr auto kLeastTimePerAddress = std::chrono::milliseconds(250);

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

Result<> connect_result(const boost::system::error_code& ec) {
  if (!ec) return {};
  if (ec == asio::error::operation_aborted) return fail(Code::cancelled, "connecting was cancelled");
  if (ec == asio::error::connection_refused) return fail(Code::refused, "connection refused");
  if (ec == asio::error::timed_out) return fail(Code::timed_out, "no answer");
  if (ec == asio::error::host_unreachable || ec == asio::error::network_unreachable) return fail(Code::unreachable, "no route to it");
  return fail(Code::unreachable, ec.message());
}

awaitable<Result<>> connect_one(TcpSocket& socket, asio::ip::tcp::endpoint endpoint) {
  boost::system::error_code ec;
  socket.open(endpoint.protocol(), ec);
  if (ec) co_return connect_result(ec);
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  const auto [failed] = co_await socket.async_connect(endpoint, kTuple);
  co_return connect_result(failed);
}

// Of several addresses' failures, the one that says most: somebody answered > nobody answered > no way there.
int telling(const Error& error) {
  switch (error.code) {
    case Code::cancelled:
      return 3;
    case Code::refused:
      return 2;
    case Code::timed_out:
      return 1;
    default:
      return 0;
  }
}

/// Tries `addresses` in turn; `into` is the connected socket. Returns the address that answered. Messages hold the reason only.
awaitable<Result<asio::ip::address>> connect_any(TcpSocket& into, std::vector<asio::ip::address> addresses, std::uint16_t port,
                                                 SteadyTime deadline) {
  std::optional<Error> worst;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = steady_now();
    const auto left = static_cast<std::int64_t>(addresses.size() - i);
    const auto share = std::max<SteadyTime::duration>((deadline - now) / left, kLeastTimePerAddress);
    TcpSocket socket(into.get_executor());
    auto connecting = connect_one(socket, asio::ip::tcp::endpoint(addresses[i], port));
    auto connected = co_await with_deadline(std::min(deadline, now + share), "connecting", std::move(connecting));
    if (connected) {
      into = std::move(socket);
      co_return addresses[i];
    }
    Error error = std::move(connected.error());
    if (error.code == Code::timed_out) error.message = "no answer in time";
    if (!worst || telling(error) > telling(*worst)) worst = std::move(error);
    if (worst->code == Code::cancelled) break;
  }
  if (addresses.size() > 1 && worst->code != Code::cancelled) {
    std::string tried;
    for (const auto& address : addresses) tried += fmt::format("{}{}", tried.empty() ? "" : ", ", address.to_string());
    worst->message += fmt::format(" (tried {})", tried);
  }
  co_return fail(std::move(*worst));
}

awaitable<Result<>> send(TcpSocket& socket, std::string bytes) {
  const auto [ec, n] = co_await asio::async_write(socket, asio::buffer(bytes), kTuple);
  if (ec == asio::error::operation_aborted) co_return fail(Code::cancelled, "Speaking to the proxy was cancelled.");
  // Otherwise the proxy may have answered before it closed: reading tells.
  co_return Result<>{};
}

/// Asks the proxy for the tunnel. Returns what it answered.
awaitable<Result<std::string>> ask_proxy(TcpSocket& socket, ProxyExchange& exchange) {
  auto first = exchange.begin();
  if (!first) co_return fail(std::move(first.error()));
  auto sent = co_await send(socket, std::move(*first));
  if (!sent) co_return fail(std::move(sent.error()));
  std::array<char, kProxyReadBytes> buffer;
  for (;;) {
    const auto [ec, n] = co_await socket.async_read_some(asio::buffer(buffer), kTuple);
    if (ec == asio::error::operation_aborted) co_return fail(Code::cancelled, "Speaking to the proxy was cancelled.");
    if (ec) co_return fail(exchange.closed());
    auto progress = exchange.feed(std::string_view(buffer.data(), n));
    if (!progress) co_return fail(std::move(progress.error()));
    if (progress->connected) co_return std::move(progress->detail);
    if (progress->send.empty()) continue;
    sent = co_await send(socket, std::move(progress->send));
    if (!sent) co_return fail(std::move(sent.error()));
  }
}

// One dial: what it is for, when it must be over, what it saw.
class Dial {
 public:
  Dial(DialTarget target, SteadyTime deadline, DialTrace* trace)
      : target_(std::move(target)), who_(target_.endpoint.str()), deadline_(deadline), trace_(trace), step_began_(steady_now()) {}

  awaitable<Result<>> reach_directly(TcpSocket& socket);
  awaitable<Result<>> reach_through_proxy(TcpSocket& socket);
  awaitable<Result<std::unique_ptr<TlsStream>>> secure(TcpSocket socket, std::shared_ptr<TlsContext> context, PinCheck check);
  bool has_proxy() const { return target_.proxy.has_value(); }

 private:
  void passed(DialStep step, std::string detail) { record(step, std::move(detail), std::nullopt); }
  tl::unexpected<Error> failed(DialStep step, Error error) {
    record(step, {}, error);
    return fail(std::move(error));
  }
  void record(DialStep step, std::string detail, std::optional<Error> error);
  Error name_error(const Error& reason) const;
  Error tcp_error(const Error& reason) const;
  Error proxy_unreachable(const Error& reason) const;
  Error cancelled() const { return {Code::cancelled, fmt::format("{}: the connection attempt was cancelled.", who_)}; }
  Error tls_error(Error error, const TlsStream& stream) const;

  DialTarget target_;
  std::string who_;
  SteadyTime deadline_;
  DialTrace* trace_;
  SteadyTime step_began_;
};

void Dial::record(DialStep step, std::string detail, std::optional<Error> error) {
  const auto now = steady_now();
  if (trace_ != nullptr) {
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - step_began_);
    trace_->entries.push_back({.step = step, .detail = std::move(detail), .took = took, .error = std::move(error)});
  }
  step_began_ = now;
}

Error Dial::name_error(const Error& reason) const {
  if (reason.code == Code::cancelled) return cancelled();
  return {reason.code, fmt::format("{}: {}.", who_, reason.message),
          "Check the name and this server's name server, or give an IP address."};
}

Error Dial::tcp_error(const Error& reason) const {
  const auto port = target_.endpoint.port;
  switch (reason.code) {
    case Code::cancelled:
      return cancelled();
    case Code::refused:
      return {Code::refused, fmt::format("{}: {}.", who_, reason.message),
              fmt::format("Is the server running, and is port {} open?", port)};
    case Code::timed_out:
      return {Code::timed_out, fmt::format("{}: {} while connecting.", who_, reason.message),
              fmt::format("Check the address and that no firewall on the way drops port {}.", port)};
    default:
      return {Code::unreachable, fmt::format("{}: unreachable: {}.", who_, reason.message),
              "Check the address and the route from this server."};
  }
}

Error Dial::proxy_unreachable(const Error& reason) const {
  if (reason.code == Code::cancelled) return cancelled();
  return {Code::proxy_unreachable, fmt::format("{}: the proxy {} cannot be reached: {}.", who_, target_.proxy->url(), reason.message),
          "Check the proxy's address and port, and that it is running."};
}

awaitable<Result<>> Dial::reach_directly(TcpSocket& socket) {
  auto addresses = co_await detail::look_up(target_.endpoint.host, deadline_);
  if (!addresses) co_return failed(DialStep::name, name_error(addresses.error()));
  std::string list;
  for (const auto& address : *addresses) list += fmt::format("{}{}", list.empty() ? "" : ", ", address.to_string());
  passed(DialStep::name, std::move(list));
  auto connected = co_await connect_any(socket, std::move(*addresses), target_.endpoint.port, deadline_);
  if (!connected) co_return failed(DialStep::tcp, tcp_error(connected.error()));
  passed(DialStep::tcp, connected->to_string());
  co_return Result<>{};
}

awaitable<Result<>> Dial::reach_through_proxy(TcpSocket& socket) {
  const auto& proxy = *target_.proxy;
  auto addresses = co_await detail::look_up(proxy.endpoint.host, deadline_);
  if (!addresses) co_return failed(DialStep::proxy, proxy_unreachable(addresses.error()));
  auto connected = co_await connect_any(socket, std::move(*addresses), proxy.endpoint.port, deadline_);
  if (!connected) co_return failed(DialStep::proxy, proxy_unreachable(connected.error()));
  const auto exchange = make_proxy_exchange(proxy, target_.endpoint);
  auto asking = ask_proxy(socket, *exchange);
  auto answered = co_await with_deadline(deadline_, "asking the proxy", std::move(asking));
  if (answered) {
    passed(DialStep::proxy, std::move(*answered));
    co_return Result<>{};
  }
  Error error = std::move(answered.error());
  if (error.code == Code::cancelled) error = cancelled();
  if (error.code == Code::timed_out) {
    error = {Code::timed_out, fmt::format("{}: timed out while waiting for the answer of the proxy {}.", who_, proxy.url()),
             "Check that the proxy is of this kind and that it can reach the address itself."};
  }
  co_return failed(DialStep::proxy, std::move(error));
}

// The stream knows the address it is connected to; a person knows the name that was dialled.
Error Dial::tls_error(Error error, const TlsStream& stream) const {
  const auto address = stream.remote_address();
  if (error.message.starts_with(address)) error.message.replace(0, address.size(), who_);
  return error;
}

awaitable<Result<std::unique_ptr<TlsStream>>> Dial::secure(TcpSocket socket, std::shared_ptr<TlsContext> context, PinCheck check) {
  auto stream = std::make_unique<TlsStream>(std::move(socket), std::move(context));
  auto connected = co_await stream->connect(target_.endpoint.host, std::move(check), deadline_);
  if (connected) {
    passed(DialStep::tls, stream->protocol());
    passed(DialStep::alpn, stream->alpn());
    passed(DialStep::certificate, stream->peer_certificate()->fingerprint);
    co_return std::move(stream);
  }
  auto error = tls_error(std::move(connected.error()), *stream);
  if (error.code == Code::not_an_administration_server) {
    passed(DialStep::tls, stream->protocol());
    co_return failed(DialStep::alpn, std::move(error));
  }
  if (error.code == Code::certificate_mismatch) {
    passed(DialStep::tls, stream->protocol());
    passed(DialStep::alpn, stream->alpn());
    co_return failed(DialStep::certificate, std::move(error));
  }
  co_return failed(DialStep::tls, std::move(error));
}

}  // namespace

std::string_view to_string(DialStep step) {
  switch (step) {
    case DialStep::name:
      return "name";
    case DialStep::tcp:
      return "tcp";
    case DialStep::proxy:
      return "proxy";
    case DialStep::tls:
      return "tls";
    case DialStep::alpn:
      return "alpn";
    case DialStep::certificate:
      return "certificate";
  }
  return "";
}

awaitable<Result<std::unique_ptr<TlsStream>>> dial(DialTarget target, std::shared_ptr<TlsContext> context, PinCheck check,
                                                   SteadyTime deadline, DialTrace* trace) {
  const auto executor = co_await asio::this_coro::executor;
  Dial dial(std::move(target), deadline, trace);
  TcpSocket socket(executor);
  auto reaching = dial.has_proxy() ? dial.reach_through_proxy(socket) : dial.reach_directly(socket);
  auto reached = co_await std::move(reaching);
  if (!reached) co_return fail(std::move(reached.error()));
  auto secured = co_await dial.secure(std::move(socket), std::move(context), std::move(check));
  co_return secured;
}

awaitable<Result<TcpSocket>> detail::reach(Endpoint server, SteadyTime deadline) {
  TcpSocket socket(co_await asio::this_coro::executor);
  Dial dial({std::move(server), std::nullopt}, deadline, nullptr);
  auto reached = co_await dial.reach_directly(socket);
  if (!reached) co_return fail(std::move(reached.error()));
  co_return std::move(socket);
}

}  // namespace daikan::net
