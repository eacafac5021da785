// A line before something that only so many may do at once: first come, first served.
//
// On one executor, like everything that waits. Owned by the running half of link_host, which it outlives no coroutine of. Invariant: at
// most `most` places are taken; who is cancelled while waiting leaves the line, and who has a place gives it back with the end of its
// scope.
#pragma once

#include <cstddef>
#include <list>
#include <utility>

#include "net/async.h"

namespace daikan::server {

class Line {
 public:
  Line(net::Executor executor, std::size_t most) : executor_(std::move(executor)), most_(most) {}
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  class Place {
   public:
    Place() = default;
    explicit Place(Line* line) : line_(line) {}
    Place(Place&& other) noexcept : line_(std::exchange(other.line_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (line_ != nullptr) line_->leave();
    }
    explicit operator bool() const { return line_ != nullptr; }

   private:
    Line* line_ = nullptr;
  };

  /// No place when the waiting coroutine was cancelled.
  net::awaitable<Place> enter();

  std::size_t taken() const { return taken_; }
  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting {
    explicit Waiting(net::Executor executor) : called(std::move(executor)) {}
    net::Signal called;
    bool has_place = false;
  };
  void leave();

  net::Executor executor_;
  std::size_t most_;
  std::size_t taken_ = 0;
  std::list<Waiting*> waiting_;
};

}  // namespace daikan::server
