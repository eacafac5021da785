// What a console reaches through its own server: relay, tree, live events; two and three real servers linked in one process.
#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "server/event.h"
#include "unit/api/test_site.h"

namespace daikan::api::test {
namespace {

using namespace std::chrono_literals;

struct HierarchyTest : testing::Test {
  Loop loop;
  Site hq{loop, "hq"};
  Site branch{loop, "branch"};
  Site shop{loop, "shop"};
};

/// The next piece of a stream that holds `text`, read from `source`.
awaitable<std::string> piece_with(net::BodySource& source, std::string text) {
  for (;;) {
    auto piece = co_await source.next();
    if (!piece || piece->empty()) co_return "(the stream ended)";
    if (piece->find(text) != std::string::npos) co_return *piece;
  }
}

TEST_F(HierarchyTest, ARelayedRequestIsAnsweredByTheSecondary) {
  const auto id = hq.join(branch);
  const auto base = "/api/v1/servers/" + id + "/relay";
  const auto identity = hq.ask("GET", base + "/server");
  EXPECT_EQ(identity.status, 200) << identity.text;
  EXPECT_EQ(identity.at("name"), "branch");
  EXPECT_EQ(identity.header("x-daikan-through"), id);
  EXPECT_EQ(identity.header("cache-control"), "no-store");
  const auto made = hq.ask("POST", base + "/groups", R"({"path":"A"})");
  EXPECT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.header("location"), base + "/groups/" + made.at("id"));
  EXPECT_EQ(hq.ask("GET", made.header("location")).at("path"), "Managed devices/A");
  EXPECT_EQ(hq.ask("DELETE", made.header("location")).status, 204);
  const auto by_server_id = hq.ask("GET", "/api/v1/servers/" + branch.facts.id.str() + "/relay/secondaries?limit=1");
  EXPECT_EQ(by_server_id.status, 200) << by_server_id.text;
}

TEST_F(HierarchyTest, ARelayedChangeIsRecordedBelowUnderThePersonsName) {
  const auto id = hq.join(branch);
  ASSERT_EQ(hq.ask("POST", "/api/v1/servers/" + id + "/relay/groups", R"({"path":"A"})").status, 201);
  const auto audit = branch.ask("GET", "/api/v1/audit?limit=1");
  const auto& record = audit.body.at("items").at(0);
  EXPECT_EQ(record.at("actor").as_string(), "olga");
  EXPECT_EQ(record.at("through").as_string(), "hq");
  EXPECT_EQ(record.at("source").as_string(), "192.0.2.1");
}

TEST_F(HierarchyTest, TheThirdLevelIsReachedThroughTheSecond) {
  const auto id = hq.join(branch);
  const auto below = branch.join(shop);
  const auto seen = hq.ask("GET", "/api/v1/servers/" + id + "/relay/servers/" + below + "/relay/server");
  EXPECT_EQ(seen.at("name"), "shop") << seen.text;
  EXPECT_EQ(seen.header("x-daikan-through"), id + ", " + below);
}

TEST_F(HierarchyTest, SessionsAndTokensOfALowerServerAreNotReached) {
  const auto id = hq.join(branch);
  for (const auto* path : {"/sessions/current", "/tokens", "/servers/x/relay/tokens", "/%73essions/current"}) {
    const auto seen = hq.ask("GET", "/api/v1/servers/" + id + "/relay" + path);
    EXPECT_EQ(seen.status, 403) << path;
    EXPECT_EQ(seen.code(), "permission_denied") << path;
  }
  Actor actor;
  actor.name = "olga";
  actor.through = {"hq"};
  for (const auto* target : {"/api/v1/tokens", "/api/v1/sessions/current", "/metrics"}) {
    net::Request request;
    request.method = "GET";
    request.target = target;
    const auto seen = branch.read(loop.run(branch.api->relayed()(std::move(request), actor)));
    EXPECT_GE(seen.status, 403) << target << seen.text;
  }
  net::Request login;
  login.method = "POST";
  login.target = "/sessions";
  EXPECT_EQ(branch.read(loop.run(branch.api->relayed()(std::move(login), actor))).code(), "permission_denied");
}

TEST_F(HierarchyTest, ARelayThatCannotBeSaysWhy) {
  EXPECT_EQ(hq.ask("GET", "/api/v1/servers/" + branch.facts.id.str() + "/relay/groups").status, 404);
  const json::object body{{"name", "branch"}, {"certificate", branch.facts.certificate_pem}};
  const auto registered = hq.ask("POST", "/api/v1/secondaries", json::serialize(body));
  const auto base = "/api/v1/servers/" + registered.at("id") + "/relay";
  const auto down = hq.ask("GET", base + "/groups");
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(down.code(), "not_connected");
  std::string deep = base;
  for (int i = 0; i < 16; ++i) deep += "/servers/" + registered.at("id") + "/relay";
  EXPECT_EQ(hq.ask("GET", deep + "/groups").code(), "too_deep");
}

TEST_F(HierarchyTest, CredentialsStayAbove) {
  // The request below is made anew from a list of headers; what the lower server would see is checked on the echo of a refusal: a cookie
  // that reached it without a CSRF token, or a bearer unknown there, would be refused, and is not.
  const auto id = hq.join(branch);
  auto headers = hq.bearer();
  headers.add("cookie", "daikan_session_443=stolen");
  EXPECT_EQ(hq.ask_with(headers, "POST", "/api/v1/servers/" + id + "/relay/groups", R"({"path":"B"})").status, 201);
}

TEST_F(HierarchyTest, TheTreeShowsAllLevels) {
  hq.join(branch);
  branch.join(shop);
  const auto tree = hq.ask("GET", "/api/v1/tree");
  ASSERT_EQ(tree.status, 200) << tree.text;
  EXPECT_EQ(tree.at("complete"), "true") << tree.text;
  const auto& below = tree.body.at("secondaries").at(0);
  EXPECT_EQ(below.at("state").as_string(), "connected");
  EXPECT_TRUE(below.at("error").is_null());
  EXPECT_EQ(below.at("server").at("id").as_string(), branch.facts.id.str());
  EXPECT_EQ(below.at("server").at("secondaries").at(0).at("server").at("name").as_string(), "shop");
  const auto one = hq.ask("GET", "/api/v1/tree?depth=1");
  EXPECT_EQ(one.at("complete"), "false");
  EXPECT_EQ(one.body.at("secondaries").at(0).at("server").at("secondaries").as_array().size(), 0U);
}

TEST_F(HierarchyTest, TheTreeNamesWhatCouldNotBeAsked) {
  hq.join(branch);
  const json::object away{{"name", "away"}, {"certificate", shop.facts.certificate_pem}};
  ASSERT_EQ(hq.ask("POST", "/api/v1/secondaries", json::serialize(away)).status, 201);
  const auto tree = hq.ask("GET", "/api/v1/tree");
  EXPECT_EQ(tree.at("complete"), "false");
  const auto& entries = tree.body.at("secondaries").as_array();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].at("name").as_string(), "away");
  EXPECT_TRUE(entries[0].at("server").is_null());
  EXPECT_EQ(entries[0].at("error").at("code").as_string(), "not_connected");
  EXPECT_EQ(entries[1].at("server").at("name").as_string(), "branch");
}

TEST_F(HierarchyTest, LiveEventsComeAsTheyHappenAndResume) {
  auto headers = hq.bearer();
  headers.add("accept", "text/event-stream");
  auto response = hq.open("GET", "/api/v1/events", headers);
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.find("content-type"), "text/event-stream");
  auto source = response.body.into_source();
  ASSERT_TRUE(loop.run(piece_with(*source, "retry")).starts_with("retry"));
  const json::object body{{"name", "branch"}, {"certificate", branch.facts.certificate_pem}};
  ASSERT_EQ(hq.ask("POST", "/api/v1/secondaries", json::serialize(body)).status, 201);
  const auto piece = loop.run(piece_with(*source, "secondary_added"));
  EXPECT_NE(piece.find("event: secondary_added\ndata: {"), std::string::npos) << piece;
  const auto id = piece.substr(4, piece.find('\n') - 4);
  source.reset();

  headers.add("last-event-id", std::to_string(std::stoll(id) - 1));
  auto again = hq.open("GET", "/api/v1/events", headers).body.into_source();
  EXPECT_NE(loop.run(piece_with(*again, "secondary_added")).find("id: " + id), std::string::npos);
  again.reset();
  headers.set("last-event-id", "x");
  EXPECT_EQ(hq.ask_with(headers, "GET", "/api/v1/events").status, 422);
}

TEST_F(HierarchyTest, AStreamTellsThatTheStatusOfPoliciesHasChangedAndTheLogDoesNot) {
  auto headers = hq.bearer();
  headers.add("accept", "text/event-stream");
  const auto open = [&](const std::string& query) {
    auto source = hq.open("GET", "/api/v1/events" + query, headers).body.into_source();
    EXPECT_TRUE(loop.run(piece_with(*source, "retry")).starts_with("retry"));
    return source;
  };
  hq.history->policy_status_changed();
  auto all = open("");
  auto warnings = open("?severity=warning");
  auto alone = open("?kind=policy_status_changed");
  const json::object body{{"name", "branch"}, {"certificate", branch.facts.certificate_pem}};
  ASSERT_EQ(hq.ask("POST", "/api/v1/secondaries", json::serialize(body)).status, 201);
  const auto first = loop.run(piece_with(*all, "event: "));
  EXPECT_NE(first.find("secondary_added"), std::string::npos) << "what was before the stream is not told: " << first;
  hq.history->policy_status_changed();
  const auto piece = loop.run(piece_with(*all, "policy_status_changed"));
  EXPECT_TRUE(piece.starts_with("event: policy_status_changed\ndata: {\"sequence\":0,")) << piece;
  EXPECT_NE(loop.run(piece_with(*alone, "event: ")).find("policy_status_changed"), std::string::npos);
  loop.run(hq.history->append({server::warning_event(now(), "test_warning", "Something is to be looked at.")}));
  const auto warned = loop.run(piece_with(*warnings, "event: "));
  EXPECT_NE(warned.find("test_warning"), std::string::npos) << "a change of the status is no warning: " << warned;
  for (auto* source : {&all, &warnings, &alone}) source->reset();
  EXPECT_TRUE(hq.ask("GET", "/api/v1/events?kind=policy_status_changed").body.at("items").as_array().empty());
}

TEST_F(HierarchyTest, RelayedRequestsLeaveStreamsForTheLinkItself) {
  const auto id = hq.join(branch);
  const auto base = "/api/v1/servers/" + id + "/relay";
  auto headers = hq.bearer();
  headers.add("accept", "text/event-stream");
  std::vector<net::Response> tails;
  for (unsigned i = 0; i < limits::kMaxRelayedPerLink; ++i) {
    tails.push_back(hq.open("GET", base + "/events", headers));
    ASSERT_EQ(tails.back().status, 200) << i;
  }
  const auto refused = hq.ask("GET", base + "/groups");
  EXPECT_EQ(refused.status, 503) << refused.text;
  EXPECT_EQ(refused.code(), "unavailable");
  EXPECT_NE(refused.at("remedy"), "");
  EXPECT_EQ(hq.ask("GET", "/api/v1/tree").at("complete"), "true") << "the link has streams left";
  tails.pop_back();
  EXPECT_EQ(hq.ask("GET", base + "/groups").status, 200);
  tails.clear();
  EXPECT_TRUE(loop.run_until([&] { return branch.ask("GET", "/metrics").text.find("daikan_event_streams 0") != std::string::npos; }));
}

TEST_F(HierarchyTest, LiveEventsOfALowerServerStreamThrough) {
  const auto id = hq.join(branch);
  auto headers = hq.bearer();
  headers.add("accept", "text/event-stream");
  auto response = hq.open("GET", "/api/v1/servers/" + id + "/relay/events", headers);
  ASSERT_EQ(response.status, 200);
  auto source = response.body.into_source();
  ASSERT_TRUE(loop.run(piece_with(*source, "retry")).starts_with("retry"));
  const json::object body{{"name", "shop"}, {"certificate", shop.facts.certificate_pem}};
  ASSERT_EQ(branch.ask("POST", "/api/v1/secondaries", json::serialize(body)).status, 201);
  EXPECT_NE(loop.run(piece_with(*source, "secondary_added")).find("shop"), std::string::npos);
  source.reset();
  // The stream below ends with the one above: nothing is left counting.
  EXPECT_TRUE(loop.run_until([&] { return branch.ask("GET", "/metrics").text.find("daikan_event_streams 0") != std::string::npos; }));
}

}  // namespace
}  // namespace daikan::api::test
