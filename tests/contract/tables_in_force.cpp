// Proof of force: what primaries say of their secondaries, here and from below.
#include "store/tables_in_force.h"

#include <array>

#include <gmock/gmock.h>

#include "contract/fixture.h"
#include "contract/samples.h"
#include "store/tables.h"
#include "store/tables_downstream.h"
#include "store/tables_feed.h"

namespace daikan::contract {
namespace {

using hierarchy::AppliedReport;
using hierarchy::FeedKind;
using hierarchy::ObjectForce;
using store::InForce;
using store::Transaction;
using testing::IsEmpty;
using testing::SizeIs;

DAIKAN_ON_BOTH(InForceTables);

const ServerId kSelf = ServerId::make(at(0));
const ServerId kBranch = ServerId::make(at(1));
const ServerId kShop = ServerId::make(at(2));
const RegistrationId kVia = RegistrationId::make(at(3));

hierarchy::SecondaryRecord registered(std::optional<ServerId> server) {
  hierarchy::SecondaryRecord record;
  record.id = kVia;
  record.name = "branch";
  record.server_id = server;
  return record;
}

AppliedReport report(std::uint64_t revision) {
  AppliedReport made;
  made.revision = revision;
  made.hash = std::string(64, 'a');
  made.applied_at = at(5);
  return made;
}

void say(store::Database& database, const ServerId& server, const AppliedReport& report, std::int64_t second) {
  in_write(database, [&](Transaction& t) {
    store::put_setting(t, "server_id", kSelf.str());
    store::say_in_force(t, {&server, 1}, [&](std::size_t, const AppliedReport&) { return report; }, at(second));
    return 0;
  });
}

struct Word {
  ServerId origin;
  ServerId server;
  std::string payload;
};
/// What another primary says, by way of a secondary.
void arrive(store::Database& database, const Word& word, std::int64_t received) {
  const std::array<store::ArrivedRecord, 1> records = {
      {{{word.origin, static_cast<std::uint64_t>(received), FeedKind::applied, word.server.str(), word.payload, at(20)}}}};
  in_write(database, [&](Transaction& t) { return store::take_feed(t, {kVia, at(received)}, records); });
}

std::vector<InForce> all(store::Database& database) {
  return in_read(database, [](Transaction& t) { return store::all_in_force(t); });
}
AppliedReport said(store::Database& database, const ServerId& server) {
  return in_read(database, [&](Transaction& t) { return store::said_in_force(t, server); });
}

TEST_P(InForceTables, ASecondarysLastReportCounts) {
  say(database(), kBranch, report(3), 10);
  auto behind = report(3);
  behind.behind_since = at(11);
  say(database(), kBranch, behind, 11);
  const auto seen = all(database());
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].server, kBranch);
  EXPECT_EQ(seen[0].primary, kSelf);
  EXPECT_EQ(seen[0].report, behind);
  EXPECT_EQ(seen[0].said_at, at(11));
}

TEST_P(InForceTables, TheLastReportIsThereToBeContinued) {
  EXPECT_EQ(said(database(), kBranch), AppliedReport{});
  say(database(), kBranch, report(3), 10);
  arrive(database(), {kBranch, kShop, to_text(report(9))}, 30);
  EXPECT_EQ(said(database(), kBranch), report(3));
  EXPECT_EQ(said(database(), kShop), AppliedReport{});  // another server's word
}

TEST_P(InForceTables, NothingEndsOfAServerThatNeverConnected) {
  say(database(), kShop, report(3), 10);
  in_write(database(), [](Transaction& t) {
    store::end_in_force(t, registered(std::nullopt), at(11));
    return 0;
  });
  EXPECT_THAT(all(database()), SizeIs(1));
}

TEST_P(InForceTables, OfManySaidTogetherOnlyWhatChangedIsSaid) {
  in_write(database(), [](Transaction& t) {
    store::put_setting(t, "server_id", kSelf.str());
    store::put_primary(t, primary());
    return 0;
  });
  say(database(), kBranch, report(3), 10);
  say(database(), kShop, report(4), 10);
  std::vector<AppliedReport> before;
  in_write(database(), [&](Transaction& t) {
    const std::array<ServerId, 3> servers = {kBranch, kShop, ServerId::make(at(4))};
    const auto next = [&](std::size_t place, const AppliedReport& was) {
      before.push_back(was);
      return report(place == 0 ? 3 : 5);
    };
    store::say_in_force(t, servers, next, at(11));
    return 0;
  });
  EXPECT_EQ(before, (std::vector{report(3), report(4), AppliedReport{}}));
  EXPECT_THAT(all(database()), SizeIs(3));
  EXPECT_EQ(said(database(), kBranch), report(3));
  EXPECT_EQ(said(database(), kShop), report(5));
  const auto page = in_read(database(), [](Transaction& t) { return store::feed_page(t, 0, 100, 1'000'000); });
  ASSERT_THAT(page, SizeIs(4));  // two, and two of three
  EXPECT_LT(page[2].record.origin_sequence, page[3].record.origin_sequence);
  EXPECT_EQ(page[3].position, page[2].position + 1);
}

TEST_P(InForceTables, OneThatWasRemovedAndCameBackIsSpokenOfAgain) {
  say(database(), kBranch, report(3), 10);
  in_write(database(), [](Transaction& t) { return store::end_in_force(t, registered(kBranch), at(12)), 0; });
  EXPECT_THAT(all(database()), IsEmpty());
  say(database(), kBranch, report(4), 13);
  EXPECT_EQ(said(database(), kBranch), report(4));
  const auto tombs = in_read(database(), [](Transaction& t) { return store::rolled_up_states(t, FeedKind::gone); });
  EXPECT_THAT(tombs, IsEmpty());
}

TEST_P(InForceTables, ARemovedSecondaryIsNotSpokenOfAnyMore) {
  say(database(), kBranch, report(3), 10);
  say(database(), kShop, report(4), 10);
  in_write(database(), [](Transaction& t) { return store::end_in_force(t, registered(kBranch), at(12)), 0; });
  const auto seen = all(database());
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].server, kShop);
}

TEST_P(InForceTables, WhatALowerServerSaysOfItsOwnSecondariesIsShownHere) {
  say(database(), kBranch, report(3), 10);
  auto failed = report(2);
  failed.failure = AppliedReport::Failure{"too_large", "It is too large."};
  arrive(database(), {kBranch, kShop, to_text(failed)}, 30);
  const auto found = in_read(database(), [](Transaction& t) { return store::find_in_force(t, kShop); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->primary, kBranch);
  EXPECT_EQ(force_of(found->report), ObjectForce::failed);
  EXPECT_EQ(found->report.failure, failed.failure);
  EXPECT_EQ(found->received_at, at(30));
  EXPECT_THAT(all(database()), SizeIs(2));
}

TEST_P(InForceTables, OfAServerThatMovedTheReportThatArrivedLastCounts) {
  arrive(database(), {ServerId::make(at(4)), kShop, to_text(report(9))}, 31);
  arrive(database(), {kBranch, kShop, to_text(report(1))}, 32);
  const auto seen = all(database());
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].primary, kBranch);
  EXPECT_EQ(seen[0].report.revision, 1U);
}

TEST_P(InForceTables, AReportThatCannotBeReadIsLeftOut) {
  arrive(database(), {kBranch, kShop, "what is this"}, 30);
  EXPECT_THAT(all(database()), IsEmpty());
  EXPECT_FALSE(in_read(database(), [](Transaction& t) { return store::find_in_force(t, kShop); }));
}

TEST_P(InForceTables, AServerWithAPrimarySaysItOnceInItsFeed) {
  in_write(database(), [](Transaction& t) {
    store::put_setting(t, "server_id", kSelf.str());
    store::put_primary(t, primary());
    return 0;
  });
  say(database(), kBranch, report(3), 10);
  say(database(), kBranch, report(3), 11);
  const auto page = in_read(database(), [](Transaction& t) { return store::feed_page(t, 0, 100, 1'000'000); });
  ASSERT_THAT(page, SizeIs(1));
  EXPECT_EQ(page[0].record.kind, FeedKind::applied);
  EXPECT_EQ(page[0].record.subject, kBranch.str());
  EXPECT_EQ(hierarchy::applied_report_from_text(page[0].record.payload), report(3));
}

TEST_P(InForceTables, WhatASecondaryTellsToHaveInsteadOfWhatItConfirmedEndsWhatCounts) {
  const auto group = root_group();
  const auto branch = contract::secondary("branch", 1, group.id);
  const hierarchy::ConfirmedSet confirmed{8, "b2", {{{hierarchy::InheritedKind::policy, make_uuid(at(1))}, "d1"}}};
  in_write(database(), [&](Transaction& t) {
    store::insert_group(t, group);
    store::insert_secondary(t, branch);
    store::put_wanted(t, group.id, "b2", at(10));
    return 0;
  });
  const auto hear = [&](std::uint64_t revision, std::string hash, std::int64_t second) {
    return in_write(database(), [&](Transaction& t) { return store::forget_confirmed(t, branch.id, {revision, hash}, at(second)); });
  };
  const auto known = [&] { return *in_read(database(), [&](Transaction& t) { return store::find_downstream(t, branch.id); }); };
  EXPECT_FALSE(hear(0, "", 11)) << "it confirmed nothing yet";
  EXPECT_EQ(known().behind_since, at(10));
  in_write(database(), [&](Transaction& t) { return store::put_confirmed(t, branch.id, confirmed, at(12)); });
  EXPECT_FALSE(hear(8, "b2", 13)) << "that is what it confirmed";
  EXPECT_EQ(known().behind_since, std::nullopt);
  EXPECT_TRUE(hear(5, "a1", 14));
  EXPECT_EQ(known().behind_since, at(14));
  EXPECT_EQ(known().confirmed.revision, 0U);
  EXPECT_EQ(known().confirmed.hash, "");
  EXPECT_TRUE(known().confirmed.manifest.empty());
  EXPECT_EQ(known().confirmed_at, std::nullopt);
  EXPECT_EQ(known().wanted_hash, "b2");
  EXPECT_FALSE(hear(5, "a1", 15)) << "once is enough";
  in_write(database(), [&](Transaction& t) { return store::put_confirmed(t, branch.id, {9, "b2", confirmed.manifest}, at(16)); });
  EXPECT_EQ(known().behind_since, std::nullopt) << "it has it again";
}

}  // namespace
}  // namespace daikan::contract
