// Appends to the feed within one transaction: the one row of feed_state is read once and written once, whatever the number of records.
#pragma once

#include <string>
#include <string_view>

#include "hierarchy/feed.h"
#include "store/database.h"

namespace daikan::store::detail {

hierarchy::FeedState read_feed_state(Transaction&);
void write_feed_state(Transaction&, const hierarchy::FeedState&);

std::string payload_text(std::string_view payload);
/// Throws StorageFailure.
std::string read_payload(const Row& row, std::size_t column);

class FeedWriter {
 public:
  /// Begins an epoch when this server has a primary and no feed yet (after an upgrade or a restore).
  FeedWriter(Transaction& transaction, TimePoint at);

  /// Nothing when this server has no primary.
  void append(const hierarchy::FeedRecord& record);
  /// Of a record of this server itself.
  std::uint64_t next_sequence();
  /// Writes the state; nothing may be appended after it.
  void finish();

 private:
  Transaction& transaction_;
  TimePoint at_;
  hierarchy::FeedState state_;
};

}  // namespace daikan::store::detail
