// A listening port: accepts, limits, hands over.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/address.h"
#include "net/tls_stream.h"

namespace daikan::net {

struct ListenerLimits {
  unsigned handshakes_in_progress;  ///< From the ClientHello on; further connections wait. Those that say nothing hold no slot.
  unsigned connections;             ///< Handed over and not yet ended; further ones are closed at once. 0: unlimited.
  unsigned connections_per_source;  ///< The same per IP address, handshakes included. 0: unlimited.
};

/// Accepts TLS connections on one or more addresses (port 0: the kernel chooses) and hands each finished handshake over.
///
/// "0.0.0.0" and "[::]" listen as they say; "*" listens on both (on IPv4 alone where the machine has no IPv6). One coroutine per address,
/// one per handshake; cancel by stop(), which must have returned before the Listener is destroyed.
class Listener {
 public:
  /// Serves one connection until it ends. Runs in the listener's task group; cancelled by stop().
  using Serve = std::function<awaitable<>(std::unique_ptr<TlsStream>)>;
  /// A handshake that failed: the error and the stream (its peer_certificate() and remote_ip() tell who). Must not block.
  using Refused = std::function<void(const Error&, const TlsStream&)>;

  Listener(Executor executor, std::shared_ptr<TlsContext> context, PinCheck check, ListenerLimits limits);
  ~Listener();

  /// Binds and starts. Fails with configuration_invalid (which address, and who to ask: "address already in use").
  Result<> start(const std::vector<Endpoint>& addresses, Serve serve, Refused refused);
  /// Later connections are shaken hands with by `context`; those that stand go on as they are.
  void use(std::shared_ptr<TlsContext> context);
  /// The addresses really bound.
  std::vector<Endpoint> endpoints() const;
  unsigned handshakes_in_progress() const;
  unsigned connections() const;
  /// Hears what exception left a Serve or Refused; without it, the exception leaves io_context::run().
  void on_error(std::function<void(std::exception_ptr)> handler);
  /// Stops accepting, cancels what runs, waits for its end.
  awaitable<> stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace daikan::net
