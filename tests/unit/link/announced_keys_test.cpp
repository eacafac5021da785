// Keys that a peer announces: accepted, confirmed, undone when they could not be stored, and kept over edits.
#include <algorithm>

#include <gtest/gtest.h>

#include "link/lower_end.h"
#include "link/upper_end.h"

namespace daikan::link {
namespace {

constexpr ConnectionId kFirst{1};
constexpr ConnectionId kSecond{2};
const TimePoint kStart = from_micros(1'790'000'000'000'000);

CertificateRecord key(std::uint8_t number) {
  CertificateRecord record;
  record.der = {number};
  record.pin.bytes.fill(number);
  return record;
}

SelfPtr self(std::uint8_t number, std::string name) {
  Self self;
  self.id.bytes[15] = number;
  self.name = std::move(name);
  self.software = "daikan 0.1.0";
  return std::make_shared<const Self>(std::move(self));
}

/// An upper end whose secondary is registered with key 1.
struct AnnouncedKeys : testing::Test {
  SelfPtr hq = self(1, "hq");
  SelfPtr branch = self(2, "branch");
  Peer registered{.name = "branch", .direction = {}, .server_id = {}, .ever_connected = false, .ended_at = {}, .certificate = key(1)};
  UpperEnd end{registered, hq, 1};

  HelloAnswer announces(std::uint8_t next) {
    HelloAccepted answer{branch->introduce(kStart), {}};
    answer.next = NextIdentity{key(next), {}};
    return answer;
  }
  Effects connect(ConnectionId id, std::uint8_t with) { return end.connected(id, "192.0.2.7:1", kStart, {key(9).pin, key(with).pin}); }
  Effects answered(ConnectionId id, HelloAnswer answer) { return end.hello_answered(id, std::move(answer), std::nullopt, kStart); }
};

TEST_F(AnnouncedKeys, OneThatCouldNotBeStoredIsNotConfirmedAndAnnouncedAnew) {
  connect(kFirst, 1);
  const auto told = answered(kFirst, announces(2));
  ASSERT_TRUE(told.store && told.store->keys.size() == 1U);
  EXPECT_TRUE(end.accepts(key(2).pin));
  end.keys_not_stored(told.store->keys, key(1));
  EXPECT_FALSE(end.accepts(key(2).pin));
  EXPECT_FALSE(connect(kSecond, 1).hello->hello.confirmed);
  const auto again = answered(kSecond, announces(2));
  ASSERT_TRUE(again.store && again.store->keys.size() == 1U);
  EXPECT_EQ(again.store->keys.front().what, KeyChange::What::announced);
  EXPECT_EQ(again.hello->hello.confirmed, key(2).pin);
}

TEST_F(AnnouncedKeys, AnotherCertificateForTheSameKeyIsToldOnce) {
  auto renewed = key(1);
  renewed.der = {1, 1};
  renewed.fingerprint = "AB:CD";
  end.connected(kFirst, "192.0.2.7:1", kStart, {key(9).pin, key(1).pin, renewed});
  const auto told = answered(kFirst, HelloAccepted{branch->introduce(kStart), {}});
  ASSERT_TRUE(told.store && told.store->keys.size() == 1U);
  EXPECT_EQ(told.store->keys.front().what, KeyChange::What::renewed);
  EXPECT_EQ(told.store->keys.front().certificate.der, renewed.der);
  const auto is_news = [](const LinkEvent& event) { return event.kind == "peer_certificate_renewed"; };
  EXPECT_EQ(std::count_if(told.events.begin(), told.events.end(), is_news), 1);
  EXPECT_TRUE(end.accepts(key(1).pin));
  end.keys_not_stored(told.store->keys, key(1));  // the connection ends with it; nothing is accepted or forgotten by it
  EXPECT_TRUE(end.accepts(key(1).pin));
  end.connected(kSecond, "192.0.2.7:2", kStart, {key(9).pin, key(1).pin, std::nullopt});
  const auto again = answered(kSecond, HelloAccepted{branch->introduce(kStart), {}});
  EXPECT_TRUE(again.store && again.store->keys.empty());
}

TEST_F(AnnouncedKeys, OneThatWasTakenAndNotStoredIsAnnouncedAsBefore) {
  connect(kFirst, 1);
  answered(kFirst, announces(2));
  connect(kSecond, 2);
  const auto told = answered(kSecond, HelloAccepted{branch->introduce(kStart), {}});
  ASSERT_TRUE(told.store && told.store->keys.front().what == KeyChange::What::taken);
  EXPECT_FALSE(end.accepts(key(1).pin));
  end.keys_not_stored(told.store->keys, key(1));
  EXPECT_TRUE(end.accepts(key(1).pin));
  EXPECT_TRUE(end.accepts(key(2).pin));
}

TEST_F(AnnouncedKeys, AnEditOfAnOlderRecordKeepsTheKeyThatWasTakenMeanwhile) {
  connect(kFirst, 1);
  answered(kFirst, announces(2));
  connect(kSecond, 2);
  answered(kSecond, HelloAccepted{branch->introduce(kStart), {}});
  auto renamed = registered;
  renamed.name = "shop";
  end.edited(renamed, Edit::wording, kStart);
  EXPECT_TRUE(end.accepts(key(2).pin));
  EXPECT_FALSE(end.accepts(key(1).pin)) << "the old key was given up";
  renamed.certificate = key(3);
  end.edited(renamed, Edit::certificate, kStart);
  EXPECT_TRUE(end.accepts(key(3).pin));
  EXPECT_FALSE(end.accepts(key(2).pin));
}

TEST_F(AnnouncedKeys, APeerWithAnotherKeyInEveryAnswerDoesNotKeepTheHellosGoing) {
  connect(kFirst, 1);
  ASSERT_TRUE(answered(kFirst, announces(2)).hello) << "confirms the first";
  EXPECT_FALSE(answered(kFirst, announces(3)).hello);
  EXPECT_FALSE(end.awaits_hello());
  const auto asked = end.hello_again(kStart);
  ASSERT_TRUE(asked.hello);
  EXPECT_EQ(asked.hello->hello.confirmed, key(3).pin) << "with the hello after it";
}

}  // namespace
}  // namespace daikan::link
