// The way back from a worker thread to the coroutine that waits for it.
//
// Used by the initiating functions of Storage and PasswordChecks. Invariant: the handler is resumed on the I/O executor, never inside the
// initiating function, and the io_context does not run out of work before.
#pragma once

#include <memory>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "net/async.h"

namespace daikan::server {

/// A copyable function that may be called once, on any thread, with the handler's one argument.
template <class Argument, class Handler>
auto resume_with(net::Executor executor, Handler handler) {
  struct Waiting {
    Handler handler;
    net::asio::executor_work_guard<net::Executor> work;
  };
  auto waiting = std::make_shared<Waiting>(Waiting{std::move(handler), net::asio::make_work_guard(executor)});
  return [waiting = std::move(waiting), executor](Argument argument) {
    net::asio::post(executor, [waiting, argument = std::move(argument)]() mutable {
      auto resume = std::move(waiting->handler);
      waiting->work.reset();
      std::move(resume)(std::move(argument));
    });
  };
}

}  // namespace daikan::server
