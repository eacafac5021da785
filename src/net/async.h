// Coroutines of this program: one executor type, structured ownership, deadlines.
//
// Every network object lives on one single-threaded io_context and is touched only there (Asio 1.81 cannot cancel across executors:
// docs/architecture.md). Expected failures come back as Result; exceptions end the coroutine and are caught by its owner.
//
// Cancellation: the operation a cancelled coroutine waits in ends with false or Code::cancelled; if the coroutine goes on, its *next*
// co_await throws boost::system::system_error(operation_aborted), so that no loop outlives its cancellation. TaskGroup and with_deadline
// take that exception for what it is, the end.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"

namespace daikan::net {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
template <class T = void>
using awaitable = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> use_awaitable{};

using SteadyTime = std::chrono::steady_clock::time_point;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using TcpAcceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using TcpResolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

/// Waits until `when`; false when cancelled first.
awaitable<bool> sleep_until(SteadyTime when);
awaitable<bool> sleep_for(std::chrono::steady_clock::duration how_long);

/// Lets every other ready coroutine run once; for loops that could otherwise keep the thread.
awaitable<> yield();

/// An event that coroutines of one io_context wait for. Notifying wakes every waiter; nothing is remembered without a waiter except by
/// the caller's own condition, so always loop: `while (!condition) co_await signal.wait();`
class Signal {
 public:
  explicit Signal(Executor executor);
  /// Returns after the next notify_all(), or false when the waiting coroutine was cancelled or `until` passed.
  awaitable<bool> wait(SteadyTime until = SteadyTime::max());
  /// Waiters resume later, never inside this call.
  void notify_all();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Owns coroutines: starts them, cancels all, waits for all. Must be joined before it is destroyed.
class TaskGroup {
 public:
  explicit TaskGroup(Executor executor);
  ~TaskGroup();  ///< Asserts that nothing runs any more.
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task` soon, never inside this call. An exception that leaves it goes to `on_error` of the group; without a handler it leaves
  /// io_context::run(), never lost. A cancelled task's operation_aborted is no error.
  void spawn(awaitable<> task);
  /// Requests terminal cancellation of every task; one that has not begun yet never does.
  void cancel();
  /// Waits until every task has ended, even when the waiting coroutine itself is cancelled. Call cancel() first to make that soon.
  awaitable<> join();
  std::size_t size() const;
  void on_error(std::function<void(std::exception_ptr)> handler);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Runs `task` until it returns or `deadline` passes; then cancels it, waits for it to end, and fails with Code::timed_out and `what`
/// ("connecting to 10.0.0.1:13000") in the message. The task's own error is returned unchanged and at once; a value that arrived while
/// it was being stopped is returned as well. Fails with Code::cancelled when the calling coroutine is cancelled.
template <class T>
awaitable<Result<T>> with_deadline(SteadyTime deadline, std::string_view what, awaitable<Result<T>> task);

}  // namespace daikan::net

#include "net/detail/with_deadline.h"
