// Appends to the feed within one transaction: the one row of feed_state is read once and written once, whatever the number of records, and
// these go to the database together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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
  /// Writes what was appended, and the state; nothing may be appended after it, and without it nothing is.
  void finish();

 private:
  void flush();

  Transaction& transaction_;
  TimePoint at_;
  hierarchy::FeedState state_;
  bool changed_ = false;
  std::vector<Value> values_;  ///< Of rows that are not written yet; bounded.
};

}  // namespace daikan::store::detail
