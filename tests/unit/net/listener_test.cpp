#include "net/listener.h"

#include <sys/resource.h>
#include <unistd.h>

#include "net/dialer.h"
#include "test_net.h"

namespace daikan::net::test {
namespace {

const Identity& server_identity() {
  static const Identity identity = make_identity("server");
  return identity;
}
const Identity& client_identity() {
  static const Identity identity = make_identity("client");
  return identity;
}

constexpr ListenerLimits kRoomy{.handshakes_in_progress = 16, .connections = 0, .connections_per_source = 0};

awaitable<> wait_for_end(std::unique_ptr<TlsStream> stream) {
  std::array<std::uint8_t, 16> buffer;
  co_await stream->read_some(buffer);
}

awaitable<> throw_something(std::unique_ptr<TlsStream> stream) {
  stream->close();
  throw std::logic_error("a bug");
  co_return;
}

class ListenerTest : public ::testing::Test {
 protected:
  ~ListenerTest() override {
    if (listener_) loop_.run(listener_->stop());
  }

  Result<> start(ListenerLimits limits, std::vector<Endpoint> addresses = {{"127.0.0.1", 0}}, Listener::Serve serve = wait_for_end) {
    listener_ =
        std::make_unique<Listener>(loop_.executor(), *TlsContext::link(server_identity(), {"rh2"}), accept_only(client_identity()), limits);
    return listener_->start(addresses, std::move(serve), [this](const Error& error, const TlsStream& stream) {
      refused_.push_back(error);
      if (stream.peer_certificate()) refused_fingerprint_ = stream.peer_certificate()->fingerprint;
      EXPECT_TRUE(stream.remote_ip().starts_with("127.0.0."));
    });
  }

  Result<std::unique_ptr<TlsStream>> connect(const Identity& as = client_identity(), std::size_t which = 0) {
    return loop_.run(
        dial({listener_->endpoints().at(which), std::nullopt}, *TlsContext::link(as, {"rh2"}), accept_only(server_identity()), soon()));
  }

  TcpSocket connect_raw(const char* from = "127.0.0.1") {
    TcpSocket socket(loop_.executor());
    socket.open(asio::ip::tcp::v4());
    socket.bind({asio::ip::make_address(from), 0});
    socket.connect({asio::ip::address_v4::loopback(), listener_->endpoints().at(0).port});
    return socket;
  }

  // One that begins a handshake and never ends it.
  TcpSocket connect_slow(const char* from = "127.0.0.1") {
    auto socket = connect_raw(from);
    asio::write(socket, asio::buffer("\x16\x03\x01\x00\x04\x01\x00\x00\x40", 9));
    return socket;
  }

  // True when the listener closed `socket` without a word.
  bool is_closed(TcpSocket& socket) {
    std::optional<boost::system::error_code> seen;
    char byte = 0;
    socket.async_read_some(asio::buffer(&byte, 1), [&seen](const boost::system::error_code& ec, std::size_t) { seen = ec; });
    return loop_.run_until([&seen] { return seen.has_value(); }) && *seen;
  }

  Loop loop_;
  std::unique_ptr<Listener> listener_;
  std::vector<Error> refused_;
  std::string refused_fingerprint_;
};

TEST_F(ListenerTest, HandsOverAFinishedHandshakeAndForgetsItAtItsEnd) {
  ASSERT_TRUE(start(kRoomy));
  auto stream = connect();
  ASSERT_TRUE(stream) << stream.error().text();
  EXPECT_TRUE(loop_.run_until([this] { return listener_->connections() == 1; }));
  (*stream)->close();
  EXPECT_TRUE(loop_.run_until([this] { return listener_->connections() == 0; }));
}

TEST_F(ListenerTest, ReportsWhomItRefused) {
  ASSERT_TRUE(start(kRoomy));
  const auto stranger = make_identity("stranger");
  const auto stream = connect(stranger);
  EXPECT_TRUE(loop_.run_until([this] { return !refused_.empty(); }));
  EXPECT_EQ(refused_[0].code, Code::unknown_to_primary);
  EXPECT_EQ(refused_fingerprint_, stranger.certificate().fingerprint);
  EXPECT_EQ(listener_->connections(), 0U);
}

TEST_F(ListenerTest, ListensOnEveryAddressOfBothFamilies) {
  ASSERT_TRUE(start(kRoomy, {{"*", 0}}));
  const auto endpoints = listener_->endpoints();
  ASSERT_EQ(endpoints.size(), 2U);
  EXPECT_EQ(endpoints[0].port, endpoints[1].port);
  for (const auto* host : {"127.0.0.1", "::1"}) {
    const auto stream = loop_.run(dial({{host, endpoints[0].port}, std::nullopt}, *TlsContext::link(client_identity(), {"rh2"}),
                                       accept_only(server_identity()), soon()));
    EXPECT_TRUE(stream) << stream.error().text();
  }
}

TEST_F(ListenerTest, SaysThatAnAddressIsInUse) {
  TcpAcceptor other(loop_.executor(), {asio::ip::address_v4::loopback(), 0});
  const auto started = start(kRoomy, {{"127.0.0.1", other.local_endpoint().port()}});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Code::configuration_invalid);
  EXPECT_NE(started.error().message.find("already in use"), std::string::npos);
  EXPECT_FALSE(started.error().remedy.empty());
}

TEST_F(ListenerTest, SaysThatItCannotListenOnANameOrAForeignAddress) {
  EXPECT_EQ(start(kRoomy, {{"branch1.example.com", 0}}).error().code, Code::configuration_invalid);
  EXPECT_EQ(start(kRoomy, {{"192.0.2.1", 0}}).error().code, Code::configuration_invalid);
  EXPECT_TRUE(listener_->endpoints().empty());
}

TEST_F(ListenerTest, FurtherHandshakesWaitUntilOneEnds) {
  ASSERT_TRUE(start({.handshakes_in_progress = 2, .connections = 0, .connections_per_source = 0}));
  std::vector<TcpSocket> slow;
  for (int i = 0; i < 5; ++i) slow.push_back(connect_slow());
  EXPECT_TRUE(loop_.run_until([this] { return listener_->handshakes_in_progress() == 2; }));
  loop_.poll();
  EXPECT_EQ(listener_->handshakes_in_progress(), 2U) << "the others wait";
  for (auto& socket : slow) socket.close();
  const auto stream = connect();
  EXPECT_TRUE(stream) << stream.error().text();
}

TEST_F(ListenerTest, StalledHandshakesOfOneAddressKeepNobodyElseOut) {
  ASSERT_TRUE(start({.handshakes_in_progress = 8, .connections = 0, .connections_per_source = 0}));
  std::vector<TcpSocket> slow;
  for (int i = 0; i < 40; ++i) slow.push_back(connect_slow("127.0.0.2"));
  EXPECT_TRUE(loop_.run_until([this] { return listener_->handshakes_in_progress() == 8; }));
  for (int i = 0; i < 3; ++i) {
    // A handshake that stalls is given up after 10 s (limits::kHandshakeTime): nobody else waits for that.
    const auto stream = loop_.run(dial({listener_->endpoints().at(0), std::nullopt}, *TlsContext::link(client_identity(), {"rh2"}),
                                       accept_only(server_identity()), in(6s)));
    ASSERT_TRUE(stream) << stream.error().text();
    slow.push_back(connect_slow("127.0.0.2"));
  }
  EXPECT_EQ(listener_->handshakes_in_progress(), 8U) << "as many as may be, and no more";
}

TEST_F(ListenerTest, ConnectionsThatSayNothingHoldNoHandshakeSlot) {
  ASSERT_TRUE(start({.handshakes_in_progress = 2, .connections = 0, .connections_per_source = 0}));
  std::vector<TcpSocket> silent;
  for (int i = 0; i < 8; ++i) silent.push_back(connect_raw());
  asio::write(silent[0], asio::buffer("\x16", 1));                      // a part of the record's header
  asio::write(silent[1], asio::buffer("\x16\x03\x01\x02\x00\x01", 6));  // a part of the record
  const auto dialled = loop_.run(dial({listener_->endpoints().at(0), std::nullopt}, *TlsContext::link(client_identity(), {"rh2"}),
                                      accept_only(server_identity()), in(5s)));
  ASSERT_TRUE(dialled) << dialled.error().text();
  EXPECT_TRUE(loop_.run_until([this] { return listener_->connections() == 1; }));
  EXPECT_EQ(listener_->handshakes_in_progress(), 0U);
  asio::write(silent[2], asio::buffer("\x16\x03\x01\x00\x04\x01\x00\x00\x40", 9));
  EXPECT_TRUE(loop_.run_until([this] { return listener_->handshakes_in_progress() == 1; })) << "it has spoken after all";
}

TEST_F(ListenerTest, TheOldestSilentConnectionOfASourceMakesRoomForItsNext) {
  ASSERT_TRUE(start(kRoomy));
  std::vector<TcpSocket> silent;
  for (int i = 0; i < 65; ++i) silent.push_back(connect_raw());
  EXPECT_TRUE(is_closed(silent[0]));
  loop_.poll();
  EXPECT_EQ(silent[1].available(), 0U);
  char byte = 0;
  boost::system::error_code ec;
  silent[1].non_blocking(true);
  silent[1].read_some(asio::buffer(&byte, 1), ec);
  EXPECT_EQ(ec, asio::error::would_block) << "the others stay";
  EXPECT_TRUE(connect());
}

TEST_F(ListenerTest, ASilentConnectionIsClosedWhenTheTimeForAHandshakeIsOver) {
  ASSERT_TRUE(start(kRoomy));
  auto silent = connect_raw();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(is_closed(silent));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 9s);  // limits::kHandshakeTime is 10 s
}

TEST_F(ListenerTest, ClosesConnectionsBeyondItsLimitAtOnce) {
  ASSERT_TRUE(start({.handshakes_in_progress = 16, .connections = 1, .connections_per_source = 0}));
  auto first = connect();
  ASSERT_TRUE(first);
  EXPECT_TRUE(loop_.run_until([this] { return listener_->connections() == 1; }));
  auto second = connect_raw();
  EXPECT_TRUE(is_closed(second));
  (*first)->close();
  EXPECT_TRUE(loop_.run_until([this] { return listener_->connections() == 0; }));
  EXPECT_TRUE(connect());
}

TEST_F(ListenerTest, OneSourceCannotHoldEverySlot) {
  ASSERT_TRUE(start({.handshakes_in_progress = 16, .connections = 0, .connections_per_source = 2}));
  auto first = connect_slow();
  auto second = connect_slow();
  EXPECT_TRUE(loop_.run_until([this] { return listener_->handshakes_in_progress() == 2; }));
  auto third = connect_raw();
  EXPECT_TRUE(is_closed(third));
  first.close();
  second.close();
  EXPECT_TRUE(loop_.run_until([this] { return listener_->handshakes_in_progress() == 0; }));
  EXPECT_TRUE(connect());
}

TEST_F(ListenerTest, StopEndsHandshakesAndConnections) {
  ASSERT_TRUE(start(kRoomy));
  const auto stream = connect();
  const auto slow = connect_slow();
  const auto silent = connect_raw();
  EXPECT_TRUE(loop_.run_until([this] { return listener_->connections() == 1 && listener_->handshakes_in_progress() == 1; }));
  loop_.run(listener_->stop());
  EXPECT_EQ(listener_->connections(), 0U);
  EXPECT_EQ(listener_->handshakes_in_progress(), 0U);
  EXPECT_TRUE(refused_.empty()) << "being stopped is nobody's failure";
}

TEST_F(ListenerTest, AnExceptionInServingIsHeardAndEndsOnlyThatConnection) {
  ASSERT_TRUE(start(kRoomy, {{"127.0.0.1", 0}}, throw_something));
  int heard = 0;
  listener_->on_error([&heard](const std::exception_ptr&) { ++heard; });
  const auto first = connect();
  EXPECT_TRUE(loop_.run_until([&heard] { return heard == 1; }));
  const auto second = connect();
  EXPECT_TRUE(loop_.run_until([&heard] { return heard == 2; }));
}

// Lowers this process's limit to what is open now plus `spare`, and restores it.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t spare) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int probe = ::dup(0);
    ::close(probe);
    rlimit fewer = before_;
    fewer.rlim_cur = static_cast<rlim_t>(probe) + spare;
    ::setrlimit(RLIMIT_NOFILE, &fewer);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_ = {};
};

TEST_F(ListenerTest, WithoutDescriptorsItPausesAndThenGoesOn) {
  ASSERT_TRUE(start(kRoomy));
  loop_.poll();
  std::vector<TcpSocket> waiting;
  {
    const FewDescriptors few(1);
    waiting.push_back(connect_slow());
    loop_.context.restart();
    const auto turns = loop_.context.run_for(350ms);
    EXPECT_EQ(listener_->handshakes_in_progress(), 0U);
    EXPECT_LT(turns, 40U) << "a busy loop would turn thousands of times";
  }
  EXPECT_TRUE(loop_.run_until([this] { return listener_->handshakes_in_progress() == 1; }));
}

TEST_F(ListenerTest, LeavesNoDescriptorBehind) {
  std::size_t before = 0;
  for (int i = 0; i < 3; ++i) {
    if (i == 1) before = open_descriptors();  // the first round opened the reactor's own
    ASSERT_TRUE(start(kRoomy));
    const auto stream = connect();
    const auto stranger = connect(server_identity());
    loop_.run(listener_->stop());
    listener_.reset();
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace daikan::net::test
