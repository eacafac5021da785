// Fixtures for everything that talks over sockets: one io_context, coroutines run to their end within a time bound, connected pairs.
//
// Traps this file avoids for its users: no coroutine is a capturing lambda here (write free coroutine functions and pass references to
// what the test owns); what a test spawns is joined before the test ends.
#pragma once

#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "net/tls_stream.h"

namespace daikan::net::test {

using namespace std::chrono_literals;

inline constexpr auto kPatience = 20s;  // No test waits this long unless it fails; sanitizers on a busy machine are slow.

inline SteadyTime soon() { return std::chrono::steady_clock::now() + kPatience; }
inline SteadyTime in(std::chrono::steady_clock::duration time) { return std::chrono::steady_clock::now() + time; }

inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// One I/O thread's world. `run(task)` blocks until the task has returned and hands over what it returned; fails the test (by exception)
/// after kPatience, or rethrows what left the task. Other coroutines of the context run meanwhile.
class Loop {
 public:
  asio::io_context context{1};

  Executor executor() { return context.get_executor(); }

  template <class T>
  T run(awaitable<T> task) {
    std::optional<T> result;
    auto stored = store(std::move(task), result);
    drive(std::move(stored));
    return std::move(*result);
  }
  void run(awaitable<> task) { drive(std::move(task)); }

  /// Runs what is ready until `condition` holds; false after kPatience.
  template <class Condition>
  bool run_until(Condition condition) {
    context.restart();
    while (!condition()) {
      if (context.run_one_until(soon()) == 0) return condition();
    }
    return true;
  }

  /// Runs what is ready and returns.
  void poll() {
    context.restart();
    context.poll();
  }

  /// Runs until nothing is left to do, for the tail of a test.
  void drain() {
    context.restart();
    context.run_for(kPatience);
  }

 private:
  template <class T>
  static awaitable<> store(awaitable<T> task, std::optional<T>& into) {
    auto value = co_await std::move(task);
    into.emplace(std::move(value));
  }

  void drive(awaitable<> task) {
    bool ended = false;
    std::exception_ptr exception;
    asio::co_spawn(context, std::move(task), [&ended, &exception](std::exception_ptr e) {
      ended = true;
      exception = std::move(e);
    });
    if (!run_until([&ended] { return ended; })) throw std::runtime_error("the coroutine did not end within the test's patience");
    if (exception) std::rethrow_exception(exception);
  }
};

inline Identity make_identity(std::string_view name = "Daikan test") { return std::move(*Identity::make(now(), name)); }

inline PinCheck accept_any() {
  return [](const Pin&, const CertificateRecord&) { return true; };
}
inline PinCheck accept_none() {
  return [](const Pin&, const CertificateRecord&) { return false; };
}
inline PinCheck accept_only(const Identity& identity) {
  return [pin = identity.certificate().pin](const Pin& seen, const CertificateRecord&) { return seen == pin; };
}

/// Two connected TCP sockets on loopback: {dialled, accepted}.
inline std::pair<TcpSocket, TcpSocket> connected_sockets(Loop& loop) {
  TcpAcceptor acceptor(loop.executor(), {asio::ip::address_v4::loopback(), 0});
  TcpSocket dialled(loop.executor());
  dialled.connect(acceptor.local_endpoint());
  TcpSocket accepted = acceptor.accept();
  return {std::move(dialled), std::move(accepted)};
}

/// One end of a TLS handshake in a test: what to present, what to accept.
struct TlsEnd {
  std::shared_ptr<TlsContext> context;
  PinCheck check = accept_any();
};

/// A connection as it stands after both handshakes ended, well or badly.
struct TlsPair {
  std::unique_ptr<TlsStream> client;
  std::unique_ptr<TlsStream> server;
  Result<> connected;
  Result<> accepted;
};

namespace detail {

inline awaitable<> accept_into(TlsStream& stream, PinCheck check, Result<>& into) {
  auto accepted = co_await stream.accept(std::move(check), soon());
  into = std::move(accepted);
}

inline awaitable<> shake_hands(TlsPair& pair, PinCheck client_check, PinCheck server_check) {
  const auto executor = co_await asio::this_coro::executor;
  TaskGroup group(executor);
  auto accepting = accept_into(*pair.server, std::move(server_check), pair.accepted);
  group.spawn(std::move(accepting));
  std::exception_ptr exception;
  try {
    auto connected = co_await pair.client->connect("", std::move(client_check), soon());
    pair.connected = std::move(connected);
  } catch (...) {
    exception = std::current_exception();
  }
  if (!pair.connected || exception) pair.client->close();
  co_await group.join();
  if (exception) std::rethrow_exception(exception);
  if (!pair.accepted) pair.server->close();
}

}  // namespace detail

/// Connects two streams over loopback and runs both handshakes to their end; a side that failed is closed.
inline TlsPair make_pair(Loop& loop, TlsEnd client, TlsEnd server) {
  auto sockets = connected_sockets(loop);
  TlsPair pair;
  pair.client = std::make_unique<TlsStream>(std::move(sockets.first), std::move(client.context));
  pair.server = std::make_unique<TlsStream>(std::move(sockets.second), std::move(server.context));
  loop.run(detail::shake_hands(pair, std::move(client.check), std::move(server.check)));
  return pair;
}

/// A connected pair as on port 13000: mutual TLS 1.3 with `alpn`.
inline TlsPair make_link_pair(Loop& loop, std::string_view alpn = kAlpnReversedH2) {
  const auto upper = make_identity("upper");
  const auto lower = make_identity("lower");
  auto pair = make_pair(loop, {*TlsContext::link(lower, {std::string(alpn)}), accept_only(upper)},
                        {*TlsContext::link(upper, {std::string(alpn)}), accept_only(lower)});
  EXPECT_TRUE(pair.connected) << pair.connected.error().text();
  EXPECT_TRUE(pair.accepted) << pair.accepted.error().text();
  return pair;
}

/// Reads until `size` bytes, the end or an error.
inline awaitable<Result<std::string>> read_exactly(TlsStream& stream, std::size_t size) {
  std::string text;
  std::array<std::uint8_t, 4096> buffer;
  while (text.size() < size) {
    auto n = co_await stream.read_some(std::span(buffer).first(std::min(buffer.size(), size - text.size())));
    if (!n) co_return fail(n.error());
    if (*n == 0) break;
    text.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*n));
  }
  co_return text;
}

/// Descriptors this process has open now.
inline std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace daikan::net::test
