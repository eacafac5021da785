#include "net/tls_stream.h"

#include <openssl/ssl.h>

#include "base/limits.h"
#include "test_net.h"

namespace daikan::net::test {
namespace {

using Alpn = std::vector<std::string>;

const Identity& upper() {
  static const Identity identity = make_identity("upper");
  return identity;
}
const Identity& lower() {
  static const Identity identity = make_identity("lower");
  return identity;
}

std::shared_ptr<TlsContext> link_context(const Identity& own, Alpn alpn = {"rh2", "h2"}) { return *TlsContext::link(own, std::move(alpn)); }

// A TLS client of the test's own making, for peers our own contexts can never be.
std::shared_ptr<TlsContext> bent(std::shared_ptr<TlsContext> context, void (*bend)(SSL_CTX*)) {
  bend(context->native());
  return context;
}

awaitable<Result<>> accept_one(TlsStream& stream, PinCheck check, SteadyTime deadline) {
  auto result = co_await stream.accept(std::move(check), deadline);
  co_return result;
}

struct RawPeer {
  TcpSocket socket;
  std::unique_ptr<TlsStream> stream;
};

RawPeer accepting_from_raw(Loop& loop) {
  auto sockets = connected_sockets(loop);
  return {std::move(sockets.first), std::make_unique<TlsStream>(std::move(sockets.second), link_context(upper()))};
}

RawPeer connecting_to_raw(Loop& loop) {
  auto sockets = connected_sockets(loop);
  return {std::move(sockets.second), std::make_unique<TlsStream>(std::move(sockets.first), link_context(lower()))};
}

Result<> accept_bytes(std::string_view bytes) {
  Loop loop;
  auto raw = accepting_from_raw(loop);
  asio::write(raw.socket, asio::buffer(bytes));
  return loop.run(raw.stream->accept(accept_any(), soon()));
}

TEST(TlsStream, ConnectsBothEndsAndAgreesOnTheProtocol) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  EXPECT_EQ(pair.client->alpn(), "rh2");
  EXPECT_EQ(pair.server->alpn(), "rh2");
  EXPECT_TRUE(pair.client->protocol().starts_with("TLSv1.3 "));
  ASSERT_TRUE(pair.client->peer());
  ASSERT_TRUE(pair.server->peer());
  EXPECT_EQ(pair.server->peer()->pin(), pair.server->peer_certificate()->pin);
  pair.server->forget_certificate();
  EXPECT_FALSE(pair.server->peer_certificate());
  EXPECT_TRUE(pair.server->peer()) << "the proof stays";
}

TEST(TlsStream, CarriesBytesBothWays) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  ASSERT_TRUE(loop.run(pair.client->write(bytes_of("up"))));
  EXPECT_EQ(*loop.run(read_exactly(*pair.server, 2)), "up");
  ASSERT_TRUE(loop.run(pair.server->write(bytes_of("down"))));
  EXPECT_EQ(*loop.run(read_exactly(*pair.client, 4)), "down");
  EXPECT_EQ(pair.server->bytes_decrypted(), 2U);
}

awaitable<> write_and_close(TlsStream& stream, std::string text) {
  auto written = co_await stream.write(bytes_of(text));
  EXPECT_TRUE(written);
  stream.close();
}

TEST(TlsStream, CarriesMoreThanTheSocketHoldsAndThenTheEnd) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  std::string text(8 * 1024 * 1024, 'x');
  for (std::size_t i = 0; i < text.size(); i += 997) text[i] = static_cast<char>(i);
  TaskGroup group(loop.executor());
  group.spawn(write_and_close(*pair.client, text));
  const auto received = loop.run(read_exactly(*pair.server, text.size() + 1));
  ASSERT_TRUE(received);
  EXPECT_TRUE(*received == text);
  loop.run(group.join());
}

TEST(TlsStream, ReadsNothingAtTheirCloseNotify) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  pair.client->close();
  std::array<std::uint8_t, 16> buffer;
  const auto n = loop.run(pair.server->read_some(buffer));
  ASSERT_TRUE(n);
  EXPECT_EQ(*n, 0U);
}

TEST(TlsStream, ADialledPeerWithAnotherPinIsRefusedAsCertificateMismatch) {
  Loop loop;
  const auto pair = make_pair(loop, {link_context(lower()), accept_only(lower())}, {link_context(upper()), accept_any()});
  ASSERT_FALSE(pair.connected);
  EXPECT_EQ(pair.connected.error().code, Code::certificate_mismatch);
  EXPECT_NE(pair.connected.error().message.find(upper().certificate().fingerprint), std::string::npos);
  EXPECT_FALSE(pair.client->peer());
  ASSERT_TRUE(pair.client->peer_certificate());
  EXPECT_EQ(pair.client->peer_certificate()->pin, upper().certificate().pin);
  ASSERT_FALSE(pair.accepted);
  EXPECT_EQ(pair.accepted.error().code, Code::certificate_mismatch);
  EXPECT_NE(pair.accepted.error().message.find("did not accept this server's certificate"), std::string::npos);
}

TEST(TlsStream, AnUnknownDiallerIsRefusedBeforeAByteAndLearnsThatItIsUnknown) {
  Loop loop;
  const auto pair = make_pair(loop, {link_context(lower()), accept_any()}, {link_context(upper()), accept_none()});
  ASSERT_FALSE(pair.accepted);
  EXPECT_EQ(pair.accepted.error().code, Code::unknown_to_primary);
  ASSERT_TRUE(pair.server->peer_certificate());
  EXPECT_EQ(pair.server->peer_certificate()->fingerprint, lower().certificate().fingerprint);
  EXPECT_FALSE(pair.server->peer());
  EXPECT_EQ(pair.server->bytes_decrypted(), 0U);
  ASSERT_TRUE(pair.connected) << "TLS 1.3: the client cannot know yet";
  std::array<std::uint8_t, 16> buffer;
  const auto n = loop.run(pair.client->read_some(buffer));
  ASSERT_FALSE(n);
  EXPECT_EQ(n.error().code, Code::unknown_to_primary);
  const auto again = loop.run(pair.client->write(bytes_of("more")));
  EXPECT_EQ(again.error().code, Code::unknown_to_primary) << "the first failure stays";
}

TEST(TlsStream, ARefusedDiallerThatOnlyWritesLearnsThatItIsUnknownToo) {
  Loop loop;
  const auto pair = make_pair(loop, {link_context(lower()), accept_any()}, {link_context(upper()), accept_none()});
  ASSERT_TRUE(pair.connected);
  Result<> written;
  for (int i = 0; i < 100 && written; ++i) written = loop.run(pair.client->write(bytes_of("SETTINGS")));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::unknown_to_primary);
}

TEST(TlsStream, ARefusedPeersBytesAreNeverDecrypted) {
  Loop loop;
  auto pair = make_pair(loop, {link_context(lower()), accept_any()}, {link_context(upper()), accept_none()});
  std::array<std::uint8_t, 16> buffer;
  const auto n = loop.run(pair.server->read_some(buffer));
  EXPECT_EQ(n.error().code, Code::closed);
  EXPECT_EQ(pair.server->bytes_decrypted(), 0U);
}

TEST(TlsStream, AnExceptionOfThePinCheckIsNotAYes) {
  Loop loop;
  const PinCheck broken = [](const Pin&, const CertificateRecord&) -> bool { throw std::logic_error("a bug"); };
  EXPECT_THROW(make_pair(loop, {link_context(lower()), broken}, {link_context(upper()), accept_any()}), std::logic_error);
  loop.drain();
}

TEST(TlsStream, WithoutACheckNobodyIsAccepted) {
  Loop loop;
  const auto pair = make_pair(loop, {link_context(lower()), accept_any()}, {link_context(upper()), PinCheck{}});
  EXPECT_EQ(pair.accepted.error().code, Code::unknown_to_primary);
}

TEST(TlsStream, ALinkPortRefusesAClientWithoutCertificate) {
  Loop loop;
  const auto pair = make_pair(loop, {*TlsContext::console_client(), accept_any()}, {link_context(upper()), accept_any()});
  ASSERT_FALSE(pair.accepted);
  EXPECT_EQ(pair.accepted.error().code, Code::tls_failed);
  EXPECT_NE(pair.accepted.error().message.find("sent no certificate"), std::string::npos);
  std::array<std::uint8_t, 16> buffer;
  const auto n = loop.run(pair.client->read_some(buffer));
  EXPECT_EQ(n.error().code, Code::unknown_to_primary);
}

TEST(TlsStream, ALinkPortRefusesTls12AndTheDiallerSaysSo) {
  Loop loop;
  const auto old_client = bent(*TlsContext::console_client(), [](SSL_CTX* c) { SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION); });
  const auto pair = make_pair(loop, {old_client, accept_any()}, {link_context(upper()), accept_any()});
  EXPECT_EQ(pair.accepted.error().code, Code::tls_failed);
  EXPECT_NE(pair.accepted.error().message.find("TLS 1.2"), std::string::npos);
}

TEST(TlsStream, ADiallerRefusesATls12ServerAndSaysSo) {
  Loop loop;
  const auto old_server = bent(*TlsContext::console_server(upper()), [](SSL_CTX* c) { SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION); });
  const auto pair = make_pair(loop, {link_context(lower()), accept_any()}, {old_server, accept_any()});
  ASSERT_FALSE(pair.connected);
  EXPECT_EQ(pair.connected.error().code, Code::tls_failed);
  EXPECT_NE(pair.connected.error().message.find("TLS 1.2"), std::string::npos);
}

TEST(TlsStream, ALinkPortRefusesAClientThatOffersNoProtocol) {
  Loop loop;
  const auto silent = bent(link_context(lower()), [](SSL_CTX* c) { SSL_CTX_set_alpn_protos(c, nullptr, 0); });
  const auto pair = make_pair(loop, {silent, accept_any()}, {link_context(upper()), accept_any()});
  ASSERT_FALSE(pair.accepted);
  EXPECT_EQ(pair.accepted.error().code, Code::tls_failed);
  EXPECT_NE(pair.accepted.error().message.find("ALPN"), std::string::npos);
  EXPECT_EQ(pair.connected.error().code, Code::not_an_administration_server);
}

TEST(TlsStream, NoCommonProtocolEndsTheHandshakeOnBothSides) {
  Loop loop;
  const auto pair = make_pair(loop, {link_context(lower(), {"rh2"}), accept_any()}, {link_context(upper(), {"h2"}), accept_any()});
  EXPECT_EQ(pair.accepted.error().code, Code::tls_failed);
  EXPECT_EQ(pair.connected.error().code, Code::not_an_administration_server);
}

TEST(TlsStream, AServerThatIgnoresTheProtocolOfferIsNoAdministrationServer) {
  Loop loop;
  const auto ignoring = bent(link_context(upper()), [](SSL_CTX* c) { SSL_CTX_set_alpn_select_cb(c, nullptr, nullptr); });
  const auto pair = make_pair(loop, {link_context(lower()), accept_any()}, {ignoring, accept_any()});
  ASSERT_FALSE(pair.connected);
  EXPECT_EQ(pair.connected.error().code, Code::not_an_administration_server);
}

TEST(TlsStream, TheServersPreferenceChoosesTheProtocol) {
  Loop loop;
  const auto pair =
      make_pair(loop, {link_context(lower(), {"h2", "rh2"}), accept_any()}, {link_context(upper(), {"rh2", "h2"}), accept_any()});
  EXPECT_EQ(pair.server->alpn(), "rh2");
}

TEST(TlsStream, AnExpiredCertificateWithTheRightPinKeepsItsLink) {
  Loop loop;
  const auto old = *Identity::make(now() - std::chrono::years(20), "old");
  const auto pair = make_pair(loop, {link_context(old), accept_only(upper())}, {link_context(upper()), accept_only(old)});
  EXPECT_TRUE(pair.connected);
  EXPECT_TRUE(pair.accepted);
}

TEST(TlsStream, TheConsolePortNeedsNoClientCertificateAndSpeaksTls12Too) {
  Loop loop;
  const auto old_client = bent(*TlsContext::console_client(), [](SSL_CTX* c) { SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION); });
  const auto pair = make_pair(loop, {old_client, accept_only(upper())}, {*TlsContext::console_server(upper()), {}});
  ASSERT_TRUE(pair.connected);
  ASSERT_TRUE(pair.accepted);
  EXPECT_FALSE(pair.server->peer());
  EXPECT_EQ(pair.client->alpn(), "h2");
  EXPECT_TRUE(pair.client->protocol().starts_with("TLSv1.2"));
}

TEST(TlsStream, TheConsolePortAcceptsAClientThatOffersNoProtocol) {
  Loop loop;
  const auto lenient = bent(*TlsContext::console_client(), [](SSL_CTX* c) {
    SSL_CTX_set_alpn_protos(c, nullptr, 0);
    SSL_CTX_set_verify(c, SSL_VERIFY_NONE, nullptr);
  });
  const auto pair = make_pair(loop, {lenient, accept_any()}, {*TlsContext::console_server(upper()), {}});
  EXPECT_TRUE(pair.accepted) << "curl --http1.1 --no-alpn";
  EXPECT_EQ(pair.server->alpn(), "");
}

TEST(TlsStream, SessionsAreNeverResumed) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  EXPECT_EQ(SSL_CTX_get_num_tickets(link_context(upper())->native()), 0U);
  EXPECT_EQ(SSL_CTX_get_session_cache_mode(link_context(upper())->native()), SSL_SESS_CACHE_OFF);
}

TEST(TlsStream, QuotesAWebClientWithoutTls) {
  const auto accepted = accept_bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_FALSE(accepted);
  EXPECT_EQ(accepted.error().code, Code::not_tls);
  EXPECT_NE(accepted.error().message.find("“GET / HTTP/1.1”"), std::string::npos) << accepted.error().message;
}

TEST(TlsStream, QuotesAnSshClient) {
  const auto accepted = accept_bytes("SSH-2.0-OpenSSH_9.2p1\r\n");
  EXPECT_EQ(accepted.error().code, Code::not_tls);
  EXPECT_NE(accepted.error().message.find("SSH"), std::string::npos);
}

TEST(TlsStream, QuotesGarbageReadably) {
  const auto accepted = accept_bytes(std::string_view("\x00\x01\xff\x1b[2J", 7));
  EXPECT_EQ(accepted.error().code, Code::not_tls);
  EXPECT_NE(accepted.error().message.find("\\x00\\x01\\xff\\x1b[2J"), std::string::npos) << accepted.error().message;
}

TEST(TlsStream, GarbageInTheShapeOfTlsFailsTheHandshake) {
  std::string record("\x16\x03\x01\x00\x20", 5);
  record.append(32, '\x55');
  const auto accepted = accept_bytes(record);
  ASSERT_FALSE(accepted);
  EXPECT_EQ(accepted.error().code, Code::tls_failed);
}

TEST(TlsStream, APeerThatLeavesDuringTheHandshakeIsClosed) {
  Loop loop;
  auto raw = accepting_from_raw(loop);
  asio::write(raw.socket, asio::buffer(std::string_view("\x16\x03\x01", 3)));
  raw.socket.close();
  EXPECT_EQ(loop.run(raw.stream->accept(accept_any(), soon())).error().code, Code::closed);
}

awaitable<> drip(TcpSocket& socket, bool& over) {
  const std::string record("\x16\x03\x01\x3f\xff", 5);
  for (std::size_t i = 0; !over; ++i) {
    const char byte = i < record.size() ? record[i] : '\x01';
    const auto [ec, n] = co_await asio::async_write(socket, asio::buffer(&byte, 1), asio::as_tuple(use_awaitable));
    if (ec) break;
    co_await sleep_for(2ms);
  }
}

TEST(TlsStream, ADrippingPeerIsEndedByTheDeadline) {
  Loop loop;
  auto raw = accepting_from_raw(loop);
  TaskGroup group(loop.executor());
  bool over = false;
  group.spawn(drip(raw.socket, over));
  const auto accepted = loop.run(accept_one(*raw.stream, accept_any(), in(60ms)));
  over = true;
  EXPECT_EQ(accepted.error().code, Code::timed_out);
  loop.run(group.join());
}

TEST(TlsStream, ASilentPeerIsEndedByTheDeadline) {
  Loop loop;
  auto raw = accepting_from_raw(loop);
  EXPECT_EQ(loop.run(raw.stream->accept(accept_any(), in(20ms))).error().code, Code::timed_out);
}

TEST(TlsStream, ADialledWebServerIsQuoted) {
  Loop loop;
  auto raw = connecting_to_raw(loop);
  asio::write(raw.socket, asio::buffer(std::string_view("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n")));
  const auto connected = loop.run(raw.stream->connect("web.example.com", accept_any(), soon()));
  EXPECT_EQ(connected.error().code, Code::not_tls);
  EXPECT_NE(connected.error().message.find("“HTTP/1.1 400 Bad Request”"), std::string::npos) << connected.error().message;
}

TEST(TlsStream, ADialledSshServerIsQuoted) {
  Loop loop;
  auto raw = connecting_to_raw(loop);
  asio::write(raw.socket, asio::buffer(std::string_view("SSH-2.0-OpenSSH_9.2p1 Debian\r\n")));
  const auto connected = loop.run(raw.stream->connect("", accept_any(), soon()));
  EXPECT_EQ(connected.error().code, Code::not_tls);
  EXPECT_NE(connected.error().message.find("SSH"), std::string::npos);
}

TEST(TlsStream, ADialledPeerThatClosesAtOnceFailsWithTheReason) {
  Loop loop;
  auto raw = connecting_to_raw(loop);
  raw.socket.close();
  const auto connected = loop.run(raw.stream->connect("", accept_any(), soon()));
  EXPECT_EQ(connected.error().code, Code::tls_failed);
}

awaitable<> accept_and_tell(TlsStream& stream, std::optional<Code>& code) {
  auto accepted = co_await stream.accept(accept_any(), soon());
  code = accepted.error().code;
}

TEST(TlsStream, AHandshakeCanBeCancelled) {
  Loop loop;
  auto raw = accepting_from_raw(loop);
  TaskGroup group(loop.executor());
  std::optional<Code> code;
  group.spawn(accept_and_tell(*raw.stream, code));
  loop.poll();
  group.cancel();
  loop.run(group.join());
  EXPECT_EQ(code, Code::cancelled);
}

awaitable<> read_and_tell(TlsStream& stream, std::optional<Code>& code) {
  std::array<std::uint8_t, 16> buffer;
  auto n = co_await stream.read_some(buffer);
  if (!n) code = n.error().code;
}

TEST(TlsStream, CloseEndsAPendingRead) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  TaskGroup group(loop.executor());
  std::optional<Code> code;
  group.spawn(read_and_tell(*pair.server, code));
  loop.poll();
  pair.server->close();
  pair.server->close();
  loop.run(group.join());
  EXPECT_EQ(code, Code::closed);
  EXPECT_FALSE(pair.server->is_open());
}

TEST(TlsStream, CancellingAPendingReadLeavesTheStreamUsable) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  TaskGroup group(loop.executor());
  std::optional<Code> code;
  group.spawn(read_and_tell(*pair.server, code));
  loop.poll();
  group.cancel();
  loop.run(group.join());
  EXPECT_EQ(code, Code::cancelled);
  ASSERT_TRUE(loop.run(pair.client->write(bytes_of("x"))));
  EXPECT_EQ(*loop.run(read_exactly(*pair.server, 1)), "x");
}

awaitable<> write_and_tell(TlsStream& stream, const std::string& text, std::optional<Code>& code) {
  auto written = co_await stream.write(bytes_of(text));
  if (!written) code = written.error().code;
}

TEST(TlsStream, NothingFollowsAWriteThatWasGivenUp) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  TaskGroup group(loop.executor());
  const std::string text(64 * 1024 * 1024, 'x');
  std::optional<Code> code;
  group.spawn(write_and_tell(*pair.client, text, code));
  loop.poll();  // returns when nothing is left to do at once: the socket is full and the writer waits for room, halfway
  EXPECT_FALSE(code) << "the peer reads nothing, so it waits";
  group.cancel();
  loop.run(group.join());
  EXPECT_EQ(code, Code::cancelled);
  EXPECT_EQ(loop.run(pair.client->write(bytes_of("x"))).error().code, Code::closed);
}

awaitable<> write_into(TlsStream& stream, const std::string& text, Result<>& into) {
  auto written = co_await stream.write(bytes_of(text));
  into = std::move(written);
}

TEST(TlsStream, TryWriteTakesARecordOrNothing) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  const std::string record(16 * 1024, 'x');
  std::size_t taken = 0;
  auto result = pair.client->try_write(bytes_of(record));
  while (result && *result) {
    ++taken;
    result = pair.client->try_write(bytes_of(record));
  }
  ASSERT_TRUE(result) << "a full socket is no error";
  TaskGroup group(loop.executor());
  Result<> written;
  group.spawn(write_into(*pair.client, record, written));
  const auto got = loop.run(read_exactly(*pair.server, (taken + 1) * record.size()));
  loop.run(group.join());
  EXPECT_TRUE(written);
  EXPECT_EQ(got.value().size(), (taken + 1) * record.size());
  pair.client->close();
  EXPECT_EQ(pair.client->try_write(bytes_of(record)).error().code, Code::closed);
}

TEST(TlsStream, WaitReadableHoldsUntilBytesAreThere) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  ASSERT_TRUE(loop.run(pair.client->write(bytes_of("xy"))));
  ASSERT_TRUE(loop.run(pair.server->wait_readable()));
  EXPECT_EQ(*loop.run(read_exactly(*pair.server, 1)), "x");
  ASSERT_TRUE(loop.run(pair.server->wait_readable())) << "already decrypted";
  EXPECT_EQ(*loop.run(read_exactly(*pair.server, 1)), "y");
}

TEST(TlsStream, APeerThatVanishesEndsWithClosed) {
  Loop loop;
  const auto pair = make_link_pair(loop);
  pair.client->close();
  std::array<std::uint8_t, 16> buffer;
  loop.run(pair.server->read_some(buffer));
  Result<> written;
  for (int i = 0; i < 100 && written; ++i) written = loop.run(pair.server->write(bytes_of("anybody there?")));
  ASSERT_FALSE(written) << "and no SIGPIPE";
  EXPECT_EQ(written.error().code, Code::closed);
}

TEST(TlsStream, LeavesNoDescriptorBehind) {
  Loop loop;
  make_link_pair(loop);
  const auto before = open_descriptors();
  for (int i = 0; i < 5; ++i) {
    make_link_pair(loop);
    make_pair(loop, {link_context(lower()), accept_none()}, {link_context(upper()), accept_any()});
    make_pair(loop, {link_context(lower()), accept_any()}, {link_context(upper()), accept_none()});
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace daikan::net::test
