#include "link/feed.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/limits_feed.h"

namespace daikan::link {
namespace {

tl::unexpected<Error> out_of_order(std::string_view what) {
  return fail(Code::protocol_error, fmt::format("The other server's feed is out of order: {}.", what), "It is asked for anew.");
}

}  // namespace

FeedAnswer answer_feed(const hierarchy::FeedState& state, const hierarchy::FeedCursor& asked) {
  FeedAnswer answer;
  const bool same = asked.epoch == state.epoch;
  if (state.epoch == 0 || (same && asked.position > state.position)) {
    answer.first = FeedAnswer::First::begin_epoch;
    return answer;
  }
  if (same && asked.position >= state.removed_through) {
    answer.begin.from = asked;
    return answer;
  }
  answer.begin = {{state.epoch, state.removed_through}, FeedBegin::How::with_snapshot, same ? state.removed_through - asked.position : 0};
  return answer;
}

Result<> FeedUpper::begin(const FeedBegin& begin) {
  if (stage_ != Stage::asked) return out_of_order("it begins twice");
  if (begin.how == FeedBegin::How::goes_on) {
    if (begin.from != cursor_) return out_of_order("it begins elsewhere than it was asked to");
    stage_ = Stage::live;
    return {};
  }
  stage_ = Stage::snapshot;
  cursor_ = begin.from;
  lost_ = begin.lost;
  return {};
}

Result<> FeedUpper::arrived(std::uint64_t position, std::optional<hierarchy::FeedRecord> record) {
  if (stage_ == Stage::asked) return out_of_order("a record comes before the beginning");
  if (stage_ == Stage::snapshot) {
    if (position != 0) return out_of_order("a record with a position comes within the snapshot");
    if (record && !hierarchy::is_state(record->kind)) return out_of_order("a record of the snapshot is no state");
    if (record) waiting_.push_back(std::move(*record));
    return {};
  }
  if (stage_ == Stage::ended_snapshot) return out_of_order("the end of the snapshot was not stored yet");
  if (position <= cursor_.position) return {};  // repeated
  if (position != cursor_.position + 1) return out_of_order("a record is missing");
  cursor_.position = position;
  if (record) waiting_.push_back(std::move(*record));
  return {};
}

Result<> FeedUpper::take(FeedFrame frame) {
  if (const auto* first = std::get_if<FeedBegin>(&frame)) return begin(*first);
  if (auto* item = std::get_if<FeedItem>(&frame)) return arrived(item->position, std::move(item->record));
  if (const auto* unknown = std::get_if<FeedUnknown>(&frame)) {
    if (unknown->position == 0 && stage_ != Stage::snapshot) return {};
    return arrived(unknown->position, std::nullopt);
  }
  const auto& mark = std::get<FeedMark>(frame);
  if (stage_ == Stage::asked) return out_of_order("a mark comes before the beginning");
  if (mark.position != cursor_.position) return out_of_order("a mark stands elsewhere than the last record");
  const bool ends = mark.ends == FeedMark::Ends::the_snapshot;
  if (ends != (stage_ == Stage::snapshot)) return ends ? out_of_order("a snapshot ends that never began") : Result<>{};
  if (ends) stage_ = Stage::ended_snapshot;
  return {};
}

std::optional<FeedUpper::Batch> FeedUpper::batch(std::size_t most) {
  const bool ends = stage_ == Stage::ended_snapshot;
  if (waiting_.empty() && !ends && (stage_ != Stage::live || stored_ == cursor_)) return std::nullopt;
  Batch batch;
  const auto count = std::min(most, waiting_.size());
  const bool all = count == waiting_.size();
  batch.records.assign(std::make_move_iterator(waiting_.begin()),
                       std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(count)));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  // Positions have no holes but unknown kinds, which are passed over only with everything behind them.
  batch.cursor = all ? cursor_ : stored_;
  if (stage_ == Stage::live) return batch;
  batch.of = ends && all ? Batch::Of::snapshot_end : Batch::Of::snapshot;
  if (batch.of != Batch::Of::snapshot_end) {
    batch.cursor = before_;
    return batch;
  }
  batch.lost = lost_;
  batch.resynchronised = before_.epoch != 0;
  return batch;
}

void FeedUpper::stored(const Batch& batch) {
  if (batch.of == Batch::Of::snapshot) return;
  stored_ = batch.cursor;
  if (batch.of == Batch::Of::snapshot_end) stage_ = Stage::live;
}

std::optional<hierarchy::FeedCursor> FeedUpper::to_confirm(TimePoint now) const {
  if (stage_ != Stage::live || stored_.position == 0 || confirmed_ == stored_) return std::nullopt;
  if (confirmed_at_ && now >= *confirmed_at_ && now - *confirmed_at_ < limits::kFeedConfirmEvery) return std::nullopt;
  return stored_;
}

void FeedUpper::confirmed(const hierarchy::FeedCursor& cursor, TimePoint now) {
  confirmed_ = cursor;
  confirmed_at_ = now;
}

}  // namespace daikan::link
