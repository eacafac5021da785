// What a person reads of a link check: every step, both ends, and one failure, the one to mend first.
#include "cli/check_text.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "unit/cli/test_terminal.h"

namespace daikan::cli::test {
namespace {

using testing::HasSubstr;

json::value check(std::string_view dials, std::string_view failing_step, std::string_view code) {
  json::array steps;
  for (const auto step : {"name", "tcp", "proxy", "tls", "alpn", "pin", "hello", "clock", "version", "loop"}) {
    const bool failed = step == failing_step;
    steps.push_back(
        json::object{{"step", step},
                     {"outcome", failed ? "failed" : "passed"},
                     {"seen_by", "this_end"},
                     {"detail", "seen"},
                     {"took_ms", 1.5},
                     {"error", failed ? json::value(json::object{{"code", code}, {"message", "It failed."}, {"remedy", "Mend it."}})
                                      : json::value(nullptr)}});
  }
  return json::object{
      {"steps", steps},
      {"this_end", json::object{{"server", dials == "this" ? "branch" : "hq"}, {"dials", dials == "this"}, {"role", "primary"}}},
      {"other_end", nullptr},
      {"other_end_missing", json::object{{"code", "not_connected"}, {"message", "It is away."}, {"remedy", "Ask there."}}}};
}

TEST(CheckText, ShowsEveryStepAndWhyTheOtherEndIsMissing) {
  TestTerminal t;
  print_check(t.terminal, "The link", check("this", "tcp", "refused"));
  EXPECT_THAT(t.out.str(), HasSubstr("✗ Connect: It failed. (1.5 ms)"));
  EXPECT_THAT(t.out.str(), HasSubstr("✓ Say hello: seen"));
  EXPECT_THAT(t.out.str(), HasSubstr("The other end was not asked: It is away. Ask there."));
}

TEST(CheckText, NothingFailedIsNoFailure) { EXPECT_FALSE(failure_of(check("this", "", ""), nullptr)); }

TEST(CheckText, TheEndThatDialsKnowsBetterWhereTheWayEnds) {
  const auto failure = failure_of(check("other", "tcp", "not_connected"), check("this", "pin", "certificate_mismatch"));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->error.code, Code::certificate_mismatch);
  EXPECT_EQ(failure->seen_by, "branch");
}

TEST(CheckText, OtherwiseTheEarlierStepCounts) {
  const auto failure = failure_of(check("this", "tcp", "refused"), check("other", "hello", "timed_out"));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, "tcp");
}

TEST(CheckText, TheFailureStandsAloneWithItsStepAndCode) {
  TestTerminal t;
  print_failure(t.terminal, *failure_of(check("this", "pin", "unknown_to_primary"), nullptr));
  EXPECT_THAT(t.out.str(), HasSubstr("FAILED at step 6 of 10: Recognise each other's certificate (unknown_to_primary), seen by branch"));
}

}  // namespace
}  // namespace daikan::cli::test
