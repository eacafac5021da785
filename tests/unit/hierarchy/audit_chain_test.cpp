#include "hierarchy/audit_chain.h"

#include <vector>

#include <gmock/gmock.h>

namespace daikan::hierarchy {
namespace {

using testing::HasSubstr;

AuditRecord record(std::int64_t sequence) {
  return {sequence, from_micros(sequence * 1'000'000), "olga", "192.0.2.1", "", "group.add", "group Branches", "done"};
}

std::vector<AuditRecord> chain(std::int64_t count) {
  std::vector<AuditRecord> made;
  std::string last(kAuditChainBegin);
  for (std::int64_t i = 1; i <= count; ++i) {
    made.push_back(record(i));
    made.back().previous_hash = last;
    made.back().hash = last = audit_hash(last, made.back());
  }
  return made;
}

std::optional<AuditVerifier::Break> walk(const std::vector<AuditRecord>& records, std::optional<AuditLink> anchor = AuditLink{}) {
  AuditVerifier verifier(std::move(anchor));
  for (const auto& each : records) {
    if (auto found = verifier.add(each)) return found;
  }
  return std::nullopt;
}

TEST(AuditChain, EncodingIsTheDocumentedOne) {
  auto one = record(7);
  one.object = "é";
  EXPECT_EQ(audit_encoding("ab", one),
            "daikan-audit-1:2:ab,1:7,27:1970-01-01T00:00:07.000000Z,4:olga,9:192.0.2.1,0:,9:group.add,2:é,4:done,");
}

TEST(AuditChain, FieldsCannotBeShiftedIntoEachOther) {
  auto one = record(1), other = record(1);
  one.actor = "ab", one.source = "c";
  other.actor = "a", other.source = "bc";
  EXPECT_NE(audit_hash(kAuditChainBegin, one), audit_hash(kAuditChainBegin, other));
}

TEST(AuditChain, WholeChainIsWhole) {
  const auto records = chain(5);
  AuditVerifier verifier(AuditLink{});
  for (const auto& each : records) EXPECT_FALSE(verifier.add(each));
  EXPECT_EQ(verifier.records(), 5);
  EXPECT_FALSE(verifier.end({5, records.back().hash}));
}

TEST(AuditChain, ChangeOfAnyFieldNamesTheRecord) {
  using Change = void (*)(AuditRecord&);
  const Change changes[] = {[](AuditRecord& r) { r.actor = "ivan"; },   [](AuditRecord& r) { r.source = ""; },
                            [](AuditRecord& r) { r.through = "hq"; },   [](AuditRecord& r) { r.action = "login"; },
                            [](AuditRecord& r) { r.object = "group"; }, [](AuditRecord& r) { r.outcome = "x"; },
                            [](AuditRecord& r) { r.at += Duration(1); }};
  for (const auto change : changes) {
    auto records = chain(5);
    change(records[2]);
    const auto found = walk(records);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->sequence, 3);
    EXPECT_THAT(found->reason, HasSubstr("was changed"));
  }
}

TEST(AuditChain, ChangeWithAFittingHashShowsAtTheNextRecord) {
  auto records = chain(5);
  records[2].actor = "ivan";
  records[2].hash = audit_hash(records[2].previous_hash, records[2]);
  const auto found = walk(records);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sequence, 4);
}

TEST(AuditChain, MissingRecordsAreNamed) {
  auto records = chain(5);
  records.erase(records.begin() + 1, records.begin() + 3);
  auto found = walk(records);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sequence, 2);
  EXPECT_EQ(found->reason, "Records 2 to 3 are missing.");
  records = chain(5);
  records.erase(records.begin());
  found = walk(records);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->reason, "Record 1 is missing.");
  EXPECT_FALSE(walk(records, std::nullopt));  // a file that begins later says itself what it follows
}

TEST(AuditChain, MissingEndShowsAgainstTheKeptHead) {
  const auto records = chain(5);
  AuditVerifier verifier(AuditLink{});
  for (std::size_t i = 0; i < 3; ++i) EXPECT_FALSE(verifier.add(records[i]));
  const auto found = verifier.end({5, records.back().hash});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sequence, 4);
  EXPECT_TRUE(verifier.end({3, std::string(kAuditChainBegin)}));
}

TEST(AuditChain, TwiceTheSameRecordIsABreak) {
  auto records = chain(3);
  records.push_back(records.back());
  ASSERT_TRUE(walk(records));
}

TEST(EventFilter, AsksForEverythingUnlessToldOtherwise) {
  const Event event{1, from_micros(5), Severity::warning, "link_refused", "Branch 7 was REFUSED.", std::nullopt};
  EXPECT_TRUE(matches({}, event));
  EXPECT_TRUE(matches({.least = Severity::warning, .kind = "link_refused", .text = "was refused"}, event));
  EXPECT_FALSE(matches({.least = Severity::error}, event));
  EXPECT_FALSE(matches({.kind = "link"}, event));
  EXPECT_FALSE(matches({.secondary = RegistrationId::make(from_micros(1))}, event));
  EXPECT_FALSE(matches({.from = from_micros(6)}, event));
  EXPECT_TRUE(matches({.from = from_micros(5), .until = from_micros(6)}, event));
  EXPECT_FALSE(matches({.until = from_micros(5)}, event));
  EXPECT_FALSE(matches({.text = "accepted"}, event));
}

}  // namespace
}  // namespace daikan::hierarchy
