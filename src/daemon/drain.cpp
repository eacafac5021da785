#include "daemon/drain.h"

#include <utility>

#include "server/problem.h"

namespace daikan::daemon {

Drain::Drain(net::Executor executor, net::Handler inner) : inner_(std::move(inner)), changed_(executor) {}

net::Handler Drain::handler() {
  return [this](net::Request request) { return answer(std::move(request)); };
}

net::awaitable<net::Response> Drain::answer(net::Request request) {
  if (closed_) {
    const Error stopping(Code::unavailable, "This server is stopping.", "Try again when it is back.");
    co_return server::problem_response(stopping);
  }
  // Counted by lifetime: a handler may also end by cancellation or an exception.
  struct Place {
    Drain& drain;
    explicit Place(Drain& d) : drain(d) { ++drain.running_; }
    ~Place() {
      --drain.running_;
      drain.changed_.notify_all();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
  };
  const Place place(*this);
  auto response = co_await inner_(std::move(request));
  co_return response;
}

net::awaitable<> Drain::idle(net::SteadyTime until) {
  while (running_ > 0 && std::chrono::steady_clock::now() < until) co_await changed_.wait(until);
}

}  // namespace daikan::daemon
