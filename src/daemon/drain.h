// Lets requests that are being answered finish before the server ends, and turns new ones away.
//
// Wraps the console's handler; on the I/O thread only. Invariant: after close() no new request reaches the inner handler.
#pragma once

#include "net/http.h"

namespace daikan::daemon {

class Drain {
 public:
  Drain(net::Executor executor, net::Handler inner);

  net::Handler handler();
  /// Answers 503 from now on.
  void close() { closed_ = true; }
  /// Waits until no handler runs, at most until `until`. Streams that are being sent do not count: they may be endless.
  net::awaitable<> idle(net::SteadyTime until);

 private:
  net::awaitable<net::Response> answer(net::Request request);

  net::Handler inner_;
  net::Signal changed_;
  std::size_t running_ = 0;
  bool closed_ = false;
};

}  // namespace daikan::daemon
