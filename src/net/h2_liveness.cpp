// Whether the other side still lives, and whether anybody uses the connection.
#include <algorithm>

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include "net/h2_state.h"

namespace daikan::net {
namespace {

using namespace std::chrono_literals;

SteadyTime now() { return std::chrono::steady_clock::now(); }

// Idle connections look at the clock at common instants: thousands that each wake the thread alone cost three times the CPU of some
// that wake it together and find its caches warm. 10 s give a grid of 250 ms.
SteadyTime::duration grid_of(const H2Settings& settings) {
  if (settings.ping_after_idle <= 0ms && settings.stream_stall > 0ms)
    return std::max<SteadyTime::duration>(settings.stream_stall / 40, 1ms);
  if (settings.ping_after_idle <= 0ms) return std::max<SteadyTime::duration>(settings.idle_close / 40, 1ms);
  return std::max<SteadyTime::duration>(std::min(settings.ping_after_idle / 40, settings.ping_answer / 4), 1ms);
}

SteadyTime on_grid(SteadyTime when, SteadyTime::duration grid) {
  const auto beyond = when.time_since_epoch() % grid;
  return beyond == SteadyTime::duration::zero() ? when : when + (grid - beyond);
}

}  // namespace

std::uint64_t H2Connection::State::send_ping() {
  pings.push_back({++last_ping, now()});
  session.ping(last_ping);
  kick();
  return last_ping;
}

void H2Connection::State::pong(std::uint64_t number) {
  const auto at = std::find_if(pings.begin(), pings.end(), [&](const Ping& ping) { return ping.number == number; });
  if (at == pings.end()) return;
  round_trip = std::chrono::duration_cast<std::chrono::microseconds>(now() - at->sent);
  pings.erase(at);
  changed.notify_all();
}

// Does what is due and says when to look again. Any byte heard after a probe proves life: behind bulk, its answer may be late.
SteadyTime H2Connection::State::next_look(SteadyTime at) {
  auto next = SteadyTime::max();
  if (settings.ping_after_idle > 0ms) {
    const auto grid = grid_of(settings);
    const auto answer_due = probe_sent + settings.ping_answer - grid;
    if (probe != 0 && last_heard > probe_sent) probe = 0;
    if (probe != 0 && at >= answer_due) {
      const auto limit = settings.ping_answer.count();
      end({Code::timed_out, fmt::format("{}: the other side answered nothing for {} ms.", tls->remote_address(), limit),
           "Check the network between the two servers; the connection is made again by itself."});
      return next;
    }
    // A client asks a little earlier: what it says counts as life at the server, so that they do not both ask every time. On a link the
    // client is the primary, which shows the round trips of all its secondaries.
    const auto ask_due = last_heard + settings.ping_after_idle - (role == H2Role::client ? 2 * grid : grid);
    if (probe == 0 && at >= ask_due) {
      probe = send_ping();
      probe_sent = at;
    }
    next = probe != 0 ? probe_sent + settings.ping_answer - grid : ask_due;
  }
  if (settings.idle_close > 0ms) {
    const auto due = (open.empty() ? idle_since : at) + settings.idle_close;
    if (at >= due) {
      end({Code::closed,
           fmt::format("{}: closed after {} s without a request.", tls->remote_address(), settings.idle_close.count() / 1000)});
    }
    next = std::min(next, due);
  }
  if (settings.write_stall > 0ms && !reason) next = std::min(next, look_at_stall(at));
  if (settings.stream_stall > 0ms && !reason) next = std::min(next, look_at_streams(at));
  return next;
}

// On a link a body waits for a reader far away, so only its own stream ends. While the socket takes nothing, TlsStream counts the time.
SteadyTime H2Connection::State::look_at_streams(SteadyTime at) {
  std::vector<std::int32_t> over;
  for (const auto& [id, exchange] : open) {
    const auto sent = writing ? std::nullopt : session.sent_before_queued(id);
    if (!sent) {
      exchange->stalled_since.reset();
    } else if (!exchange->stalled_since || *sent != exchange->sent_before) {
      exchange->stalled_since = at;
      exchange->sent_before = *sent;
    } else if (at - *exchange->stalled_since >= settings.stream_stall) {
      over.push_back(id);
    }
  }
  for (const auto id : over) session.reset(id, NGHTTP2_CANCEL);
  if (!over.empty()) kick();
  return at + settings.stream_stall / 2;
}

// A body that the peer grants no window for would be held for ever. While the socket takes nothing, TlsStream counts the time.
SteadyTime H2Connection::State::look_at_stall(SteadyTime at) {
  if (writing || !session.has_unsent()) {
    stalled_since.reset();
  } else if (!stalled_since || session.body_bytes_sent() != sent_before) {
    stalled_since = at;
    sent_before = session.body_bytes_sent();
  }
  const auto often = at + settings.write_stall / 2;
  if (!stalled_since) return often;
  const auto due = *stalled_since + settings.write_stall;
  if (at >= due) {
    end({Code::timed_out,
         fmt::format("{}: the other side took nothing of its answers for {} ms.", tls->remote_address(), settings.write_stall.count()),
         "Check that the program at the other end reads what it asked for."});
  }
  return std::min(often, due);
}

void H2Connection::State::look() {
  if (reason) return;
  const auto next = next_look(now());
  if (reason || next == SteadyTime::max()) return;
  clock.expires_at(on_grid(next, grid_of(settings)));
  clock.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
    const auto me = weak.lock();
    if (me && !ec) me->look();
  });
}

void H2Connection::set_liveness(std::chrono::milliseconds ping_after_idle, std::chrono::milliseconds ping_answer) {
  state_->settings.ping_after_idle = ping_after_idle;
  state_->settings.ping_answer = ping_answer;
  if (state_->running) state_->look();  // it also sets the clock anew, whose former wait then comes to nothing
}

std::optional<std::chrono::microseconds> H2Connection::round_trip() const { return state_->round_trip; }

awaitable<Result<std::chrono::microseconds>> H2Connection::ping(SteadyTime deadline) {
  const auto me = state_;
  const auto number = me->send_ping();
  const auto waiting = [&me, number] { return std::ranges::any_of(me->pings, [&](const auto& ping) { return ping.number == number; }); };
  while (waiting() && !me->reason) {
    const bool woken = co_await me->changed.wait(deadline);
    if (woken || !waiting() || me->reason) continue;
    std::erase_if(me->pings, [&](const auto& ping) { return ping.number == number; });
    if (now() < deadline) co_return fail(Code::cancelled, "Waiting for the answer to a PING was cancelled.");
    co_return fail(Code::timed_out, fmt::format("{}: the other side did not answer a PING in time.", me->tls->remote_address()),
                   "Check the network between the two servers.");
  }
  if (waiting()) co_return fail(*me->reason);
  co_return me->round_trip.value_or(std::chrono::microseconds(0));
}

}  // namespace daikan::net
