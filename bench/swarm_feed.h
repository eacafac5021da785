// The feed of a simulated secondary: events that are made as they are read, so that only the primary's work is measured.
//
// Knows the frames of link/feed_messages.h; nothing of connections. Called by swarm.cpp for each GET /link/v1/feed. Invariant: every
// member's feed has the same positions, 1 to Tidings::events, and what was told once is told the same again.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "base/limits_feed.h"
#include "link/feed_messages.h"
#include "net/http.h"

namespace daikan::swarm {

/// What all members have to tell.
struct Tidings {
  explicit Tidings(net::Executor executor) : news(executor) {}

  std::uint64_t events = 0;  ///< In every member's feed.
  std::string payload;
  TimePoint at;
  net::Signal news;

  /// So many more of `bytes` each, in every feed. `bytes`: of the message; a record has some 60 more.
  void tell(std::uint64_t more, std::size_t bytes) {
    at = now();
    hierarchy::Event event{.sequence = 0,
                           .at = at,
                           .severity = hierarchy::Severity::warning,
                           .kind = "bench",
                           .message = std::string(bytes, 'x'),
                           .secondary = {}};
    payload = link::event_payload(event);
    events += more;
    news.notify_all();
  }
};

/// Ends when its connection does.
class FeedSource final : public net::BodySource {
 public:
  FeedSource(std::shared_ptr<Tidings> tidings, ServerId self, std::uint64_t epoch, std::uint64_t after)
      : tidings_(std::move(tidings)), self_(self), position_(after), knows_epoch_(epoch == kEpoch) {}

  net::awaitable<Result<std::string>> next() override {
    if (!begun_) {
      begun_ = true;
      co_return beginning();
    }
    for (;;) {
      if (position_ < tidings_->events) co_return records();
      if (std::chrono::steady_clock::now() >= mark_at_) {
        mark_at_ = std::chrono::steady_clock::now() + limits::kFeedMark;
        co_return link::encode(link::FeedFrame(link::FeedMark{position_}));
      }
      co_await tidings_->news.wait(mark_at_);
      const auto state = co_await net::asio::this_coro::cancellation_state;
      if (state.cancelled() != net::asio::cancellation_type::none) co_return fail(Code::cancelled, "The feed was closed.");
    }
  }

 private:
  static constexpr std::uint64_t kEpoch = 1;

  /// To who was never told: a snapshot of nothing, then everything.
  std::string beginning() {
    if (knows_epoch_) return link::encode(link::FeedFrame(link::FeedBegin{{kEpoch, position_}}));
    position_ = 0;
    return link::encode(link::FeedFrame(link::FeedBegin{{kEpoch, 0}, link::FeedBegin::How::with_snapshot})) +
           link::encode(link::FeedFrame(link::FeedMark{0, link::FeedMark::Ends::the_snapshot}));
  }

  std::string records() {
    std::string out;
    const auto last = std::min<std::uint64_t>(tidings_->events, position_ + limits::kFeedPageRecords);
    for (; position_ < last; ++position_) {
      hierarchy::FeedRecord record{self_, position_ + 1, hierarchy::FeedKind::event, "bench", tidings_->payload, tidings_->at};
      out += link::encode(link::FeedFrame(link::FeedItem{position_ + 1, std::move(record)}));
    }
    mark_at_ = std::chrono::steady_clock::now() + limits::kFeedMarkSoon;
    return out;
  }

  std::shared_ptr<Tidings> tidings_;
  ServerId self_;
  std::uint64_t position_;
  bool knows_epoch_;
  bool begun_ = false;
  net::SteadyTime mark_at_ = std::chrono::steady_clock::now() + limits::kFeedMarkSoon;
};

}  // namespace daikan::swarm
