// Authentication's reading of headers, problem documents, SSE frames, request values.
#include <algorithm>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "api/authentication.h"
#include "api/events.h"
#include "api/idempotency.h"
#include "api/problem.h"
#include "api/requests.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

// ---- what is remembered of a request ----

TEST(RequestHash, SaysNothingOfWhatProvesAnything) {
  const auto hash_of = [](std::string_view member, std::string_view value) {
    Call call;
    call.request.method = "POST";
    call.body = {{"name", "x"}, {"inner", json::array{json::object{{member, value}}}}};
    return request_hash(call);
  };
  for (const auto* secret : {"password", "token", "secret", "passphrase", "code", "current_password"}) {
    EXPECT_EQ(hash_of(secret, "one"), hash_of(secret, "two")) << secret;
  }
  EXPECT_NE(hash_of("address", "one"), hash_of("address", "two"));
}

// ---- authentication ----

TEST(Presented, BearerGoesBeforeTheCookie) {
  const auto bearer = presented_secret({{"cookie", "daikan_session_443=c"}, {"authorization", "bEaReR  dkt_1 "}});
  EXPECT_EQ(bearer.by, Presented::By::bearer);
  EXPECT_EQ(bearer.secret, "dkt_1");
  const auto cookie = presented_secret({{"host", "hq:13291"}, {"cookie", "a=b; daikan_session_13291=dks_2; c=d"}});
  EXPECT_EQ(cookie.by, Presented::By::cookie);
  EXPECT_EQ(cookie.secret, "dks_2");
  EXPECT_EQ(presented_secret({}).by, Presented::By::nothing);
}

TEST(Presented, AnotherSchemeIsNoSecret) {
  const auto basic = presented_secret({{"authorization", "Basic b2xnYTpx"}});
  EXPECT_EQ(basic.by, Presented::By::bearer);
  EXPECT_EQ(basic.secret, "");
}

TEST(Presented, CookiesMayComeInSeveralFields) {
  const net::Headers headers{{"cookie", "a=b"}, {"cookie", "xdaikan_session_1=no"}, {"cookie", "daikan_session_1=yes"}};
  EXPECT_EQ(cookie_value(headers, "daikan_session_1"), "yes");
  EXPECT_FALSE(cookie_value({{"cookie", "daikan_session_1"}}, "daikan_session_1"));
}

TEST(Presented, ConsolesOnPortsOfOneHostHaveCookiesOfTheirOwn) {
  const auto shown = [](std::string host) {
    return presented_secret(
               {{"host", std::move(host)}, {"cookie", "daikan_session_13291=dks_1; daikan_session_14291=dks_2; daikan_session_443=dks_3"}})
        .secret;
  };
  EXPECT_EQ(shown("hq.example:13291"), "dks_1");
  EXPECT_EQ(shown("hq.example:14291"), "dks_2");
  EXPECT_EQ(shown("[2001:db8::1]:14291"), "dks_2");
  EXPECT_EQ(shown("hq.example"), "dks_3");
  EXPECT_EQ(shown("[2001:db8::13291]"), "dks_3") << "no port, though digits follow a colon";
  EXPECT_EQ(shown("hq.example:15291"), "");
}

TEST(Presented, TheCookieIsNamedAfterThePortOfTheHostAndAfterNothingElse) {
  EXPECT_EQ(session_cookie({{"host", "hq:13291"}}, "dks_1"), "daikan_session_13291=dks_1; Path=/; HttpOnly; Secure; SameSite=Strict");
  EXPECT_EQ(session_cookie({{"host", "hq:13291"}}, ""), "daikan_session_13291=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0");
  for (const auto* host : {"hq:1=x;", "hq:999999", "hq:", ""}) {
    EXPECT_EQ(session_cookie_name({{"host", host}}), "daikan_session_443") << host;
  }
}

TEST(Csrf, TokenOfTheSecretIsAskedOfChangesOnly) {
  const auto token = server::Accounts::csrf_token("dks_1");
  EXPECT_TRUE(csrf_passes("GET", {}, "dks_1"));
  EXPECT_FALSE(csrf_passes("POST", {}, "dks_1"));
  EXPECT_FALSE(csrf_passes("DELETE", {{"x-csrf-token", "x"}}, "dks_1"));
  EXPECT_FALSE(csrf_passes("DELETE", {{"x-csrf-token", token}}, "dks_2"));
  EXPECT_TRUE(csrf_passes("DELETE", {{"x-csrf-token", token}}, "dks_1"));
}

// ---- problems ----

TEST(Problem, CarriesCodeRemedyAndField) {
  const auto response = problem(Error(Code::port_out_of_range, "Port 0 is out of range.", "Give 1 to 65535.", "address"));
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.headers.find("content-type"), "application/problem+json");
  const auto document = json::parse(response.body.text()).as_object();
  EXPECT_EQ(document.at("type"), "urn:daikan:problem:port_out_of_range");
  EXPECT_EQ(document.at("status"), 422);
  EXPECT_EQ(document.at("detail"), "Port 0 is out of range.");
  EXPECT_EQ(document.at("remedy"), "Give 1 to 65535.");
  EXPECT_EQ(document.at("field"), "address");
  const auto back = error_from_json(document);
  EXPECT_EQ(back, Error(Code::port_out_of_range, "Port 0 is out of range.", "Give 1 to 65535.", "address"));
}

TEST(Problem, StatusFollowsTheCode) {
  const std::vector<std::pair<Code, int>> cases = {{Code::invalid_request, 422},   {Code::certificate_mismatch, 422},
                                                   {Code::too_large, 413},         {Code::unauthenticated, 401},
                                                   {Code::wrong_credentials, 401}, {Code::permission_denied, 403},
                                                   {Code::not_found, 404},         {Code::method_not_allowed, 405},
                                                   {Code::name_taken, 409},        {Code::loop, 409},
                                                   {Code::rate_limited, 429},      {Code::not_connected, 503},
                                                   {Code::name_not_resolved, 502}, {Code::timed_out, 502},
                                                   {Code::proxy_denied, 502},      {Code::storage_failed, 503},
                                                   {Code::internal, 500}};
  for (const auto& [code, status] : cases) EXPECT_EQ(problem(Error(code, "x.")).status, status) << to_string(code);
}

TEST(Problem, OfARateLimitSaysHowLongToWait) {
  EXPECT_EQ(problem(Error(Code::rate_limited, "x.", "Wait 42 seconds.")).headers.find("retry-after"), "42");
  EXPECT_EQ(problem(Error(Code::rate_limited, "x.", "Wait.")).headers.find("retry-after"), "30");
}

TEST(Problem, OfAnotherServerMayBeAnything) {
  EXPECT_EQ(error_from_json(json::value(7)).code, Code::internal);
  EXPECT_EQ(error_from_json(json::object{{"code", "from_the_future"}, {"detail", "What."}}).message, "What.");
}

// ---- SSE ----

TEST(SseFrame, IsThreeLinesAndAnEmptyOne) {
  hierarchy::Event event;
  event.sequence = 12;
  event.kind = "link_connected\ndata: forged";
  event.message = "Line one\nline two — ü.";
  const auto frame = sse_frame(event);
  EXPECT_TRUE(frame.starts_with("id: 12\nevent: link_connecteddataforged\ndata: {"));
  EXPECT_TRUE(frame.ends_with("}\n\n"));
  EXPECT_EQ(std::count(frame.begin(), frame.end(), '\n'), 4);
  event.sequence = 0;
  EXPECT_TRUE(sse_frame(event).starts_with("event: link_connected")) << "what is in no log has no id to go on after";
}

// ---- request values ----

json::object object(std::string_view text) { return json::parse(text).as_object(); }

TEST(RequestValues, AreReadFromFields) {
  const auto body = object(R"({"address":"branch1","proxy":{"url":"http://u@p","password":"s"},"certificate":" AQID\n","fp":"AABB"})");
  EXPECT_EQ((*endpoint_of(body, "address", 13000))->str(), "branch1:13000");
  EXPECT_FALSE(endpoint_of(body, "absent", 13000)->has_value());
  EXPECT_EQ((**proxy_of(body, "proxy")).password, "s");
  EXPECT_EQ(*certificate_of(body, "certificate"), (std::vector<std::uint8_t>{1, 2, 3}));
  EXPECT_EQ(fingerprint_of(body, "fp").error().field, "fp");
}

TEST(RequestValues, SayWhichFieldIsWrong) {
  const auto body = object(R"({"address":"h:70000","proxy":{"url":"ftp://p"},"certificate":"not base64!","server_id":"7"})");
  EXPECT_EQ(endpoint_of(body, "address", 1).error().code, Code::port_out_of_range);
  EXPECT_EQ(proxy_of(body, "proxy").error().field, "proxy.url");
  EXPECT_EQ(certificate_of(body, "certificate").error().code, Code::certificate_unreadable);
  EXPECT_EQ(server_id_of(body, "server_id").error().field, "server_id");
  EXPECT_FALSE(proxy_of(object(R"({"proxy":{"url":"http://p","password":"s"}})"), "proxy"));
}

TEST(RequestValues, IfMatchTakesListsAndStars) {
  EXPECT_TRUE(seen_of({}).holds(3));
  EXPECT_TRUE(seen_of({{"if-match", "\"2\", \"3\""}}).holds(3));
  EXPECT_TRUE(seen_of({{"if-match", "*"}}).holds(3));
  EXPECT_FALSE(seen_of({{"if-match", "\"2\""}}).holds(3));
  EXPECT_FALSE(seen_of({{"if-match", "3"}}).holds(3));
}

}  // namespace
}  // namespace daikan::api
