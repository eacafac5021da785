// The inside of an H2Connection: one session, one TLS stream, and the coroutines between them.
//
// Split over h2_connection.cpp (reading, writing, the end), h2_liveness.cpp (PING, idle) and h2_exchange.cpp (requests, handlers, bodies).
// Everything runs on the stream's executor. Invariant: every coroutine started here is in `tasks` and has ended when run() returns; the
// session is only touched outside its own callbacks.
#pragma once

#include <unordered_map>

#include "net/h2_connection.h"
#include "net/h2_session.h"

namespace daikan::net {

/// One request and its answer.
struct H2Exchange {
  H2Exchange(std::int32_t stream, Executor executor) : id(stream), changed(executor), work(executor) {}
  const std::int32_t id;
  Signal changed;                // any of what follows
  TaskGroup work;                // the handler and what it sends, or what sends the request's body
  std::unique_ptr<H2Head> head;  // of the answer (client)
  std::string inbox;             // received and not yet taken: at most one window
  bool in_ended = false;
  bool abandoned = false;   // nobody will take more
  bool body_given = false;  // the inbox has a reader, which gives its bytes back
  bool closed = false;
  std::optional<SteadyTime> stalled_since;  // its body is queued and `sent_before` has not grown
  std::uint64_t sent_before = 0;
  std::optional<Error> failed;
};
using ExchangePtr = std::shared_ptr<H2Exchange>;

struct H2Connection::State : std::enable_shared_from_this<H2Connection::State> {
  using Ptr = std::shared_ptr<State>;
  class Source;
  class Unanswered;
  struct Ping {
    std::uint64_t number;
    SteadyTime sent;
  };

  State(std::unique_ptr<TlsStream> stream, H2Role own_role, H2Settings own_settings);

  // h2_connection.cpp, h2_liveness.cpp
  static awaitable<Error> run(Ptr me);
  static awaitable<> read(Ptr me);
  static awaitable<> write(Ptr me, std::string out);
  static awaitable<> depart(Ptr me);
  static awaitable<> linger(Ptr me, SteadyTime until);
  void reading_failed(const std::exception_ptr& exception);
  void kick();
  bool fill(std::string& out);
  void flush();
  void written();
  void rest();
  bool drain();
  void handle(H2Event& event);
  void stream_closed(const H2Event& event);
  void pong(std::uint64_t number);
  void check_session();
  void end(Error why);
  void look();
  SteadyTime next_look(SteadyTime now);
  SteadyTime look_at_stall(SteadyTime now);
  SteadyTime look_at_streams(SteadyTime now);
  std::uint64_t send_ping();

  // h2_exchange.cpp
  static awaitable<Result<Response>> request(Ptr me, Request request);
  static awaitable<Result<>> wait_for_slot(Ptr me);
  static awaitable<> supervise(Ptr me, ExchangePtr exchange, awaitable<> work);
  static awaitable<> answer(Ptr me, ExchangePtr exchange, std::unique_ptr<H2Head> head);
  static awaitable<> send_body(Ptr me, ExchangePtr exchange, std::unique_ptr<BodySource> source);
  void begin(std::int32_t id, std::unique_ptr<H2Head> head);
  Result<ExchangePtr> open_stream(Request& request);
  void respond(const ExchangePtr& exchange, Response& response, bool head_only);
  void refuse(std::int32_t id, int status);
  Body body_of(const ExchangePtr& exchange);
  std::string take_inbox(H2Exchange& exchange);
  void abandon(H2Exchange& exchange);

  const std::unique_ptr<TlsStream> tls;
  const H2Role role;
  H2Settings settings;  // its heartbeat changes
  Handler handler;
  std::function<void(std::exception_ptr)> on_exception;
  H2Session session;
  TaskGroup tasks;
  Timer clock;     // the next look(); a coroutine in its place would cost each idle link 2 KiB
  Signal changed;  // ready, a free stream, a PING's answer, the writer's rest, the end
  std::unordered_map<std::int32_t, ExchangePtr> open;
  std::unique_ptr<Error> reason;   // set once: why the connection ends
  std::unique_ptr<Error> parting;  // set by close() while streams may still finish
  std::vector<Ping> pings;         // unanswered
  std::uint64_t last_ping = 0;
  std::uint64_t probe = 0;  // the liveness PING under way
  SteadyTime probe_sent;
  SteadyTime last_heard;
  SteadyTime idle_since;
  SteadyTime resting_since;
  std::optional<SteadyTime> stalled_since;  // bodies are queued and `sent_before` has not grown
  std::uint64_t sent_before = 0;
  std::optional<std::chrono::microseconds> round_trip;
  unsigned rests = 0;
  unsigned working = 0;  // exchanges whose coroutine has not ended
  bool running = false;
  bool peer_ready = false;
  bool peer_leaves = false;
  bool writing = false;
  bool departed = false;
};

}  // namespace daikan::net
