// What waits for a database thread: bounded, first in, first out. Knows nothing of databases.
//
// The invariant: a task that was pushed is taken exactly once, also after close().
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace daikan::store::detail {

template <class Task>
class WorkQueue {
 public:
  explicit WorkQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Takes `task` unless the queue is full or closed; then it is left to the caller.
  bool push(Task& task) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || waiting_.size() >= capacity_) return false;
      waiting_.push_back(std::move(task));
    }
    arrived_.notify_one();
    return true;
  }

  /// Waits for a task and takes up to `at_most` of those there are, oldest first. Empty once the queue is closed and drained.
  std::vector<Task> take(std::size_t at_most) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    std::vector<Task> taken;
    while (!waiting_.empty() && taken.size() < at_most) {
      taken.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    return taken;
  }

  /// No more tasks; those inside are still taken.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_all();
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Task> waiting_;
  bool closed_ = false;
};

}  // namespace daikan::store::detail
