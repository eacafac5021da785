// The two ends of a feed: which records the lower one sends, and what the upper one makes of what arrives.
//
// Pure: no socket, clock or database. The host (server/link_feed.cpp) reads and writes, in the order that is said here. Invariants: nothing
// is confirmed before it was stored(); records are stored in the order of their positions without a hole, and a repeated one is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "hierarchy/feed.h"
#include "link/feed_messages.h"

namespace daikan::link {

/// What the lower end answers to somebody who has come as far as `asked`.
struct FeedAnswer {
  FeedBegin begin;
  /// This server's database is older than what its primary has seen: begin another epoch, then ask again.
  enum class First : std::uint8_t { send, begin_epoch } first = First::send;
};
FeedAnswer answer_feed(const hierarchy::FeedState& state, const hierarchy::FeedCursor& asked);

class FeedUpper {
 public:
  explicit FeedUpper(const hierarchy::FeedCursor& stored) : cursor_(stored), stored_(stored), before_(stored) {}

  /// What to ask for.
  const hierarchy::FeedCursor& asks() const { return cursor_; }

  /// To be stored in one transaction: the records, then (unless they are of a snapshot) the cursor.
  struct Batch {
    std::vector<hierarchy::FeedRecord> records;
    hierarchy::FeedCursor cursor;
    enum class Of : std::uint8_t { feed, snapshot, snapshot_end } of = Of::feed;
    /// At the end of a snapshot: how many records were not kept; and whether anything had been read before.
    std::uint64_t lost = 0;
    bool resynchronised = false;
  };

  /// Fails with protocol_error: the frames come in an order that is none. The feed has to be asked for anew.
  Result<> take(FeedFrame frame);
  /// What is to be stored now; nothing: read on. `most` records at a time.
  std::optional<Batch> batch(std::size_t most);
  void stored(const Batch& batch);
  /// Nothing more may be taken before every batch() is stored.
  bool must_store() const { return stage_ == Stage::ended_snapshot; }

  /// What the lower end may be told to be stored; nothing when that is known below, or was told less than the pause ago.
  std::optional<hierarchy::FeedCursor> to_confirm(TimePoint now) const;
  void confirmed(const hierarchy::FeedCursor& cursor, TimePoint now);

 private:
  Result<> begin(const FeedBegin& begin);
  Result<> arrived(std::uint64_t position, std::optional<hierarchy::FeedRecord> record);

  enum class Stage : std::uint8_t { asked, snapshot, ended_snapshot, live } stage_ = Stage::asked;
  hierarchy::FeedCursor cursor_;  ///< Of what has arrived.
  hierarchy::FeedCursor stored_;
  hierarchy::FeedCursor before_;  ///< When it was asked.
  std::vector<hierarchy::FeedRecord> waiting_;
  std::uint64_t lost_ = 0;
  std::optional<hierarchy::FeedCursor> confirmed_;
  std::optional<TimePoint> confirmed_at_;
};

}  // namespace daikan::link
