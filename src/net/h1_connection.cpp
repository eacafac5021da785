#include "net/h1_connection.h"

#include <algorithm>

#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "net/detail/h1_transport.h"
#include "net/h1_request.h"
#include "net/h2_connection.h"
#include "net/read_buffer.h"

namespace daikan::net {
namespace {

namespace http = boost::beast::http;
using namespace std::chrono_literals;

constexpr std::size_t kMostDiscardedBytes = 1024 * 1024;  // of a body that the handler did not want, to reuse the connection
constexpr auto kDiscardTime = 2s;

SteadyTime now() { return std::chrono::steady_clock::now(); }

/// One connection: a reader that notices the peer's going at any time, and one request after another.
struct H1 : std::enable_shared_from_this<H1> {
  using Ptr = std::shared_ptr<H1>;
  H1(std::unique_ptr<detail::H1Transport> under, Handler h)
      : wire(std::move(under)), handler(std::move(h)), changed(wire->executor()), tasks(wire->executor()), work(wire->executor()) {}

  static awaitable<> read(Ptr me);
  static awaitable<> serve(Ptr me);
  static awaitable<int> read_head(Ptr me);
  static awaitable<> answer(Ptr me);
  static awaitable<> exchange(Ptr me);
  static awaitable<bool> send_stream(Ptr me, std::unique_ptr<BodySource> source, bool chunked);
  static awaitable<bool> write(Ptr me, std::string bytes);
  static awaitable<Result<std::string>> next_piece(Ptr me, std::uint64_t request);
  static awaitable<> discard_rest(Ptr me);
  std::string head_of(const Response& response, bool chunked) const;
  Result<std::string> parse_body();

  const std::unique_ptr<detail::H1Transport> wire;
  const Handler handler;
  std::function<void(std::exception_ptr)> on_exception;
  Signal changed;   // bytes, room for bytes, `gone`, `answered`
  TaskGroup tasks;  // the reader
  TaskGroup work;   // the handler
  H1RequestReader requests;
  std::uint64_t request_number = 0;  // another one once the exchange is over: whoever still reads its body gets no more
  bool gone = false;                 // the peer sends no more
  bool expects = false;              // the peer waits for "100 Continue"
  bool keep = false;                 // the connection serves another request
  bool answered = false;             // the exchange is over
};

/// The body of the current request; of a later one, it reads nothing. It may be read by a coroutine that outlives the exchange.
class H1Source final : public BodySource {
 public:
  explicit H1Source(const H1::Ptr& owner) : owner_(owner), request_(owner->request_number) {}
  awaitable<Result<std::string>> next() override {
    const auto owner = owner_.lock();
    if (!owner) co_return fail(Code::closed, "The request is over.");
    auto piece = co_await H1::next_piece(owner, request_);
    co_return piece;
  }

 private:
  std::weak_ptr<H1> owner_;
  std::uint64_t request_;
};

// ---- receiving ----

awaitable<> H1::read(Ptr me) {
  for (;;) {
    while (me->requests.full()) {
      const bool woken = co_await me->changed.wait();
      if (!woken) co_return;
    }
    auto readable = co_await me->wire->wait_readable();
    if (!readable) break;
    ReadBuffer buffer;
    auto taken = co_await me->wire->read_some(buffer.bytes());
    if (!taken || *taken == 0) break;
    me->requests.feed({reinterpret_cast<const char*>(buffer.bytes().data()), *taken});
    me->changed.notify_all();
  }
  me->gone = true;
  me->work.cancel();  // nobody waits for the answer any more
  me->changed.notify_all();
}

awaitable<int> H1::read_head(Ptr me) {
  me->requests.begin();
  ++me->request_number;
  auto deadline = now() + limits::kIdleConnectionTime;
  bool begun = false;
  for (;;) {
    if (me->requests.waiting() > 0) {
      if (!std::exchange(begun, true)) deadline = now() + limits::kRequestHeaderTime;
      const auto status = me->requests.parse_head();
      me->changed.notify_all();
      if (status != 0) co_return status;
    }
    if (me->gone) co_return 0;
    const bool woken = co_await me->changed.wait(deadline);
    if (!woken && now() >= deadline) co_return begun ? 408 : 0;
    if (!woken) co_return 0;
  }
}

Result<std::string> H1::parse_body() {
  const auto before = requests.waiting();
  auto piece = requests.parse_body();
  if (requests.waiting() != before) changed.notify_all();  // only then: two readers would wake each other for ever
  return piece;
}

awaitable<Result<std::string>> H1::next_piece(Ptr me, std::uint64_t request) {
  for (;;) {
    if (me->request_number != request) co_return fail(Code::closed, "The request is over.");
    auto piece = me->parse_body();
    if (!piece || !piece->empty() || me->requests.is_complete()) co_return piece;
    if (me->gone) co_return fail(Code::closed, "The peer went away before its request was complete.");
    if (std::exchange(me->expects, false)) {
      const bool written = co_await write(me, "HTTP/1.1 100 Continue\r\n\r\n");
      if (!written) co_return fail(Code::closed, "The peer went away before its request was complete.");
      continue;
    }
    const bool woken = co_await me->changed.wait();
    if (!woken) co_return fail(Code::cancelled, "Reading the request was cancelled.");
  }
}

awaitable<> H1::discard_rest(Ptr me) {
  const auto until = now() + kDiscardTime;
  std::size_t discarded = 0;
  while (!me->requests.is_complete() && discarded < kMostDiscardedBytes && now() < until) {
    const auto piece = me->parse_body();
    if (!piece) co_return;
    discarded += piece->size();
    if (!piece->empty() || me->requests.is_complete()) continue;
    if (me->gone) co_return;
    const bool woken = co_await me->changed.wait(until);
    if (!woken) co_return;
  }
}

// ---- answering ----

awaitable<bool> H1::write(Ptr me, std::string bytes) {
  const std::span span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  auto written = co_await me->wire->write(span);
  co_return written.has_value();
}

std::string H1::head_of(const Response& response, bool chunked) const {
  const auto reason = http::obsolete_reason(static_cast<http::status>(response.status));
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, std::string_view(reason.data(), reason.size()));
  const auto forbidden = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  for (const auto& [name, value] : response.headers.fields()) {
    if (name == "connection" || name == "transfer-encoding" || name == "keep-alive") continue;
    if (std::ranges::any_of(name, forbidden) || std::ranges::any_of(value, forbidden)) continue;  // could forge a second answer
    head += fmt::format("{}: {}\r\n", name, value);
  }
  if (chunked) head += "transfer-encoding: chunked\r\n";
  if (!keep) head += "connection: close\r\n";
  return head + "\r\n";
}

awaitable<bool> H1::send_stream(Ptr me, std::unique_ptr<BodySource> source, bool chunked) {
  for (;;) {
    auto piece = co_await source->next();
    if (!piece) co_return false;  // a missing last chunk tells the peer
    const bool last = piece->empty();
    if (last && !chunked) co_return true;
    auto framed = last ? std::string("0\r\n\r\n") : std::move(*piece);
    if (chunked && !last) {
      framed.insert(0, fmt::format("{:x}\r\n", framed.size()));
      framed += "\r\n";
    }
    const bool written = co_await write(me, std::move(framed));
    if (last || !written) co_return written;
  }
}

awaitable<> H1::answer(Ptr me) {
  const bool head_only = me->requests.is_head();
  const bool modern = me->requests.is_http11();
  me->keep = me->requests.keeps_alive();
  me->expects = me->requests.expects_continue();
  Response response;
  std::exception_ptr exception;
  try {
    auto request = me->requests.take_head();
    request.remote_ip = me->wire->remote_ip();
    if (!me->requests.is_complete()) request.body = Body(std::make_unique<H1Source>(me));
    auto answered_with = co_await me->handler(std::move(request));
    response = std::move(answered_with);
  } catch (...) {
    exception = std::current_exception();
  }
  if (me->gone) {
    me->keep = false;
    co_return;
  }
  if (exception) {
    if (me->on_exception) me->on_exception(exception);
    response = Response{500, {}, {}};
  }
  if (response.status < 200 || response.status > 999) response.status = 500;
  // A peer that still waits for "100 Continue" may or may not send its body now: the framing is lost. So is it after a broken body.
  if (std::exchange(me->expects, false) || me->requests.is_broken()) me->keep = false;
  const bool bodiless = response.status == 204 || response.status == 304;
  const bool stream = response.body.is_stream();
  const bool sized = response.headers.find("content-length").has_value();
  if (!stream && !sized && !bodiless) response.headers.add("content-length", std::to_string(response.body.text().size()));
  const bool chunked = stream && !sized && !bodiless && modern;
  if (stream && !sized && !modern) me->keep = false;
  auto head = me->head_of(response, chunked);
  const bool body = !head_only && !bodiless;
  if (body && !stream) head += response.body.text();
  const bool written = co_await write(me, std::move(head));
  if (!written) me->keep = false;
  if (!written || !body || !stream) co_return;
  const bool complete = co_await send_stream(me, response.body.into_source(), chunked);
  if (!complete) me->keep = false;
}

awaitable<> H1::exchange(Ptr me) {
  std::exception_ptr exception;
  try {
    co_await answer(me);
  } catch (...) {
    exception = std::current_exception();
  }
  if (exception) {
    me->keep = false;
    if (!me->gone && me->on_exception) me->on_exception(exception);
  }
  me->answered = true;
  ++me->request_number;
  me->changed.notify_all();
}

awaitable<> H1::serve(Ptr me) {
  for (;;) {
    const int status = co_await read_head(me);
    if (status == 0) co_return;
    if (status != 200) {
      me->keep = false;
      const Response refusal{status, {{"content-length", "0"}}, {}};
      co_await write(me, me->head_of(refusal, false));
      co_return;
    }
    me->answered = false;
    me->work.spawn(exchange(me));
    // An exchange that was cancelled before it began never says that it is over; when this coroutine is cancelled, the next wait throws.
    while (!me->answered && me->work.size() > 0) co_await me->changed.wait(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    co_await discard_rest(me);
    if (!me->keep || me->gone || !me->requests.is_complete()) co_return;
  }
}

}  // namespace

namespace {

awaitable<> serve_over(std::unique_ptr<detail::H1Transport> under, Handler handler, std::function<void(std::exception_ptr)> on_exception) {
  const auto me = std::make_shared<H1>(std::move(under), std::move(handler));
  me->on_exception = std::move(on_exception);
  std::exception_ptr exception;
  try {
    me->tasks.spawn(H1::read(me));
    co_await H1::serve(me);
  } catch (...) {
    exception = std::current_exception();
  }
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  me->work.cancel();
  co_await me->work.join();
  me->wire->close();
  me->tasks.cancel();
  co_await me->tasks.join();
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (exception) std::rethrow_exception(exception);
}

}  // namespace

awaitable<> serve_h1(std::unique_ptr<TlsStream> stream, Handler handler, std::function<void(std::exception_ptr)> on_exception) {
  return serve_over(detail::over_tls(std::move(stream)), std::move(handler), std::move(on_exception));
}

awaitable<> serve_plain_h1(TcpSocket socket, Handler handler, std::function<void(std::exception_ptr)> on_exception) {
  return serve_over(detail::over_tcp(std::move(socket)), std::move(handler), std::move(on_exception));
}

awaitable<> serve_console_connection(std::unique_ptr<TlsStream> stream, Handler handler,
                                     std::function<void(std::exception_ptr)> on_exception) {
  if (stream->alpn() != kAlpnH2) {
    co_await serve_h1(std::move(stream), std::move(handler), std::move(on_exception));
    co_return;
  }
  const H2Settings settings{.concurrent_streams = limits::kMaxConcurrentStreams,
                            .idle_close = limits::kIdleConnectionTime,
                            .write_stall = limits::kWriteStallTime,
                            .stream_stall = 2 * limits::kWriteStallTime};
  H2Connection connection(std::move(stream), H2Role::server, settings, std::move(handler), std::move(on_exception));
  co_await connection.run();
}

}  // namespace daikan::net
