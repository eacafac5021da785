#include "net/h2_connection.h"

#include <algorithm>
#include <array>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include "base/limits.h"
#include "net/h2_state.h"
#include "net/read_buffer.h"

namespace daikan::net {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kFillBytes = 15 * 1024;    // and at most one small frame more: one TLS record
constexpr std::size_t kRecordBytes = 16 * 1024;  // one TLS record
constexpr auto kFarewellTime = 500ms;            // to get a GOAWAY out
constexpr auto kPeersEndTime = 1s;               // for the peer to read it and end too
constexpr int kRecordsAtOnce = 4;                // then others have their turn
constexpr unsigned kRestsPerSecond = 4;          // a busy connection keeps its memory; an idle one, between PINGs, does not

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

SteadyTime now() { return std::chrono::steady_clock::now(); }

Error internal_error() { return {Code::internal, "The HTTP/2 connection failed for an internal reason.", "Report this with the log."}; }
Error cancelled_error() { return {Code::cancelled, "The operation was cancelled."}; }

}  // namespace

H2Connection::State::State(std::unique_ptr<TlsStream> stream, H2Role own_role, H2Settings own_settings)
    : tls(std::move(stream)),
      role(own_role),
      settings(own_settings),
      session(own_role, own_settings.concurrent_streams, now()),
      tasks(tls->executor()),
      clock(tls->executor()),
      changed(tls->executor()),
      last_heard(now()),
      idle_since(last_heard) {}

// ---- the life of a connection ----

awaitable<Error> H2Connection::State::run(Ptr me) {
  if (me->reason) {  // closed before it began
    me->tls->close();
    co_return *me->reason;
  }
  me->running = true;
  me->tasks.on_error([weak = std::weak_ptr(me)](const std::exception_ptr& exception) {
    const auto state = weak.lock();
    if (!state) return;
    if (state->on_exception) state->on_exception(exception);
    state->end(internal_error());
  });
  std::exception_ptr exception;
  try {
    me->kick();
    me->look();
    co_await read(me);
  } catch (...) {
    exception = std::current_exception();
  }
  if (exception) me->reading_failed(exception);
  // From here on nothing may be thrown by a cancellation: what was started must be waited for.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!me->departed) co_await me->changed.wait();
  me->tasks.cancel();
  co_await me->tasks.join();
  me->running = false;
  co_await asio::this_coro::throw_if_cancelled(throws);
  co_return *me->reason;
}

void H2Connection::State::reading_failed(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) return end(cancelled_error());
  } catch (...) {  // reported below, like any other
  }
  if (on_exception) on_exception(exception);
  end(internal_error());
}

awaitable<> H2Connection::State::read(Ptr me) {
  while (!me->reason) {
    auto readable = co_await me->tls->wait_readable();
    if (me->reason) break;
    if (!readable) {
      me->end(std::move(readable.error()));
      break;
    }
    ReadBuffer buffer;
    auto taken = co_await me->tls->read_some(buffer.bytes());
    if (me->reason) break;
    if (!taken) {
      me->end(std::move(taken.error()));
      break;
    }
    if (*taken == 0) {
      // After its GOAWAY the end was announced, also when a stream of ours was still open.
      me->end({Code::closed,
               fmt::format("{}: the other side {} the connection.", me->tls->remote_address(), me->peer_leaves ? "ended" : "closed"),
               "It is made again by itself."});
      break;
    }
    me->last_heard = now();
    me->session.feed(buffer.bytes().first(*taken), me->last_heard);
    me->drain();
    me->check_session();
    me->kick();
  }
}

void H2Connection::State::kick() {
  if (writing || !running || departed || !session.wants_write()) return;
  writing = true;
  // In a later turn, so that small frames gather.
  asio::post(tls->executor(), [weak = weak_from_this()] {
    if (const auto me = weak.lock()) me->flush();
  });
}

// False when there is nothing to send.
bool H2Connection::State::fill(std::string& out) {
  for (;;) {
    out.clear();
    session.fill(out, kFillBytes);
    const bool drained = drain();
    check_session();
    if (!out.empty()) return true;
    if (!drained) return false;
  }
}

// Nearly always the socket takes all at once; only for what it does not take a coroutine is made.
void H2Connection::State::flush() {
  std::string out;
  for (int i = 0; i < kRecordsAtOnce && fill(out); ++i) {
    if (out.size() > kRecordBytes) return tasks.spawn(write(shared_from_this(), std::move(out)));
    auto taken = tls->try_write(bytes_of(out));
    if (!taken) {
      end(std::move(taken.error()));
      return written();
    }
    if (!*taken) return tasks.spawn(write(shared_from_this(), std::move(out)));
  }
  if (session.wants_write() && !reason) return tasks.spawn(write(shared_from_this(), {}));
  written();
}

awaitable<> H2Connection::State::write(Ptr me, std::string out) {
  while (!out.empty() || me->fill(out)) {
    auto done = co_await me->tls->write(bytes_of(out));
    out.clear();
    if (!done) {
      me->end(std::move(done.error()));
      break;
    }
  }
  me->written();
}

void H2Connection::State::written() {
  writing = false;
  changed.notify_all();
  rest();
}

void H2Connection::State::rest() {
  const auto at = now();
  if (at - resting_since >= 1s) {
    resting_since = at;
    rests = 0;
  }
  if (rests++ < kRestsPerSecond) session.rest();
}

void H2Connection::State::check_session() {
  if (session.failure()) {
    Error why = *session.failure();
    why.message = fmt::format("{}: {}", tls->remote_address(), why.message);
    end(std::move(why));
  } else if ((peer_leaves && open.empty()) || session.is_over()) {
    if (parting) return end(*parting);
    end({Code::closed, fmt::format("{}: the other side ended the connection.", tls->remote_address()), "It is made again by itself."});
  }
}

void H2Connection::State::end(Error why) {
  if (reason) return;
  reason = std::make_unique<Error>(std::move(why));
  clock.cancel();
  if (!session.failure() && !parting) session.go_away(NGHTTP2_NO_ERROR);
  for (const auto& [id, exchange] : open) {
    if (!exchange->failed) exchange->failed = *reason;
    exchange->changed.notify_all();
  }
  changed.notify_all();
  if (running) tasks.spawn(depart(shared_from_this()));
}

// Cancels in a turn of its own: end() may have been called by one of those who are cancelled.
awaitable<> H2Connection::State::depart(Ptr me) {
  const auto exchanges = std::exchange(me->open, {});
  for (const auto& [id, exchange] : exchanges) {
    exchange->closed = true;
    exchange->changed.notify_all();
    exchange->work.cancel();
  }
  me->kick();
  const auto until = now() + kFarewellTime;
  while (me->writing && now() < until) co_await me->changed.wait(until);
  // A peer that answered nothing for too long is not waited for again.
  if (me->reason->code != Code::timed_out) co_await me->tls->finish(now() + kPeersEndTime);
  me->departed = true;
  me->tls->close();  // wakes the reader
  me->changed.notify_all();
}

awaitable<> H2Connection::State::linger(Ptr me, SteadyTime until) {
  while (!me->reason && !me->open.empty() && now() < until) co_await me->changed.wait(until);
  me->end(*me->parting);
}

// ---- what the session tells ----

bool H2Connection::State::drain() {
  bool any = false;
  for (;;) {
    auto events = session.take_events();
    if (events.empty()) return any;
    any = true;
    for (auto& event : events) handle(event);
  }
}

void H2Connection::State::handle(H2Event& event) {
  using Kind = H2Event::Kind;
  const auto at = open.find(event.stream);
  const auto exchange = at == open.end() ? nullptr : at->second;
  switch (event.kind) {
    case Kind::settings:
      peer_ready = true;
      changed.notify_all();
      return;
    case Kind::pong:
      return pong(event.number);
    case Kind::goaway:
      peer_leaves = true;
      changed.notify_all();
      return;
    case Kind::closed:
      return stream_closed(event);
    case Kind::head:
      if (role == H2Role::server) return begin(event.stream, std::move(event.head));
      if (exchange && event.head->too_large) {
        exchange->failed = Error(Code::too_large, fmt::format("{}: the head of the answer exceeds {} bytes.", tls->remote_address(),
                                                              limits::kMaxHeaderListBytes));
        session.reset(event.stream, NGHTTP2_CANCEL);
      } else if (exchange) {
        exchange->head = std::move(event.head);
      }
      break;
    case Kind::data:
      if (!exchange || exchange->abandoned) {
        session.consume(event.stream, event.data.size());
      } else if (exchange->inbox.empty()) {
        exchange->inbox = std::move(event.data);
      } else {
        exchange->inbox += event.data;
      }
      break;
    case Kind::end:
      if (exchange) exchange->in_ended = true;
      break;
    case Kind::room:
      break;
  }
  if (exchange) exchange->changed.notify_all();
}

void H2Connection::State::stream_closed(const H2Event& event) {
  const auto at = open.find(event.stream);
  if (at == open.end()) return;
  const auto exchange = at->second;
  open.erase(at);
  exchange->closed = true;
  if (!exchange->in_ended && !exchange->failed) {
    const bool cancelled = event.code == NGHTTP2_CANCEL;
    exchange->failed =
        Error(cancelled                              ? Code::cancelled
              : event.code == NGHTTP2_REFUSED_STREAM ? Code::closed
                                                     : Code::protocol_error,
              fmt::format("{}: the other side ended the exchange ({}).", tls->remote_address(), nghttp2_http2_strerror(event.code)),
              "Try again.");
  }
  exchange->work.cancel();
  exchange->changed.notify_all();
  if (open.empty()) idle_since = now();
  if (!session.has_unsent()) stalled_since.reset();
  changed.notify_all();
}

// ---- the outside ----

H2Connection::H2Connection(std::unique_ptr<TlsStream> stream, H2Role role, H2Settings settings, Handler handler,
                           std::function<void(std::exception_ptr)> on_exception)
    : state_(std::make_shared<State>(std::move(stream), role, settings)) {
  state_->handler = std::move(handler);
  state_->on_exception = std::move(on_exception);
}

H2Connection::~H2Connection() = default;

awaitable<Error> H2Connection::run() { return State::run(state_); }

awaitable<Result<>> H2Connection::ready(SteadyTime deadline) {
  const auto me = state_;
  while (!me->peer_ready && !me->reason) {
    const bool woken = co_await me->changed.wait(deadline);
    if (woken || me->peer_ready || me->reason) continue;
    if (now() < deadline) co_return fail(cancelled_error());
    co_return fail(Code::timed_out, fmt::format("{}: the other side did not begin the HTTP/2 exchange in time.", me->tls->remote_address()),
                   "Check that it is an Administration Server and not overloaded.");
  }
  if (!me->peer_ready) co_return fail(*me->reason);
  co_return Result<>{};
}

awaitable<Result<Response>> H2Connection::request(Request request) { return State::request(state_, std::move(request)); }

void H2Connection::close(Error reason, std::chrono::milliseconds grace) {
  auto& state = *state_;
  if (state.reason) return;
  if (grace <= 0ms || state.open.empty() || !state.running) return state.end(std::move(reason));
  if (state.parting) return;
  state.parting = std::make_unique<Error>(std::move(reason));
  state.session.go_away(NGHTTP2_NO_ERROR);
  state.kick();
  state.changed.notify_all();  // requests that wait for a stream wait in vain
  state.tasks.spawn(State::linger(state_, now() + grace));
}

TlsStream& H2Connection::stream() { return *state_->tls; }

}  // namespace daikan::net
