#include "net/async.h"

#include "test_net.h"

namespace daikan::net::test {
namespace {

awaitable<Result<int>> answer_after(std::chrono::milliseconds time, int value) {
  const bool slept = co_await sleep_for(time);
  if (!slept) co_return fail(Code::cancelled, "Cancelled.");
  co_return value;
}

awaitable<Result<int>> fail_at_once() { co_return fail(Code::proxy_denied, "Denied."); }

awaitable<Result<int>> wait_forever(bool& ended) {
  struct AtEnd {
    bool& flag;
    ~AtEnd() { flag = true; }
  } at_end{ended};
  co_await sleep_for(1h);
  co_await sleep_for(1h);  // throws: a cancelled coroutine does not go on
  co_return 1;
}

awaitable<Result<int>> throw_something() {
  co_await yield();
  throw std::logic_error("a bug");
}

awaitable<> count_and_wait(int& begun, int& ended) {
  ++begun;
  co_await sleep_for(1h);
  ++ended;
}

awaitable<> wait_for_signal(Signal& signal, bool& condition, int& woken) {
  while (!condition) co_await signal.wait();
  ++woken;
}

awaitable<> loop_while_cancelled(Signal& signal) {
  for (;;) co_await signal.wait();
}

awaitable<> end_own_group(TaskGroup& group) {
  group.cancel();
  co_return;
}

awaitable<> throw_logic_error() {
  throw std::logic_error("a bug");
  co_return;
}

TEST(WithDeadline, ReturnsTheValueOfATaskThatEndsInTime) {
  Loop loop;
  const auto result = loop.run(with_deadline(soon(), "waiting", answer_after(1ms, 42)));
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, 42);
}

TEST(WithDeadline, ReturnsTheTasksOwnErrorAtOnce) {
  Loop loop;
  const auto began = std::chrono::steady_clock::now();
  const auto result = loop.run(with_deadline(in(1h), "waiting", fail_at_once()));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::proxy_denied);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
}

TEST(WithDeadline, CancelsALateTaskWaitsForItsEndAndNamesWhatTimedOut) {
  Loop loop;
  bool ended = false;
  const auto result = loop.run(with_deadline(in(10ms), "connecting to 10.0.0.1:13000", wait_forever(ended)));
  ASSERT_FALSE(result);
  EXPECT_TRUE(ended);
  EXPECT_EQ(result.error().code, Code::timed_out);
  EXPECT_NE(result.error().message.find("connecting to 10.0.0.1:13000"), std::string::npos);
}

TEST(WithDeadline, PassesOnAnException) {
  Loop loop;
  EXPECT_THROW(loop.run(with_deadline(soon(), "waiting", throw_something())), std::logic_error);
}

awaitable<> nested(bool& ended, std::optional<Code>& seen) {
  auto inner = with_deadline(in(1h), "waiting inside", wait_forever(ended));
  auto result = co_await with_deadline(in(2h), "waiting outside", std::move(inner));
  seen = result.error().code;
}

TEST(WithDeadline, EndsTheTaskWhenItsCallerIsCancelled) {
  Loop loop;
  TaskGroup group(loop.executor());
  bool ended = false;
  std::optional<Code> seen;
  group.spawn(nested(ended, seen));
  loop.poll();
  EXPECT_FALSE(ended);
  group.cancel();
  loop.run(group.join());
  EXPECT_TRUE(ended);
  EXPECT_EQ(seen, Code::cancelled);
}

TEST(WithDeadline, APastDeadlineFailsButStillEndsTheTask) {
  Loop loop;
  bool ended = false;
  const auto result = loop.run(with_deadline(in(-1s), "waiting", wait_forever(ended)));
  EXPECT_EQ(result.error().code, Code::timed_out);
  EXPECT_TRUE(ended);
}

TEST(Signal, WakesEveryWaiterAndNeverInsideNotify) {
  Loop loop;
  TaskGroup group(loop.executor());
  Signal signal(loop.executor());
  bool condition = false;
  int woken = 0;
  for (int i = 0; i < 3; ++i) group.spawn(wait_for_signal(signal, condition, woken));
  loop.poll();
  signal.notify_all();
  loop.poll();
  EXPECT_EQ(woken, 0) << "notified without the condition: they wait again";
  condition = true;
  signal.notify_all();
  EXPECT_EQ(woken, 0);
  loop.run(group.join());
  EXPECT_EQ(woken, 3);
}

TEST(Signal, WaitReturnsFalseWhenItsTimePassed) {
  Loop loop;
  Signal signal(loop.executor());
  EXPECT_FALSE(loop.run(signal.wait(in(5ms))));
}

TEST(TaskGroup, StartsNothingInsideSpawnAndJoinsWhatItCancelled) {
  Loop loop;
  TaskGroup group(loop.executor());
  int begun = 0;
  int ended = 0;
  for (int i = 0; i < 3; ++i) group.spawn(count_and_wait(begun, ended));
  EXPECT_EQ(begun, 0);
  loop.poll();
  EXPECT_EQ(begun, 3);
  EXPECT_EQ(group.size(), 3U);
  group.cancel();
  loop.run(group.join());
  EXPECT_EQ(ended, 3) << "the interrupted wait returned";
  EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, ATaskCancelledBeforeItBeganNeverBegins) {
  Loop loop;
  TaskGroup group(loop.executor());
  int begun = 0;
  int ended = 0;
  group.spawn(count_and_wait(begun, ended));
  group.cancel();
  loop.run(group.join());
  EXPECT_EQ(begun, 0);
}

TEST(TaskGroup, EndsATaskThatLoopsWithoutLookingAtItsCancellation) {
  Loop loop;
  TaskGroup group(loop.executor());
  Signal signal(loop.executor());
  group.spawn(loop_while_cancelled(signal));
  loop.poll();
  group.cancel();
  loop.run(group.join());
}

TEST(TaskGroup, SurvivesATaskThatCancelsItsOwnGroupWithoutEverWaiting) {
  Loop loop;
  TaskGroup group(loop.executor());
  group.spawn(end_own_group(group));
  loop.run(group.join());
}

TEST(TaskGroup, HandsAnExceptionToItsHandler) {
  Loop loop;
  TaskGroup group(loop.executor());
  int heard = 0;
  group.on_error([&heard](const std::exception_ptr&) { ++heard; });
  group.spawn(throw_logic_error());
  loop.run(group.join());
  EXPECT_EQ(heard, 1);
}

TEST(TaskGroup, WithoutAHandlerAnExceptionLeavesTheLoop) {
  Loop loop;
  TaskGroup group(loop.executor());
  group.spawn(throw_logic_error());
  EXPECT_THROW(loop.context.run(), std::logic_error);
  loop.run(group.join());
}

awaitable<> join_other(TaskGroup& other, bool& joined) {
  co_await other.join();
  joined = true;
}

TEST(TaskGroup, JoinWaitsEvenWhenTheJoiningCoroutineIsCancelled) {
  Loop loop;
  TaskGroup inner(loop.executor());
  TaskGroup outer(loop.executor());
  int begun = 0;
  int ended = 0;
  bool joined = false;
  inner.spawn(count_and_wait(begun, ended));
  outer.spawn(join_other(inner, joined));
  loop.poll();
  outer.cancel();
  loop.poll();
  EXPECT_FALSE(joined);
  inner.cancel();
  loop.run(outer.join());
  EXPECT_TRUE(joined);
}

}  // namespace
}  // namespace daikan::net::test
