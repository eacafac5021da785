// The two ends of a feed, with a wire between them that repeats, swaps, loses and cuts.
#include "link/feed.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits_feed.h"

namespace daikan::link {
namespace {

using hierarchy::FeedCursor;
using hierarchy::FeedKind;
using hierarchy::FeedRecord;
using hierarchy::FeedState;
using How = FeedBegin::How;
using First = FeedAnswer::First;
using Of = FeedUpper::Batch::Of;

TimePoint at(std::int64_t milliseconds) { return from_micros(1'700'000'000'000'000 + milliseconds * 1000); }
const ServerId kBelow = ServerId::make(at(0));

FeedRecord record(std::uint64_t sequence, FeedKind kind = FeedKind::event) {
  return {kBelow, sequence, kind, "subject", std::string("\0payload", 8), at(1)};
}
FeedItem item(std::uint64_t position, FeedKind kind = FeedKind::event) { return {position, record(100 + position, kind)}; }
FeedBegin goes_on(std::uint64_t epoch, std::uint64_t position) { return {{epoch, position}, How::goes_on, 0}; }
FeedBegin snapshot(std::uint64_t epoch, std::uint64_t position, std::uint64_t lost = 0) {
  return {{epoch, position}, How::with_snapshot, lost};
}

TEST(FeedAnswer, GoesOnWhereThePrimaryWas) {
  EXPECT_EQ(answer_feed({.epoch = 7, .position = 9, .removed_through = 3}, {7, 3}).begin, goes_on(7, 3));
  EXPECT_EQ(answer_feed({.epoch = 7, .position = 9, .removed_through = 3}, {7, 9}).begin, goes_on(7, 9));
}
TEST(FeedAnswer, BeginsWithASnapshotWhenRecordsWereDroppedAndSaysHowMany) {
  EXPECT_EQ(answer_feed({.epoch = 7, .position = 9, .removed_through = 5}, {7, 2}).begin, snapshot(7, 5, 3));
}
TEST(FeedAnswer, BeginsWithASnapshotInAnotherEpoch) {
  EXPECT_EQ(answer_feed({.epoch = 8, .position = 9, .removed_through = 5}, {7, 2}).begin, snapshot(8, 5));
  EXPECT_EQ(answer_feed({.epoch = 8, .position = 9, .removed_through = 5}, {}).begin, snapshot(8, 5));
}
TEST(FeedAnswer, ADatabaseOlderThanWhatThePrimaryHasSeenBeginsAnotherEpoch) {
  EXPECT_EQ(answer_feed({.epoch = 7, .position = 9}, {7, 10}).first, First::begin_epoch);
  EXPECT_EQ(answer_feed({}, {}).first, First::begin_epoch);
}

TEST(FeedFrames, EveryFrameComesBackWhateverThePieces) {
  const std::vector<FeedFrame> frames = {snapshot(1ULL << 60U, 3, 2), item(0, FeedKind::server), FeedMark{3, FeedMark::Ends::the_snapshot},
                                         item(4), FeedMark{4}};
  std::string bytes;
  for (const auto& frame : frames) bytes += encode(frame);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    FeedDecoder decoder;
    std::vector<FeedFrame> found;
    for (std::size_t from = 0; from < bytes.size(); from += piece) {
      decoder.feed(std::string_view(bytes).substr(from, piece));
      for (auto next = decoder.next(); next && *next; next = decoder.next()) found.push_back(std::move(**next));
    }
    EXPECT_EQ(found, frames);
  }
}
FeedFrame through_the_wire(const std::string& bytes) {
  FeedDecoder decoder;
  decoder.feed(bytes);
  auto next = decoder.next();
  if (!next || !*next) throw std::runtime_error("no frame");
  return std::move(**next);
}
TEST(FeedFrames, AKindOfALaterVersionIsPassedOnByteForByte) {
  for (const auto kind : {FeedKind::event, FeedKind::server}) {
    auto bytes = encode(FeedFrame(item(4, kind)));
    const std::string name(hierarchy::to_string(kind));
    bytes.replace(bytes.find(name), name.size(), std::string(name.size(), 'x'));
    const auto frame = through_the_wire(bytes);
    ASSERT_TRUE(std::holds_alternative<FeedItem>(frame));
    const auto& record = std::get<FeedItem>(frame).record;
    EXPECT_EQ(record.kind, kind == FeedKind::event ? FeedKind::other_once : FeedKind::other_state);
    EXPECT_EQ(record.other_kind, std::string(name.size(), 'x'));
    EXPECT_EQ(encode(frame), bytes);
  }
}
TEST(FeedFrames, AKindThatIsNoNameIsPassedOver) {
  auto bytes = encode(FeedFrame(item(4)));
  bytes.replace(bytes.find("event"), 5, "eve:t");
  EXPECT_EQ(through_the_wire(bytes), FeedFrame(FeedUnknown{4}));
}
TEST(FeedFrames, ALengthOutOfBoundsIsRefused) {
  FeedDecoder decoder;
  decoder.feed("\xff\xff\xff\x01");
  EXPECT_EQ(decoder.next().error().code, Code::protocol_error);
}
TEST(FeedFrames, GarbageIsRefused) {
  FeedDecoder decoder;
  decoder.feed("\x03xyz");
  EXPECT_EQ(decoder.next().error().code, Code::protocol_error);
}
TEST(FeedPayloads, AnEventComesBack) {
  const hierarchy::Event event{0, at(5), hierarchy::Severity::critical, "fire", "It burns.", RegistrationId::make(at(1))};
  const auto back = read_event({kBelow, 1, FeedKind::event, "fire", event_payload(event), at(5)});
  ASSERT_TRUE(back);
  EXPECT_EQ(back->message, "It burns.");
  EXPECT_EQ(back->severity, event.severity);
  EXPECT_EQ(back->kind, "fire");
  EXPECT_EQ(back->secondary, event.secondary);
  EXPECT_EQ(back->at, event.at);
}
TEST(FeedPayloads, StatusesComeBackAndBrokenOnesAreRefused) {
  const ServerStatus server{"hq", "daikan 1", 3, 4};
  EXPECT_EQ(decode_server_status(encode(server)), server);
  const SecondaryStatus secondary{kBelow, "branch", hierarchy::LinkState::refused, at(3), "loop", "A loop.", "daikan 2"};
  EXPECT_EQ(decode_secondary_status(encode(secondary)), secondary);
  EXPECT_FALSE(decode_secondary_status("\x0a\x02xy"));
  EXPECT_FALSE(decode_server_status("nonsense"));
}
TEST(FeedConfirmed, ComesBackAndGarbageIsRefused) {
  EXPECT_EQ(decode_confirmed(encode_confirmed({5, 6})), (FeedCursor{5, 6}));
  EXPECT_FALSE(decode_confirmed("\xff"));
}

void store_all(FeedUpper& upper) {
  while (auto batch = upper.batch(10)) upper.stored(*batch);
}

TEST(FeedUpper, ConfirmsWhatIsStoredAndNothingElse) {
  FeedUpper upper({7, 3});
  ASSERT_TRUE(upper.take(goes_on(7, 3)));
  ASSERT_TRUE(upper.take(item(4)));
  EXPECT_EQ(upper.to_confirm(at(0)), (FeedCursor{7, 3}));
  const auto batch = upper.batch(10);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->cursor, (FeedCursor{7, 4}));
  EXPECT_EQ(upper.to_confirm(at(0)), (FeedCursor{7, 3})) << "it is not durable yet";
  upper.stored(*batch);
  EXPECT_EQ(upper.to_confirm(at(0)), (FeedCursor{7, 4}));
  upper.confirmed({7, 4}, at(0));
  EXPECT_FALSE(upper.to_confirm(at(0)));
}
TEST(FeedUpper, ConfirmationsAreNotSentInAHurry) {
  FeedUpper upper({7, 3});
  upper.confirmed({7, 3}, at(0));
  ASSERT_TRUE(upper.take(goes_on(7, 3)));
  ASSERT_TRUE(upper.take(item(4)));
  store_all(upper);
  EXPECT_FALSE(upper.to_confirm(at(100)));
  EXPECT_TRUE(upper.to_confirm(at(500)));
}
TEST(FeedUpper, RepeatedRecordsAreLeftOut) {
  FeedUpper upper({7, 3});
  ASSERT_TRUE(upper.take(goes_on(7, 3)));
  for (const auto position : {4U, 4U, 5U, 4U}) ASSERT_TRUE(upper.take(item(position)));
  EXPECT_THAT(upper.batch(10)->records, testing::SizeIs(2));
}
TEST(FeedUpper, AMissingRecordIsNoticed) {
  FeedUpper upper({7, 3});
  ASSERT_TRUE(upper.take(goes_on(7, 3)));
  EXPECT_EQ(upper.take(item(5)).error().code, Code::protocol_error);
}
TEST(FeedUpper, AnUnknownKindMovesTheCursor) {
  FeedUpper upper({7, 3});
  ASSERT_TRUE(upper.take(goes_on(7, 3)));
  ASSERT_TRUE(upper.take(FeedUnknown{4}));
  const auto batch = upper.batch(10);
  ASSERT_TRUE(batch);
  EXPECT_THAT(batch->records, testing::IsEmpty());
  EXPECT_EQ(batch->cursor, (FeedCursor{7, 4}));
}
TEST(FeedUpper, TheCursorMovesOnlyWithTheEndOfASnapshot) {
  FeedUpper upper({6, 3});
  ASSERT_TRUE(upper.take(snapshot(7, 10, 2)));
  ASSERT_TRUE(upper.take(item(0, FeedKind::server)));
  const auto first = upper.batch(10);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->of, Of::snapshot);
  EXPECT_EQ(first->cursor, (FeedCursor{6, 3}));
  upper.stored(*first);
  EXPECT_FALSE(upper.to_confirm(at(0)));
  ASSERT_TRUE(upper.take(FeedMark{10, FeedMark::Ends::the_snapshot}));
  EXPECT_TRUE(upper.must_store());
  EXPECT_FALSE(upper.take(item(11)));
  const auto last = upper.batch(10);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->of, Of::snapshot_end);
  EXPECT_EQ(last->cursor, (FeedCursor{7, 10}));
  EXPECT_EQ(last->lost, 2U);
  EXPECT_TRUE(last->resynchronised);
  upper.stored(*last);
  EXPECT_TRUE(upper.take(item(11)));
}
TEST(FeedUpper, TheFirstSnapshotIsNoGap) {
  FeedUpper upper({});
  ASSERT_TRUE(upper.take(snapshot(7, 0)));
  ASSERT_TRUE(upper.take(FeedMark{0, FeedMark::Ends::the_snapshot}));
  EXPECT_FALSE(upper.batch(10)->resynchronised);
}
TEST(FeedUpper, FramesThatAreOutOfOrderAreRefused) {
  EXPECT_FALSE(FeedUpper({7, 3}).take(item(4)));
  EXPECT_FALSE(FeedUpper({7, 3}).take(FeedMark{3}));
  EXPECT_FALSE(FeedUpper({7, 3}).take(goes_on(7, 4)));
  FeedUpper twice({7, 3});
  ASSERT_TRUE(twice.take(goes_on(7, 3)));
  EXPECT_FALSE(twice.take(goes_on(7, 3)));
  EXPECT_FALSE(twice.take(FeedMark{9}));
  EXPECT_FALSE(twice.take(FeedMark{3, FeedMark::Ends::the_snapshot}));
  FeedUpper events({});
  ASSERT_TRUE(events.take(snapshot(7, 10)));
  EXPECT_FALSE(events.take(item(0, FeedKind::event)));
}
TEST(FeedUpper, APartOfWhatWaitsDoesNotMoveTheCursorPastTheRest) {
  FeedUpper upper({7, 0});
  ASSERT_TRUE(upper.take(goes_on(7, 0)));
  for (std::uint64_t position = 1; position <= 25; ++position) ASSERT_TRUE(upper.take(item(position)));
  EXPECT_EQ(upper.batch(10)->cursor, (FeedCursor{7, 0}));
  upper.batch(10);
  EXPECT_EQ(upper.batch(10)->cursor, (FeedCursor{7, 25}));
}

/// A lower end's records and what an upper end has durably stored, with a process that may die at any step on either side.
struct Pair {
  FeedState state{.epoch = 1};
  std::map<std::uint64_t, FeedRecord> feed;
  std::uint64_t appended = 0;
  FeedCursor cursor;
  std::multiset<std::uint64_t> stored;

  void append() {
    state.position++;
    feed[state.position] = record(++appended);
  }
  void confirm(const FeedCursor& to) {
    ASSERT_EQ(to.epoch, state.epoch);
    ASSERT_LE(to.position, cursor.position) << "confirmed before it was stored";
    feed.erase(feed.begin(), feed.upper_bound(to.position));
    state.removed_through = std::max(state.removed_through, to.position);
  }
  std::vector<FeedFrame> answer() {
    auto answered = answer_feed(state, cursor);
    if (answered.first == First::begin_epoch) {
      ++state.epoch;
      answered = answer_feed(state, cursor);
    }
    std::vector<FeedFrame> frames = {answered.begin};
    if (answered.begin.how == How::with_snapshot) frames.push_back(FeedMark{answered.begin.from.position, FeedMark::Ends::the_snapshot});
    for (const auto& [position, each] : feed) {
      if (position > answered.begin.from.position) frames.push_back(FeedItem{position, each});
    }
    return frames;
  }
  void store(const FeedUpper::Batch& batch) {
    for (const auto& each : batch.records) {
      if (!stored.contains(each.origin_sequence)) stored.insert(each.origin_sequence);
    }
    if (batch.of != Of::snapshot) cursor = batch.cursor;
  }
};

/// One connection: the wire repeats, swaps or loses frames, and either end dies after any step.
void connect(Pair& pair, std::mt19937_64& random, bool faulty) {
  const auto one_in = [&](unsigned n) { return faulty && random() % n == 0; };
  auto frames = pair.answer();
  for (std::size_t i = 1; i < frames.size(); ++i) {
    if (one_in(20)) frames.insert(frames.begin() + static_cast<std::ptrdiff_t>(i), frames[i]);
    if (one_in(20)) std::swap(frames[i], frames[i - 1]);
    if (one_in(30)) frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(i));
  }
  FeedUpper upper(pair.cursor);
  for (const auto& frame : frames) {
    if (one_in(15) || !upper.take(frame)) return;
    if (!upper.must_store() && faulty && random() % 3 != 0) continue;
    while (auto batch = upper.batch(1 + random() % 4)) {
      if (one_in(15)) return;  // the upper end dies before its transaction is durable
      pair.store(*batch);
      if (one_in(15)) return;  // … or after it, before it knows
      upper.stored(*batch);
    }
    if (const auto told = upper.to_confirm(at(static_cast<std::int64_t>(random() % 100'000)))) {
      if (one_in(10)) return;
      pair.confirm(*told);
      if (one_in(10)) return;
      upper.confirmed(*told, at(0));
    }
  }
  while (auto batch = upper.batch(10)) {
    pair.store(*batch);
    upper.stored(*batch);
  }
}

TEST(FeedEnds, WhateverFaultsComeNoRecordIsLostOrDoubled) {
  const std::uint64_t seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int run = 0; run < 2000; ++run) {
    Pair pair;
    for (int step = 0; step < 30; ++step) {
      for (auto records = random() % 4; records > 0; --records) pair.append();
      if (random() % 10 == 0) ++pair.state.epoch;
      connect(pair, random, true);
      if (testing::Test::HasFatalFailure()) return;
    }
    connect(pair, random, false);
    ASSERT_EQ(pair.stored.size(), pair.appended) << "run " << run;
    std::uint64_t expected = 0;
    for (const auto sequence : pair.stored) ASSERT_EQ(sequence, ++expected);
  }
}

}  // namespace
}  // namespace daikan::link
