#include <algorithm>

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include "base/limits.h"
#include "net/h2_state.h"

namespace daikan::net {
namespace {

// Handlers that were cancelled and have not ended count too, so a peer that opens and resets cannot pile them up.
constexpr unsigned kWorkingPerStream = 2;

H2Urgency urgency_of(const Headers& headers) {
  const auto priority = headers.find("priority");
  return priority && priority->find("u=7") != std::string_view::npos ? H2Urgency::bulk : H2Urgency::normal;  // RFC 9218 section 4.1
}

bool never_has_body(int status) { return status == 204 || status == 304; }

Error cancelled_error() { return {Code::cancelled, "The request was cancelled."}; }

}  // namespace

/// The incoming body of one exchange.
class H2Connection::State::Source final : public BodySource {
 public:
  Source(const Ptr& owner, ExchangePtr exchange) : owner_(owner), exchange_(std::move(exchange)) {}

  ~Source() override {
    exchange_->abandoned = true;
    const auto owner = owner_.lock();
    if (!owner) return;
    owner->abandon(*exchange_);
    if (!exchange_->in_ended && !exchange_->closed) owner->session.discard(exchange_->id);
    owner->kick();
  }

  awaitable<Result<std::string>> next() override {
    const auto exchange = exchange_;
    for (;;) {
      if (!exchange->inbox.empty()) {
        const auto owner = owner_.lock();
        co_return owner ? owner->take_inbox(*exchange) : std::exchange(exchange->inbox, {});
      }
      if (exchange->in_ended) co_return std::string();
      if (exchange->failed) co_return fail(*exchange->failed);
      const bool woken = co_await exchange->changed.wait();
      if (!woken) co_return fail(cancelled_error());
    }
  }

 private:
  std::weak_ptr<State> owner_;
  ExchangePtr exchange_;
};

/// A request whose answer nobody waits for any more is reset.
class H2Connection::State::Unanswered {
 public:
  Unanswered(Ptr owner, ExchangePtr exchange) : owner_(std::move(owner)), exchange_(std::move(exchange)) {}
  ~Unanswered() {
    if (!exchange_) return;
    owner_->abandon(*exchange_);
    if (exchange_->closed) return;
    owner_->session.reset(exchange_->id, NGHTTP2_CANCEL);
    owner_->kick();
  }
  Unanswered(const Unanswered&) = delete;
  Unanswered& operator=(const Unanswered&) = delete;
  void answered() { exchange_.reset(); }

 private:
  Ptr owner_;
  ExchangePtr exchange_;
};

std::string H2Connection::State::take_inbox(H2Exchange& exchange) {
  auto taken = std::exchange(exchange.inbox, {});
  if (!taken.empty() && !departed) {
    session.consume(exchange.id, taken.size());
    kick();
  }
  return taken;
}

// What nobody will read must not hold the connection's window.
void H2Connection::State::abandon(H2Exchange& exchange) {
  exchange.abandoned = true;
  take_inbox(exchange);
}

Body H2Connection::State::body_of(const ExchangePtr& exchange) {
  exchange->body_given = true;
  if (exchange->in_ended) return Body(take_inbox(*exchange));  // all of it is here already
  return Body(std::make_unique<Source>(shared_from_this(), exchange));
}

// Runs `work` in the exchange's own group, so that it can be cancelled alone, and waits for it in the connection's.
awaitable<> H2Connection::State::supervise(Ptr me, ExchangePtr exchange, awaitable<> work) {
  if (!exchange->closed && !me->reason) {
    exchange->work.spawn(std::move(work));
    co_await exchange->work.join();
  }
  if (me->role == H2Role::server && !exchange->body_given) me->abandon(*exchange);  // the stream ended before its handler began
  --me->working;
}

// ---- both roles: sending a body ----

awaitable<> H2Connection::State::send_body(Ptr me, ExchangePtr exchange, std::unique_ptr<BodySource> source) {
  const auto id = exchange->id;
  std::exception_ptr exception;
  try {
    while (!exchange->closed) {
      auto piece = co_await source->next();
      if (exchange->closed) co_return;
      if (!piece) {
        me->session.reset(id, piece.error().code == Code::cancelled ? NGHTTP2_CANCEL : NGHTTP2_INTERNAL_ERROR);
        break;
      }
      const auto place = piece->empty() ? H2Piece::last : H2Piece::more_follow;
      me->session.provide(id, std::move(*piece), place);
      me->kick();
      if (place == H2Piece::last) co_return;
      while (!exchange->closed && !me->session.has_room(id)) {
        const bool woken = co_await exchange->changed.wait();
        if (!woken) co_return;
      }
    }
  } catch (...) {
    exception = std::current_exception();
  }
  if (exception && !exchange->closed) {
    if (me->on_exception) me->on_exception(exception);
    me->session.reset(id, NGHTTP2_INTERNAL_ERROR);
  }
  me->kick();
}

// ---- server ----

void H2Connection::State::refuse(std::int32_t id, int status) {
  H2Head head;
  head.status = status;
  head.headers.add("content-length", "0");
  session.respond(id, head, H2Follows::nothing, H2Urgency::normal);
  session.discard(id);
}

void H2Connection::State::begin(std::int32_t id, std::unique_ptr<H2Head> head) {
  if (reason || parting || !handler || working >= kWorkingPerStream * settings.concurrent_streams) {
    return session.reset(id, NGHTTP2_REFUSED_STREAM);
  }
  if (head->too_large) return refuse(id, 431);
  if (!head->target.starts_with('/')) return refuse(id, 400);
  auto exchange = std::make_shared<H2Exchange>(id, tls->executor());
  open[id] = exchange;
  if (urgency_of(head->headers) == H2Urgency::bulk) session.shrink_window(id);
  ++working;
  const auto me = shared_from_this();
  auto work = answer(me, exchange, std::move(head));
  tasks.spawn(supervise(me, std::move(exchange), std::move(work)));
}

awaitable<> H2Connection::State::answer(Ptr me, ExchangePtr exchange, std::unique_ptr<H2Head> head) {
  const bool head_only = head->method == "HEAD";
  Response response;
  std::exception_ptr exception;
  try {
    Request request;
    request.method = std::move(head->method);
    request.target = std::move(head->target);
    request.headers = std::move(head->headers);
    if (!head->authority.empty()) request.headers.set("host", std::move(head->authority));
    request.remote_ip = me->tls->remote_ip();
    request.body = me->body_of(exchange);
    head.reset();
    auto answered = co_await me->handler(std::move(request));
    response = std::move(answered);
  } catch (...) {
    exception = std::current_exception();
  }
  if (exchange->closed) co_return;
  if (exception) {
    if (me->on_exception) me->on_exception(exception);
    response = Response{500, {}, {}};
  }
  me->respond(exchange, response, head_only);
  if (response.body.is_stream() && !head_only && !never_has_body(response.status)) {
    auto source = response.body.into_source();
    co_await send_body(me, exchange, std::move(source));
  }
}

void H2Connection::State::respond(const ExchangePtr& exchange, Response& response, bool head_only) {
  H2Head head;
  head.status = response.status >= 200 && response.status <= 999 ? response.status : 500;
  head.headers = std::move(response.headers);
  const auto urgency = urgency_of(head.headers);
  const bool bodiless = never_has_body(head.status);
  const bool stream = response.body.is_stream();
  if (!stream && !bodiless && !head.headers.find("content-length")) {
    head.headers.add("content-length", std::to_string(response.body.text().size()));
  }
  const bool body = !head_only && !bodiless && (stream || !response.body.text().empty());
  session.respond(exchange->id, head, body ? H2Follows::body : H2Follows::nothing, urgency);
  if (body && !stream) session.provide(exchange->id, response.body.take_text(), H2Piece::last);
  kick();
}

// ---- client ----

awaitable<Result<>> H2Connection::State::wait_for_slot(Ptr me) {
  for (;;) {
    if (me->reason) co_return fail(*me->reason);
    if (me->parting) co_return fail(*me->parting);
    if (me->peer_leaves) {
      co_return fail(Code::closed, fmt::format("{}: the other side is closing the connection.", me->tls->remote_address()),
                     "It is made again by itself.");
    }
    const auto granted = std::min(me->settings.concurrent_streams, me->session.granted_streams());
    if (me->peer_ready && me->open.size() < granted) co_return Result<>{};
    const bool woken = co_await me->changed.wait();
    if (!woken) co_return fail(cancelled_error());
  }
}

Result<ExchangePtr> H2Connection::State::open_stream(Request& request) {
  H2Head head;
  head.method = std::move(request.method);
  head.target = std::move(request.target);
  head.headers = std::move(request.headers);
  head.authority = head.headers.find("host").value_or("");
  if (head.authority.empty()) head.authority = tls->remote_address();
  head.headers.remove("host");
  const bool stream = request.body.is_stream();
  const bool body = stream || !request.body.text().empty();
  if (!stream && body && !head.headers.find("content-length")) {
    head.headers.add("content-length", std::to_string(request.body.text().size()));
  }
  auto id = session.request(head, body ? H2Follows::body : H2Follows::nothing, urgency_of(head.headers));
  if (!id) return fail(std::move(id.error()));
  auto exchange = std::make_shared<H2Exchange>(*id, tls->executor());
  open[*id] = exchange;
  if (!stream && body) session.provide(*id, request.body.take_text(), H2Piece::last);
  if (stream) {
    ++working;
    const auto me = shared_from_this();
    auto work = send_body(me, exchange, request.body.into_source());
    tasks.spawn(supervise(me, exchange, std::move(work)));
  }
  kick();
  return exchange;
}

awaitable<Result<Response>> H2Connection::State::request(Ptr me, Request request) {
  if (me->role == H2Role::server) co_return fail(Code::protocol_error, "Only the HTTP client of a connection sends requests.");
  auto slot = co_await wait_for_slot(me);
  if (!slot) co_return fail(std::move(slot.error()));
  auto opened = me->open_stream(request);
  if (!opened) co_return fail(std::move(opened.error()));
  const auto exchange = *opened;
  Unanswered unanswered(me, exchange);
  while (!exchange->head && !exchange->failed) {
    const bool woken = co_await exchange->changed.wait();
    if (!woken && !exchange->head && !exchange->failed) co_return fail(cancelled_error());
  }
  if (!exchange->head) co_return fail(*exchange->failed);
  unanswered.answered();
  Response response;
  response.status = exchange->head->status;
  response.headers = std::move(exchange->head->headers);
  response.body = me->body_of(exchange);
  co_return response;
}

}  // namespace daikan::net
