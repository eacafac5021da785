#include "base/time_text.h"

#include <gtest/gtest.h>

namespace daikan {
namespace {

TEST(TimeText, ReadsWhatTheServerWrites) {
  for (const std::int64_t micros : {0LL, 1LL, 1'790'000'000'123'456LL, 253'402'300'799'999'999LL}) {
    EXPECT_EQ(time_from_text(to_rfc3339(from_micros(micros))), from_micros(micros));
  }
}

TEST(TimeText, ReadsDatesZonesAndFractionsOfPeople) {
  const auto noon = time_from_text("2026-11-23T12:00:00Z");
  ASSERT_TRUE(noon);
  EXPECT_EQ(time_from_text("2026-11-23T21:00:00+09:00"), noon);
  EXPECT_EQ(time_from_text("2026-11-23t07:30:00-04:30"), noon);
  EXPECT_EQ(time_from_text("2026-11-23 12:00:00.5Z"), *noon + std::chrono::milliseconds(500));
  EXPECT_EQ(time_from_text("2026-11-23"), *noon - std::chrono::hours(12));
}

TEST(TimeText, RefusesEverythingElse) {
  for (const auto* text : {"", "now", "2026", "2026-13-01", "2026-02-29", "1969-12-31", "2026-11-23T", "2026-11-23T12:00:00",
                           "2026-11-23T24:00:00Z", "2026-11-23T12:00:00.Z", "2026-11-23T12:00:00.1234567Z", "2026-11-23T12:00:00Zx",
                           "2026-11-23T12:00:00+9:00", "1970-01-01T00:00:00+01:00", "-026-11-23"}) {
    EXPECT_FALSE(time_from_text(text)) << text;
  }
}

}  // namespace
}  // namespace daikan
