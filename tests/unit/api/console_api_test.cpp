// The console API over real use cases: access, bodies, resources, idempotency.
#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "unit/api/test_site.h"

namespace daikan::api::test {
namespace {

struct ConsoleApiTest : testing::Test {
  std::string certificate_of(const net::Identity& other) { return other.certificate_pem(); }
  Seen add(std::string_view name, const net::Identity& other) {
    return site.ask("POST", "/api/v1/secondaries", json::serialize(json::object{{"name", name}, {"certificate", certificate_of(other)}}));
  }
  std::string refused_field(std::string method, std::string target, std::string body) {
    const auto seen = site.ask(std::move(method), std::move(target), std::move(body));
    EXPECT_EQ(seen.status, 422) << seen.text;
    return seen.at("field");
  }

  Loop loop;
  Site site{loop, "hq"};
};

// ---- dispatch ----

TEST_F(ConsoleApiTest, EveryAnswerCarriesSecurityHeadersAndAnId) {
  for (const auto* path : {"/healthz", "/api/v1/server", "/api/v1/nothing", "/", "/%zz"}) {
    const auto seen = site.ask("GET", path);
    EXPECT_EQ(seen.header("x-request-id").size(), 36U) << path;
    EXPECT_EQ(seen.header("x-content-type-options"), "nosniff") << path;
    EXPECT_EQ(seen.header("x-frame-options"), "DENY") << path;
    EXPECT_NE(seen.header("content-security-policy"), "") << path;
    EXPECT_EQ(seen.header("cache-control"), "no-store") << path;
    EXPECT_EQ(seen.header("strict-transport-security"), "") << path;
  }
}

TEST_F(ConsoleApiTest, UnknownPathsAndMethodsAreToldApart) {
  EXPECT_EQ(site.ask("GET", "/api/v1/nothing").status, 404);
  EXPECT_EQ(site.ask("GET", "/nothing").status, 404);
  EXPECT_EQ(site.ask("GET", "/%zz").status, 400);
  const auto seen = site.ask("PATCH", "/api/v1/groups");
  EXPECT_EQ(seen.status, 405);
  EXPECT_EQ(seen.code(), "method_not_allowed");
  EXPECT_EQ(seen.header("allow"), "GET, HEAD, POST");
}

TEST_F(ConsoleApiTest, HeadIsGetWithoutABody) {
  const auto seen = site.ask("HEAD", "/api/v1/server");
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.text, "");
  EXPECT_EQ(seen.header("content-length"), std::to_string(site.ask("GET", "/api/v1/server").text.size()));
}

/// A body that ends in a bug.
class BrokenSource final : public net::BodySource {
 public:
  awaitable<Result<std::string>> next() override { throw std::logic_error("broken"); }
};

TEST_F(ConsoleApiTest, ABugIsAnsweredWithTheIdItIsReportedUnder) {
  net::Request request;
  request.method = "POST";
  request.target = "/api/v1/groups";
  request.headers = site.bearer();
  request.body = std::unique_ptr<net::BodySource>(std::make_unique<BrokenSource>());
  const auto seen = site.read(loop.run(site.api->handler()(std::move(request))));
  EXPECT_EQ(seen.status, 500);
  EXPECT_EQ(seen.code(), "internal");
  EXPECT_EQ(seen.at("request_id"), seen.header("x-request-id"));
  ASSERT_EQ(site.exceptions.size(), 1U);
  EXPECT_EQ(site.exceptions.front(), seen.at("request_id"));
}

/// A body whose next piece never comes.
class EndlessSource final : public net::BodySource {
 public:
  awaitable<Result<std::string>> next() override {
    const bool slept = co_await net::sleep_for(std::chrono::hours(1));
    co_return fail(Code::cancelled, slept ? "It came." : "Nobody waits any more.");
  }
};

TEST_F(ConsoleApiTest, ABodyThatDoesNotArriveEndsItsRequest) {
  Options options;
  options.body_time = std::chrono::milliseconds(20);
  ConsoleApi api(site.services(), std::move(options));
  net::Request request;
  request.method = "POST";
  request.target = "/api/v1/sessions";
  request.headers.add("content-type", "application/json");
  request.body = std::unique_ptr<net::BodySource>(std::make_unique<EndlessSource>());
  const auto seen = site.read(loop.run(api.handler()(std::move(request))));
  EXPECT_EQ(seen.status, 408) << seen.text;
  EXPECT_EQ(seen.code(), "timed_out");
}

TEST_F(ConsoleApiTest, WhoHasNoAccountMaySendLittle) {
  const std::string body = R"({"user":")" + std::string(limits::kMaxAnonymousJsonBytes, 'x') + "\"}";
  const auto seen = site.ask_with({}, "POST", "/api/v1/sessions", body);
  EXPECT_EQ(seen.status, 413) << seen.text;
  EXPECT_NE(seen.at("detail").find("16 KiB"), std::string::npos) << seen.text;
  EXPECT_NE(site.ask("POST", "/api/v1/groups", body).status, 413);
}

TEST_F(ConsoleApiTest, RootSaysWhatThisIsWhenThereAreNoPages) {
  const auto seen = site.ask_with({}, "GET", "/");
  EXPECT_EQ(seen.status, 200);
  EXPECT_NE(seen.text.find("/api/v1"), std::string::npos);
}

TEST_F(ConsoleApiTest, UnknownQueryParametersAndFieldsAreNamed) {
  EXPECT_EQ(refused_field("GET", "/api/v1/secondaries?grup=x", ""), "grup");
  EXPECT_EQ(refused_field("POST", "/api/v1/groups", R"({"path":"A","colour":"red"})"), "colour");
  EXPECT_EQ(refused_field("POST", "/api/v1/groups", "{}"), "path");
  EXPECT_EQ(refused_field("GET", "/api/v1/secondaries?limit=0", ""), "limit");
  EXPECT_EQ(refused_field("GET", "/api/v1/events?limit=1001", ""), "limit");
}

TEST_F(ConsoleApiTest, BodiesThatAreNoJsonAreRefused) {
  EXPECT_EQ(site.ask("POST", "/api/v1/groups", "{").status, 400);
  EXPECT_EQ(site.ask("POST", "/api/v1/groups", "\"\xff\"").status, 400);
  EXPECT_EQ(site.ask("POST", "/api/v1/groups", R"({"path":"A","path":"B"})").status, 400);
  EXPECT_EQ(site.ask("POST", "/api/v1/groups", std::string(40, '[') + std::string(40, ']')).status, 400);
  const auto large = site.ask("POST", "/api/v1/groups", "{\"path\":\"" + std::string(limits::kMaxJsonBytes, 'a') + "\"}");
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.code(), "too_large");
  auto headers = site.bearer();
  headers.add("content-type", "text/plain");
  EXPECT_EQ(site.ask_with(headers, "POST", "/api/v1/groups", "{\"path\":\"A\"}").status, 415);
  EXPECT_EQ(site.ask("GET", "/api/v1/groups").at("items").find("\"A\""), std::string::npos) << "nothing was made";
}

// ---- who may ----

TEST_F(ConsoleApiTest, OpenRoutesNeedNoAccount) {
  EXPECT_EQ(site.ask_with({}, "GET", "/healthz").text, "ok\n");
  EXPECT_EQ(site.ask_with({}, "GET", "/api/v1/server/identity").at("fingerprint"), site.facts.certificate.fingerprint);
  EXPECT_NE(site.ask_with({}, "GET", "/api/v1/openapi.yaml").text.find("openapi: 3.1.0"), std::string::npos);
}

TEST_F(ConsoleApiTest, EverythingElseNeedsOne) {
  for (const auto* path :
       {"/api/v1/server", "/api/v1/groups", "/api/v1/secondaries", "/api/v1/primary", "/api/v1/tree", "/api/v1/events", "/api/v1/audit",
        "/api/v1/tokens", "/api/v1/sessions/current", "/api/v1/operations", "/metrics", "/api/v1/servers/7/relay/groups"}) {
    const auto seen = site.ask_with({}, "GET", path);
    EXPECT_EQ(seen.status, 401) << path;
    EXPECT_EQ(seen.code(), "unauthenticated") << path;
    EXPECT_EQ(seen.header("www-authenticate"), "Bearer") << path;
  }
  EXPECT_EQ(site.ask_with({{"authorization", "Bearer dkt_wrong"}}, "GET", "/api/v1/server").status, 401);
}

TEST_F(ConsoleApiTest, MetricsAreOpenOnLoopbackOnly) {
  net::Request request;
  request.method = "GET";
  request.target = "/metrics";
  request.remote_ip = "127.0.0.1";
  const auto seen = site.read(loop.run(site.api->handler()(std::move(request))));
  EXPECT_EQ(seen.status, 200);
  for (const auto* name :
       {"daikan_links_connected 0", "daikan_store_commits_total", "daikan_http_request_seconds_bucket", "process_resident_memory_bytes"}) {
    EXPECT_NE(seen.text.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(site.ask("GET", "/metrics").status, 200);
}

TEST_F(ConsoleApiTest, ACookieNeedsItsCsrfTokenForChanges) {
  const net::Headers cookie{{"cookie", "daikan_session_443=" + site.session}};
  const auto current = site.ask_with(cookie, "GET", "/api/v1/sessions/current");
  ASSERT_EQ(current.status, 200) << current.text;
  const auto without = site.ask_with(cookie, "POST", "/api/v1/groups", R"({"path":"A"})");
  EXPECT_EQ(without.status, 403);
  EXPECT_EQ(without.code(), "permission_denied");
  auto with = cookie;
  with.add("x-csrf-token", current.at("csrf_token"));
  EXPECT_EQ(site.ask_with(with, "POST", "/api/v1/groups", R"({"path":"A"})").status, 201);
  EXPECT_EQ(site.ask_with({{"cookie", "daikan_session_443=" + site.token}}, "GET", "/api/v1/server").status, 401)
      << "a token is no session";
}

TEST_F(ConsoleApiTest, LoggingInAndOut) {
  site.change([&](store::Transaction& transaction) -> Result<server::Done> {
    store::update_password(transaction, site.account.id, server::hash_password("correct horse"));
    return server::Done{};
  });
  const auto wrong = site.ask_with({}, "POST", "/api/v1/sessions", R"({"user":"olga","password":"battery"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.code(), "wrong_credentials");
  const auto login = site.ask_with({}, "POST", "/api/v1/sessions", R"({"user":"olga","password":"correct horse","client":"test"})");
  ASSERT_EQ(login.status, 201) << login.text;
  EXPECT_TRUE(login.at("token").starts_with("dks_"));
  EXPECT_EQ(login.header("set-cookie"), "daikan_session_443=" + login.at("token") + "; Path=/; HttpOnly; Secure; SameSite=Strict");
  const net::Headers bearer{{"authorization", "Bearer " + login.at("token")}};
  EXPECT_EQ(site.ask_with(bearer, "GET", "/api/v1/sessions/current").at("id"), login.at("id"));
  EXPECT_EQ(site.ask_with(bearer, "DELETE", "/api/v1/sessions/current").status, 204);
  EXPECT_EQ(site.ask_with(bearer, "GET", "/api/v1/sessions/current").status, 401);
}

TEST_F(ConsoleApiTest, TokensAreMadeListedAndRevoked) {
  EXPECT_EQ(refused_field("POST", "/api/v1/tokens", R"({"name":"x","expires_in_hours":9000})"), "expires_in_hours");
  const auto made = site.ask("POST", "/api/v1/tokens", R"({"name":"nightly","expires_in_hours":2})");
  ASSERT_EQ(made.status, 201) << made.text;
  const net::Headers bearer{{"authorization", "Bearer " + made.at("token")}};
  EXPECT_EQ(site.ask_with(bearer, "GET", "/api/v1/sessions/current").status, 404) << "no session";
  const auto list = site.ask("GET", "/api/v1/tokens");
  EXPECT_NE(list.text.find("nightly"), std::string::npos);
  EXPECT_EQ(list.text.find(made.at("token")), std::string::npos);
  EXPECT_EQ(site.ask("DELETE", "/api/v1/tokens/" + made.at("id")).status, 204);
  EXPECT_EQ(site.ask("DELETE", "/api/v1/tokens/" + made.at("id")).status, 404);
  EXPECT_EQ(site.ask("DELETE", "/api/v1/tokens/x").status, 404);
  EXPECT_EQ(site.ask_with(bearer, "GET", "/api/v1/server").status, 401);
}

// ---- resources ----

TEST_F(ConsoleApiTest, TheCertificateIsAFile) {
  const auto der = site.ask("GET", "/api/v1/server/certificate");
  EXPECT_EQ(der.text, std::string(site.facts.certificate.der.begin(), site.facts.certificate.der.end()));
  EXPECT_EQ(der.header("content-type"), "application/pkix-cert");
  EXPECT_EQ(der.header("content-disposition"), "attachment; filename=\"server.cer\"");
  EXPECT_EQ(site.ask("GET", "/api/v1/server/certificate?format=pem").text, site.facts.certificate_pem);
  EXPECT_EQ(site.ask("GET", "/api/v1/server/certificate?format=p12").status, 422);
}

TEST_F(ConsoleApiTest, GroupsAreMadeShownAndRemoved) {
  const auto made = site.ask("POST", "/api/v1/groups", R"({"path":"Managed devices/Branches/North"})");
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.header("location"), "/api/v1/groups/" + made.at("id"));
  EXPECT_EQ(site.ask("GET", "/api/v1/groups/" + made.at("id")).at("path"), "Managed devices/Branches/North");
  EXPECT_EQ(site.ask("POST", "/api/v1/groups", R"({"path":"Branches/North"})").code(), "name_taken");
  const auto parent = made.at("parent_id");
  EXPECT_EQ(site.ask("DELETE", "/api/v1/groups/" + parent).code(), "group_not_empty");
  EXPECT_EQ(site.ask("DELETE", "/api/v1/groups/" + made.at("id")).status, 204);
  EXPECT_EQ(site.ask("GET", "/api/v1/groups/" + made.at("id")).status, 404);
  EXPECT_EQ(site.ask("GET", "/api/v1/groups/x").status, 404);
}

TEST_F(ConsoleApiTest, SecondariesAreAddedOnceAndRemovedWithTheRightETag) {
  const auto other = net::test::make_identity("branch");
  const auto made = add("branch", other);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.at("state"), "never_connected");
  EXPECT_EQ(made.at("fingerprint"), other.certificate().fingerprint);
  EXPECT_EQ(made.at("proxy"), "null");
  EXPECT_EQ(made.header("etag"), "\"1\"");
  EXPECT_EQ(add("branch", other).status, 200) << "the same again";
  EXPECT_EQ(add("another", other).code(), "certificate_in_use");
  const auto path = "/api/v1/secondaries/" + made.at("id");
  EXPECT_EQ(made.header("location"), path);
  auto headers = site.bearer();
  headers.add("if-match", "\"7\"");
  const auto changed = site.ask_with(headers, "DELETE", path);
  EXPECT_EQ(changed.status, 412);
  EXPECT_EQ(changed.code(), "conflict");
  EXPECT_EQ(site.ask("GET", path).status, 200);
  headers.set("if-match", "\"1\"");
  EXPECT_EQ(site.ask_with(headers, "DELETE", path).status, 204);
  EXPECT_EQ(site.ask("GET", path).status, 404);
  EXPECT_EQ(site.ask("DELETE", path).status, 404);
}

TEST_F(ConsoleApiTest, ASecondaryThatCannotBeAddedNamesTheField) {
  const auto own = json::serialize(json::object{{"certificate", site.facts.certificate_pem}});
  EXPECT_EQ(site.ask("POST", "/api/v1/secondaries", own).code(), "own_certificate");
  EXPECT_EQ(site.ask("POST", "/api/v1/secondaries", R"({"certificate":"!"})").code(), "certificate_unreadable");
  EXPECT_EQ(refused_field("POST", "/api/v1/secondaries", "{}"), "certificate");
  EXPECT_EQ(refused_field("POST", "/api/v1/secondaries", R"({"fingerprint":"zz"})"), "fingerprint");
  EXPECT_EQ(refused_field("POST", "/api/v1/secondaries", R"({"certificate":"AA==","address":"h:0"})"), "address");
  const auto other = net::test::make_identity("b");
  const json::object no_group{{"certificate", other.certificate_pem()}, {"group", "Nowhere"}};
  const auto seen = site.ask("POST", "/api/v1/secondaries", json::serialize(no_group));
  EXPECT_EQ(seen.status, 422);
  EXPECT_EQ(seen.code(), "group_not_found");
  const json::object no_address{{"certificate", other.certificate_pem()}, {"direction", "primary_dials"}};
  EXPECT_EQ(site.ask("POST", "/api/v1/secondaries", json::serialize(no_address)).code(), "address_required");
}

TEST_F(ConsoleApiTest, SecondariesComeInPagesByNameAndAreFiltered) {
  site.ask("POST", "/api/v1/groups", R"({"path":"Branches"})");
  for (const auto* name : {"delta", "Alpha", "charlie", "bravo"}) {
    json::object body{{"name", name}, {"certificate", net::test::make_identity(name).certificate_pem()}};
    if (name[0] == 'd') body["group"] = "Branches";
    ASSERT_EQ(site.ask("POST", "/api/v1/secondaries", json::serialize(body)).status, 201);
  }
  std::string names;
  std::string cursor;
  for (int pages = 0; pages < 4; ++pages) {
    const auto page = site.ask("GET", "/api/v1/secondaries?limit=3" + cursor);
    ASSERT_EQ(page.status, 200) << page.text;
    for (const auto& item : page.body.at("items").as_array()) names += std::string(item.at("name").as_string()) + " ";
    if (page.body.at("next_cursor").is_null()) break;
    cursor = "&cursor=" + page.at("next_cursor");
  }
  EXPECT_EQ(names, "Alpha bravo charlie delta ");
  EXPECT_EQ(site.ask("GET", "/api/v1/secondaries?group=Managed%20devices/branches").body.at("items").as_array().size(), 1U);
  EXPECT_EQ(site.ask("GET", "/api/v1/secondaries?state=connected").body.at("items").as_array().size(), 0U);
  const auto nowhere = site.ask("GET", "/api/v1/secondaries?group=Nowhere");
  EXPECT_EQ(nowhere.status, 404);
  EXPECT_EQ(nowhere.code(), "group_not_found");
  EXPECT_EQ(refused_field("GET", "/api/v1/secondaries?state=up", ""), "state");
  EXPECT_EQ(refused_field("GET", "/api/v1/secondaries?cursor=xyz", ""), "cursor");
}

TEST_F(ConsoleApiTest, ThePrimaryIsSetShownAndCleared) {
  EXPECT_EQ(site.ask("GET", "/api/v1/primary").text, R"({"configured":false})");
  EXPECT_EQ(site.ask("DELETE", "/api/v1/primary").status, 404);
  const auto above = net::test::make_identity("above");
  json::object body{{"direction", "primary_dials"}, {"certificate", above.certificate_pem()}};
  const auto set = site.ask("PUT", "/api/v1/primary", json::serialize(body));
  ASSERT_EQ(set.status, 200) << set.text;
  EXPECT_EQ(set.at("configured"), "true");
  EXPECT_EQ(set.at("address"), "null");
  EXPECT_EQ(site.ask("PUT", "/api/v1/primary", json::serialize(body)).header("etag"), set.header("etag"))
      << "the same again changes nothing";
  body["certificate"] = net::test::make_identity("else").certificate_pem();
  EXPECT_EQ(site.ask("PUT", "/api/v1/primary", json::serialize(body)).code(), "already_has_primary");
  auto headers = site.bearer();
  headers.add("if-match", "\"99\"");
  EXPECT_EQ(site.ask_with(headers, "DELETE", "/api/v1/primary").status, 412);
  EXPECT_EQ(site.ask("DELETE", "/api/v1/primary").status, 204);
  EXPECT_EQ(refused_field("PUT", "/api/v1/primary", R"({"address":"h"})"), "certificate");
}

TEST_F(ConsoleApiTest, AProbeReportsItsStepsAndComparesTheFingerprint) {
  Site other(loop, "other");
  const auto address = other.links->endpoints().front().str();
  const json::object right{{"address", address}, {"expected_fingerprint", other.facts.certificate.fingerprint}};
  const auto good = site.ask("POST", "/api/v1/probes", json::serialize(right));
  ASSERT_EQ(good.status, 200) << good.text;
  EXPECT_EQ(good.at("fingerprint"), other.facts.certificate.fingerprint) << good.text;
  EXPECT_EQ(good.at("certificate"), other.facts.certificate_pem);
  const json::object wrong{{"address", address}, {"expected_fingerprint", site.facts.certificate.fingerprint}};
  const auto bad = site.ask("POST", "/api/v1/probes", json::serialize(wrong));
  EXPECT_EQ(bad.at("ok"), "false");
  EXPECT_EQ(bad.body.at("error").at("code").as_string(), "certificate_mismatch");
  const auto refused = site.ask("POST", "/api/v1/probes", R"({"address":"127.0.0.1:1"})");
  EXPECT_EQ(refused.status, 200);
  EXPECT_EQ(refused.body.at("error").at("code").as_string(), "refused");
}

TEST_F(ConsoleApiTest, JoinsAreOperationsAndNameTheirMissingFields) {
  const std::string fingerprint = site.facts.certificate.fingerprint;
  const auto body = [&](std::string_view more) {
    return R"({"secondary_console":"127.0.0.1:1","fingerprint":")" + fingerprint + "\"" + std::string(more) + "}";
  };
  EXPECT_EQ(refused_field("POST", "/api/v1/joins", body("")), "credentials");
  EXPECT_EQ(refused_field("POST", "/api/v1/joins", body(R"(,"credentials":{"user":"a"})")), "credentials");
  EXPECT_EQ(refused_field("POST", "/api/v1/joins", body(R"(,"credentials":{"token":"t"})")), "primary_address");
  EXPECT_EQ(refused_field("POST", "/api/v1/joins", body(R"(,"way":"primary_dials","credentials":{"token":"t"})")), "dmz_address");
  EXPECT_EQ(site.ask("GET", "/api/v1/operations").text, R"({"items":[]})");
  EXPECT_EQ(site.ask("GET", "/api/v1/operations/x").status, 404);
  const auto begun = site.ask("POST", "/api/v1/joins", body(R"(,"credentials":{"token":"secret-token"},"primary_address":"127.0.0.1:1")"));
  ASSERT_EQ(begun.status, 202) << begun.text;
  EXPECT_EQ(begun.at("kind"), "join");
  EXPECT_EQ(begun.header("location"), "/api/v1/operations/" + begun.at("id"));
  Seen seen;
  do {
    loop.run(site.joins->wait_for_change(net::test::in(std::chrono::milliseconds(100))));
    seen = site.ask("GET", begun.header("location"));
  } while (seen.at("state") == "running");
  EXPECT_EQ(seen.at("state"), "failed") << seen.text;
  EXPECT_NE(seen.at("error"), "null");
  EXPECT_EQ(seen.text.find("secret-token"), std::string::npos);
}

TEST_F(ConsoleApiTest, WhatWasDoneIsInTheAuditAndTheEvents) {
  add("branch", net::test::make_identity("branch"));
  const auto audit = site.ask("GET", "/api/v1/audit?limit=1");
  ASSERT_EQ(audit.body.at("items").as_array().size(), 1U) << audit.text;
  EXPECT_EQ(audit.body.at("items").at(0).at("actor").as_string(), "olga");
  const auto events = site.ask("GET", "/api/v1/events");
  EXPECT_EQ(events.body.at("items").at(0).at("kind").as_string(), "secondary_added") << events.text;
  EXPECT_EQ(site.ask("GET", "/api/v1/events?after=0&limit=1").at("next_cursor"),
            std::to_string(site.ask("GET", "/api/v1/events?after=0&limit=1").body.at("items").at(0).at("sequence").as_int64()));
  EXPECT_EQ(refused_field("GET", "/api/v1/events?after=0&before=5", ""), "before");
}

// ---- idempotency ----

TEST_F(ConsoleApiTest, TheSameKeyGetsTheFirstAnswerAgain) {
  auto headers = site.bearer();
  headers.add("idempotency-key", "k-1");
  const auto first = site.ask_with(headers, "POST", "/api/v1/groups", R"({"path":"A"})");
  ASSERT_EQ(first.status, 201) << first.text;
  const auto again = site.ask_with(headers, "POST", "/api/v1/groups", R"({ "path" : "A" })");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.text, first.text);
  EXPECT_EQ(again.header("location"), first.header("location"));
  EXPECT_EQ(again.header("idempotent-replayed"), "true");
  const auto other = site.ask_with(headers, "POST", "/api/v1/groups", R"({"path":"B"})");
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.code(), "conflict");
  headers.set("idempotency-key", "not visible");
  EXPECT_EQ(site.ask_with(headers, "POST", "/api/v1/groups", R"({"path":"C"})").status, 422);
}

TEST_F(ConsoleApiTest, TwoRequestsUnderOneKeyAtOnceMakeOneThing) {
  const auto request = [&] {
    net::Request made;
    made.method = "POST";
    made.target = "/api/v1/groups";
    made.headers = site.bearer();
    made.headers.add("idempotency-key", "k-3");
    made.headers.add("content-type", "application/json");
    made.body = std::string(R"({"path":"A"})");
    return made;
  };
  std::optional<net::Response> first;
  net::asio::co_spawn(loop.context, site.api->handler()(request()), [&](const std::exception_ptr& failure, net::Response response) {
    EXPECT_FALSE(failure);
    first = std::move(response);
  });
  const auto second = site.read(loop.run(site.api->handler()(request())));
  ASSERT_TRUE(loop.run_until([&] { return first.has_value(); }));
  const auto other = site.read(std::move(*first));
  // Either may come first. The later one finds it running (409) or done (the same answer): never name_taken, never a second group.
  const auto& made = second.status == 201 ? second : other;
  const auto& late = second.status == 201 ? other : second;
  EXPECT_EQ(made.status, 201) << made.text;
  EXPECT_TRUE(late.code() == "conflict" || late.text == made.text) << late.text;
}

TEST_F(ConsoleApiTest, ARefusalIsNotRemembered) {
  auto headers = site.bearer();
  headers.add("idempotency-key", "k-2");
  EXPECT_EQ(site.ask_with(headers, "POST", "/api/v1/secondaries", R"({"certificate":"!"})").status, 422);
  const json::object body{{"certificate", net::test::make_identity("b").certificate_pem()}};
  EXPECT_EQ(site.ask_with(headers, "POST", "/api/v1/secondaries", json::serialize(body)).status, 201);
}

/// What a crash between a change and its answer leaves: the claim, which was made with the change.
void lose_answers(Site& site) {
  site.change([](store::Transaction& transaction) -> Result<server::Done> {
    EXPECT_GT(transaction.execute("UPDATE answers SET status = 0, body = '' WHERE made <> ''"), 0);
    return server::Done{};
  });
}

TEST_F(ConsoleApiTest, AnAnswerLostInACrashIsGivenFromWhatWasMade) {
  auto headers = site.bearer();
  const json::object secondary{{"name", "b"}, {"certificate", net::test::make_identity("b").certificate_pem()}};
  const std::vector<std::pair<std::string, std::string>> creates = {{"/api/v1/groups", R"({"path":"A/B"})"},
                                                                    {"/api/v1/secondaries", json::serialize(secondary)}};
  for (const auto& [path, body] : creates) {
    headers.set("idempotency-key", "k" + path);
    const auto first = site.ask_with(headers, "POST", path, body);
    ASSERT_EQ(first.status, 201) << first.text;
    lose_answers(site);
    const auto again = site.ask_with(headers, "POST", path, body);
    EXPECT_EQ(again.status, 201) << again.text;
    EXPECT_EQ(again.at("id"), first.at("id"));
    EXPECT_EQ(again.header("location"), first.header("location"));
    EXPECT_EQ(again.header("etag"), first.header("etag"));
    EXPECT_EQ(again.header("idempotent-replayed"), "true");
    EXPECT_EQ(site.ask_with(headers, "POST", path, R"({"path":"another request"})").code(),
              path.ends_with("groups") ? "conflict" : "invalid_request");
    EXPECT_EQ(site.ask("GET", path).at("items").find(first.at("id")) != std::string::npos, true);
    // What was removed since is not made a second time.
    ASSERT_EQ(site.ask("DELETE", first.header("location")).status, 204);
    EXPECT_EQ(site.ask_with(headers, "POST", path, body).status, 404);
  }
}

TEST_F(ConsoleApiTest, AJoinWhoseAnswerWasLostIsNotBegunTwice) {
  auto headers = site.bearer();
  headers.add("idempotency-key", "k-join");
  const json::object body{{"secondary_console", "127.0.0.1:1"},
                          {"fingerprint", site.facts.certificate.fingerprint},
                          {"credentials", json::object{{"user", "olga"}, {"password", "x"}}},
                          {"primary_address", "127.0.0.1:2"}};
  const auto first = site.ask_with(headers, "POST", "/api/v1/joins", json::serialize(body));
  ASSERT_EQ(first.status, 202) << first.text;
  lose_answers(site);
  const auto again = site.ask_with(headers, "POST", "/api/v1/joins", json::serialize(body));
  EXPECT_EQ(again.status, 202) << again.text;
  EXPECT_EQ(again.at("id"), first.at("id"));
  EXPECT_EQ(again.header("location"), first.header("location"));
  const auto all = site.ask("GET", "/api/v1/operations");
  EXPECT_EQ(all.body.at("items").as_array().size(), 1U) << all.text;
}

TEST_F(ConsoleApiTest, AnEditLeavesWhatItDoesNotNameAndNullTakesAway) {
  const json::object added{{"name", "b"}, {"address", "b.example.com"}, {"certificate", net::test::make_identity("b").certificate_pem()}};
  const auto made = site.ask("POST", "/api/v1/secondaries", json::serialize(added));
  const auto path = made.header("location");
  const auto renamed = site.ask("PATCH", path, R"({"name":"c"})");
  EXPECT_EQ(renamed.status, 200) << renamed.text;
  EXPECT_EQ(renamed.at("address"), "b.example.com:13291");
  EXPECT_EQ(renamed.header("etag"), "\"2\"");
  EXPECT_EQ(site.ask("PATCH", path, R"({"address":null})").at("address"), "null");
  EXPECT_EQ(site.ask("PATCH", path, R"({"name":null})").code(), "invalid_request");
  EXPECT_EQ(site.ask("PATCH", path, R"({})").at("revision"), "3");
  auto headers = site.bearer();
  headers.add("if-match", "\"2\"");
  const auto late = site.ask_with(headers, "PATCH", path, R"({"name":"d"})");
  EXPECT_EQ(late.status, 412);
  EXPECT_EQ(late.code(), "conflict");
  EXPECT_EQ(site.ask_with(headers, "DELETE", path).status, 412);
}

}  // namespace
}  // namespace daikan::api::test
