#include "server/detail/line.h"

namespace daikan::server {

net::awaitable<Line::Place> Line::enter() {
  if (taken_ < most_) {
    ++taken_;
    co_return Place(this);
  }
  Waiting me(executor_);
  const auto where = waiting_.insert(waiting_.end(), &me);
  bool on = true;
  while (on && !me.has_place) on = co_await me.called.wait();
  if (me.has_place) co_return Place(this);  // also when it was cancelled at the same moment: the scope's end gives it back
  waiting_.erase(where);
  co_return Place();
}

void Line::leave() {
  if (waiting_.empty()) {
    --taken_;
    return;
  }
  auto& next = *waiting_.front();
  waiting_.pop_front();
  next.has_place = true;
  next.called.notify_all();
}

}  // namespace daikan::server
