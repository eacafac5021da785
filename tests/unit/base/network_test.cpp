#include "base/network.h"

#include <gtest/gtest.h>

namespace daikan {
namespace {

TEST(Network, HoldsTheAddressesOfItsPrefixInBothFamilies) {
  const auto ten = Network::parse("10.0.0.0/8");
  ASSERT_TRUE(ten);
  EXPECT_TRUE(ten->contains("10.255.1.2"));
  EXPECT_TRUE(ten->contains("::ffff:10.1.2.3")) << "the same client on a socket of both families";
  EXPECT_FALSE(ten->contains("11.0.0.1"));
  EXPECT_FALSE(ten->contains("::a00:1"));
  const auto documents = Network::parse("2001:db8::/33");
  ASSERT_TRUE(documents);
  EXPECT_TRUE(documents->contains("2001:db8:7fff::1"));
  EXPECT_TRUE(documents->contains("2001:db8::1%eth0"));
  EXPECT_FALSE(documents->contains("2001:db8:8000::1"));
  EXPECT_FALSE(documents->contains("10.0.0.1"));
}

TEST(Network, OneAddressIsANetworkOfOneAndSlashZeroIsEverybodyOfItsFamily) {
  EXPECT_TRUE(Network::parse("192.0.2.7")->contains("192.0.2.7"));
  EXPECT_FALSE(Network::parse("192.0.2.7")->contains("192.0.2.8"));
  EXPECT_TRUE(Network::parse("0.0.0.0/0")->contains("203.0.113.9"));
  EXPECT_FALSE(Network::parse("0.0.0.0/0")->contains("2001:db8::1"));
  EXPECT_TRUE(Network::parse("::/0")->contains("2001:db8::1"));
  EXPECT_TRUE(Network::parse("::/0")->contains("10.0.0.1"));
}

TEST(Network, WhatIsNoNetworkIsRefused) {
  for (const auto* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.1/8", "10.0.0",
                           "2001:db8::/129", "2001:db8::1/32", "localhost", "10.0.0.0/8/8", "10.0.0.0/0008", "::ffff:10.0.0.0/104x"}) {
    EXPECT_FALSE(Network::parse(text)) << text;
  }
  EXPECT_FALSE(Network::parse("10.0.0.0/8")->contains("ten"));
  EXPECT_FALSE(Network::parse("10.0.0.0/8")->contains(""));
}

TEST(Network, IsWrittenSoThatItParsesToTheSame) {
  for (const auto* text : {"10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "::/0", "0.0.0.0/0"}) {
    EXPECT_EQ(Network::parse(text)->str(), text);
    EXPECT_EQ(Network::parse(Network::parse(text)->str()), Network::parse(text));
  }
  EXPECT_EQ(Network::parse("192.0.2.7")->str(), "192.0.2.7/32");
}

}  // namespace
}  // namespace daikan
