#include "server/primary_bound.h"

#include "unit/server/test_site.h"

namespace daikan::server {
namespace {

using hierarchy::PrimaryMay;
using test::olga;
using test::Site;

struct PrimaryBoundTest : testing::Test {
  net::test::Loop loop;
  Site hq{loop, "hq"};
  Site branch{loop, "branch"};

  PrimaryBoundTest() {
    SetPrimary set;
    set.address = hq.link_endpoint();
    set.certificate = hq.certificate();
    EXPECT_TRUE(loop.run(branch.primary->set(olga(), set)));
  }
  void govern(PrimaryMay may) { EXPECT_TRUE(loop.run(govern_primary_may(*branch.storage, *branch.history, may))); }
  PrimaryMay in_force() { return loop.run(branch.primary->may()).value(); }
};

TEST_F(PrimaryBoundTest, TheStricterOfTheOwnWordAndOfWhatGovernsHolds) {
  EXPECT_EQ(in_force(), PrimaryMay::full);
  govern(PrimaryMay::read);
  EXPECT_EQ(in_force(), PrimaryMay::read);
  ASSERT_TRUE(loop.run(branch.primary->set_may(olga(), PrimaryMay::none)));
  EXPECT_EQ(in_force(), PrimaryMay::none);
  govern(PrimaryMay::full);
  EXPECT_EQ(in_force(), PrimaryMay::none) << "no policy opens what the server closes";
}

TEST_F(PrimaryBoundTest, ItOutlivesARestartAndTheOwnWordIsShownAsItIs) {
  govern(PrimaryMay::read);
  branch.restart();
  EXPECT_EQ(in_force(), PrimaryMay::read);
  EXPECT_EQ((*loop.run(branch.primary->find()))->may, PrimaryMay::full);
}

TEST_F(PrimaryBoundTest, WhatCannotBeReadAllowsNothing) {
  branch.write([](store::Transaction& transaction) { store::put_setting(transaction, "primary_may_governed", "everything"); });
  EXPECT_EQ(in_force(), PrimaryMay::none);
}

}  // namespace
}  // namespace daikan::server
