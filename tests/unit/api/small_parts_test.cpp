// Authentication's reading of headers, problem documents, the web console's files, SSE frames, request values.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "api/authentication.h"
#include "api/events.h"
#include "api/idempotency.h"
#include "api/problem.h"
#include "api/requests.h"
#include "api/shared_text.h"
#include "api/static_files.h"
#include "unit/net/test_net.h"

namespace daikan::api {
namespace {

namespace fs = std::filesystem;
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
  const auto bearer = presented_secret({{"cookie", "daikan_session=c"}, {"authorization", "bEaReR  dkt_1 "}});
  EXPECT_EQ(bearer.by, Presented::By::bearer);
  EXPECT_EQ(bearer.secret, "dkt_1");
  const auto cookie = presented_secret({{"cookie", "a=b; daikan_session=dks_2; c=d"}});
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
  const net::Headers headers{{"cookie", "a=b"}, {"cookie", "xdaikan_session=no"}, {"cookie", "daikan_session=yes"}};
  EXPECT_EQ(cookie_value(headers, kSessionCookie), "yes");
  EXPECT_FALSE(cookie_value({{"cookie", "daikan_session"}}, kSessionCookie));
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

// ---- static files ----

std::string text_of(net::Response& response) {
  net::test::Loop loop;
  auto text = loop.run(response.body.read_all(limits::kMaxWebFileBytes));
  return text ? *text : text.error().text();
}

struct StaticFilesTest : testing::Test {
  StaticFilesTest() {
    std::string pattern = (fs::temp_directory_path() / "daikan-web-XXXXXX").string();
    outside = ::mkdtemp(pattern.data());
    folder = outside / "web";
    fs::create_directories(folder / "assets");
    write(outside / "secret.txt", "secret");
    write(folder / "index.html", "<!doctype html>");
    write(folder / "assets" / "app-1a2b.js", "1");
    write(folder / ".env", "hidden");
    fs::create_symlink(outside / "secret.txt", folder / "link.txt");
  }
  ~StaticFilesTest() override { fs::remove_all(outside); }
  static void write(const fs::path& file, std::string_view text) { std::ofstream(file) << text; }

  std::optional<net::Response> get(std::string_view path, const net::Headers& headers = {}) const {
    const auto target = parse_target(path);
    if (!target) return std::nullopt;
    return StaticFiles(folder).answer(*target, headers);
  }
  fs::path outside;
  fs::path folder;
};

TEST_F(StaticFilesTest, AreServedWithTheirTypeAndCaching) {
  const auto index = get("/");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->headers.find("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(index->headers.find("cache-control"), "no-cache");
  auto script = get("/assets/app-1a2b.js");
  ASSERT_TRUE(script);
  EXPECT_EQ(text_of(*script), "1");
  EXPECT_NE(script->headers.find("cache-control")->find("immutable"), std::string_view::npos);
  EXPECT_EQ(get("/", {{"if-none-match", std::string(*index->headers.find("etag"))}})->status, 304);
}

TEST_F(StaticFilesTest, AreHandedOutInPiecesOfOneBuffer) {
  const std::string big(3 * limits::kSharedTextPieceBytes + 1, 'x');
  const auto shared = std::make_shared<const std::string>(big);
  net::test::Loop loop;
  net::Response response;
  serve_shared(response, shared);
  EXPECT_EQ(response.headers.find("content-length"), std::to_string(big.size()));
  EXPECT_EQ(shared.use_count(), 2) << "a response holds the buffer, no copy of it";
  const auto source = response.body.into_source();
  std::string all;
  for (;;) {
    const auto piece = loop.run(source->next());
    ASSERT_TRUE(piece);
    if (piece->empty()) break;
    EXPECT_LE(piece->size(), limits::kSharedTextPieceBytes);
    all += *piece;
  }
  EXPECT_EQ(all, big);
}

TEST_F(StaticFilesTest, PagesOfTheConsoleAreItsIndex) {
  auto page = get("/secondaries/7");
  ASSERT_TRUE(page);
  EXPECT_EQ(text_of(*page), "<!doctype html>");
  EXPECT_FALSE(get("/missing.js"));
}

TEST_F(StaticFilesTest, NothingOutsideTheFolderCanBeNamed) {
  for (const auto* path : {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/link.txt", "/.env",
                           "//etc/passwd", "/%2fetc%2fpasswd.txt", "/index.html%00.js"}) {
    auto response = get(path);
    EXPECT_FALSE(response && text_of(*response) != "<!doctype html>") << path;
  }
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
