#include "hierarchy/next_step.h"

#include <gmock/gmock.h>

namespace daikan::hierarchy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

LinkStatus status(LinkState state, std::optional<Error> reason = std::nullopt) {
  LinkStatus link;
  link.state = state;
  link.reason = std::move(reason);
  return link;
}

TEST(NextStep, EveryStateButConnectedAndConnectingHasOneOnBothSides) {
  for (const auto direction : {Direction::secondary_dials, Direction::primary_dials}) {
    SecondaryRecord secondary;
    secondary.direction = direction;
    PrimaryRecord primary;
    primary.direction = direction;
    for (const auto state : {LinkState::never_connected, LinkState::disconnected}) {
      EXPECT_FALSE(next_step(secondary, status(state)).empty());
      EXPECT_FALSE(next_step(primary, status(state)).empty());
    }
    for (const auto code : {Code::removed, Code::unknown_to_primary, Code::unknown_to_secondary, Code::loop}) {
      const auto refused = status(LinkState::refused, Error(code, "It is refused.", "Do something."));
      EXPECT_FALSE(next_step(secondary, refused).empty());
      EXPECT_FALSE(next_step(primary, refused).empty());
    }
    EXPECT_THAT(next_step(secondary, status(LinkState::connected)), IsEmpty());
    EXPECT_THAT(next_step(primary, status(LinkState::connected)), IsEmpty());
    EXPECT_THAT(next_step(primary, status(LinkState::connecting)), IsEmpty());
  }
}

TEST(NextStep, ALinkThatWasEndedSaysHowToEndTheOtherHalfOrToRejoin) {
  const auto ended = status(LinkState::refused, Error(Code::removed, "It was ended.", "Do something."));
  EXPECT_THAT(next_step(SecondaryRecord{}, ended), HasSubstr("daikan secondary remove"));
  EXPECT_THAT(next_step(SecondaryRecord{}, ended), HasSubstr("wait"));
  EXPECT_THAT(next_step(PrimaryRecord{}, ended), HasSubstr("daikan primary clear"));
  EXPECT_THAT(next_step(PrimaryRecord{}, ended), HasSubstr("add this server again"));
}

TEST(NextStep, AFailedAttemptKeepsItsRemedy) {
  const auto failed = status(LinkState::disconnected, Error(Code::refused, "Connection refused.", "Is the server running?"));
  SecondaryRecord dmz;
  dmz.direction = Direction::primary_dials;
  EXPECT_THAT(next_step(dmz, failed), HasSubstr("Is the server running?"));
  EXPECT_THAT(next_step(PrimaryRecord{}, failed), HasSubstr("Is the server running?"));
}

TEST(NextStep, AJoinThatWasNotFinishedIsToldApartFromARegistrationByFile) {
  SecondaryRecord record;
  EXPECT_THAT(next_step(record, status(LinkState::never_connected)), HasSubstr("daikan primary set"));
  record.server_id = ServerId{};
  EXPECT_THAT(next_step(record, status(LinkState::never_connected)), HasSubstr("begun and not finished"));
}

}  // namespace
}  // namespace daikan::hierarchy
