// What people do with servers nobody registered.
#include "server/unrecognised.h"

#include <gmock/gmock.h>

#include "base/limits.h"
#include "unit/server/test_site.h"

namespace daikan::server::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

struct UnrecognisedTest : testing::Test {
  Loop loop;
  Site hq{loop, "hq"};
  net::Identity branch = net::test::make_identity("branch");
  const std::string fingerprint = branch.certificate().fingerprint;

  std::int64_t dial() {
    std::int64_t attempts = 0;
    hq.write([&](store::Transaction& transaction) {
      attempts = store::record_unrecognised(transaction, {branch.certificate(), "192.0.2.9", now(), now(), 1}, {1000, 50});
    });
    return attempts;
  }
  std::vector<hierarchy::UnrecognisedRecord> list(Unrecognised which) { return *loop.run(list_unrecognised(*hq.storage, which)); }
  Result<> mark(Unrecognised which) { return loop.run(mark_unrecognised(*hq.storage, olga(), fingerprint, which)); }
};

TEST_F(UnrecognisedTest, AnIgnoredServerStaysIgnoredHoweverOftenItDials) {
  dial();
  ASSERT_TRUE(mark(Unrecognised::ignored));
  EXPECT_EQ(dial(), 2) << "no newcomer: no event";
  EXPECT_THAT(list(Unrecognised::shown), IsEmpty());
  ASSERT_THAT(list(Unrecognised::ignored), SizeIs(1));
  EXPECT_TRUE(list(Unrecognised::ignored)[0].ignored_at);
}

TEST_F(UnrecognisedTest, AnIgnoredServerCanBeListedAgain) {
  dial();
  ASSERT_TRUE(mark(Unrecognised::ignored));
  ASSERT_TRUE(mark(Unrecognised::shown));
  EXPECT_THAT(list(Unrecognised::shown), SizeIs(1));
  EXPECT_THAT(list(Unrecognised::ignored), IsEmpty());
  EXPECT_THAT(hq.audit(), testing::IsSupersetOf({"unrecognised.ignore done", "unrecognised.unignore done"}));
}

TEST_F(UnrecognisedTest, TheSameMarkAgainIsNoChange) {
  dial();
  ASSERT_TRUE(mark(Unrecognised::ignored));
  const auto audit = hq.audit();
  ASSERT_TRUE(mark(Unrecognised::ignored));
  EXPECT_EQ(hq.audit(), audit);
}

TEST_F(UnrecognisedTest, AForgottenServerIsANewcomerWhenItDialsAgain) {
  dial();
  ASSERT_TRUE(mark(Unrecognised::ignored));
  ASSERT_TRUE(loop.run(forget_unrecognised(*hq.storage, olga(), fingerprint)));
  EXPECT_THAT(list(Unrecognised::ignored), IsEmpty());
  EXPECT_EQ(dial(), 1);
  EXPECT_THAT(list(Unrecognised::shown), SizeIs(1));
}

TEST_F(UnrecognisedTest, AnIgnoredServerCanBeAddedAllTheSame) {
  dial();
  ASSERT_TRUE(mark(Unrecognised::ignored));
  AddSecondary add;
  add.name = "Branch 7";
  add.fingerprint = fingerprint;
  ASSERT_TRUE(loop.run(hq.secondaries->add(olga(), add)));
  EXPECT_THAT(list(Unrecognised::ignored), IsEmpty());
}

TEST_F(UnrecognisedTest, WhatIsNotThereIsNotFoundAndWhatIsNoFingerprintIsSaidSo) {
  EXPECT_EQ(mark(Unrecognised::ignored).error().code, Code::not_found);
  EXPECT_EQ(loop.run(forget_unrecognised(*hq.storage, olga(), fingerprint)).error().code, Code::not_found);
  EXPECT_EQ(loop.run(forget_unrecognised(*hq.storage, olga(), "xyz")).error().code, Code::invalid_request);
  EXPECT_THAT(hq.audit(), IsEmpty());
}

TEST_F(UnrecognisedTest, MoreThanTheBoundAreNotIgnored) {
  dial();
  hq.write([&](store::Transaction& transaction) {
    for (std::size_t i = 0; i < limits::kMaxIgnoredServers; ++i) {
      hierarchy::UnrecognisedRecord record{branch.certificate(), "192.0.2.1", now(), now(), 1};
      record.certificate.pin.bytes.fill(0);
      record.certificate.pin.bytes[0] = static_cast<std::uint8_t>(i);
      record.certificate.pin.bytes[1] = static_cast<std::uint8_t>(i >> 8U);
      record.certificate.fingerprint = "other";
      store::record_unrecognised(transaction, record, {1000, 50});
      store::update_ignored(transaction, record.certificate.pin, now());
    }
  });
  const auto refused = mark(Unrecognised::ignored);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
}

}  // namespace
}  // namespace daikan::server::test
