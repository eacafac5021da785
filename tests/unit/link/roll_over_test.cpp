#include "link/roll_over.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "link/proof.h"

namespace daikan::link {
namespace {

using Phase = RollOver::Phase;
using Over = RollOver::Step::Over;

CertificateRecord key(std::uint8_t number) {
  CertificateRecord record;
  record.pin.bytes.fill(number);
  return record;
}
RegistrationId id(std::uint8_t number) {
  RegistrationId made;
  made.bytes[15] = number;
  return made;
}
const RollOver::Peers kTwo = {{std::nullopt, {}}, {id(1), {}}};
RollOverNews confirms(std::uint8_t next) { return {key(1).pin, key(next).pin}; }
RollOverNews met_with(std::uint8_t own) { return {key(own).pin, std::nullopt}; }

TEST(RollOver, WaitsForEveryPeerAndThenSwitches) {
  RollOver rolling;
  const auto begun = rolling.begin(key(2), kTwo);
  ASSERT_TRUE(begun);
  EXPECT_TRUE(begun->store && begun->announce && !begun->switch_keys);
  EXPECT_FALSE(rolling.heard(std::nullopt, confirms(2)).switch_keys);
  EXPECT_FALSE(rolling.heard(id(1), confirms(3)).switch_keys);  // of an earlier roll-over
  EXPECT_TRUE(rolling.heard(id(1), confirms(2)).switch_keys);
  const auto switched = rolling.switched();
  EXPECT_TRUE(switched.store && switched.renew);
  EXPECT_EQ(rolling.heard(std::nullopt, met_with(2)).over, Over::no);
  EXPECT_EQ(rolling.heard(id(1), met_with(1)).over, Over::no);  // still over a connection of before
  EXPECT_EQ(rolling.heard(id(1), met_with(2)).over, Over::done);
  EXPECT_EQ(rolling.phase(), Phase::none);
}

TEST(RollOver, WithoutPeersIsOverAtOnce) {
  RollOver rolling;
  EXPECT_TRUE(rolling.begin(key(2), {})->switch_keys);
  EXPECT_EQ(rolling.switched().over, Over::done);
}

TEST(RollOver, WhoIsRemovedIsNotWaitedForAndWhoJoinsIs) {
  RollOver rolling;
  ASSERT_TRUE(rolling.begin(key(2), kTwo));
  rolling.heard(id(7), met_with(1));
  EXPECT_FALSE(rolling.heard(std::nullopt, confirms(2)).switch_keys);
  EXPECT_FALSE(rolling.heard(id(1), confirms(2)).switch_keys);
  EXPECT_TRUE(rolling.removed(id(7)).switch_keys);
}

TEST(RollOver, WhoIsRegisteredMeanwhileIsAskedAndAReplacedPrimaryAnew) {
  RollOver rolling;
  EXPECT_FALSE(rolling.joined(id(7)).store) << "none is under way";
  ASSERT_TRUE(rolling.begin(key(2), kTwo));
  EXPECT_TRUE(rolling.joined(id(7)).store);
  rolling.heard(std::nullopt, confirms(2));
  rolling.heard(id(1), confirms(2));
  const auto replaced = rolling.joined(std::nullopt);
  EXPECT_TRUE(replaced.store && !replaced.switch_keys);
  EXPECT_FALSE(rolling.heard(id(7), confirms(2)).switch_keys) << "the primary of now has not confirmed";
  EXPECT_TRUE(rolling.heard(std::nullopt, confirms(2)).switch_keys);
  rolling.switched();
  EXPECT_TRUE(rolling.joined(std::nullopt).store) << "it was given the new certificate";
  EXPECT_FALSE(rolling.peers().contains(std::nullopt));
}

TEST(RollOver, ConfirmationThatIsTakenBackDoesNotCount) {
  RollOver rolling;
  ASSERT_TRUE(rolling.begin(key(2), kTwo));
  rolling.heard(id(1), confirms(2));
  EXPECT_TRUE(rolling.heard(id(1), met_with(1)).store);  // set up anew meanwhile
  EXPECT_FALSE(rolling.heard(std::nullopt, confirms(2)).switch_keys);
}

TEST(RollOver, RefusesWhatDoesNotFitItsPhase) {
  RollOver rolling;
  EXPECT_EQ(rolling.finish().error().code, Code::conflict);
  EXPECT_EQ(rolling.cancel().error().code, Code::conflict);
  ASSERT_TRUE(rolling.begin(key(2), kTwo));
  EXPECT_EQ(rolling.begin(key(3), {}).error().code, Code::conflict);
  EXPECT_TRUE(rolling.finish()->switch_keys);
  rolling.switched();
  EXPECT_EQ(rolling.cancel().error().code, Code::conflict);
  EXPECT_EQ(rolling.finish()->over, Over::given_up);
  EXPECT_EQ(rolling.phase(), Phase::none);
}

TEST(RollOver, CancelledBeforeTheSwitchIsAnnouncedAsNothing) {
  RollOver rolling;
  ASSERT_TRUE(rolling.begin(key(2), kTwo));
  const auto cancelled = rolling.cancel();
  ASSERT_TRUE(cancelled);
  EXPECT_TRUE(cancelled->store && cancelled->announce);
  EXPECT_EQ(rolling.phase(), Phase::none);
}

TEST(Proofs, AreDifferentForEveryPurposeConnectionAndEnd) {
  ChannelBinding one{}, other{};
  other.fill(1);
  InvitationId invitation;
  invitation.bytes[0] = 1;
  const std::vector<std::string> all = {
      claim_proof(one, invitation),          claim_proof(other, invitation),        claim_proof(one, {}),
      next_identity_proof(one, Says::upper), next_identity_proof(one, Says::lower), next_identity_proof(other, Says::upper)};
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
}

}  // namespace
}  // namespace daikan::link
