#include "net/h2_connection.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "net/h2_session.h"
#include "unit/net/test_http.h"

namespace daikan::net {
namespace {

using namespace test;

// "h2": the HTTP client is the TLS client; "rh2": it is the TLS server. Both ends of both: all four combinations.
class H2ConnectionTest : public testing::TestWithParam<std::string_view> {
 protected:
  Loop loop;
  Observed seen{loop.executor()};
  Observed fed{loop.executor()};

  H2Pair pair_with(Handler handler, H2Settings client = plain_settings(), H2Settings server = plain_settings()) {
    return H2Pair(loop, GetParam(), std::move(handler), client, server);
  }
  Handler stuck() {
    return [this](Request) { return never_answer(seen); };
  }
};

/// Whether the peer of this socket will send no more (TCP's CLOSE_WAIT and what follows it).
bool has_ended(int descriptor) {
  tcp_info info{};
  socklen_t size = sizeof info;
  return ::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state != TCP_ESTABLISHED;
}

class H2RefusedTest : public testing::Test {
 protected:
  Loop loop;
};

INSTANTIATE_TEST_SUITE_P(WhoeverDialled, H2ConnectionTest, testing::Values(kAlpnH2, kAlpnReversedH2));

TEST_P(H2ConnectionTest, AnswersARequestWithItsBody) {
  auto pair = pair_with(echo);
  auto answer = pair.ask(put("/link/v1/hello?x=1", Body("hello")));
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.find("x-method"), "PUT");
  EXPECT_EQ(answer->headers.find("x-target"), "/link/v1/hello?x=1");
  EXPECT_EQ(answer->headers.find("content-length"), "5");
  EXPECT_EQ(pair.read(answer->body).value(), "hello");
}

TEST_P(H2ConnectionTest, IsReadyOnlyWhenThePeersSettingsArrived) {
  auto pair = pair_with(echo);
  EXPECT_TRUE(loop.run(pair.client->ready(soon())));
  EXPECT_TRUE(loop.run(pair.server->ready(soon())));
}

TEST_P(H2ConnectionTest, IsNotReadyWhenThePeerSaysNothing) {
  auto tls = make_link_pair(loop, GetParam());
  H2Connection lonely(std::move(tls.client), H2Role::client, plain_settings(), {});
  const auto ready = loop.run(lonely.ready(in(20ms)));
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().code, Code::timed_out);
  lonely.close({Code::replaced, "A newer connection replaced this one."});
  EXPECT_EQ(loop.run(lonely.run()).code, Code::replaced);
  EXPECT_EQ(loop.run(lonely.ready(soon())).error().code, Code::replaced);
}

awaitable<Response> stream_out(Observed& fed) {
  Response response;
  response.body = Body(std::make_unique<CountedSource>(fed, 800, 64 * 1024));
  co_return response;
}

TEST_P(H2ConnectionTest, StreamsFiftyMegabytesDownAndBuffersOnlyWhatTheReaderLeaves) {
  auto pair = pair_with([this](Request) { return stream_out(fed); });
  auto answer = pair.ask(get("/feed"));
  ASSERT_TRUE(answer);
  auto source = answer->body.into_source();
  std::size_t total = 0;
  std::size_t most_ahead = 0;
  for (;;) {
    auto piece = loop.run(source->next());
    ASSERT_TRUE(piece) << piece.error().text();
    if (piece->empty()) break;
    total += piece->size();
    most_ahead = std::max(most_ahead, fed.bytes_given - total);
  }
  EXPECT_EQ(total, 800U * 64 * 1024);
  // One window on the way, two pieces queued, one record being written.
  EXPECT_LE(most_ahead, limits::kStreamWindowBytes + 3 * 64 * 1024);
}

awaitable<Response> count_up(Request request, Observed& seen) {
  const auto source = request.body.into_source();
  for (;;) {
    auto piece = co_await source->next();
    if (!piece || piece->empty()) break;
    seen.bytes_taken += piece->size();
  }
  Response response;
  response.body = Body(std::to_string(seen.bytes_taken));
  co_return response;
}

TEST_P(H2ConnectionTest, StreamsFiftyMegabytesUp) {
  auto pair = pair_with([this](Request request) { return count_up(std::move(request), seen); });
  auto answer = pair.ask(put("/objects", Body(std::make_unique<CountedSource>(fed, 800, 64 * 1024))));
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(pair.read(answer->body).value(), "52428800");
  EXPECT_EQ(fed.sources_destroyed, 1);
}

awaitable<Response> read_nothing_yet(Request request, Observed& seen) {
  ++seen.started;
  while (seen.text != "go") {
    const bool woken = co_await seen.changed.wait();
    if (!woken) break;
  }
  auto response = co_await count_up(std::move(request), seen);
  co_return response;
}

TEST_P(H2ConnectionTest, HoldsTheSenderBackWhileTheReaderRests) {
  auto pair = pair_with([this](Request request) { return read_nothing_yet(std::move(request), seen); });
  std::optional<Result<Response>> answer;
  TaskGroup group(loop.executor());
  struct Ask {
    static awaitable<> run(H2Connection& client, Request request, std::optional<Result<Response>>& into) {
      auto got = co_await client.request(std::move(request));
      into.emplace(std::move(got));
    }
  };
  group.spawn(Ask::run(*pair.client, put("/objects", Body(std::make_unique<CountedSource>(fed, 100, 64 * 1024))), answer));
  ASSERT_TRUE(loop.run_until([&] { return seen.started == 1 && fed.bytes_given >= limits::kStreamWindowBytes + 2 * 64 * 1024; }));
  // A PING there and back: everything that could be sent before it has been.
  ASSERT_TRUE(loop.run(pair.client->ping(soon())));
  EXPECT_LE(fed.bytes_given, limits::kStreamWindowBytes + 3 * 64 * 1024);
  seen.text = "go";
  seen.changed.notify_all();
  ASSERT_TRUE(loop.run_until([&] { return answer.has_value(); }));
  loop.run(group.join());
  ASSERT_TRUE(*answer);
  EXPECT_EQ(pair.read((*answer)->body).value(), "6553600");
}

TEST_P(H2ConnectionTest, EchoesAStreamWhileItIsStillSent) {
  auto pair = pair_with(echo_stream);
  auto answer = pair.ask(put("/echo", Body(std::make_unique<CountedSource>(fed, 100, 10'000))));
  ASSERT_TRUE(answer);
  EXPECT_EQ(pair.read(answer->body).value().size(), 1'000'000U);
}

TEST_P(H2ConnectionTest, CancelsTheHandlerWhenTheRequesterGivesUp) {
  auto pair = pair_with(stuck());
  const auto result = loop.run(with_deadline(in(100ms), "asking", pair.client->request(get("/slow"))));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::timed_out);
  EXPECT_TRUE(loop.run_until([&] { return seen.cancelled == 1; }));
  // The connection goes on.
  EXPECT_TRUE(loop.run(pair.client->ping(soon())));
}

awaitable<Response> stream_stuck(Observed& fed) {
  const auto executor = co_await asio::this_coro::executor;
  Response response;
  response.body = Body(std::make_unique<StuckSource>(fed, executor));
  co_return response;
}

TEST_P(H2ConnectionTest, StopsTheSenderWhenTheAnswersBodyIsDropped) {
  auto pair = pair_with([this](Request) { return stream_stuck(fed); });
  auto answer = pair.ask(get("/feed"));
  ASSERT_TRUE(answer);
  {
    auto source = answer->body.into_source();
    EXPECT_EQ(loop.run(source->next()).value(), "first");
  }
  EXPECT_TRUE(loop.run_until([&] { return fed.cancelled == 1 && fed.sources_destroyed == 1; }));
}

TEST_P(H2ConnectionTest, TellsTheRequesterWhenASourceFails) {
  struct Failing final : BodySource {
    awaitable<Result<std::string>> next() override { co_return fail(Code::storage_failed, "The disk is gone."); }
  };
  auto pair = pair_with(echo);
  const auto answer = pair.ask(put("/objects", Body(std::make_unique<Failing>())));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::protocol_error);
}

awaitable<Response> refuse_unread(Request request) {
  request.body = Body();
  co_return Response{403, {}, Body("no")};
}

TEST_P(H2ConnectionTest, AnswersBeforeTheUploadIsReadAndStopsIt) {
  auto pair = pair_with(refuse_unread);
  auto answer = pair.ask(put("/objects", Body(std::make_unique<CountedSource>(fed, 1'000'000, 64 * 1024))));
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->status, 403);
  EXPECT_EQ(pair.read(answer->body).value(), "no");
  EXPECT_TRUE(loop.run_until([&] { return fed.sources_destroyed == 1; }));
  EXPECT_LT(fed.bytes_given, 2U * 1024 * 1024);
}

awaitable<Response> throw_up() {
  throw std::runtime_error("a bug");
  co_return Response{};
}

TEST_P(H2ConnectionTest, AnswersFiveHundredWhenAHandlerThrowsAndReportsIt) {
  auto pair = pair_with([](Request) { return throw_up(); });
  const auto answer = pair.ask(get("/"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  ASSERT_EQ(pair.exceptions.size(), 1U);
  EXPECT_THROW(std::rethrow_exception(pair.exceptions[0]), std::runtime_error);
}

TEST_P(H2ConnectionTest, AnswersHeadWithoutABodyAndStatus204WithoutALength) {
  auto pair = pair_with(echo);
  auto request = get("/");
  request.method = "HEAD";
  auto answer = pair.ask(std::move(request));
  ASSERT_TRUE(answer);
  EXPECT_EQ(pair.read(answer->body).value(), "");
}

// ---- many at once ----

awaitable<> ask_and_count(H2Connection& client, int& done, int& failed) {
  auto answer = co_await client.request(put("/", Body("payload")));
  if (!answer) {
    ++failed;
    co_return;
  }
  auto text = co_await answer->body.read_all(1000);
  if (text && *text == "payload") ++done;
}

awaitable<Response> echo_and_watch(Request request, Observed& seen) {
  ++seen.started;
  seen.bytes_taken = std::max<std::size_t>(seen.bytes_taken, static_cast<std::size_t>(seen.started));
  co_await yield();
  auto response = co_await echo(std::move(request));
  --seen.started;
  co_return response;
}

TEST_P(H2ConnectionTest, LetsRequestsBeyondTheGrantedStreamsWaitTheirTurn) {
  auto server = plain_settings();
  server.concurrent_streams = 8;
  auto pair = pair_with([this](Request request) { return echo_and_watch(std::move(request), seen); }, plain_settings(), server);
  TaskGroup group(loop.executor());
  int done = 0;
  int failed = 0;
  for (int i = 0; i < 300; ++i) group.spawn(ask_and_count(*pair.client, done, failed));
  loop.run(group.join());
  EXPECT_EQ(done, 300);
  EXPECT_EQ(failed, 0);
  EXPECT_LE(seen.bytes_taken, 8U);
}

// ---- the end ----

TEST_P(H2ConnectionTest, FailsEveryRequestAndCancelsEveryHandlerWhenThePeerCloses) {
  auto pair = pair_with(stuck());
  TaskGroup group(loop.executor());
  int done = 0;
  int failed = 0;
  for (int i = 0; i < 5; ++i) group.spawn(ask_and_count(*pair.client, done, failed));
  ASSERT_TRUE(loop.run_until([&] { return seen.started == 5; }));
  pair.client->stream().close();
  ASSERT_TRUE(loop.run_until([&] { return pair.client_end && pair.server_end; }));
  loop.run(group.join());
  EXPECT_EQ(failed, 5);
  EXPECT_EQ(seen.cancelled, 5);
  EXPECT_EQ(pair.server_end->code, Code::closed);
}

TEST_P(H2ConnectionTest, ReturnsTheReasonOfItsOwnClosing) {
  auto pair = pair_with(stuck());
  ASSERT_TRUE(loop.run(pair.client->ready(soon())));
  pair.client->close({Code::replaced, "A newer connection replaced this one."});
  ASSERT_TRUE(loop.run_until([&] { return pair.client_end && pair.server_end; }));
  EXPECT_EQ(pair.client_end->code, Code::replaced);
  EXPECT_EQ(pair.server_end->code, Code::closed);
  EXPECT_EQ(pair.ask(get("/")).error().code, Code::replaced);
}

TEST_P(H2ConnectionTest, SendsNoRequestsAsAServer) {
  auto pair = pair_with(echo);
  EXPECT_EQ(loop.run(pair.server->request(get("/"))).error().code, Code::protocol_error);
}

TEST_P(H2ConnectionTest, LetsStreamsFinishWithinTheGraceOfItsFarewell) {
  auto pair = pair_with([this](Request request) { return read_nothing_yet(std::move(request), seen); });
  TaskGroup group(loop.executor());
  int done = 0;
  int failed = 0;
  group.spawn(ask_and_count(*pair.client, done, failed));
  ASSERT_TRUE(loop.run_until([&] { return seen.started == 1; }));
  pair.server->close({Code::closed, "Shutting down."}, 10s);
  ASSERT_TRUE(loop.run(pair.client->ping(soon())));
  EXPECT_FALSE(pair.server_end);
  EXPECT_EQ(pair.ask(get("/late")).error().code, Code::closed);
  seen.text = "go";
  seen.changed.notify_all();
  ASSERT_TRUE(loop.run_until([&] { return pair.client_end && pair.server_end; }));
  loop.run(group.join());
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(pair.server_end->message, "Shutting down.");
}

TEST_P(H2ConnectionTest, EndsWhenTheGraceIsOver) {
  auto pair = pair_with(stuck());
  TaskGroup group(loop.executor());
  int done = 0;
  int failed = 0;
  group.spawn(ask_and_count(*pair.client, done, failed));
  ASSERT_TRUE(loop.run_until([&] { return seen.started == 1; }));
  pair.server->close({Code::closed, "Shutting down."}, 50ms);
  ASSERT_TRUE(loop.run_until([&] { return pair.server_end.has_value(); }));
  loop.run(group.join());
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(seen.cancelled, 1);
}

awaitable<> run_until_cancelled(H2Connection& connection, std::optional<Error>& end) {
  auto error = co_await connection.run();
  end = std::move(error);
}

TEST_P(H2ConnectionTest, EndsWhenItsOwnerCancelsIt) {
  auto tls = make_link_pair(loop, GetParam());
  H2Connection connection(std::move(tls.client), H2Role::server, plain_settings(), stuck());
  std::optional<Error> end;
  TaskGroup group(loop.executor());
  group.spawn(run_until_cancelled(connection, end));
  loop.poll();
  group.cancel();
  loop.run(group.join());
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, Code::cancelled);
  EXPECT_FALSE(connection.stream().is_open());
}

TEST_P(H2ConnectionTest, OutlivesABodyThatIsReadAfterItsEnd) {
  std::optional<Body> body;
  {
    auto pair = pair_with([this](Request) { return stream_stuck(fed); });
    auto answer = pair.ask(get("/feed"));
    ASSERT_TRUE(answer);
    body = std::move(answer->body);
  }
  auto source = body->into_source();
  auto piece = loop.run(source->next());
  if (piece && *piece == "first") piece = loop.run(source->next());
  ASSERT_FALSE(piece);
  EXPECT_EQ(piece.error().code, Code::closed);
}

// ---- liveness ----

TEST_P(H2ConnectionTest, MeasuresTheRoundTripOfAPing) {
  auto pair = pair_with(echo);
  const auto took = loop.run(pair.client->ping(soon()));
  ASSERT_TRUE(took);
  EXPECT_GT(took->count(), 0);
  EXPECT_EQ(pair.client->round_trip(), *took);
}

TEST_P(H2ConnectionTest, NoticesAPeerThatAnswersNothing) {
  auto tls = make_link_pair(loop, GetParam());
  auto settings = plain_settings();
  settings.ping_after_idle = 20ms;
  settings.ping_answer = 30ms;
  H2Connection connection(std::move(tls.client), H2Role::client, settings, {});
  const auto end = loop.run(connection.run());
  EXPECT_EQ(end.code, Code::timed_out);
}

TEST_P(H2ConnectionTest, AnotherHeartbeatHoldsForAConnectionThatStands) {
  auto tls = make_link_pair(loop, GetParam());
  auto settings = plain_settings();
  settings.ping_after_idle = 1h;
  settings.ping_answer = 1h;
  H2Connection connection(std::move(tls.client), H2Role::client, settings, {});
  std::optional<Error> end;
  TaskGroup tasks(loop.executor());
  tasks.spawn(run_until_cancelled(connection, end));
  EXPECT_FALSE(loop.run(connection.ping(std::chrono::steady_clock::now() + 50ms))) << "it runs, and nobody answers";
  EXPECT_FALSE(end);
  connection.set_liveness(20ms, 30ms);
  ASSERT_TRUE(loop.run_until([&] { return end.has_value(); }));
  EXPECT_EQ(end->code, Code::timed_out);
  loop.run(tasks.join());
}

TEST_P(H2ConnectionTest, StaysUpWhileThePeerAnswersItsPings) {
  auto settings = plain_settings();
  settings.ping_after_idle = 5ms;
  settings.ping_answer = 10s;
  auto pair = pair_with(echo, settings, settings);
  ASSERT_TRUE(loop.run_until([&] { return pair.client->round_trip().has_value() || pair.server->round_trip().has_value(); }));
  EXPECT_FALSE(pair.client_end);
  EXPECT_TRUE(pair.ask(get("/")));
}

TEST_P(H2ConnectionTest, ClosesAConnectionThatIsNotUsed) {
  auto settings = plain_settings();
  settings.idle_close = 50ms;
  auto pair = pair_with(echo, plain_settings(), settings);
  ASSERT_TRUE(pair.ask(get("/")));
  ASSERT_TRUE(loop.run_until([&] { return pair.server_end && pair.client_end; }));
  EXPECT_EQ(pair.server_end->code, Code::closed);
}

// ---- bounds ----

TEST_P(H2ConnectionTest, RefusesToSendAHeadThatIsTooLarge) {
  auto pair = pair_with(echo);
  auto request = get("/");
  request.headers.add("x-large", std::string(20'000, 'x'));
  EXPECT_EQ(pair.ask(std::move(request)).error().code, Code::too_large);
  EXPECT_TRUE(pair.ask(get("/")));
}

awaitable<Response> large_head() {
  Response response;
  for (int i = 0; i < 20; ++i) response.headers.add("x-large", std::string(1'000, 'x'));
  co_return response;
}

TEST_P(H2ConnectionTest, RefusesAnAnswerWhoseHeadIsTooLarge) {
  auto pair = pair_with([](Request) { return large_head(); });
  EXPECT_EQ(pair.ask(get("/")).error().code, Code::too_large);
}

std::string frame(std::uint8_t type, std::string_view payload) {
  std::string out{'\0', '\0', static_cast<char>(payload.size()), static_cast<char>(type), '\0', '\0', '\0', '\0', '\0'};
  return out.append(payload);
}

TEST_P(H2ConnectionTest, EndsAtAFloodOfPingsWhoseAnswersNobodyReads) {
  auto tls = make_link_pair(loop, GetParam());
  H2Connection server(std::move(tls.server), H2Role::server, plain_settings(), echo);
  std::optional<Error> end;
  TaskGroup group(loop.executor());
  group.spawn(run_until_cancelled(server, end));
  std::string flood = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, "");
  for (unsigned i = 0; i < 2 * limits::kControlFrameBurst; ++i) flood += frame(6, "12345678");
  ASSERT_TRUE(loop.run(tls.client->write(bytes_of(flood))));
  loop.run(group.join());
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, Code::rate_limited);
  const auto heard = loop.run(read_exactly(*tls.client, 1 << 20));
  ASSERT_TRUE(heard) << heard.error().text();
  // A GOAWAY (type 7) with ENHANCE_YOUR_CALM (0xb) is the last thing said.
  EXPECT_TRUE(heard->ends_with(std::string("\0\0\0\xb", 4)));
}

TEST_P(H2ConnectionTest, EndsAtBytesThatAreNotHttp2) {
  auto tls = make_link_pair(loop, GetParam());
  H2Connection server(std::move(tls.server), H2Role::server, plain_settings(), echo);
  ASSERT_TRUE(loop.run(tls.client->write(bytes_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))));
  EXPECT_EQ(loop.run(server.run()).code, Code::protocol_error);
}

std::string frame_on(std::uint8_t stream, std::uint8_t type, std::uint8_t flags, std::string_view payload) {
  std::string out{'\0', static_cast<char>(payload.size() >> 8U), static_cast<char>(payload.size()), static_cast<char>(type)};
  out += {static_cast<char>(flags), '\0', '\0', '\0', static_cast<char>(stream)};
  return out.append(payload);
}

// :method POST, :scheme https, :path / from HPACK's static table, and :authority "a".
const std::string kPost = std::string("\x83\x87\x84\x01\x01", 5) + "a";
constexpr std::uint8_t kEndStream = 1;
constexpr std::uint8_t kEndHeaders = 4;

awaitable<Response> count_start(Request request, Observed& seen) {
  ++seen.started;
  auto response = co_await echo(std::move(request));
  co_return response;
}

TEST_P(H2ConnectionTest, GetsItsWindowBackFromStreamsThatEndBeforeTheirHandlerBegins) {
  auto tls = make_link_pair(loop, GetParam());
  H2Connection server(std::move(tls.server), H2Role::server, plain_settings(),
                      [this](Request request) { return count_start(std::move(request), seen); });
  std::optional<Error> end;
  TaskGroup group(loop.executor());
  group.spawn(run_until_cancelled(server, end));
  const std::string piece(15'000, 'x');  // head, piece and reset: one record, so one feed
  ASSERT_TRUE(loop.run(tls.client->write(bytes_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, "")))));
  std::uint32_t stream = 1;
  const auto on_stream = [&stream](std::uint8_t type, std::uint8_t flags, std::string_view payload) {
    auto out = frame_on(static_cast<std::uint8_t>(stream), type, flags, payload);
    out[7] = static_cast<char>(stream >> 8U);
    return out;
  };
  for (std::size_t sent = 0; sent <= limits::kConnectionWindowBytes && !end; sent += piece.size(), stream += 2) {
    const auto abandoned = on_stream(1, kEndHeaders, kPost) + on_stream(0, 0, piece) + on_stream(3, 0, std::string("\0\0\0\x8", 4));
    if (!loop.run(tls.client->write(bytes_of(abandoned)))) break;
    loop.poll();
  }
  ASSERT_FALSE(end) << end->text();
  EXPECT_EQ(seen.started, 0);
  ASSERT_TRUE(loop.run(tls.client->write(bytes_of(on_stream(1, kEndHeaders, kPost) + on_stream(0, kEndStream, piece)))));
  ASSERT_TRUE(loop.run_until([&] { return seen.started == 1 || end; }));
  EXPECT_FALSE(end);
  server.close({Code::closed, "The test is over."});
  loop.run(group.join());
}

awaitable<Response> answer_at_length() { co_return Response{200, {}, Body(std::string(1'000, 'x'))}; }

TEST_P(H2ConnectionTest, EndsWhenThePeerGrantsNoWindowForItsAnswers) {
  auto tls = make_link_pair(loop, GetParam());
  auto settings = plain_settings();
  settings.write_stall = 50ms;
  H2Connection server(std::move(tls.server), H2Role::server, settings, [](Request) { return answer_at_length(); });
  std::optional<Error> end;
  TaskGroup group(loop.executor());
  group.spawn(run_until_cancelled(server, end));
  const auto no_window = frame(4, std::string("\0\x4\0\0\0\0", 6));  // SETTINGS_INITIAL_WINDOW_SIZE 0
  const auto ask = frame_on(1, 1, kEndHeaders | kEndStream, kPost);
  ASSERT_TRUE(loop.run(tls.client->write(bytes_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + no_window + ask))));
  const auto give_up = in(3s);
  ASSERT_TRUE(loop.run_until([&] { return end || std::chrono::steady_clock::now() > give_up; }));
  EXPECT_TRUE(end);
  server.close({Code::closed, "The test is over."});
  loop.run(group.join());
  EXPECT_EQ(end->code, Code::timed_out);
  const auto heard = loop.run(read_exactly(*tls.client, 1 << 20));
  ASSERT_TRUE(heard) << heard.error().text();
  EXPECT_TRUE(heard->ends_with(frame(7, std::string("\0\0\0\x1\0\0\0\0", 8))));  // GOAWAY after stream 1, NO_ERROR
}

/// Everything the peer sends until `needle` is in it, or the end.
awaitable<Result<std::string>> read_until(TlsStream& stream, std::string needle) {
  std::string text;
  std::array<std::uint8_t, 4096> buffer;
  while (text.find(needle) == std::string::npos) {
    auto n = co_await stream.read_some(buffer);
    if (!n) co_return fail(n.error());
    if (*n == 0) break;
    text.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*n));
  }
  co_return text;
}

TEST_P(H2ConnectionTest, ResetsOnlyTheStreamThatThePeerGrantsNoWindowFor) {
  auto tls = make_link_pair(loop, GetParam());
  auto settings = plain_settings();
  settings.stream_stall = 50ms;
  H2Connection server(std::move(tls.server), H2Role::server, settings, [](Request) { return answer_at_length(); });
  std::optional<Error> end;
  TaskGroup group(loop.executor());
  group.spawn(run_until_cancelled(server, end));
  const auto no_window = frame(4, std::string("\0\x4\0\0\0\0", 6));  // SETTINGS_INITIAL_WINDOW_SIZE 0
  const auto ask = frame_on(1, 1, kEndHeaders | kEndStream, kPost) + frame_on(3, 1, kEndHeaders | kEndStream, kPost);
  ASSERT_TRUE(loop.run(tls.client->write(bytes_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + no_window + ask))));
  const auto cancelled = [](std::uint8_t stream) { return frame_on(stream, 3, 0, std::string("\0\0\0\x8", 4)); };
  const auto reading = [&](std::string needle) {
    return net::with_deadline<std::string>(in(5s), "reading", read_until(*tls.client, std::move(needle)));
  };
  ASSERT_TRUE(loop.run(tls.client->write(bytes_of(frame_on(3, 8, 0, std::string("\0\x7f\xff\xff", 4))))));  // room for stream 3 alone
  const auto heard = loop.run(reading(cancelled(1)));
  ASSERT_TRUE(heard) << heard.error().text();
  EXPECT_NE(heard->find(cancelled(1)), std::string::npos);
  EXPECT_EQ(heard->find(cancelled(3)), std::string::npos);
  // The connection lives: a PING is answered.
  ASSERT_TRUE(loop.run(tls.client->write(bytes_of(frame(6, "12345678")))));
  const auto pong = loop.run(reading("12345678"));
  ASSERT_TRUE(pong) << pong.error().text();
  EXPECT_FALSE(end);
  server.close({Code::closed, "The test is over."});
  loop.run(group.join());
}

TEST_P(H2ConnectionTest, KeepsALiveStreamThatHasNothingToSay) {
  auto server = plain_settings();
  server.write_stall = 10ms;
  auto pair = pair_with([this](Request) { return stream_stuck(fed); }, plain_settings(), server);
  auto answer = pair.ask(get("/events"));
  ASSERT_TRUE(answer);
  auto source = answer->body.into_source();
  EXPECT_EQ(loop.run(source->next()).value(), "first");
  loop.run(sleep_for(60ms));  // six times as long: nothing is to happen
  EXPECT_TRUE(loop.run(pair.client->ping(soon())));
  EXPECT_FALSE(pair.server_end);
}

// TLS 1.3: the dialling side's handshake ends before the other side has judged its certificate.
TEST_F(H2RefusedTest, IsNotReadyWhenThePeerDoesNotKnowOurCertificate) {
  const auto upper = make_identity("upper");
  const auto lower = make_identity("lower");
  const std::vector<std::string> alpn{std::string(kAlpnReversedH2)};
  auto tls = make_pair(loop, {*TlsContext::link(lower, alpn), accept_any()}, {*TlsContext::link(upper, alpn), accept_none()});
  ASSERT_TRUE(tls.connected);
  ASSERT_FALSE(tls.accepted);
  H2Connection dialled(std::move(tls.client), H2Role::server, plain_settings(), echo);
  std::optional<Error> end;
  TaskGroup group(loop.executor());
  group.spawn(run_until_cancelled(dialled, end));
  const auto ready = loop.run(dialled.ready(soon()));
  loop.run(group.join());
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().code, Code::unknown_to_primary);
  EXPECT_EQ(end->code, Code::unknown_to_primary);
}

// What a peer has not read yet is lost to it when the connection is reset, and closing a socket whose peer still sends does that.
TEST_F(H2RefusedTest, TheLastAnswerReachesAPeerThatWritesBeforeItReads) {
  const auto upper = make_identity("upper");
  const auto lower = make_identity("lower");
  const std::vector<std::string> alpn{std::string(kAlpnH2)};
  auto sockets = connected_sockets(loop);
  const int dialled = sockets.first.native_handle();
  TlsStream client(std::move(sockets.first), *TlsContext::link(upper, alpn));
  auto accepted = std::make_unique<TlsStream>(std::move(sockets.second), *TlsContext::link(lower, alpn));
  TaskGroup group(loop.executor());
  Result<> shaken;
  group.spawn(test::detail::accept_into(*accepted, accept_any(), shaken));
  ASSERT_TRUE(loop.run(client.connect("", accept_any(), soon())));
  loop.run(group.join());
  ASSERT_TRUE(shaken);
  std::optional<Error> end;
  H2Connection server(std::move(accepted), H2Role::server, plain_settings(), [&server](Request request) {
    server.close({Code::removed, "This server was removed."}, 1000ms);  // as after a refusal: the answer under way, then the end
    return echo(std::move(request));
  });
  group.spawn(run_until_cancelled(server, end));

  H2Session session(H2Role::client, 64, std::chrono::steady_clock::now());
  H2Head head;
  head.method = "POST";
  head.target = "/link/v1/hello";
  head.authority = "dmz1";
  ASSERT_TRUE(session.request(head, H2Follows::nothing, H2Urgency::normal));
  std::string out;
  session.fill(out, 16 * 1024);
  ASSERT_TRUE(loop.run(client.write(bytes_of(out))));
  ASSERT_TRUE(loop.run_until([dialled] { return has_ended(dialled); }));
  for (std::uint64_t i = 1; i <= 2; ++i) {  // the first would provoke the reset, the second would meet it
    out.clear();
    session.ping(i);
    session.fill(out, 16 * 1024);
    EXPECT_TRUE(loop.run(client.write(bytes_of(out))));
    loop.poll();
  }
  const auto read = loop.run(read_exactly(client, 64 * 1024));
  ASSERT_TRUE(read) << read.error().text();
  session.feed(bytes_of(*read), std::chrono::steady_clock::now());
  int answers = 0;
  for (const auto& event : session.take_events()) answers += event.kind == H2Event::Kind::head && event.head->status == 200 ? 1 : 0;
  EXPECT_EQ(answers, 1);
  client.close();
  loop.run(group.join());
  EXPECT_EQ(end->code, Code::removed);
}

// A gigabyte of bulk must not delay a request: while the bulk stream's sender is never short of data, requests are answered.
TEST_P(H2ConnectionTest, SendsBulkOnlyBehindRequests) {
  auto pair = pair_with(
      [this](Request request) { return request.target == "/bulk" ? count_up(std::move(request), seen) : echo(std::move(request)); });
  TaskGroup group(loop.executor());
  struct Bulk {
    static awaitable<> run(H2Connection& client, Request request, bool& done) {
      auto got = co_await client.request(std::move(request));
      done = got.has_value();
    }
  };
  bool done = false;
  auto bulk = put("/bulk", Body(std::make_unique<CountedSource>(fed, 1'000, 64 * 1024)));
  bulk.headers.add("priority", "u=7");
  group.spawn(Bulk::run(*pair.client, std::move(bulk), done));
  ASSERT_TRUE(loop.run_until([&] { return seen.bytes_taken > 0; }));
  for (int i = 0; i < 10; ++i) {
    auto answer = pair.ask(put("/", Body("quick")));
    ASSERT_TRUE(answer);
    EXPECT_EQ(pair.read(answer->body).value(), "quick");
  }
  EXPECT_FALSE(done);
  loop.run(group.join());
  EXPECT_TRUE(done);
  EXPECT_EQ(seen.bytes_taken, 64'000U * 1024);
}

}  // namespace
}  // namespace daikan::net
