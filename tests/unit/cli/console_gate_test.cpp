// Who may use the local web server of `daikan console`.
#include "cli/console_gate.h"

#include <gtest/gtest.h>

namespace daikan::cli {
namespace {

using Ruling = ConsoleGate::Ruling;

constexpr std::string_view kHost = "127.0.0.1:13292";

struct ConsoleGateTest : testing::Test {
  ConsoleGate gate{std::string(kHost), "the-token", "the-cookie"};

  Result<Ruling> judge(std::string method, std::string_view path, net::Headers headers) {
    const auto target = api::parse_target(path);
    net::Request request;
    request.method = std::move(method);
    request.target = path;
    request.headers = std::move(headers);
    return gate.judge(request, *target);
  }
  Result<Ruling> with_cookie(std::string method, net::Headers headers) {
    headers.add("host", std::string(kHost));
    headers.add("cookie", "other=1; daikan_console_13292=the-cookie");
    return judge(std::move(method), "/at/hq/api/v1/groups", std::move(headers));
  }
};

TEST_F(ConsoleGateTest, ExchangesTheTokenForACookieOnce) {
  EXPECT_EQ(judge("GET", "/?token=the-token", {{"host", std::string(kHost)}}), Ruling::enter);
  EXPECT_EQ(gate.set_cookie(), "daikan_console_13292=the-cookie; Path=/; HttpOnly; SameSite=Strict");
  EXPECT_FALSE(judge("GET", "/?token=the-token", {{"host", std::string(kHost)}})) << "a second use";
}

TEST_F(ConsoleGateTest, RefusesAWrongTokenAndNoneAtAll) {
  for (const auto* path :
       {"/?token=the-tokem", "/?token=", "/", "/?token=the-token-and-more", "/at/?token=the-token", "/console/v1/servers"}) {
    const auto ruling = judge("GET", path, {{"host", std::string(kHost)}});
    ASSERT_FALSE(ruling) << path;
    EXPECT_EQ(ruling.error().code, Code::permission_denied) << path;
  }
}

TEST_F(ConsoleGateTest, LetsItsOwnPageIn) {
  EXPECT_EQ(with_cookie("GET", {}), Ruling::open);
  EXPECT_EQ(with_cookie("GET", {{"sec-fetch-site", "same-origin"}}), Ruling::open);
  EXPECT_EQ(with_cookie("POST", {{"origin", "http://127.0.0.1:13292"}}), Ruling::open);
}

TEST_F(ConsoleGateTest, RefusesOtherSitesAndOtherPortsOfThisMachineEvenWithTheCookie) {
  EXPECT_FALSE(with_cookie("POST", {{"origin", "https://evil.example.com"}}));
  EXPECT_FALSE(with_cookie("POST", {{"origin", "http://127.0.0.1:8080"}}));
  EXPECT_FALSE(with_cookie("GET", {{"sec-fetch-site", "same-site"}})) << "another port of 127.0.0.1 is the same site";
  EXPECT_FALSE(with_cookie("GET", {{"sec-fetch-site", "cross-site"}}));
  EXPECT_FALSE(with_cookie("POST", {})) << "a browser names the origin of a change";
  EXPECT_FALSE(with_cookie("POST", {{"origin", "null"}}));
}

TEST_F(ConsoleGateTest, RefusesANameThatWasReboundToThisMachine) {
  for (const auto* host : {"evil.example.com:13292", "localhost:13292", "127.0.0.1", "127.0.0.1:13293", ""}) {
    const auto ruling = judge("GET", "/?token=the-token", {{"host", host}});
    EXPECT_FALSE(ruling) << host;
  }
  EXPECT_EQ(judge("GET", "/?token=the-token", {{"host", std::string(kHost)}}), Ruling::enter) << "the token was not used up by them";
}

}  // namespace
}  // namespace daikan::cli
