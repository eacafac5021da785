// The feed and what came up from below, on both engines.
#include "store/tables_feed.h"

#include <functional>

#include <gmock/gmock.h>

#include "base/limits_feed.h"
#include "contract/fixture.h"
#include "contract/samples.h"

namespace daikan::contract {
namespace {

using hierarchy::FeedCursor;
using hierarchy::FeedKind;
using hierarchy::FeedRecord;
using store::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

DAIKAN_ON_BOTH(FeedTables);

const ServerId kSelf = ServerId::make(at(0));
const ServerId kBelow = ServerId::make(at(1));
const RegistrationId kVia = RegistrationId::make(at(2));
const RegistrationId kOtherWay = RegistrationId::make(at(3));

void have_name(Transaction& t) { store::put_setting(t, "server_id", kSelf.str()); }
void have_primary(Transaction& t) {
  have_name(t);
  store::put_primary(t, primary());
}

void have_secondaries(Transaction& t) {
  const auto root = root_group();
  store::insert_group(t, root);
  for (const auto& id : {kVia, kOtherWay}) {
    auto record = secondary(id.str(), id == kVia ? 1 : 2, root.id);
    record.id = id;
    store::insert_secondary(t, record);
  }
}

FeedRecord own_state(std::string payload, std::int64_t second = 10) {
  return {.kind = FeedKind::server, .subject = kSelf.str(), .payload = std::move(payload), .at = at(second)};
}
FeedRecord below(FeedKind kind, std::uint64_t sequence, std::string payload = "p", std::string subject = "subject") {
  return {kBelow, sequence, kind, std::move(subject), std::move(payload), at(20)};
}
store::ArrivedRecord event(std::uint64_t sequence, std::string message = "It is hot.", ServerId origin = kBelow) {
  store::ArrivedRecord made{below(FeedKind::event, sequence, "e", "temperature")};
  made.record.origin = origin;
  made.event = hierarchy::Event{0, at(20), hierarchy::Severity::warning, "temperature", std::move(message), kOtherWay};
  return made;
}
std::size_t take(store::Database& database, std::vector<store::ArrivedRecord> records, store::Arrival arrival = {kVia, at(30)}) {
  return in_write(database, [&](Transaction& t) { return store::take_feed(t, arrival, records); });
}
std::vector<store::FeedEntry> page(store::Database& database, std::uint64_t after = 0) {
  return in_read(database, [&](Transaction& t) { return store::feed_page(t, after, 100, 1'000'000); });
}
hierarchy::FeedState state(store::Database& database) {
  return in_read(database, [](Transaction& t) { return store::feed_state(t); });
}
std::vector<store::RolledUpState> states(store::Database& database, FeedKind kind) {
  return in_read(database, [&](Transaction& t) { return store::rolled_up_states(t, kind); });
}
std::vector<store::RolledUpEvent> events(store::Database& database) {
  return in_read(database, [](Transaction& t) { return store::rolled_up_events(t, {}, {}); });
}

TEST_P(FeedTables, AServerWithoutAPrimaryKeepsItsStatesAndHasNoFeed) {
  in_write(database(), [](Transaction& t) { return have_name(t), store::append_feed(t, own_state("one")), 0; });
  EXPECT_THAT(page(database()), IsEmpty());
  EXPECT_EQ(state(database()).epoch, 0U);
  const auto found = states(database(), FeedKind::server);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].record.origin, kSelf);
  EXPECT_EQ(found[0].record.payload, "one");
  EXPECT_FALSE(found[0].via);
}

TEST_P(FeedTables, ARecordComesBackWithEveryByte) {
  const std::string bytes("\0\xff\n\x80payload", 11);
  in_write(database(), [&](Transaction& t) { return have_primary(t), store::append_feed(t, own_state(bytes)), 0; });
  const auto entries = page(database());
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].position, 1U);
  EXPECT_EQ(entries[0].record.origin, kSelf);
  EXPECT_GE(entries[0].record.origin_sequence, static_cast<std::uint64_t>(to_micros(at(10))));
  EXPECT_EQ(entries[0].record.kind, FeedKind::server);
  EXPECT_EQ(entries[0].record.subject, kSelf.str());
  EXPECT_EQ(entries[0].record.payload, bytes);
  EXPECT_EQ(entries[0].record.at, at(10));
}

TEST_P(FeedTables, AStateThatSaysNothingNewIsNoRecord) {
  in_write(database(), [](Transaction& t) {
    have_primary(t);
    store::append_feed(t, own_state("one"));
    store::append_feed(t, own_state("one", 11));
    store::append_feed(t, own_state("two", 12));
    return 0;
  });
  EXPECT_THAT(page(database()), SizeIs(2));
}

TEST_P(FeedTables, SequencesRiseAlsoWhenTheClockGoesBack) {
  in_write(database(), [](Transaction& t) {
    have_primary(t);
    store::append_feed(t, own_state("one", 100));
    store::append_feed(t, own_state("two", 5));
    return 0;
  });
  const auto entries = page(database());
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_EQ(entries[1].record.origin_sequence, entries[0].record.origin_sequence + 1);
}

TEST_P(FeedTables, AnEventFromBelowIsStoredOnceAndForwardedOnce) {
  in_write(database(), [](Transaction& t) { return have_primary(t), 0; });
  EXPECT_EQ(take(database(), {event(1), event(2), event(1)}), 2U);
  EXPECT_EQ(take(database(), {event(2), event(3)}, {kOtherWay, at(31)}), 1U);
  const auto found = events(database());
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_EQ(found[0].origin, kBelow);
  EXPECT_EQ(found[0].origin_sequence, 1U);
  EXPECT_EQ(found[0].event.message, "It is hot.");
  EXPECT_EQ(found[0].event.severity, hierarchy::Severity::warning);
  EXPECT_EQ(found[0].event.secondary, kOtherWay);
  EXPECT_EQ(found[0].received_at, at(30));
  EXPECT_LT(found[0].event.sequence, found[1].event.sequence);
  const auto forwarded = page(database());
  ASSERT_THAT(forwarded, SizeIs(3));
  EXPECT_EQ(forwarded[2].record, event(3).record);
}

FeedRecord of_a_later_version(FeedKind kind, std::uint64_t sequence, std::string payload = "p") {
  auto record = below(kind, sequence, std::move(payload));
  record.other_kind = "device_group";
  return record;
}

TEST_P(FeedTables, OfManyRecordsOfEveryKindEachIsStoredOnceAndForwardedOnceInItsOrder) {
  in_write(database(), [](Transaction& t) { return have_primary(t), 0; });
  EXPECT_EQ(take(database(), {event(5), event(600)}), 2U);
  std::vector<store::ArrivedRecord> batch;
  for (std::uint64_t i = 1; i <= 700; ++i) {
    batch.push_back(event(i, "event " + std::to_string(i)));
    if (i % 100 == 0) batch.push_back({below(FeedKind::task_result, i)});
    if (i % 100 == 0) batch.push_back({below(FeedKind::server, i, "state " + std::to_string(i), kBelow.str())});
    if (i == 300) batch.push_back(event(7, "repeated"));
  }
  EXPECT_EQ(take(database(), batch), 698U + 7U + 7U);
  EXPECT_EQ(take(database(), batch), 0U);
  const auto stored = in_read(database(), [](Transaction& t) { return store::rolled_up_events(t, {.limit = 1000}, {}); });
  ASSERT_THAT(stored, SizeIs(700));
  for (std::size_t i = 1; i < stored.size(); ++i) EXPECT_LT(stored[i - 1].event.sequence, stored[i].event.sequence);
  EXPECT_EQ(stored[0].origin_sequence, 5U);
  EXPECT_EQ(stored[0].event.message, "It is hot.") << "what is known already is not written over";
  EXPECT_THAT(states(database(), FeedKind::server), SizeIs(1));
  const auto forwarded = in_read(database(), [](Transaction& t) { return store::feed_page(t, 2, 1000, 100'000'000); });
  ASSERT_THAT(forwarded, SizeIs(712));
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < forwarded.size(); ++i) {
    EXPECT_EQ(forwarded[i].position, i + 3);
    EXPECT_GE(forwarded[i].record.origin_sequence, last) << "the order in which they came";
    last = forwarded[i].record.origin_sequence;
  }
}

TEST_P(FeedTables, ARecordOfAKindUnknownHereIsForwardedOnce) {
  in_write(database(), [](Transaction& t) { return have_primary(t), 0; });
  EXPECT_EQ(take(database(), {{of_a_later_version(FeedKind::other_once, 5)}}), 1U);
  EXPECT_EQ(take(database(), {{of_a_later_version(FeedKind::other_once, 5)}}, {kOtherWay, at(31)}), 0U);
  const auto entries = page(database());
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].record, of_a_later_version(FeedKind::other_once, 5));
  EXPECT_THAT(events(database()), IsEmpty());
}

TEST_P(FeedTables, AStateOfAKindUnknownHereIsForwardedKeptForSnapshotsAndEnded) {
  in_write(database(), [](Transaction& t) { return have_primary(t), 0; });
  EXPECT_EQ(take(database(), {{of_a_later_version(FeedKind::other_state, 5, "old")}}), 1U);
  EXPECT_EQ(take(database(), {{of_a_later_version(FeedKind::other_state, 6, "new")}}), 1U);
  EXPECT_EQ(take(database(), {{of_a_later_version(FeedKind::other_state, 5, "old")}}), 0U);
  EXPECT_THAT(page(database()), SizeIs(2));
  const auto snapshot = [&] { return in_read(database(), [](Transaction& t) { return store::feed_snapshot(t, std::nullopt, 10); }); };
  EXPECT_THAT(snapshot(), ElementsAre(of_a_later_version(FeedKind::other_state, 6, "new")));
  EXPECT_THAT(in_read(database(), [&](Transaction& t) { return store::feed_snapshot(t, snapshot().back(), 10); }), IsEmpty());
  EXPECT_EQ(take(database(), {{below(FeedKind::gone, 7, "")}}), 1U);
  EXPECT_THAT(snapshot(), IsEmpty());
}

TEST_P(FeedTables, WhatWasUnknownWhenItWasStoredIsReadAsWhatItIsByALaterVersion) {
  FeedRecord record;
  EXPECT_TRUE(hierarchy::read_stored_kind("once:event", record));
  EXPECT_EQ(record.kind, FeedKind::event);
  EXPECT_TRUE(record.other_kind.empty());
  EXPECT_FALSE(hierarchy::read_stored_kind("device_group", record));
}

TEST_P(FeedTables, AnOwnEventIsAmongThoseOfTheSubtree) {
  in_write(database(), [](Transaction& t) {
    have_primary(t);
    store::append_feed_event(t, {.kind = FeedKind::event, .subject = "k", .payload = "e", .at = at(5)}, *event(0).event);
    return 0;
  });
  ASSERT_THAT(events(database()), SizeIs(1));
  EXPECT_EQ(events(database())[0].origin, kSelf);
  EXPECT_THAT(page(database()), SizeIs(1));
}

TEST_P(FeedTables, EventsOfTheSubtreeAreFilteredAndPaged) {
  auto critical = event(2, "It is on FIRE.", kSelf);
  critical.event->severity = hierarchy::Severity::critical;
  critical.event->at = at(50);
  take(database(), {event(1), critical, event(3, "It is cold.")});
  const auto find = [&](store::EventQuery query, hierarchy::EventFilter filter, std::optional<ServerId> origin = {}) {
    std::vector<std::uint64_t> sequences;
    for (const auto& each : in_read(database(), [&](Transaction& t) { return store::rolled_up_events(t, query, filter, origin); })) {
      sequences.push_back(each.origin_sequence);
    }
    return sequences;
  };
  EXPECT_THAT(find({}, {}), ElementsAre(1, 2, 3));
  EXPECT_THAT(find({.before = 1'000'000, .limit = 2}, {}), ElementsAre(3, 2));
  EXPECT_THAT(find({}, {.least = hierarchy::Severity::error}), ElementsAre(2));
  EXPECT_THAT(find({}, {.text = "fire"}), ElementsAre(2));
  EXPECT_THAT(find({}, {.from = at(40)}), ElementsAre(2));
  EXPECT_THAT(find({}, {.until = at(40)}), ElementsAre(1, 3));
  EXPECT_THAT(find({}, {}, kSelf), ElementsAre(2));
  EXPECT_THAT(find({}, {.kind = "other"}), IsEmpty());
}

TEST_P(FeedTables, OfAStateTheNewestCountsWhateverTheOrder) {
  EXPECT_EQ(take(database(), {{below(FeedKind::server, 5, "new")}, {below(FeedKind::server, 4, "old")}}), 1U);
  EXPECT_EQ(take(database(), {{below(FeedKind::server, 5, "again")}}), 0U);
  EXPECT_EQ(states(database(), FeedKind::server)[0].record.payload, "new");
  EXPECT_EQ(states(database(), FeedKind::server)[0].via, kVia);
}

TEST_P(FeedTables, AStateThatComesOnAnotherWayIsToldAbove) {
  in_write(database(), [](Transaction& t) { return have_primary(t), 0; });
  take(database(), {{below(FeedKind::server, 5)}});
  EXPECT_EQ(take(database(), {{below(FeedKind::server, 5)}}, {kOtherWay, at(31)}), 1U);
  EXPECT_EQ(states(database(), FeedKind::server)[0].via, kOtherWay);
  EXPECT_THAT(page(database()), SizeIs(2));
}

TEST_P(FeedTables, WhatIsGoneIsNotBroughtBackByAnythingOlder) {
  take(database(), {{below(FeedKind::secondary, 5)}, {below(FeedKind::gone, 7)}});
  EXPECT_THAT(states(database(), FeedKind::secondary), IsEmpty());
  EXPECT_EQ(take(database(), {{below(FeedKind::secondary, 6)}, {below(FeedKind::secondary, 5)}}), 0U);
  EXPECT_THAT(states(database(), FeedKind::secondary), IsEmpty());
  EXPECT_EQ(take(database(), {{below(FeedKind::secondary, 8)}}), 1U);
  EXPECT_THAT(states(database(), FeedKind::secondary), SizeIs(1));
  EXPECT_EQ(take(database(), {{below(FeedKind::gone, 7)}}), 0U) << "an old end does not end what is newer";
  EXPECT_THAT(states(database(), FeedKind::secondary), SizeIs(1));
}

TEST_P(FeedTables, NobodyBelowSaysWhatThisServerIs) {
  in_write(database(), [](Transaction& t) { return have_name(t), store::append_feed(t, own_state("mine")), 0; });
  auto forged = below(FeedKind::server, 1'000'000'000'000'000'000, "forged", kSelf.str());
  forged.origin = kSelf;
  EXPECT_EQ(take(database(), {{forged}}), 0U);
  forged.kind = FeedKind::gone;
  take(database(), {{forged}});
  ASSERT_THAT(states(database(), FeedKind::server), SizeIs(1));
  EXPECT_EQ(states(database(), FeedKind::server)[0].record.payload, "mine");
}

TEST_P(FeedTables, ConfirmedRecordsAreRemovedAndWrongConfirmationsAreNot) {
  in_write(database(), [](Transaction& t) { return have_primary(t), 0; });
  take(database(), {event(1), event(2), event(3)});
  const auto epoch = state(database()).epoch;
  const auto confirm = [&](std::uint64_t e, std::uint64_t position) {
    return in_write(database(), [&](Transaction& t) { return store::confirm_feed(t, {e, position}); });
  };
  EXPECT_FALSE(confirm(epoch + 1, 3));
  EXPECT_FALSE(confirm(epoch, 4));
  EXPECT_THAT(page(database()), SizeIs(3));
  EXPECT_TRUE(confirm(epoch, 2));
  EXPECT_TRUE(confirm(epoch, 1)) << "a confirmation that was overtaken";
  ASSERT_THAT(page(database()), SizeIs(1));
  EXPECT_EQ(page(database())[0].position, 3U);
  EXPECT_EQ(state(database()).removed_through, 2U);
  EXPECT_EQ(state(database()).dropped_through, 0U);
  EXPECT_TRUE(confirm(epoch, 3));
  EXPECT_EQ(state(database()).bytes, 0U);
}

TEST_P(FeedTables, PastTheBoundTheOldestGo) {
  in_write(database(), [](Transaction& t) { return have_primary(t), 0; });
  take(database(), {event(1), event(2)}, {kVia, at(30)});
  take(database(), {event(3)}, {kVia, at(40)});
  const auto trim = [&](store::FeedBound bound) {
    return in_write(database(), [&](Transaction& t) { return store::trim_feed(t, bound); });
  };
  EXPECT_EQ(trim({at(30), 1'000'000}), 0);
  EXPECT_EQ(trim({at(35), 1'000'000}), 2);
  EXPECT_EQ(state(database()).dropped_through, 2U);
  EXPECT_THAT(page(database()), SizeIs(1));
  EXPECT_EQ(trim({at(35), 10}), 1);
  EXPECT_EQ(state(database()).dropped_through, 3U);
  EXPECT_EQ(state(database()).bytes, 0U);
}

TEST_P(FeedTables, ASnapshotHasEveryStateAndNoTombstone) {
  in_write(database(), [](Transaction& t) { return have_name(t), store::append_feed(t, own_state("mine")), 0; });
  take(database(),
       {{below(FeedKind::server, 1, "a", "s1")}, {below(FeedKind::secondary, 2, "b", "s2")}, {below(FeedKind::gone, 3, "", "s3")}});
  std::vector<std::string> payloads;
  std::optional<FeedRecord> last;
  for (;;) {
    const auto part = in_read(database(), [&](Transaction& t) { return store::feed_snapshot(t, last, 1); });
    if (part.empty()) break;
    payloads.push_back(part[0].payload);
    last = part[0];
  }
  EXPECT_THAT(payloads, testing::UnorderedElementsAre("mine", "a", "b"));
}

TEST_P(FeedTables, WhatIsNotInTheSnapshotIsGoneHereAndAbove) {
  in_write(database(), [](Transaction& t) { return have_primary(t), 0; });
  take(database(), {{below(FeedKind::server, 1, "a", "s1")}, {below(FeedKind::secondary, 2, "b", "s2")}});
  take(database(), {{below(FeedKind::secondary, 3, "c", "elsewhere")}}, {kOtherWay, at(30)});
  take(database(), {{below(FeedKind::server, 1, "a", "s1")}}, {kVia, at(50), 77});
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::end_snapshot(t, {kVia, at(50), 77}); }), 1U);
  EXPECT_THAT(states(database(), FeedKind::server), SizeIs(1));
  ASSERT_THAT(states(database(), FeedKind::secondary), SizeIs(1));
  EXPECT_EQ(states(database(), FeedKind::secondary)[0].record.subject, "elsewhere");
  const auto last = page(database()).back().record;
  EXPECT_EQ(last.kind, FeedKind::gone);
  EXPECT_EQ(last.origin, kBelow);
  EXPECT_EQ(last.subject, "s2");
}

TEST_P(FeedTables, TheEndOfOneWayLeavesWhatComesByAnother) {
  auto ended = below(FeedKind::gone, 2, std::string(hierarchy::kWayEnded), "s2");
  take(database(), {{below(FeedKind::secondary, 2, "b", "s2")}});
  take(database(), {{below(FeedKind::secondary, 2, "b", "s2")}}, {kOtherWay, at(31)});
  EXPECT_EQ(take(database(), {{ended}}), 0U) << "it comes by the other way already";
  EXPECT_THAT(states(database(), FeedKind::secondary), SizeIs(1));
  EXPECT_EQ(take(database(), {{ended}}, {kOtherWay, at(32)}), 1U);
  EXPECT_THAT(states(database(), FeedKind::secondary), IsEmpty());
  EXPECT_EQ(take(database(), {{below(FeedKind::secondary, 2, "b", "s2")}}), 1U) << "and may come again: the end of a way is no tombstone";
}

TEST_P(FeedTables, ANewEpochGivesOwnStatesNewSequencesAndKeepsWhatNobodyConfirmed) {
  in_write(database(), [](Transaction& t) { return have_primary(t), store::append_feed(t, own_state("mine")), 0; });
  take(database(), {event(1)});
  const auto before = state(database());
  const auto sequence = states(database(), FeedKind::server)[0].record.origin_sequence;
  in_write(database(), [](Transaction& t) { return store::end_feed(t), store::begin_feed(t, at(60)), 0; });
  EXPECT_NE(state(database()).epoch, before.epoch);
  EXPECT_EQ(state(database()).position, before.position);
  EXPECT_THAT(page(database()), SizeIs(2));
  EXPECT_GT(states(database(), FeedKind::server)[0].record.origin_sequence, sequence);
}

TEST_P(FeedTables, AServerThatLeftItsPrimaryAppendsNothing) {
  in_write(database(), [](Transaction& t) {
    have_primary(t);
    store::append_feed(t, own_state("one"));
    store::remove_primary(t);
    store::end_feed(t);
    store::append_feed(t, own_state("two"));
    return 0;
  });
  EXPECT_THAT(page(database()), SizeIs(1));
  EXPECT_EQ(states(database(), FeedKind::server)[0].record.payload, "two");
}

TEST_P(FeedTables, CursorsAreKeptAndForgottenWithTheirSecondary) {
  const auto cursor = [&] { return in_read(database(), [](Transaction& t) { return store::feed_cursor(t, kVia); }); };
  EXPECT_FALSE(cursor());
  in_write(database(), [](Transaction& t) {
    have_secondaries(t);
    store::take_feeds(t, std::vector<store::ArrivedFeed>{{{kVia, at(1)}, {}, FeedCursor{3, 4}}});
    store::take_feeds(t, std::vector<store::ArrivedFeed>{{{kVia, at(2)}, {}, FeedCursor{3, 9}}});
    return 0;
  });
  EXPECT_EQ(cursor(), (FeedCursor{3, 9}));
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::feed_heard_at(t, kVia); }), at(2));
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::feed_heard_at(t, kOtherWay); }), std::nullopt);
  take(database(), {{below(FeedKind::server, 1)}, event(2)});
  in_write(database(), [](Transaction& t) { return store::forget_feed(t, kVia, at(40)), 0; });
  EXPECT_FALSE(cursor());
  EXPECT_THAT(states(database(), FeedKind::server), IsEmpty());
  EXPECT_THAT(events(database()), SizeIs(1)) << "what happened there happened";
}

TEST_P(FeedTables, OfWhatComesFromManyAtOnceEachIsStoredOnceAndNothingOfARemovedOne) {
  in_write(database(), [](Transaction& t) { return have_primary(t), have_secondaries(t), 0; });
  const auto removed = RegistrationId::make(at(4));
  const std::vector<store::ArrivedFeed> feeds = {
      {{kVia, at(30)}, {event(1), event(2), {below(FeedKind::server, 3, "via")}}, FeedCursor{7, 3}},
      {{removed, at(31)}, {event(4), {below(FeedKind::server, 5, "removed")}}, FeedCursor{8, 5}},
      {{kOtherWay, at(32), 99}, {{below(FeedKind::server, 6, "in a snapshot")}}, std::nullopt},
      {{removed, at(33), 99}, {{below(FeedKind::server, 7, "removed")}}, std::nullopt},
      {{kOtherWay, at(34)}, {event(2, "twin"), event(8)}, FeedCursor{9, 1}},
  };
  const auto there = in_write(database(), [&](Transaction& t) { return store::take_feeds(t, feeds); });
  EXPECT_EQ(there, (std::vector<bool>{true, false, true, false, true}));
  std::vector<std::uint64_t> stored;
  for (const auto& each : events(database())) stored.push_back(each.origin_sequence);
  EXPECT_THAT(stored, testing::UnorderedElementsAre(1, 2, 8));
  const auto shown = states(database(), FeedKind::server);
  ASSERT_THAT(shown, SizeIs(1));
  EXPECT_EQ(shown[0].record.payload, "in a snapshot");
  EXPECT_EQ(shown[0].via, kOtherWay);
  std::vector<std::uint64_t> forwarded;
  for (const auto& entry : page(database())) forwarded.push_back(entry.record.origin_sequence);
  EXPECT_THAT(forwarded, ElementsAre(1, 2, 3, 6, 8)) << "in the order in which they came";
  const auto cursor = [&](const RegistrationId& id) {
    return in_read(database(), [&](Transaction& t) { return store::feed_cursor(t, id); });
  };
  EXPECT_EQ(cursor(kVia), (FeedCursor{7, 3}));
  EXPECT_EQ(cursor(kOtherWay), (FeedCursor{9, 1})) << "a part of a snapshot has none";
  EXPECT_FALSE(cursor(removed));
}

TEST_P(FeedTables, TaskResultsAreStoredOnce) {
  EXPECT_EQ(take(database(), {{below(FeedKind::task_result, 1, "ok", "task")}, {below(FeedKind::task_result, 1, "ok", "task")}}), 1U);
  in_write(database(), [](Transaction& t) {
    have_name(t);
    store::append_feed(t, {.kind = FeedKind::task_result, .subject = "task", .payload = "mine", .at = at(70)});
    return 0;
  });
  const auto found = in_read(database(), [](Transaction& t) { return store::rolled_up_results(t, 10); });
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].record.payload, "mine");
  EXPECT_EQ(found[1].record.payload, "ok");
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_rolled_up_results(t, at(69)); }), 1);
}

TEST_P(FeedTables, ResultsOfOneTaskAreFoundHoweverManyOfOthersCameSince) {
  std::vector<store::ArrivedRecord> arrived = {{below(FeedKind::task_result, 1, "first", "task")}};
  for (std::uint64_t i = 2; i < 40; ++i) arrived.push_back({below(FeedKind::task_result, i, "other", "another task")});
  arrived.push_back({below(FeedKind::task_result, 40, "second", "task")});
  take(database(), arrived);
  const auto of = [&](std::string_view subject, const ServerId& self, unsigned limit) {
    std::vector<std::string> payloads;
    for (const auto& each : in_read(database(), [&](Transaction& t) { return store::rolled_up_results_of(t, subject, self, limit); }))
      payloads.push_back(each.record.payload);
    return payloads;
  };
  EXPECT_THAT(of("task", ServerId::make(at(1)), 10), ElementsAre("second", "first"));
  EXPECT_THAT(of("task", ServerId::make(at(1)), 1), ElementsAre("second"));
  EXPECT_THAT(of("task", below(FeedKind::task_result, 1).origin, 10), IsEmpty()) << "what this server told itself";
}

/// How the engine goes about rolled_up_results_of().
std::string plan_of_results(store::Database& database, EngineKind engine) {
  const std::string_view sql = engine == EngineKind::sqlite
                                   ? "EXPLAIN QUERY PLAN SELECT origin, origin_sequence, position, subject, at, payload FROM "
                                     "rolled_up_results WHERE subject = $1 AND origin <> $2 ORDER BY position DESC LIMIT $3"
                                   : "EXPLAIN SELECT origin, origin_sequence, position, subject, at, payload FROM rolled_up_results WHERE "
                                     "subject = $1 AND origin <> $2 ORDER BY position DESC LIMIT $3";
  return in_read(database, [&](Transaction& t) {
    std::string plan;
    for (const auto& row : t.query(sql, {std::string("task 7"), kSelf.str(), std::int64_t{100}})) {
      plan += row.text(row.size() - 1) + "\n";  // the words stand in the last column of both
    }
    return plan;
  });
}

TEST_P(FeedTables, ResultsOfOneTaskAreReadByItsIndexAndNotAmongThoseOfAllOthers) {
  std::vector<store::ArrivedRecord> arrived;
  for (std::uint64_t i = 1; i <= 5000; ++i) {
    arrived.push_back({below(FeedKind::task_result, i, "ok", "task " + std::to_string(i % 50))});
  }
  take(database(), arrived);
  in_write(database(), [](Transaction& t) { return t.execute("ANALYZE rolled_up_results"); });
  const auto plan = plan_of_results(database(), GetParam());
  EXPECT_NE(plan.find("rolled_up_results_by_subject"), std::string::npos) << plan;
  EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
}

/// Whether the unit told that it changed what is in force below.
bool tells_in_force(store::Database& database, const std::function<void(Transaction&)>& what) {
  return in_write(database, [&](Transaction& t) {
    what(t);
    return t.in_force_changed();
  });
}

TEST_P(FeedTables, WhatIsInForceBelowHasChangedWhenAServerCameWentOrConfirmedAndThenAlone) {
  const store::Arrival arrival{kVia, at(30)};
  const auto taking = [&](store::ArrivedRecord record) {
    return tells_in_force(database(), [&](Transaction& t) { store::take_feed(t, arrival, {&record, 1}); });
  };
  EXPECT_TRUE(taking({below(FeedKind::applied, 1, "in force")}));
  EXPECT_FALSE(taking({below(FeedKind::applied, 1, "in force")})) << "it is known";
  EXPECT_TRUE(taking({below(FeedKind::secondary, 2)}));
  EXPECT_FALSE(taking({below(FeedKind::devices, 3)}));
  EXPECT_FALSE(taking(event(4)));
  EXPECT_TRUE(taking({below(FeedKind::gone, 5)}));
}

TEST_P(FeedTables, OldEventsAndTombstonesAreTrimmed) {
  take(database(), {event(1), {below(FeedKind::gone, 2)}});
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_rolled_up_events(t, hierarchy::Severity::error, at(99)); }), 0);
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_rolled_up_events(t, hierarchy::Severity::warning, at(30)); }), 0);
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_rolled_up_events(t, hierarchy::Severity::warning, at(31)); }), 1);
  EXPECT_EQ(in_write(database(), [](Transaction& t) { return store::trim_tombstones(t, at(31)); }), 1);
}

}  // namespace
}  // namespace daikan::contract
