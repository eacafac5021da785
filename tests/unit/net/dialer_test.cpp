#include "net/dialer.h"

#include <condition_variable>
#include <mutex>

#include <dlfcn.h>
#include <fmt/format.h>
#include <netdb.h>

#include "net/listener.h"
#include "test_net.h"

namespace daikan::net::test {

// While one lives, the name server does not answer for names that begin with "unanswered". Leaves when no lookup hangs any more.
class UnansweredNames {
 public:
  UnansweredNames() { set(true); }
  ~UnansweredNames() {
    set(false);
    std::unique_lock lock(mutex);
    changed.wait(lock, [] { return hanging == 0; });
  }
  UnansweredNames(const UnansweredNames&) = delete;
  UnansweredNames& operator=(const UnansweredNames&) = delete;

  static void hang() {
    std::unique_lock lock(mutex);
    most_hanging = std::max(most_hanging, ++hanging);
    changed.wait(lock, [] { return !silent; });
    --hanging;
    changed.notify_all();
  }
  static int most() {
    const std::lock_guard lock(mutex);
    return most_hanging;
  }

 private:
  static void set(bool value) {
    const std::lock_guard lock(mutex);
    silent = value;
    if (value) most_hanging = 0;
    changed.notify_all();
  }
  static inline std::mutex mutex;
  static inline std::condition_variable changed;
  static inline bool silent = false;
  static inline int hanging = 0;
  static inline int most_hanging = 0;
};

}  // namespace daikan::net::test

// Stands before the C library's own, for this test program.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** result) {
  if (name != nullptr && std::string_view(name).starts_with("unanswered")) {
    daikan::net::test::UnansweredNames::hang();
    return EAI_AGAIN;
  }
  static const auto real = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(name, service, hints, result);
}

namespace daikan::net::test {
namespace {

using namespace std::string_literals;

const Identity& server_identity() {
  static const Identity identity = make_identity("server");
  return identity;
}
const Identity& client_identity() {
  static const Identity identity = make_identity("client");
  return identity;
}

std::shared_ptr<TlsContext> server_context() { return *TlsContext::link(server_identity(), {"rh2", "h2"}); }
std::shared_ptr<TlsContext> client_context() { return *TlsContext::link(client_identity(), {"rh2"}); }

// What a scripted peer does after its last line.
enum class Then : std::uint8_t { close, hang, flood, speak_tls };

struct Script {
  std::vector<std::string> answers;  // one for each portion received
  Then then = Then::hang;
  std::string received;
};

awaitable<> play(TcpAcceptor& acceptor, Script& script) {
  auto socket = co_await acceptor.async_accept(use_awaitable);
  std::array<char, 4096> buffer;
  for (const auto& answer : script.answers) {
    const auto [ec, n] = co_await socket.async_read_some(asio::buffer(buffer), asio::as_tuple(use_awaitable));
    if (ec) co_return;
    script.received.append(buffer.data(), n);
    co_await asio::async_write(socket, asio::buffer(answer), use_awaitable);
  }
  if (script.then == Then::hang) {
    // Until the dialler leaves.
    co_await socket.async_wait(TcpSocket::wait_error, asio::as_tuple(use_awaitable));
  }
  const std::string filler(16 * 1024, 'x');
  for (int i = 0; script.then == Then::flood && i < 640; ++i) {
    const auto [ec, n] = co_await asio::async_write(socket, asio::buffer(filler), asio::as_tuple(use_awaitable));
    if (ec) co_return;
  }
  if (script.then == Then::speak_tls) {
    TlsStream stream(std::move(socket), server_context());
    auto accepted = co_await stream.accept(accept_only(client_identity()), soon());
    EXPECT_TRUE(accepted) << accepted.error().text();
    std::array<std::uint8_t, 16> end;
    co_await stream.read_some(end);
  }
}

std::uint16_t unused_port(Loop& loop) {
  TcpAcceptor acceptor(loop.executor(), {asio::ip::address_v4::loopback(), 0});
  return acceptor.local_endpoint().port();
}

class Dialer : public ::testing::Test {
 protected:
  Dialer() {
    group_.on_error([](const std::exception_ptr&) {});
  }
  ~Dialer() override {
    group_.cancel();
    loop_.run(group_.join());
  }

  /// The port on which the script is played once. It lives as long as the fixture, whose end may find it waiting.
  std::uint16_t peer(Script script) {
    scripts_.push_back(std::move(script));
    acceptor_.emplace(loop_.executor(), asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    group_.spawn(play(*acceptor_, scripts_.back()));
    return acceptor_->local_endpoint().port();
  }

  DialTarget through(ProxyKind kind, std::uint16_t port, std::string user = {}, std::string password = {}) {
    return {{"server.invalid", 13000}, Proxy{kind, {"127.0.0.1", port}, std::move(user), std::move(password)}};
  }

  Result<std::unique_ptr<TlsStream>> dial_it(DialTarget target, SteadyTime deadline = soon(),
                                             PinCheck check = accept_only(server_identity())) {
    trace_.entries.clear();
    return loop_.run(dial(std::move(target), client_context(), std::move(check), deadline, &trace_));
  }

  void expect_failure(DialTarget target, Code code, std::string_view words, SteadyTime deadline = soon()) {
    const auto who = target.endpoint.str();
    const auto dialled = dial_it(std::move(target), deadline);
    ASSERT_FALSE(dialled);
    EXPECT_EQ(dialled.error().code, code) << dialled.error().text();
    EXPECT_NE(dialled.error().message.find(words), std::string::npos) << dialled.error().text();
    EXPECT_TRUE(dialled.error().message.starts_with(who + ": ")) << dialled.error().message;
    EXPECT_FALSE(dialled.error().remedy.empty());
    EXPECT_EQ(dialled.error().text().find("s3cret"), std::string::npos);
    ASSERT_FALSE(trace_.entries.empty());
    EXPECT_EQ(trace_.entries.back().error, dialled.error()) << "the trace ends with the failing step";
  }

  std::vector<DialStep> steps() const {
    std::vector<DialStep> seen;
    for (const auto& entry : trace_.entries) seen.push_back(entry.step);
    return seen;
  }

  std::deque<Script> scripts_;
  Loop loop_;
  TaskGroup group_{loop_.executor()};
  std::optional<TcpAcceptor> acceptor_;
  DialTrace trace_;
};

awaitable<> wait_for_end(std::unique_ptr<TlsStream> stream) {
  std::array<std::uint8_t, 16> buffer;
  co_await stream->read_some(buffer);
}

TEST_F(Dialer, ConnectsOverIpv4AndIpv6AndTracesEveryStep) {
  Listener listener(loop_.executor(), server_context(), accept_only(client_identity()), {8, 0, 0});
  ASSERT_TRUE(listener.start({{"127.0.0.1", 0}, {"::1", 0}}, wait_for_end, {}));
  for (const auto& endpoint : listener.endpoints()) {
    const auto dialled = dial_it({endpoint, std::nullopt});
    ASSERT_TRUE(dialled) << dialled.error().text();
    EXPECT_EQ((*dialled)->alpn(), "rh2");
    EXPECT_EQ((*dialled)->remote_address(), endpoint.str());
    EXPECT_EQ(steps(), (std::vector{DialStep::name, DialStep::tcp, DialStep::tls, DialStep::alpn, DialStep::certificate}));
    EXPECT_EQ(trace_.entries.back().detail, server_identity().certificate().fingerprint);
    for (const auto& entry : trace_.entries) EXPECT_FALSE(entry.error);
  }
  loop_.run(listener.stop());
}

TEST_F(Dialer, ResolvesNamesAndTriesEveryAddress) {
  Listener listener(loop_.executor(), server_context(), accept_only(client_identity()), {8, 0, 0});
  ASSERT_TRUE(listener.start({{"127.0.0.1", 0}}, wait_for_end, {}));
  const auto dialled = dial_it({{"localhost", listener.endpoints()[0].port}, std::nullopt});
  EXPECT_TRUE(dialled) << dialled.error().text();
  loop_.run(listener.stop());
}

TEST_F(Dialer, SaysThatANameDoesNotExist) {
  expect_failure({{"no-such-server.invalid", 13000}, std::nullopt}, Code::name_not_resolved, "could not be resolved");
  EXPECT_EQ(steps(), std::vector{DialStep::name});
}

TEST_F(Dialer, ANameWithoutAnswerHoldsUpNoOtherNameAndNoShutdown) {
  const UnansweredNames names;
  expect_failure({{"unanswered.invalid", 13000}, std::nullopt}, Code::timed_out, "", in(50ms));
  expect_failure({{"localhost", unused_port(loop_)}, std::nullopt}, Code::refused, "", in(5s));
  loop_.context.restart();
  loop_.context.run_for(2s);
  EXPECT_TRUE(loop_.context.stopped()) << "a lookup nobody waits for must not keep run() from returning";
}

TEST_F(Dialer, AsksForAFewNamesAtOnceAndTheOthersWaitUntilTheirDeadline) {
  const UnansweredNames names;
  for (int i = 0; i < 12; ++i) {
    expect_failure({{fmt::format("unanswered{}.invalid", i), 13000}, std::nullopt}, Code::timed_out, "", in(50ms));
  }
  expect_failure({{"localhost", unused_port(loop_)}, std::nullopt}, Code::timed_out, "", in(50ms));
  EXPECT_LE(UnansweredNames::most(), 8);
  expect_failure({{"127.0.0.1", unused_port(loop_)}, std::nullopt}, Code::refused, "");
}

TEST_F(Dialer, ALookupMayOutliveTheContextThatAsked) {
  const UnansweredNames names;
  auto other = std::make_unique<Loop>();
  const auto dialled = other->run(dial({{"unanswered.invalid", 13000}, std::nullopt}, client_context(), accept_any(), in(50ms)));
  EXPECT_EQ(dialled.error().code, Code::timed_out);
  other.reset();
}

TEST_F(Dialer, SaysThatAConnectionWasRefused) {
  expect_failure({{"127.0.0.1", unused_port(loop_)}, std::nullopt}, Code::refused, "connection refused");
  EXPECT_EQ(steps(), (std::vector{DialStep::name, DialStep::tcp}));
}

TEST_F(Dialer, SaysThatAnAddressIsUnreachable) {
  expect_failure({{"255.255.255.255", 13000}, std::nullopt}, Code::unreachable, "unreachable");
}

// An address whose queue is full answers no connection.
TEST_F(Dialer, SaysThatConnectingTookTooLong) {
  TcpAcceptor full(loop_.executor(), asio::ip::tcp::v4());
  full.bind({asio::ip::address_v4::loopback(), 0});
  full.listen(0);
  std::vector<TcpSocket> fillers;
  for (int i = 0; i < 3; ++i) {
    fillers.emplace_back(loop_.executor(), asio::ip::tcp::v4());
    fillers.back().native_non_blocking(true);
    auto endpoint = full.local_endpoint();
    ::connect(fillers.back().native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size()));  // Asio's would wait
  }
  expect_failure({{"127.0.0.1", full.local_endpoint().port()}, std::nullopt}, Code::timed_out, "while connecting", in(100ms));
}

TEST_F(Dialer, QuotesAPlainWebServer) {
  Script script{{"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n"}, Then::close, {}};
  expect_failure({{"127.0.0.1", peer(script)}, std::nullopt}, Code::not_tls, "“HTTP/1.1 400 Bad Request”");
  EXPECT_EQ(trace_.entries.back().step, DialStep::tls);
}

TEST_F(Dialer, NamesTheHandshakeWhenThePeerHangs) {
  Script script{{""}, Then::hang, {}};
  expect_failure({{"127.0.0.1", peer(script)}, std::nullopt}, Code::timed_out, "TLS handshake", in(100ms));
}

TEST_F(Dialer, SaysThatTheCertificateIsAnother) {
  Listener listener(loop_.executor(), server_context(), accept_any(), {8, 0, 0});
  ASSERT_TRUE(listener.start({{"127.0.0.1", 0}}, wait_for_end, {}));
  const auto dialled = dial_it({listener.endpoints()[0], std::nullopt}, soon(), accept_none());
  ASSERT_FALSE(dialled);
  EXPECT_EQ(dialled.error().code, Code::certificate_mismatch);
  EXPECT_NE(dialled.error().message.find(server_identity().certificate().fingerprint), std::string::npos);
  EXPECT_EQ(steps().back(), DialStep::certificate);
  loop_.run(listener.stop());
}

TEST_F(Dialer, SaysThatAConsolePortIsNoLinkPort) {
  Listener listener(loop_.executor(), *TlsContext::console_server(server_identity()), {}, {8, 0, 0});
  ASSERT_TRUE(listener.start({{"127.0.0.1", 0}}, wait_for_end, {}));
  expect_failure({listener.endpoints()[0], std::nullopt}, Code::not_an_administration_server, "is no Administration Server");
  EXPECT_EQ(steps().back(), DialStep::alpn);
  loop_.run(listener.stop());
}

TEST_F(Dialer, ReachesThePeerThroughAnHttpProxyThatResolvesTheName) {
  Script script{{"HTTP/1.1 200 Connection established\r\n\r\n"}, Then::speak_tls, {}};
  const auto port = peer(script);
  auto dialled = dial_it(through(ProxyKind::http, port, "user", "s3cret"));
  ASSERT_TRUE(dialled) << dialled.error().text();
  EXPECT_TRUE(scripts_.back().received.starts_with("CONNECT server.invalid:13000 HTTP/1.1\r\n"));
  EXPECT_NE(scripts_.back().received.find("Proxy-Authorization: Basic dXNlcjpzM2NyZXQ=\r\n"), std::string::npos);
  EXPECT_EQ(steps(), (std::vector{DialStep::proxy, DialStep::tls, DialStep::alpn, DialStep::certificate}));
  EXPECT_EQ(trace_.entries[0].detail, "HTTP/1.1 200 Connection established");
}

TEST_F(Dialer, ReachesThePeerThroughASocksProxy) {
  Script script{{"\x05\x02"s, "\x01\x00"s, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s}, Then::speak_tls, {}};
  const auto port = peer(script);
  const auto dialled = dial_it(through(ProxyKind::socks5, port, "user", "s3cret"));
  EXPECT_TRUE(dialled) << dialled.error().text();
}

TEST_F(Dialer, SaysThatTheProxyIsUnreachable) {
  expect_failure(through(ProxyKind::http, unused_port(loop_)), Code::proxy_unreachable, "connection refused");
  expect_failure({{"server.invalid", 13000}, Proxy{ProxyKind::http, {"no-such-proxy.invalid", 3128}, {}, {}}}, Code::proxy_unreachable,
                 "could not be resolved");
}

TEST_F(Dialer, PassesOnWhatTheProxySaid) {
  Script asks{{"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"}, Then::close, {}};
  expect_failure(through(ProxyKind::http, peer(asks)), Code::proxy_auth_required, "407");
  Script denies{{"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!"}, Then::close, {}};
  expect_failure(through(ProxyKind::http, peer(denies)), Code::proxy_denied, "“HTTP/1.1 403 Forbidden”");
  Script socks_denies{{"\x05\x00"s, "\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"s}, Then::close, {}};
  expect_failure(through(ProxyKind::socks5, peer(socks_denies)), Code::proxy_denied, "not allowed");
  Script socks_login{{"\x05\x02"s, "\x01\x01"s}, Then::close, {}};
  expect_failure(through(ProxyKind::socks5, peer(socks_login), "user", "s3cret"), Code::proxy_auth_required, "did not accept");
}

TEST_F(Dialer, NamesTheProxyWhenItHangs) {
  Script silent{{""}, Then::hang, {}};
  expect_failure(through(ProxyKind::http, peer(silent)), Code::timed_out, "waiting for the answer of the proxy", in(100ms));
  Script half{{"HTTP/1.1 200 Conn"}, Then::hang, {}};
  expect_failure(through(ProxyKind::http, peer(half)), Code::timed_out, "waiting for the answer of the proxy", in(100ms));
  Script socks_half{{"\x05"s}, Then::hang, {}};
  expect_failure(through(ProxyKind::socks5, peer(socks_half)), Code::timed_out, "waiting for the answer of the proxy", in(100ms));
}

TEST_F(Dialer, RefusesAProxyThatLies) {
  Script behind{{"HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03"}, Then::hang, {}};
  expect_failure(through(ProxyKind::http, peer(behind)), Code::proxy_invalid_answer, "sent more than its answer");
  Script half{{"HTTP/1.1 20"}, Then::close, {}};
  expect_failure(through(ProxyKind::http, peer(half)), Code::proxy_invalid_answer, "in the middle of its answer");
  Script mute{{}, Then::close, {}};
  expect_failure(through(ProxyKind::http, peer(mute)), Code::proxy_invalid_answer, "without an answer");
  Script endless{{"HTTP/1.1 200 OK\r\nX-Filler: "}, Then::flood, {}};
  expect_failure(through(ProxyKind::http, peer(endless)), Code::proxy_invalid_answer, "more than 8 KiB");
  Script web{{"HTTP/1.1 400 Bad Request\r\n\r\n"}, Then::close, {}};
  expect_failure(through(ProxyKind::socks5, peer(web)), Code::proxy_invalid_answer, "not SOCKS5");
}

awaitable<> dial_and_tell(DialTarget target, std::optional<Code>& code) {
  auto dialled = co_await dial(std::move(target), client_context(), accept_any(), soon());
  code = dialled.error().code;
}

TEST_F(Dialer, CanBeCancelledAtEveryStep) {
  for (const bool proxied : {false, true}) {
    const auto port = peer({{""}, Then::hang, {}});
    const auto target = proxied ? through(ProxyKind::http, port) : DialTarget{{"127.0.0.1", port}, std::nullopt};
    TaskGroup dialling(loop_.executor());
    std::optional<Code> code;
    dialling.spawn(dial_and_tell(target, code));
    ASSERT_TRUE(loop_.run_until([this] { return !scripts_.back().received.empty(); }));
    dialling.cancel();
    loop_.run(dialling.join());
    EXPECT_EQ(code, Code::cancelled);
  }
}

TEST_F(Dialer, LeavesNoDescriptorBehind) {
  Script warm_up{{"SSH-2.0-x\r\n"}, Then::close, {}};
  expect_failure({{"127.0.0.1", peer(warm_up)}, std::nullopt}, Code::not_tls, "SSH");
  expect_failure({{"no-such-server.invalid", 13000}, std::nullopt}, Code::name_not_resolved, "resolved");
  loop_.run(group_.join());
  const auto before = open_descriptors();
  for (int i = 0; i < 5; ++i) {
    Script ssh{{"SSH-2.0-x\r\n"}, Then::close, {}};
    expect_failure({{"127.0.0.1", peer(ssh)}, std::nullopt}, Code::not_tls, "SSH");
    loop_.run(group_.join());
    Script denies{{"HTTP/1.1 403 Forbidden\r\n\r\n"}, Then::close, {}};
    expect_failure(through(ProxyKind::http, peer(denies)), Code::proxy_denied, "403");
    loop_.run(group_.join());
    expect_failure({{"127.0.0.1", unused_port(loop_)}, std::nullopt}, Code::refused, "refused");
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace daikan::net::test
