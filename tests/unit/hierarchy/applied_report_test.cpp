#include "hierarchy/applied_report.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/limits_feed.h"

namespace daikan::hierarchy {
namespace {

const std::string kHash(64, 'a');

ObjectKey policy(std::uint8_t first, std::uint8_t second = 0) {
  ObjectKey key{InheritedKind::policy, {}};
  key.second[0] = first;
  key.second[1] = second;
  return key;
}

/// As its owner wants it; what begins with `proof` is what `report` confirms.
WantedObject wanted(std::uint8_t first, std::int64_t revision, const std::string& proof) {
  return {policy(first), revision, proof + std::string(48, '0')};
}

AppliedReport report() {
  AppliedReport made;
  made.revision = 41;
  made.hash = kHash;
  made.applied_at = from_micros(1'000'000);
  made.objects = {{policy(1), {3, "00112233445566aa"}}, {policy(2), {7, "00112233445566bb"}}};
  return made;
}

TEST(AppliedReport, IsReadAsItWasWritten) {
  auto whole = report();
  whole.behind_since = from_micros(2'000'000);
  whole.failure = AppliedReport::Failure{"too_large", "What “branch” should inherit has 5000 KiB."};
  EXPECT_EQ(applied_report_from_text(to_text(whole)), whole);
  EXPECT_EQ(applied_report_from_text(to_text(report())), report());
  EXPECT_EQ(applied_report_from_text(to_text(AppliedReport{})), AppliedReport{});
}

TEST(AppliedReport, CountsTheObjectsThatFindNoRoom) {
  AppliedReport large = report();
  for (int i = 0; i < 2000; ++i) large.objects[policy(static_cast<std::uint8_t>(3 + i / 256), static_cast<std::uint8_t>(i))] = {1, {}};
  const auto text = to_text(large);
  EXPECT_LE(text.size(), limits::kMaxFeedPayloadBytes);
  const auto read = applied_report_from_text(text);
  ASSERT_TRUE(read);
  EXPECT_GT(read->untold, 0U);
  EXPECT_EQ(read->objects.size() + read->untold, large.objects.size());
  EXPECT_EQ(force_of(*read, wanted(250, 1, "00112233445566aa")), ObjectForce::untold);
  EXPECT_EQ(force_of(*read, wanted(1, 3, "00112233445566aa")), ObjectForce::in_force);
}

TEST(AppliedReport, KeepsAMessageOfSeveralLinesInOne) {
  auto broken = report();
  broken.failure = AppliedReport::Failure{"timed_out", "one\ntwo\tthree" + std::string(limits::kMaxLinkTextBytes, 'x') + "…"};
  const auto read = applied_report_from_text(to_text(broken));
  ASSERT_TRUE(read && read->failure);
  EXPECT_TRUE(read->failure->message.starts_with("one two threex"));
  EXPECT_LE(read->failure->message.size(), limits::kMaxLinkTextBytes);
}

TEST(AppliedReport, SkipsWhatANewerVersionSaysAndKeepsKindsOfObjectsItDoesNotKnow) {
  const auto read =
      applied_report_from_text("set\t41\t" + kHash + "\nweather\tfine\nobject\tgadget\t01000000-0000-0000-0000-000000000000\t4\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->objects, (std::map<ObjectKey, ConfirmedObject>{{{*InheritedKind::from_name("gadget"), policy(1).second}, {4, {}}}}));
}

TEST(AppliedReport, AReportOfAnOlderVersionHasNoProofs) {
  auto text = to_text(report());
  text.erase(text.find("proofs\t"));
  const auto read = applied_report_from_text(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->objects.at(policy(2)), (ConfirmedObject{7, {}}));
  EXPECT_EQ(force_of(*read, wanted(2, 7, "00112233445566bb")), ObjectForce::in_force);
  EXPECT_EQ(force_of(*read, wanted(2, 6, "00112233445566bb")), ObjectForce::behind) << "its owner was restored";
}

TEST(AppliedReport, RefusesWhatIsMalformed) {
  for (const std::string text :
       {std::string(), std::string("set\t1\t" + kHash), std::string("set\t1\tshort\n"), std::string("set\t-1\t" + kHash + "\n"),
        std::string("set\t1\t\n"), std::string("applied\t1\nset\t0\t\n"), std::string("set\t0\t\nbehind\tyesterday\n"),
        std::string("set\t0\t\nfailed\tcode\n"), std::string("set\t0\t\nfailed\tcode\t\xff\n"),
        std::string("set\t0\t\nobject\tpolicy\tnone\t1\n"), std::string("set\t0\t\nproofs\t0011\n"),
        std::string("set\t0\t\nobject\tpolicy\t01000000-0000-0000-0000-000000000000\t1\nproofs\t0011223344556GG7\n"),
        std::string("set\t0\t\nobject\tBad-Kind\t01000000-0000-0000-0000-000000000000\t1\n"),
        "set\t0\t\n" + std::string(limits::kMaxFeedPayloadBytes, 'x') + "\n"}) {
    EXPECT_FALSE(applied_report_from_text(text)) << text.substr(0, 100);
  }
}

TEST(AppliedReport, TakesRevisionsFromWhatIsWantedAndFromWhatWasSaidBefore) {
  InheritedSet sent;
  for (const auto& [key, object] : report().objects) {
    InheritedObject made;
    made.id = key.second;
    made.revision = object.revision;
    sent.put(made);
  }
  const auto manifest = manifest_of(sent);
  const auto confirmed = confirmed_objects(manifest, sent, {});
  ASSERT_EQ(confirmed.size(), 2U);
  EXPECT_EQ(confirmed.at(policy(2)), (ConfirmedObject{7, manifest.at(policy(2)).substr(0, kProofBytes)}));
  auto said = report();
  said.objects = confirmed;
  auto wanted = sent;
  wanted.objects.at(policy(2)).revision = 8;  // edited meanwhile: what is confirmed is still 7
  EXPECT_EQ(confirmed_objects(manifest, wanted, said), confirmed);
  EXPECT_EQ(confirmed_objects(manifest, wanted, {}), (std::map<ObjectKey, ConfirmedObject>{{policy(1), confirmed.at(policy(1))}}));
  wanted.objects.erase(policy(1));  // deleted meanwhile: it is still in force there
  EXPECT_EQ(confirmed_objects(manifest, wanted, said), confirmed);
  EXPECT_TRUE(confirmed_objects({}, wanted, said).empty());
}

TEST(AppliedReport, SaysOfEachObjectWhetherItIsInForce) {
  auto seen = report();
  EXPECT_EQ(force_of(seen), ObjectForce::in_force);
  EXPECT_EQ(force_of(seen, wanted(2, 7, "00112233445566bb")), ObjectForce::in_force);
  EXPECT_EQ(force_of(seen, wanted(2, 8, "00112233445566cc")), ObjectForce::behind);
  EXPECT_EQ(force_of(seen, wanted(9, 1, "00112233445566bb")), ObjectForce::behind);
  seen.behind_since = from_micros(5);
  EXPECT_EQ(force_of(seen), ObjectForce::behind);
  EXPECT_EQ(force_of(seen, wanted(2, 7, "00112233445566bb")), ObjectForce::in_force);
  seen.failure = AppliedReport::Failure{"timed_out", "No answer."};
  EXPECT_EQ(force_of(seen), ObjectForce::failed);
  EXPECT_EQ(force_of(seen, wanted(2, 8, "00112233445566cc")), ObjectForce::failed);
  EXPECT_EQ(force_of(seen, wanted(2, 7, "00112233445566bb")), ObjectForce::in_force);
  EXPECT_EQ(force_of(AppliedReport{}), ObjectForce::behind);
}

TEST(AppliedReport, ARestoredOwnerWantsWhatItHasAndNotWhatHasAHigherRevision) {
  const auto seen = report();
  EXPECT_EQ(force_of(seen, wanted(2, 6, "00112233445566cc")), ObjectForce::behind) << "7 is confirmed, and 6 is wanted again";
  EXPECT_EQ(force_of(seen, wanted(2, 7, "00112233445566cc")), ObjectForce::behind) << "another 7 was written since the restore";
}

}  // namespace
}  // namespace daikan::hierarchy
