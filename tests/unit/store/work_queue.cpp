#include "store/detail/work_queue.h"

#include <atomic>
#include <memory>
#include <thread>

#include <gmock/gmock.h>

namespace daikan::store::detail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool push(WorkQueue<int>& queue, int task) { return queue.push(task); }

TEST(WorkQueue, GivesTasksOldestFirstAndNoMoreThanAskedFor) {
  WorkQueue<int> queue(10);
  for (int i = 1; i <= 5; ++i) EXPECT_TRUE(push(queue, i));
  EXPECT_THAT(queue.take(2), ElementsAre(1, 2));
  EXPECT_THAT(queue.take(100), ElementsAre(3, 4, 5));
}

TEST(WorkQueue, RefusesWhatIsBeyondItsCapacityAndLeavesItToTheCaller) {
  WorkQueue<std::unique_ptr<int>> queue(1);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  EXPECT_TRUE(queue.push(first));
  EXPECT_FALSE(queue.push(second));
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, 2);
  EXPECT_EQ(queue.take(1).size(), 1U);
  EXPECT_TRUE(queue.push(second));
}

TEST(WorkQueue, GivesWhatIsInsideAfterClosingAndThenNothing) {
  WorkQueue<int> queue(10);
  push(queue, 1);
  push(queue, 2);
  queue.close();
  EXPECT_FALSE(push(queue, 3));
  EXPECT_THAT(queue.take(1), ElementsAre(1));
  EXPECT_THAT(queue.take(1), ElementsAre(2));
  EXPECT_THAT(queue.take(1), IsEmpty());
}

TEST(WorkQueue, GivesEveryTaskToExactlyOneOfManyThreads) {
  constexpr int kTasks = 5000;
  WorkQueue<int> queue(kTasks);
  std::atomic<int> sum = 0;
  std::atomic<int> count = 0;
  std::vector<std::thread> takers;
  for (int i = 0; i < 3; ++i) {
    takers.emplace_back([&] {
      for (auto taken = queue.take(7); !taken.empty(); taken = queue.take(7)) {
        for (const int task : taken) {
          sum += task;
          ++count;
        }
      }
    });
  }
  for (int i = 0; i < kTasks; ++i) ASSERT_TRUE(push(queue, i));
  queue.close();
  for (auto& taker : takers) taker.join();
  EXPECT_EQ(count, kTasks);
  EXPECT_EQ(sum, kTasks * (kTasks - 1) / 2);
}

}  // namespace
}  // namespace daikan::store::detail
