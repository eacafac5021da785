#include "net/h1_connection.h"

#include "base/limits.h"
#include "unit/net/test_http.h"

namespace daikan::net {
namespace {

using namespace test;

// A server on one end of a TLS pair; the test types HTTP/1.1 at the other.
class H1Test : public testing::Test {
 protected:
  Loop loop;
  Observed seen{loop.executor()};
  Observed fed{loop.executor()};
  TaskGroup group{loop.executor()};
  std::unique_ptr<TlsStream> peer;
  std::vector<std::exception_ptr> exceptions;
  bool over = false;

  static awaitable<> serve(std::unique_ptr<TlsStream> stream, Handler handler, H1Test& test) {
    co_await serve_h1(std::move(stream), std::move(handler), [&test](const std::exception_ptr& e) { test.exceptions.push_back(e); });
    test.over = true;
  }
  void start(Handler handler) {
    auto pair = make_link_pair(loop, kAlpnH2);  // what ALPN said does not matter to serve_h1
    peer = std::move(pair.client);
    group.spawn(serve(std::move(pair.server), std::move(handler), *this));
  }
  void say(std::string_view text) { ASSERT_TRUE(loop.run(peer->write(bytes_of(text)))); }
  std::string hear_until(std::string_view end) {
    while (heard_.find(end) == std::string::npos) {
      auto got = loop.run(read_exactly(*peer, 1));
      if (!got || got->empty()) return std::exchange(heard_, {}) + "(closed)";
      heard_ += *got;
    }
    const auto at = heard_.find(end) + end.size();
    auto text = heard_.substr(0, at);
    heard_.erase(0, at);
    return text;
  }
  std::string hear(std::size_t bytes) { return loop.run(read_exactly(*peer, bytes)).value_or("(closed)"); }
  bool ends() {
    return loop.run_until([this] { return over; });
  }
  void TearDown() override {
    if (peer) peer->close();
    group.cancel();
    loop.run(group.join());
    loop.poll();
  }

 private:
  std::string heard_;
};

TEST_F(H1Test, AnswersOneRequestAfterAnotherOnOneConnection) {
  start(echo);
  for (int i = 0; i < 3; ++i) {
    say("PUT /x?y=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    const auto head = hear_until("\r\n\r\n");
    EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
    EXPECT_NE(head.find("x-target: /x?y=1\r\n"), std::string::npos);
    EXPECT_NE(head.find("content-length: 5\r\n"), std::string::npos);
    EXPECT_EQ(hear(5), "hello");
  }
}

TEST_F(H1Test, AnswersPipelinedRequestsInTheirOrder) {
  start(echo);
  say("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(hear_until("\r\n\r\n").find("x-target: /1\r\n"), std::string::npos);
  EXPECT_NE(hear_until("\r\n\r\n").find("x-target: /2\r\n"), std::string::npos);
  EXPECT_NE(hear_until("\r\n\r\n").find("x-target: /3\r\n"), std::string::npos);
}

TEST_F(H1Test, TakesARequestThatComesInSinglePieces) {
  start(echo);
  for (const char c :
       std::string_view("PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) {
    say(std::string_view(&c, 1));
    loop.poll();
  }
  EXPECT_NE(hear_until("\r\n\r\n").find("content-length: 5"), std::string::npos);
  EXPECT_EQ(hear(5), "abcde");
}

awaitable<Response> stream_out(Observed& fed, std::size_t pieces, std::size_t piece_bytes = 64 * 1024) {
  Response response;
  response.body = Body(std::make_unique<CountedSource>(fed, pieces, piece_bytes));
  co_return response;
}

TEST_F(H1Test, SendsAStreamInChunks) {
  start([this](Request) { return stream_out(fed, 2, 10); });
  say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(hear_until("\r\n\r\n").find("transfer-encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(hear_until("0\r\n\r\n"), "a\r\nxxxxxxxxxx\r\na\r\nxxxxxxxxxx\r\n0\r\n\r\n");
}

TEST_F(H1Test, SendsAStreamToHttp10UntilItCloses) {
  start([this](Request) { return stream_out(fed, 1); });
  say("GET / HTTP/1.0\r\n\r\n");
  const auto head = hear_until("\r\n\r\n");
  EXPECT_EQ(head.find("chunked"), std::string::npos);
  EXPECT_EQ(hear(100'000).size(), 64U * 1024);
  EXPECT_TRUE(ends());
}

TEST_F(H1Test, TakesFromASourceOnlyWhatThePeerReads) {
  start([this](Request) { return stream_out(fed, 800); });
  say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  hear_until("\r\n\r\n");
  std::size_t before = 0;
  do {  // until the socket's buffers are full
    before = fed.bytes_given;
    loop.run(sleep_for(20ms));
  } while (fed.bytes_given != before);
  EXPECT_LT(before, 30U * 1024 * 1024);
  EXPECT_EQ(hear(1024 * 1024).size(), 1024U * 1024);
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

TEST_F(H1Test, StreamsFiftyMegabytesUp) {
  start([this](Request request) { return count_up(std::move(request), seen); });
  say("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 52428800\r\n\r\n");
  const std::string piece(1024 * 1024, 'x');
  for (int i = 0; i < 50; ++i) say(piece);
  hear_until("\r\n\r\n");
  EXPECT_EQ(hear(8), "52428800");
}

TEST_F(H1Test, ContinuesWhenTheHandlerWantsTheBody) {
  start(echo);
  say("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(hear_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  say("ok");
  EXPECT_TRUE(hear_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
}

awaitable<Response> refuse_unread(Request) { co_return Response{403, {}, Body("no")}; }

TEST_F(H1Test, ClosesWhenAPeerThatWaitsToContinueIsRefused) {
  start(refuse_unread);
  say("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  const auto head = hear_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 403 ")) << head;
  EXPECT_NE(head.find("connection: close\r\n"), std::string::npos);
}

TEST_F(H1Test, KeepsTheConnectionWhenASmallBodyWasNotRead) {
  start(refuse_unread);
  for (int i = 0; i < 2; ++i) {
    say("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_TRUE(hear_until("\r\n\r\nno").starts_with("HTTP/1.1 403 "));
  }
}

awaitable<Response> read_little(Request request) {
  auto body = co_await request.body.read_all(1000);
  co_return Response{body ? 200 : 413, {}, Body(body ? "read" : std::string(to_string(body.error().code)))};
}

TEST_F(H1Test, AnswersTooLargeAndClosesWhenTheBodyGoesOnForLong) {
  start(read_little);
  say("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n" + std::string(100'000, 'x'));
  EXPECT_TRUE(hear_until("\r\n\r\ntoo_large").starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ends());
}

TEST_F(H1Test, AnswersHeadWithTheLengthOnly) {
  start(refuse_unread);
  say("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(hear_until("\r\n\r\n").find("content-length: 2\r\n"), std::string::npos);
  EXPECT_TRUE(hear_until("\r\n\r\n").starts_with("HTTP/1.1 403"));
}

awaitable<> forward(std::unique_ptr<BodySource> source, Observed& seen) {
  ++seen.started;
  seen.changed.notify_all();
  for (;;) {
    auto piece = co_await source->next();
    if (!piece) seen.error = piece.error();
    if (!piece || piece->empty()) break;
    seen.text += *piece;
  }
}

// Like a relay: the body is pulled by a task that is not the exchange's, and the answer does not wait for it.
awaitable<Response> answer_before_the_body(Request request, Observed& seen, TaskGroup& elsewhere) {
  if (request.target != "/relayed") {
    auto answered = co_await echo(std::move(request));
    co_return answered;
  }
  elsewhere.spawn(forward(request.body.into_source(), seen));
  while (seen.started == 0) co_await seen.changed.wait();
  co_return Response{403, {}, Body("no")};
}

TEST_F(H1Test, GivesAReaderThatOutlivesItsRequestNothingOfTheNext) {
  start([this](Request request) { return answer_before_the_body(std::move(request), seen, group); });
  say("PUT /relayed HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  EXPECT_TRUE(hear_until("\r\n\r\nno").starts_with("HTTP/1.1 403 "));
  const auto give_up = in(1s);  // so that a reader that spins fails the test instead of hanging it
  EXPECT_TRUE(loop.run_until([&] { return seen.error || std::chrono::steady_clock::now() > give_up; }));
  ASSERT_TRUE(seen.error);
  EXPECT_EQ(seen.error->code, Code::closed);
  say("helloPUT /login HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n");
  loop.poll();
  say("secret");
  hear_until("\r\n\r\n");
  EXPECT_EQ(hear(6), "secret");
  EXPECT_EQ(seen.text, "");
}

TEST_F(H1Test, ClosesAfterTheAnswerWhenAsked) {
  start(refuse_unread);
  say("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(hear_until("\r\n\r\nno").find("connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(ends());
}

TEST_F(H1Test, UnderstandsTheAbsoluteForm) {
  start(echo);
  say("GET https://a/path HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(hear_until("\r\n\r\n").find("x-target: /path\r\n"), std::string::npos);
}

awaitable<Response> forge() {
  Response response;
  response.headers.add("x-good", "1");
  response.headers.add("x-bad", "1\r\nset-cookie: forged=1");
  co_return response;
}

TEST_F(H1Test, NeverSendsAHeaderWithALineBreakInIt) {
  start([](Request) { return forge(); });
  say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = hear_until("\r\n\r\n");
  EXPECT_NE(head.find("x-good"), std::string::npos);
  EXPECT_EQ(head.find("forged"), std::string::npos);
}

awaitable<Response> throw_up() {
  throw std::runtime_error("a bug");
  co_return Response{};
}

TEST_F(H1Test, AnswersFiveHundredWhenAHandlerThrowsAndReportsIt) {
  start([](Request) { return throw_up(); });
  say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(hear_until("\r\n\r\n").starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(exceptions.size(), 1U);
}

// ---- peers that go ----

awaitable<Response> stream_stuck(Observed& fed) {
  const auto executor = co_await asio::this_coro::executor;
  Response response;
  response.body = Body(std::make_unique<StuckSource>(fed, executor));
  co_return response;
}

TEST_F(H1Test, CancelsASilentStreamWhenThePeerGoes) {
  start([this](Request) { return stream_stuck(fed); });
  say("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
  hear_until("first\r\n");
  peer->close();
  EXPECT_TRUE(ends());
  EXPECT_EQ(fed.cancelled, 1);
  EXPECT_EQ(fed.sources_destroyed, 1);
}

TEST_F(H1Test, CancelsAHandlerWhenThePeerGoes) {
  start([this](Request) { return never_answer(seen); });
  say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(loop.run_until([this] { return seen.started == 1; }));
  peer->close();
  EXPECT_TRUE(ends());
  EXPECT_EQ(seen.cancelled, 1);
  EXPECT_TRUE(exceptions.empty());
}

TEST_F(H1Test, CancelsAHandlerWhenItsOwnerStops) {
  start([this](Request) { return never_answer(seen); });
  say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(loop.run_until([this] { return seen.started == 1; }));
  group.cancel();
  loop.run(group.join());
  EXPECT_EQ(seen.cancelled, 1);
}

TEST_F(H1Test, FailsTheBodyOfAPeerThatGoesInTheMiddle) {
  start([this](Request request) { return count_up(std::move(request), seen); });
  say("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello");
  ASSERT_TRUE(loop.run_until([this] { return seen.bytes_taken == 5; }));
  peer->close();
  EXPECT_TRUE(ends());
}

// ---- refusals ----

class H1Refusal : public H1Test, public testing::WithParamInterface<std::pair<std::string, std::string>> {};

TEST_P(H1Refusal, IsAnsweredAndTheConnectionClosed) {
  start(echo);
  say(GetParam().first);
  const auto head = hear_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 " + GetParam().second + " ")) << head;
  EXPECT_NE(head.find("connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(ends());
}

INSTANTIATE_TEST_SUITE_P(
    OfMalformedRequests, H1Refusal,
    testing::Values(std::pair{"rubbish\r\n\r\n", "400"}, std::pair{"GET / HTTP/1.1\r\n\r\n", "400"},
                    std::pair{"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
                    std::pair{"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
                    std::pair{"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "400"},
                    std::pair{"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "400"},
                    std::pair{"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", "400"},
                    std::pair{"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"},
                    std::pair{"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", "501"},
                    std::pair{"PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
                    std::pair{"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"}, std::pair{"GET /\r\n\r\n", "400"},
                    std::pair{"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "400"}, std::pair{"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
                    std::pair{"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(limits::kMaxHeaderListBytes, 'x') + "\r\n\r\n", "431"},
                    std::pair{"GET /" + std::string(limits::kMaxHeaderListBytes, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", "431"}));

TEST_F(H1Test, EndsAtAChunkThatIsNotOne) {
  start(read_little);
  say("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nrubbish\r\n");
  EXPECT_TRUE(hear_until("protocol_error").starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ends());
}

TEST_F(H1Test, EndsAtAChunkHeadWithoutEnd) {
  start(read_little);
  say("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(40'000, 'x'));
  EXPECT_TRUE(hear_until("protocol_error").starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ends());
}

// ---- the choice by ALPN ----

awaitable<> serve_chosen(std::unique_ptr<TlsStream> stream, bool& over) {
  co_await serve_console_connection(std::move(stream), echo);
  over = true;
}

TEST_F(H1Test, ServesWhatAlpnSays) {
  auto pair = make_link_pair(loop, kAlpnH2);
  group.spawn(serve_chosen(std::move(pair.server), over));
  {
    H2Connection client(std::move(pair.client), H2Role::client, plain_settings(), {});
    std::optional<Error> end;
    struct Run {
      static awaitable<> run(H2Connection& connection, std::optional<Error>& into) {
        auto error = co_await connection.run();
        into = std::move(error);
      }
    };
    group.spawn(Run::run(client, end));
    EXPECT_TRUE(loop.run(client.request(get("/"))));
    client.close({Code::closed, "The test is over."});
    ASSERT_TRUE(loop.run_until([&] { return end && over; }));
    loop.run(group.join());
  }
  over = false;
  auto other = make_link_pair(loop, kAlpnHttp11);
  peer = std::move(other.client);
  group.spawn(serve_chosen(std::move(other.server), over));
  say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(hear_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
}

}  // namespace
}  // namespace daikan::net
