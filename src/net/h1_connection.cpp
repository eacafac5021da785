#include "net/h1_connection.h"

#include <algorithm>

#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/h2_connection.h"
#include "net/read_buffer.h"

namespace daikan::net {
namespace {

namespace http = boost::beast::http;
using namespace std::chrono_literals;

constexpr std::size_t kInboxBytes = 16 * 1024;            // received and not yet parsed; then reading stops
constexpr std::size_t kPieceBytes = 16 * 1024;            // of a request's body, handed over at once
constexpr std::size_t kMostDiscardedBytes = 1024 * 1024;  // of a body that the handler did not want, to reuse the connection
constexpr auto kDiscardTime = 2s;

SteadyTime now() { return std::chrono::steady_clock::now(); }

using Parser = http::request_parser<http::buffer_body>;

/// One connection: a reader that notices the peer's going at any time, and one request after another.
struct H1 : std::enable_shared_from_this<H1> {
  using Ptr = std::shared_ptr<H1>;
  H1(std::unique_ptr<TlsStream> stream, Handler h)
      : tls(std::move(stream)), handler(std::move(h)), changed(tls->executor()), tasks(tls->executor()), work(tls->executor()) {}

  static awaitable<> read(Ptr me);
  static awaitable<> serve(Ptr me);
  static awaitable<int> read_head(Ptr me);
  static awaitable<> answer(Ptr me);
  static awaitable<> exchange(Ptr me);
  static awaitable<bool> send_stream(Ptr me, std::unique_ptr<BodySource> source, bool chunked);
  static awaitable<bool> write(Ptr me, std::string bytes);
  static awaitable<Result<std::string>> next_piece(Ptr me);
  static awaitable<> discard_rest(Ptr me);
  int parse_head();
  int judge_head() const;
  Request take_request();
  std::string head_of(const Response& response, bool chunked);
  Result<std::string> parse_body();

  const std::unique_ptr<TlsStream> tls;
  const Handler handler;
  std::function<void(std::exception_ptr)> on_exception;
  Signal changed;   // the inbox, `gone`, `answered`
  TaskGroup tasks;  // the reader
  TaskGroup work;   // the handler
  std::string inbox;
  std::unique_ptr<Parser> parser;  // of the request being read or answered
  std::uint64_t request_number = 0;
  bool gone = false;      // the peer sends no more
  bool broken = false;    // the body is not well-formed HTTP
  bool expects = false;   // the peer waits for "100 Continue"
  bool keep = false;      // the connection serves another request
  bool answered = false;  // the exchange is over
};

/// The body of the current request; of a later one, it reads nothing.
class H1Source final : public BodySource {
 public:
  explicit H1Source(const H1::Ptr& owner) : owner_(owner), request_(owner->request_number) {}
  awaitable<Result<std::string>> next() override {
    const auto owner = owner_.lock();
    if (!owner || owner->request_number != request_) co_return fail(Code::closed, "The request is over.");
    auto piece = co_await H1::next_piece(owner);
    co_return piece;
  }

 private:
  std::weak_ptr<H1> owner_;
  std::uint64_t request_;
};

// ---- receiving ----

awaitable<> H1::read(Ptr me) {
  for (;;) {
    while (me->inbox.size() >= kInboxBytes) {
      const bool woken = co_await me->changed.wait();
      if (!woken) co_return;
    }
    auto readable = co_await me->tls->wait_readable();
    if (!readable) break;
    ReadBuffer buffer;
    auto taken = co_await me->tls->read_some(buffer.bytes());
    if (!taken || *taken == 0) break;
    me->inbox.append(reinterpret_cast<const char*>(buffer.bytes().data()), *taken);
    me->changed.notify_all();
  }
  me->gone = true;
  me->work.cancel();  // nobody waits for the answer any more
  me->changed.notify_all();
}

// 0: more bytes are needed, 200: complete, otherwise the status to refuse with.
int H1::parse_head() {
  boost::system::error_code ec;
  const auto used = parser->put(boost::asio::buffer(inbox), ec);
  inbox.erase(0, used);
  changed.notify_all();
  if (parser->is_header_done()) return judge_head();
  if (!ec || ec == http::error::need_more) return 0;
  return ec == http::error::header_limit ? 431 : 400;
}

// What Beast lets pass: framing that another server could read differently (RFC 9112 section 6.1), and what is not for us.
int H1::judge_head() const {
  const auto& head = parser->get();
  if (const auto coding = head.count(http::field::transfer_encoding); coding > 0) {
    if (head.version() == 10 || head.count(http::field::content_length) > 0) return 400;
    if (coding > 1 || !boost::beast::iequals(head[http::field::transfer_encoding], "chunked")) return 501;
  }
  const auto hosts = head.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && head.version() == 11)) return 400;
  if (!head.target().starts_with('/') && !head.target().starts_with("https://")) return 400;
  return 200;
}

awaitable<int> H1::read_head(Ptr me) {
  me->parser = std::make_unique<Parser>();
  me->parser->header_limit(limits::kMaxHeaderListBytes);
  me->parser->body_limit(boost::none);  // the handler's matter: Body::read_all
  ++me->request_number;
  auto deadline = now() + limits::kIdleConnectionTime;
  bool begun = false;
  for (;;) {
    if (!me->inbox.empty()) {
      if (!std::exchange(begun, true)) deadline = now() + limits::kRequestHeaderTime;
      const auto status = me->parse_head();
      if (status != 0) co_return status;
    }
    if (me->gone) co_return 0;
    const bool woken = co_await me->changed.wait(deadline);
    if (!woken && now() >= deadline) co_return begun ? 408 : 0;
    if (!woken) co_return 0;
  }
}

Request H1::take_request() {
  const auto& head = parser->get();
  Request request;
  request.method = head.method_string();
  request.target = head.target();
  if (!request.target.starts_with('/')) {  // absolute form, RFC 9112 section 3.2.2
    const auto path = request.target.find('/', std::string_view("https://").size());
    request.target = path == std::string::npos ? "/" : request.target.substr(path);
  }
  for (const auto& field : head) {
    const std::string name = field.name_string();
    const bool of_connection = field.name() == http::field::connection || field.name() == http::field::transfer_encoding ||
                               field.name() == http::field::upgrade || field.name() == http::field::keep_alive ||
                               field.name() == http::field::proxy_connection || field.name() == http::field::te;
    if (!of_connection) request.headers.add(name, std::string(field.value()));
  }
  request.remote_ip = tls->remote_ip();
  if (!parser->is_done()) request.body = Body(std::make_unique<H1Source>(shared_from_this()));
  return request;
}

// An empty text: nothing more can be read from what is here.
Result<std::string> H1::parse_body() {
  std::string piece(kPieceBytes, '\0');
  auto& body = parser->get().body();
  body.data = piece.data();
  body.size = piece.size();
  body.more = true;
  boost::system::error_code ec;
  const auto used = parser->put(boost::asio::buffer(inbox), ec);
  piece.resize(piece.size() - body.size);
  body.data = nullptr;
  inbox.erase(0, used);
  changed.notify_all();
  const bool stuck = used == 0 && inbox.size() >= kInboxBytes;  // a chunk's head without end
  if (stuck || (ec && ec != http::error::need_more && ec != http::error::need_buffer)) {
    broken = true;
    return fail(Code::protocol_error, "The request's body is not well-formed HTTP.");
  }
  return piece;
}

awaitable<Result<std::string>> H1::next_piece(Ptr me) {
  for (;;) {
    if (me->parser->is_done()) co_return std::string();
    if (me->broken) co_return fail(Code::protocol_error, "The request's body is not well-formed HTTP.");
    if (!me->inbox.empty()) {
      const auto before = me->inbox.size();
      auto piece = me->parse_body();
      if (!piece || !piece->empty()) co_return piece;
      if (me->parser->is_done() || me->inbox.size() < before) continue;
    }
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
  while (!me->parser->is_done() && !me->broken && discarded < kMostDiscardedBytes) {
    const auto before = me->inbox.size();
    if (before > 0) {
      const auto piece = me->parse_body();
      discarded += before - me->inbox.size();
      if (!piece) co_return;
      if (me->inbox.size() < before) continue;
    }
    if (me->gone) co_return;
    const bool woken = co_await me->changed.wait(until);
    if (!woken) co_return;
  }
}

// ---- answering ----

awaitable<bool> H1::write(Ptr me, std::string bytes) {
  const std::span span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  auto written = co_await me->tls->write(span);
  co_return written.has_value();
}

std::string H1::head_of(const Response& response, bool chunked) {
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
  const bool head_only = me->parser->get().method() == http::verb::head;
  const bool modern = me->parser->get().version() == 11;
  me->keep = me->parser->keep_alive();
  me->expects = modern && boost::beast::iequals(me->parser->get()[http::field::expect], "100-continue");
  Response response;
  std::exception_ptr exception;
  try {
    auto answered_with = co_await me->handler(me->take_request());
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
  if (std::exchange(me->expects, false) || me->broken) me->keep = false;
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
    me->broken = false;
    me->answered = false;
    me->work.spawn(exchange(me));
    while (!me->answered) {
      const bool woken = co_await me->changed.wait();
      if (!woken) co_return;
    }
    co_await discard_rest(me);
    if (!me->keep || me->gone || !me->parser->is_done()) co_return;
  }
}

}  // namespace

awaitable<> serve_h1(std::unique_ptr<TlsStream> stream, Handler handler, std::function<void(std::exception_ptr)> on_exception) {
  const auto me = std::make_shared<H1>(std::move(stream), std::move(handler));
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
  me->tls->close();
  me->tasks.cancel();
  co_await me->tasks.join();
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (exception) std::rethrow_exception(exception);
}

awaitable<> serve_console_connection(std::unique_ptr<TlsStream> stream, Handler handler,
                                     std::function<void(std::exception_ptr)> on_exception) {
  if (stream->alpn() != kAlpnH2) {
    co_await serve_h1(std::move(stream), std::move(handler), std::move(on_exception));
    co_return;
  }
  const H2Settings settings{.concurrent_streams = limits::kMaxConcurrentStreams, .idle_close = limits::kIdleConnectionTime};
  H2Connection connection(std::move(stream), H2Role::server, settings, std::move(handler), std::move(on_exception));
  co_await connection.run();
}

}  // namespace daikan::net
