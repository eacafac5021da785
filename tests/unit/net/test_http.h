// Fixtures for HTTP: handlers and body sources that report what happened to them, and a pair of HTTP/2 connections over real TLS.
#pragma once

#include <algorithm>

#include "net/h2_connection.h"
#include "unit/net/test_net.h"

namespace daikan::net::test {

/// What a handler or a source saw; outlives both.
struct Observed {
  explicit Observed(Executor executor) : changed(executor) {}
  Signal changed;
  int started = 0;
  int cancelled = 0;
  int sources_destroyed = 0;
  std::size_t bytes_given = 0;  // taken from a source by its sender
  std::size_t bytes_taken = 0;  // read by a handler
  std::string text;
  std::optional<Error> error;
};

/// `pieces` pieces of `piece_bytes` each.
class CountedSource final : public BodySource {
 public:
  CountedSource(Observed& seen, std::size_t pieces, std::size_t piece_bytes) : seen_(seen), pieces_(pieces), piece_bytes_(piece_bytes) {}
  ~CountedSource() override { ++seen_.sources_destroyed; }
  awaitable<Result<std::string>> next() override {
    if (pieces_ == 0) co_return std::string();
    --pieces_;
    seen_.bytes_given += piece_bytes_;
    co_return std::string(piece_bytes_, 'x');
  }

 private:
  Observed& seen_;
  std::size_t pieces_;
  std::size_t piece_bytes_;
};

/// Gives one piece and then waits for ever, until cancelled.
class StuckSource final : public BodySource {
 public:
  StuckSource(Observed& seen, Executor executor) : seen_(seen), never_(executor) {}
  ~StuckSource() override { ++seen_.sources_destroyed; }
  awaitable<Result<std::string>> next() override {
    if (!std::exchange(given_, true)) co_return std::string("first");
    co_await never_.wait();
    ++seen_.cancelled;
    seen_.changed.notify_all();
    co_return fail(Code::cancelled, "Nobody listens.");
  }

 private:
  Observed& seen_;
  Signal never_;
  bool given_ = false;
};

inline awaitable<Response> echo(Request request) {
  auto body = co_await request.body.read_all(64 * 1024 * 1024);
  Response response;
  response.headers.add("x-method", request.method);
  response.headers.add("x-target", request.target);
  response.body = Body(body ? *body : body.error().message);
  co_return response;
}

/// Sends the request's body back as it comes.
inline awaitable<Response> echo_stream(Request request) {
  Response response;
  response.body = Body(request.body.into_source());
  co_return response;
}

inline awaitable<Response> never_answer(Observed& seen) {
  const auto executor = co_await asio::this_coro::executor;
  Signal never(executor);
  ++seen.started;
  seen.changed.notify_all();
  co_await never.wait();
  ++seen.cancelled;
  seen.changed.notify_all();
  co_return Response{};
}

inline Request get(std::string target) {
  Request request;
  request.method = "GET";
  request.target = std::move(target);
  return request;
}

inline Request put(std::string target, Body body) {
  Request request;
  request.method = "PUT";
  request.target = std::move(target);
  request.body = std::move(body);
  return request;
}

inline H2Settings plain_settings() { return H2Settings{.concurrent_streams = 64}; }

/// Client and server over TLS; with "h2" the HTTP client dialled, with "rh2" the HTTP server did.
class H2Pair {
 public:
  H2Pair(Loop& loop, std::string_view alpn, Handler handler, H2Settings client_settings = plain_settings(),
         H2Settings server_settings = plain_settings())
      : loop_(loop), group_(loop.executor()) {
    auto tls = make_link_pair(loop, alpn);
    if (alpn == kAlpnReversedH2) std::swap(tls.client, tls.server);
    const auto report = [this](const std::exception_ptr& exception) { exceptions.push_back(exception); };
    client = std::make_unique<H2Connection>(std::move(tls.client), H2Role::client, client_settings, Handler{}, report);
    server = std::make_unique<H2Connection>(std::move(tls.server), H2Role::server, server_settings, std::move(handler), report);
    group_.spawn(run(*client, client_end));
    group_.spawn(run(*server, server_end));
  }
  ~H2Pair() {
    client->close({Code::closed, "The test is over."});
    server->close({Code::closed, "The test is over."});
    loop_.run(group_.join());
    loop_.poll();
  }
  H2Pair(const H2Pair&) = delete;
  H2Pair& operator=(const H2Pair&) = delete;

  Result<Response> ask(Request request) { return loop_.run(client->request(std::move(request))); }
  Result<std::string> read(Body& body, std::size_t max = 64 * 1024 * 1024) { return loop_.run(body.read_all(max)); }

  std::unique_ptr<H2Connection> client;
  std::unique_ptr<H2Connection> server;
  std::optional<Error> client_end;
  std::optional<Error> server_end;
  std::vector<std::exception_ptr> exceptions;

 private:
  static awaitable<> run(H2Connection& connection, std::optional<Error>& end) {
    auto error = co_await connection.run();
    end = std::move(error);
  }
  Loop& loop_;
  TaskGroup group_;
};

}  // namespace daikan::net::test
