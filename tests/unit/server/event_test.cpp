#include "server/event.h"

#include <gtest/gtest.h>

namespace daikan::server {
namespace {

TEST(Event, WordsWhatHappenedAndLeavesTheSequenceToTheDatabase) {
  const auto at = from_micros(1'000);
  const auto made = info_event(at, "group_added", "The group “North” was added by admin.");
  EXPECT_EQ(made.sequence, 0);
  EXPECT_EQ(made.at, at);
  EXPECT_EQ(made.severity, hierarchy::Severity::info);
  EXPECT_EQ(made.kind, "group_added");
  EXPECT_EQ(made.message, "The group “North” was added by admin.");
  EXPECT_FALSE(made.secondary);
}

TEST(Event, OfALinkNamesItAndAWarningIsOne) {
  const auto link = RegistrationId::make(from_micros(1'000));
  const auto made = warning_event(from_micros(2'000), "link_refused", "The link was refused.", link);
  EXPECT_EQ(made.severity, hierarchy::Severity::warning);
  EXPECT_EQ(made.secondary, link);
}

}  // namespace
}  // namespace daikan::server
