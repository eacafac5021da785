#include "api/router.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace daikan::api {
namespace {

const std::vector<RouteKey> kKeys = {{"GET", "/api/v1/things"},         {"POST", "/api/v1/things"},
                                     {"GET", "/api/v1/things/current"}, {"GET", "/api/v1/things/{id}"},
                                     {"DELETE", "/api/v1/things/{id}"}, {"PUT", "/api/v1/servers/{id}/relay/{rest...}"}};

Router::Match match(std::string_view method, std::string_view target) {
  const auto parsed = parse_target(target);
  EXPECT_TRUE(parsed) << target;
  return Router(kKeys).match(method, *parsed);
}

TEST(Target, IsTakenApartAndDecoded) {
  const auto target = parse_target("/api/v1/groups/a%2Fb%20c?path=Managed%20devices%2FB&limit=5&empty=");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, (std::vector<std::string>{"api", "v1", "groups", "a/b c"}));
  EXPECT_EQ(target->find_query("path"), "Managed devices/B");
  EXPECT_EQ(target->find_query("limit"), "5");
  EXPECT_EQ(target->find_query("empty"), "");
  EXPECT_FALSE(target->find_query("absent"));
  EXPECT_EQ(target->raw_query, "path=Managed%20devices%2FB&limit=5&empty=");
}

TEST(Target, OfTheRootHasNoSegments) {
  const auto target = parse_target("/");
  ASSERT_TRUE(target);
  EXPECT_TRUE(target->segments.empty());
}

TEST(Target, ThatIsNotCleanIsRefused) {
  const std::string long_target(limits::kMaxTargetBytes + 1, 'a');
  for (const std::string_view bad :
       {"",         "a",        "*",          "https://hq/api", "//hq/api", "/%zz",           "/%",          "/%4",    "/a b",  "/\xc3\xbc",
        "/%c3",     "/%ff",     "/%00",       "/a%0d%0ab",      "/a#b",     "/../etc/passwd", "/a/%2e%2e/b", "/a/./b", "/.//a", "/./a",
        "/a?x=%00", "/a?x=%ff", "/a?x=1&x=2", "/a?x=%0a"}) {
    const auto target = parse_target(bad);
    ASSERT_FALSE(target) << bad;
    EXPECT_EQ(target.error().code, Code::invalid_request) << bad;
  }
  EXPECT_FALSE(parse_target("/" + long_target));
}

TEST(Target, RoundTripsThroughPercentEncoding) {
  const std::string name = "Zweig 7/北 ?&#%";
  const auto target = parse_target("/" + percent_encode(name));
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments.front(), name);
}

TEST(RouterTest, FindsTheRouteOfAPath) {
  EXPECT_EQ(match("GET", "/api/v1/things").route, 0U);
  EXPECT_EQ(match("POST", "/api/v1/things?x=1").route, 1U);
  EXPECT_EQ(match("HEAD", "/api/v1/things").route, 0U);
}

TEST(RouterTest, TakesALiteralBeforeAParameterWhenItStandsFirst) {
  EXPECT_EQ(match("GET", "/api/v1/things/current").route, 2U);
  const auto by_id = match("GET", "/api/v1/things/7%2F8");
  EXPECT_EQ(by_id.route, 3U);
  ASSERT_EQ(by_id.parameters.size(), 1U);
  EXPECT_EQ(by_id.parameters[0].first, "id");
  EXPECT_EQ(by_id.parameters[0].second, "7/8");
}

TEST(RouterTest, TellsAMissingMethodFromAMissingPath) {
  const auto wrong = match("PATCH", "/api/v1/things/7");
  EXPECT_EQ(wrong.outcome, Router::Outcome::no_such_method);
  EXPECT_EQ(wrong.allow, "GET, HEAD, DELETE");
  for (const auto* path : {"/", "/api", "/api/v1/thing", "/api/v1/things/", "/api/v1/things/7/8", "/API/v1/things", "/api/v1//things"}) {
    EXPECT_EQ(match("GET", path).outcome, Router::Outcome::no_such_path) << path;
  }
}

TEST(RouterTest, LeavesTheRestAsItWasReceived) {
  const auto relay = match("PUT", "/api/v1/servers/a/relay/groups/x%20y/z");
  EXPECT_EQ(relay.outcome, Router::Outcome::found);
  EXPECT_EQ(relay.rest, "groups/x%20y/z");
  EXPECT_EQ(match("PUT", "/api/v1/servers/a/relay").outcome, Router::Outcome::no_such_path);
  EXPECT_EQ(match("PUT", "/api/v1/servers//relay/groups").outcome, Router::Outcome::no_such_path);
}

}  // namespace
}  // namespace daikan::api
