// HTTP/2 over one TLS connection, as client or as server, independent of who dialled.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "net/http.h"
#include "net/tls_stream.h"

namespace daikan::net {

enum class H2Role : std::uint8_t { client, server };

struct H2Settings {
  std::chrono::milliseconds ping_after_idle{0};  ///< 0: no liveness check by us.
  std::chrono::milliseconds ping_answer{0};      ///< Dead after this long without an answer.
  unsigned concurrent_streams;                   ///< What we grant the peer (server) and keep to (client).
  std::chrono::milliseconds idle_close{0};       ///< Server on 13291: close after this long without a stream. 0: never.
  /// The end when bodies are queued and the peer grants no window for a byte of them for this long (noticed up to half as late again).
  /// 0: never, for links: there a body waits for whoever reads a relayed answer, and one slow reader must not end the link for all.
  std::chrono::milliseconds write_stall{0};
  /// The end of a single stream (RST_STREAM, CANCEL) whose body is queued and for which the peer takes no byte for this long (noticed up to
  /// half as late again); all others go on. 0: never. For links, where a peer that grants nothing would hold answers for good.
  std::chrono::milliseconds stream_stall{0};
};

/// One HTTP/2 connection. Bounds: limits.h (header list, windows, streams, control-frame bucket); a flood ends the connection with GOAWAY
/// ENHANCE_YOUR_CALM. Frames of control, alarms and relayed requests go before bulk (a request or response with the header
/// `priority: u=7`, RFC 9218, is bulk).
///
/// Lifetime: created, run() spawned by its owner, ended by close() or the peer; destroyed after run() has returned.
class H2Connection final : public Requester {
 public:
  /// `handler` answers the peer's requests (server role; may be empty for a client). `on_exception` hears what left a handler.
  H2Connection(std::unique_ptr<TlsStream> stream, H2Role role, H2Settings settings, Handler handler,
               std::function<void(std::exception_ptr)> on_exception = {});
  ~H2Connection() override;

  /// Serves the connection until it ends; returns why: closed (by the peer or close()), timed_out (PING unanswered, write_stall),
  /// protocol_error, unknown_to_primary (the peer's alert), rate_limited (a flood). Every request in flight has failed and every handler
  /// was cancelled and waited for when it returns.
  awaitable<Error> run();

  /// Waits for the peer's first SETTINGS: only then did a TLS 1.3 server accept our certificate. Fails as run() does, or timed_out.
  awaitable<Result<>> ready(SteadyTime deadline);

  awaitable<Result<Response>> request(Request request) override;

  /// GOAWAY NO_ERROR (streams in flight may finish for `grace`), then closes. run() returns `reason`.
  void close(Error reason, std::chrono::milliseconds grace = std::chrono::milliseconds(0));

  /// Another heartbeat from now on (H2Settings); only for a connection that was made with one.
  void set_liveness(std::chrono::milliseconds ping_after_idle, std::chrono::milliseconds ping_answer);

  std::optional<std::chrono::microseconds> round_trip() const;  ///< Of the last PING.
  /// Sends a PING now and waits for the answer.
  awaitable<Result<std::chrono::microseconds>> ping(SteadyTime deadline);
  TlsStream& stream();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace daikan::net
