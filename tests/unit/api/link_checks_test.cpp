// POST /link_checks: both ends in one answer, and what a hostile secondary may answer to it.
#include <gmock/gmock.h>

#include "api/check_answer.h"
#include "unit/api/test_site.h"

namespace daikan::api::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const json::object& end_of(const Seen& seen, std::string_view name) { return seen.body.at(name).as_object(); }

std::string outcomes(const Seen& seen) {
  std::string out;
  for (const auto& step : seen.body.at("steps").as_array()) out += step.at("outcome").as_string()[0];
  return out;
}

struct LinkChecks : testing::Test {
  Loop loop;
  Site hq{loop, "hq"};
  Site branch{loop, "branch"};
};

TEST_F(LinkChecks, ThePrimaryTellsBothEndsAndTakesTheWayFromTheOneThatDials) {
  const auto id = hq.join(branch);
  const auto seen = hq.ask("POST", "/api/v1/link_checks", R"({"secondary_id":")" + id + "\"}");
  ASSERT_EQ(seen.status, 200) << seen.text;
  EXPECT_EQ(seen.at("ok"), "true") << seen.text;
  EXPECT_EQ(outcomes(seen), "ppsppppppp");
  EXPECT_EQ(seen.body.at("steps").at(1).at("seen_by").as_string(), "other_end");
  EXPECT_EQ(end_of(seen, "this_end").at("role").as_string(), "primary");
  EXPECT_EQ(end_of(seen, "other_end").at("role").as_string(), "secondary");
  EXPECT_EQ(end_of(seen, "other_end").at("server").as_string(), "branch");
  EXPECT_EQ(end_of(seen, "other_end").at("expects").as_string(), hq.facts.certificate.fingerprint);
  EXPECT_EQ(seen.at("other_end_missing"), "null");
}

TEST_F(LinkChecks, ASecondaryTellsItsOwnEndAndWhyNotTheOther) {
  hq.join(branch);
  const auto seen = branch.ask("POST", "/api/v1/link_checks", "{}");
  ASSERT_EQ(seen.status, 200) << seen.text;
  EXPECT_EQ(seen.at("ok"), "true");
  EXPECT_EQ(seen.at("other_end"), "null");
  EXPECT_THAT(seen.at("other_end_missing"), HasSubstr("can ask nothing of its primary"));
}

TEST_F(LinkChecks, WithoutSuchALinkItIsNotFound) {
  EXPECT_EQ(hq.ask("POST", "/api/v1/link_checks", "{}").code(), "not_found");
  EXPECT_EQ(hq.ask("POST", "/api/v1/link_checks", R"({"secondary_id":"01930c4e-5a00-7000-8000-000000000000"})").code(), "not_found");
}

const std::string kEnd = R"({"server":"branch","version":"daikan 0.1.0","role":"secondary","dials":true,"fingerprint":")" +
                         std::string(64, 'A') + R"(","expects":")" + std::string(64, 'b') + R"(","state":"connected")";

TEST(CheckAnswer, OfTheRightShapeIsTakenAndWhatTheOtherAddedIsNot) {
  const auto other =
      other_end_from(200, R"({"more":1,"steps":[{"step":"tcp","outcome":"passed","detail":"a\u0007b","took_ms":1.5}],"this_end":)" + kEnd +
                              R"(,"secret":"x","listens_on":["192.0.2.1:13000",7],"since":"yesterday"}})");
  ASSERT_TRUE(other) << other.error().text();
  ASSERT_EQ(other->steps.size(), 1U);
  EXPECT_EQ(other->steps[0].detail, "a\\x07b");
  EXPECT_EQ(other->steps[0].took, std::chrono::microseconds(1500));
  EXPECT_FALSE(other->end.contains("secret"));
  EXPECT_EQ(other->end.at("listens_on").as_array().size(), 1U);
  EXPECT_TRUE(other->end.at("since").is_null());
}

TEST(CheckAnswer, OfAnotherShapeIsRefused) {
  const std::vector<std::string> wrong = {"",
                                          "[]",
                                          "7",
                                          "{}",
                                          R"({"steps":[],"this_end":{}})",
                                          R"({"steps":{},"this_end":)" + kEnd + "}}",
                                          R"({"steps":[{"step":"dance","outcome":"passed"}],"this_end":)" + kEnd + "}}",
                                          R"({"steps":[{"step":"tcp","outcome":"failed"}],"this_end":)" + kEnd + "}}",
                                          R"({"steps":[7],"this_end":)" + kEnd + "}}"};
  for (const auto& body : wrong) {
    const auto other = other_end_from(200, body);
    ASSERT_FALSE(other) << body;
    EXPECT_EQ(other.error().code, Code::protocol_error) << body;
  }
  EXPECT_EQ(other_end_from(200, std::string(limits::kMaxCheckAnswerBytes + 1, ' ')).error().code, Code::too_large);
}

TEST(CheckAnswer, OfAServerThatRefusesKeepsItsReason) {
  const auto other = other_end_from(404, R"({"code":"not_found","detail":"This server has no primary.","remedy":"Set one."})");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error(), Error(Code::not_found, "This server has no primary.", "Set one."));
}

TEST(CheckAnswer, NumbersBeyondReasonAndUsersInUrlsAreLeftOut) {
  const auto other = other_end_from(
      200, R"({"steps":[],"this_end":)" + kEnd + R"(,"clock_skew_ms":1e300,"round_trip_ms":0.5,"proxy":"http://olga@proxy:3128"}})");
  ASSERT_TRUE(other);
  EXPECT_TRUE(other->end.at("clock_skew_ms").is_null());
  EXPECT_EQ(other->end.at("proxy").as_string(), "http://proxy:3128");
}

}  // namespace
}  // namespace daikan::api::test
