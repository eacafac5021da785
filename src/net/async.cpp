#include "net/async.h"

#include <cassert>
#include <exception>
#include <list>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

namespace daikan::net {
namespace {

constexpr auto kTuple = asio::as_tuple(use_awaitable);

bool is_abort(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const boost::system::system_error& e) {
    return e.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

// co_spawn posts once more after a task that never suspended; were the task cancelled by then, that co_await would throw out of
// io_context::run(). So a task's last act is to switch throwing off.
awaitable<> shielded(awaitable<> task) {
  std::exception_ptr exception;
  try {
    co_await std::move(task);
  } catch (...) {
    exception = std::current_exception();
  }
  co_await asio::this_coro::throw_if_cancelled(false);
  if (exception) std::rethrow_exception(exception);
}

}  // namespace

awaitable<bool> sleep_until(SteadyTime when) {
  const auto executor = co_await asio::this_coro::executor;
  Timer timer(executor, when);
  const auto [ec] = co_await timer.async_wait(kTuple);
  co_return !ec;
}

awaitable<bool> sleep_for(std::chrono::steady_clock::duration how_long) { return sleep_until(std::chrono::steady_clock::now() + how_long); }

awaitable<> yield() {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, use_awaitable);
}

// ---- Signal ----

struct Signal::State {
  struct Waiter {
    Timer timer;
    bool notified = false;
  };
  explicit State(Executor e) : executor(e) {}
  Executor executor;
  std::vector<Waiter*> waiters;

  // Keeps a waiter in the list exactly as long as its frame lives, however it ends.
  struct Enlisted {
    State& state;
    Waiter& waiter;
    Enlisted(State& s, Waiter& w) : state(s), waiter(w) { state.waiters.push_back(&waiter); }
    ~Enlisted() { std::erase(state.waiters, &waiter); }
    Enlisted(const Enlisted&) = delete;
    Enlisted& operator=(const Enlisted&) = delete;
  };
  static awaitable<bool> wait(std::shared_ptr<State> state, SteadyTime until);
};

awaitable<bool> Signal::State::wait(std::shared_ptr<State> state, SteadyTime until) {
  Waiter waiter{Timer(state->executor, until)};
  const Enlisted enlisted(*state, waiter);
  co_await waiter.timer.async_wait(kTuple);
  co_return waiter.notified;
}

Signal::Signal(Executor executor) : state_(std::make_shared<State>(executor)) {}

awaitable<bool> Signal::wait(SteadyTime until) { return State::wait(state_, until); }

void Signal::notify_all() {
  for (auto* waiter : state_->waiters) {
    waiter->notified = true;
    waiter->timer.cancel();
  }
}

// ---- TaskGroup ----

struct TaskGroup::State {
  struct Task {
    asio::cancellation_signal signal;
    bool running = false;
    bool cancelled = false;
  };
  explicit State(Executor e) : executor(e), ended(e) {}
  Executor executor;
  std::list<Task> tasks;
  Signal ended;
  std::function<void(std::exception_ptr)> on_error;

  static void start(const std::shared_ptr<State>& state, std::list<Task>::iterator task, awaitable<> body);
  static void finish(const std::shared_ptr<State>& state, std::list<Task>::iterator task, const std::exception_ptr& exception);
  void remove(std::list<Task>::iterator task) {
    tasks.erase(task);
    if (tasks.empty()) ended.notify_all();
  }
};

void TaskGroup::State::start(const std::shared_ptr<State>& state, std::list<Task>::iterator task, awaitable<> body) {
  if (task->cancelled) return state->remove(task);
  task->running = true;
  asio::co_spawn(
      state->executor, shielded(std::move(body)),
      asio::bind_cancellation_slot(task->signal.slot(), [state, task](std::exception_ptr exception) { finish(state, task, exception); }));
}

void TaskGroup::State::finish(const std::shared_ptr<State>& state, std::list<Task>::iterator task, const std::exception_ptr& exception) {
  task->running = false;
  // The coroutine's frame, and its view of the cancellation slot, still exist here: the signal goes in the next turn.
  asio::post(state->executor, [state, task] { state->remove(task); });
  if (!exception || (task->cancelled && is_abort(exception))) return;
  if (!state->on_error) std::rethrow_exception(exception);
  state->on_error(exception);
}

TaskGroup::TaskGroup(Executor executor) : state_(std::make_shared<State>(executor)) {}

TaskGroup::~TaskGroup() { assert(state_->tasks.empty() && "a TaskGroup must be joined before it is destroyed"); }

void TaskGroup::spawn(awaitable<> task) {
  const auto entry = state_->tasks.emplace(state_->tasks.end());
  asio::post(state_->executor, [state = state_, entry, body = std::move(task)]() mutable { State::start(state, entry, std::move(body)); });
}

void TaskGroup::cancel() {
  // A cancelled task may end others or start new ones at once; those started during the loop stand at its end and are cancelled too.
  for (auto& task : state_->tasks) {
    task.cancelled = true;
    if (task.running) task.signal.emit(asio::cancellation_type::terminal);
  }
}

awaitable<> TaskGroup::join() {
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto state = state_;
  while (!state->tasks.empty()) co_await state->ended.wait();
  co_await asio::this_coro::throw_if_cancelled(throws);
}

std::size_t TaskGroup::size() const { return state_->tasks.size(); }

void TaskGroup::on_error(std::function<void(std::exception_ptr)> handler) { state_->on_error = std::move(handler); }

// ---- with_deadline ----

namespace detail {
namespace {

struct Watched {
  explicit Watched(Executor executor) : timer(executor) {}
  Timer timer;
  asio::cancellation_signal signal;
  std::exception_ptr exception;
  bool ended = false;
};

}  // namespace

awaitable<DeadlineEnd> run_until(SteadyTime deadline, awaitable<> task) {
  const auto executor = co_await asio::this_coro::executor;
  const auto watched = std::make_shared<Watched>(executor);
  watched->timer.expires_at(deadline);
  asio::co_spawn(executor, shielded(std::move(task)),
                 asio::bind_cancellation_slot(watched->signal.slot(), [watched](std::exception_ptr exception) {
                   watched->ended = true;
                   watched->exception = std::move(exception);
                   watched->timer.cancel();
                 }));
  // From here on this coroutine must outlive the task, so being cancelled itself may not throw.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  auto end = DeadlineEnd::finished;
  while (!watched->ended) {
    co_await watched->timer.async_wait(kTuple);
    if (watched->ended) break;
    if (end == DeadlineEnd::finished) {
      const auto cancelled = co_await asio::this_coro::cancellation_state;
      end = cancelled.cancelled() == asio::cancellation_type::none ? DeadlineEnd::timed_out : DeadlineEnd::cancelled;
      watched->timer.expires_at(SteadyTime::max());
    }
    watched->signal.emit(asio::cancellation_type::terminal);
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (watched->exception && (end == DeadlineEnd::finished || !is_abort(watched->exception))) std::rethrow_exception(watched->exception);
  co_return end;
}

Error deadline_error(DeadlineEnd end, std::string_view what) {
  if (end == DeadlineEnd::cancelled) return {Code::cancelled, fmt::format("Stopped while {}.", what)};
  return {Code::timed_out, fmt::format("Timed out while {}.", what),
          "Try again; if it happens again, check the network between the two sides."};
}

}  // namespace detail
}  // namespace daikan::net
