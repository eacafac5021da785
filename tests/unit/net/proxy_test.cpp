#include "net/proxy.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace daikan::net {
namespace {

const Endpoint kTarget{"branch1.example.com", 13000};

Proxy http(std::string user = {}, std::string password = {}) {
  return {ProxyKind::http, {"proxy", 3128}, std::move(user), std::move(password)};
}
Proxy socks(std::string user = {}, std::string password = {}) {
  return {ProxyKind::socks5, {"proxy", 1080}, std::move(user), std::move(password)};
}

// Feeds `answer` whole, then byte by byte: both ways must agree.
Result<ProxyProgress> feed(const Proxy& proxy, std::string_view answer) {
  const auto whole = make_proxy_exchange(proxy, kTarget);
  EXPECT_TRUE(whole->begin());
  const auto result = whole->feed(answer);
  const auto dripped = make_proxy_exchange(proxy, kTarget);
  EXPECT_TRUE(dripped->begin());
  Result<ProxyProgress> last;
  for (const char c : answer) {
    last = dripped->feed(std::string_view(&c, 1));
    if (!last) break;
  }
  EXPECT_EQ(result.has_value(), last.has_value());
  return result;
}

void expect_error(const Result<ProxyProgress>& result, Code code, std::string_view words) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code) << result.error().text();
  EXPECT_NE(result.error().message.find(words), std::string::npos) << result.error().text();
  EXPECT_TRUE(result.error().message.starts_with("branch1.example.com:13000: ")) << result.error().message;
  EXPECT_FALSE(result.error().remedy.empty());
  EXPECT_EQ(result.error().text().find("s3cret"), std::string::npos);
}

TEST(HttpProxy, AsksWithoutCredentials) {
  EXPECT_EQ(*make_proxy_exchange(http(), kTarget)->begin(),
            "CONNECT branch1.example.com:13000 HTTP/1.1\r\nHost: branch1.example.com:13000\r\n\r\n");
}

TEST(HttpProxy, AsksWithBasicCredentialsAndBracketsIpv6) {
  EXPECT_EQ(*make_proxy_exchange(http("Aladdin", "open sesame"), {"2001:db8::7", 13000})->begin(),
            "CONNECT [2001:db8::7]:13000 HTTP/1.1\r\nHost: [2001:db8::7]:13000\r\n"
            "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
}

TEST(HttpProxy, SmugglesNoHeaderIn) {
  EXPECT_EQ(make_proxy_exchange(http(), {"host\r\nX-Evil: 1", 13000})->begin().error().code, Code::invalid_request);
  EXPECT_EQ(make_proxy_exchange(http("a:b", "c"), kTarget)->begin().error().code, Code::invalid_request);
}

TEST(HttpProxy, TakesAnyAnswerOfTheTwoHundreds) {
  for (const auto* answer : {"HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200\r\nVia: x\r\n\r\n", "HTTP/1.1 204 \nA: b\n\n"}) {
    const auto result = feed(http(), answer);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_TRUE(result->connected);
  }
  EXPECT_EQ(feed(http(), "HTTP/1.1 200 Connection established\r\n\r\n")->detail, "HTTP/1.1 200 Connection established");
}

TEST(HttpProxy, WaitsForTheWholeHead) {
  const auto result = feed(http(), "HTTP/1.1 200 Connection established\r\nVia: squid\r\n");
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->connected);
}

TEST(HttpProxy, TellsMissingFromWrongCredentials) {
  constexpr std::string_view kAnswer = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n<html>";
  expect_error(feed(http(), kAnswer), Code::proxy_auth_required, "asks for a user name and password");
  expect_error(feed(http("user", "s3cret"), kAnswer), Code::proxy_auth_required, "did not accept the user name and password");
}

TEST(HttpProxy, TakesTinyproxysAnswerToWrongCredentialsForWhatItIs) {
  expect_error(feed(http("user", "s3cret"), "HTTP/1.0 401 Unauthorized\r\n\r\n"), Code::proxy_auth_required, "401");
}

TEST(HttpProxy, QuotesARefusal) {
  expect_error(feed(http(), "HTTP/1.1 403 Forbidden\r\n\r\n<html>no</html>"), Code::proxy_denied, "“HTTP/1.1 403 Forbidden”");
  expect_error(feed(http(), "HTTP/1.1 503 \x1b[31m\r\n\r\n"), Code::proxy_denied, "\\x1b");
}

TEST(HttpProxy, RefusesBytesBehindItsAnswer) {
  expect_error(feed(http(), "HTTP/1.1 200 OK\r\n\r\n\x16\x03"), Code::proxy_invalid_answer, "sent more than its answer");
}

TEST(HttpProxy, RefusesWhatIsNotHttp) {
  expect_error(feed(http(), "SSH-2.0-OpenSSH_9.2\r\n"), Code::proxy_invalid_answer, "not HTTP");
  expect_error(feed(http(), "HTTP/1.1 OK\r\n\r\n"), Code::proxy_invalid_answer, "not a status line");
  expect_error(feed(http(), "HTTP/1.1 2000 OK\r\n\r\n"), Code::proxy_invalid_answer, "not a status line");
  expect_error(feed(http(), "HTTP/1.1 100 Continue\r\n\r\n"), Code::proxy_invalid_answer, "not an answer to CONNECT");
}

TEST(HttpProxy, RefusesEndlessHeadersWithoutKeepingThem) {
  const auto exchange = make_proxy_exchange(http(), kTarget);
  auto result = exchange->feed("HTTP/1.1 200 OK\r\n");
  const std::string header = "X-Filler: " + std::string(1000, 'x') + "\r\n";
  std::size_t fed = 0;
  for (; result && fed < 10 * 1024 * 1024; fed += header.size()) result = exchange->feed(header);
  expect_error(result, Code::proxy_invalid_answer, "more than 8 KiB");
  EXPECT_LT(fed, limits::kMaxProxyAnswerBytes + 2 * header.size());
  expect_error(exchange->feed("\r\n\r\n"), Code::proxy_invalid_answer, "more than 8 KiB");
}

TEST(HttpProxy, SaysWhenItClosedTooEarly) {
  const auto exchange = make_proxy_exchange(http(), kTarget);
  EXPECT_NE(exchange->closed().message.find("without an answer"), std::string::npos);
  ASSERT_TRUE(exchange->feed("HTTP/1.1 20"));
  EXPECT_NE(exchange->closed().message.find("in the middle"), std::string::npos);
  EXPECT_EQ(exchange->closed().code, Code::proxy_invalid_answer);
}

using namespace std::string_literals;

const std::string kSuccess = "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s;
const std::string kConnectRequest = "\x05\x01\x00\x03\x13"s + "branch1.example.com" + "\x32\xc8";

TEST(Socks5Proxy, ConnectsByName) {
  const auto exchange = make_proxy_exchange(socks(), kTarget);
  EXPECT_EQ(*exchange->begin(), "\x05\x01\x00"s);
  EXPECT_EQ(exchange->feed("\x05\x00"s)->send, kConnectRequest);
  const auto done = exchange->feed(kSuccess);
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->connected);
}

TEST(Socks5Proxy, ConnectsByAddress) {
  const auto v4 = make_proxy_exchange(socks(), {"10.0.0.7", 13000});
  EXPECT_EQ(v4->feed("\x05\x00"s)->send, "\x05\x01\x00\x01\x0a\x00\x00\x07\x32\xc8"s);
  const auto v6 = make_proxy_exchange(socks(), {"::1", 13000});
  EXPECT_EQ(v6->feed("\x05\x00"s)->send, "\x05\x01\x00\x04"s + std::string(15, '\0') + "\x01\x32\xc8"s);
}

TEST(Socks5Proxy, LogsIn) {
  const auto exchange = make_proxy_exchange(socks("user", "s3cret"), kTarget);
  EXPECT_EQ(*exchange->begin(), "\x05\x02\x00\x02"s);
  EXPECT_EQ(exchange->feed("\x05\x02"s)->send, "\x01\x04user\x06s3cret"s);
  EXPECT_EQ(exchange->feed("\x01\x00"s)->send, kConnectRequest);
  // A bound address that is a name, in two pieces.
  EXPECT_FALSE(exchange->feed("\x05\x00\x00\x03\x02"s)->connected);
  EXPECT_TRUE(exchange->feed("ab\x00\x01"s)->connected);
}

TEST(Socks5Proxy, TellsMissingFromWrongCredentials) {
  expect_error(feed(socks(), "\x05\xff"s), Code::proxy_auth_required, "without a user name");
  expect_error(feed(socks("user", "s3cret"), "\x05\xff"s), Code::proxy_auth_required, "accepts neither");
  const auto exchange = make_proxy_exchange(socks("user", "s3cret"), kTarget);
  ASSERT_TRUE(exchange->feed("\x05\x02"s));
  expect_error(exchange->feed("\x01\x01"s), Code::proxy_auth_required, "did not accept");
}

TEST(Socks5Proxy, PutsEveryReplyIntoWords) {
  const std::pair<char, std::string_view> replies[] = {{1, "general failure"},       {2, "not allowed"},        {3, "network unreachable"},
                                                       {4, "host unreachable"},      {5, "connection refused"}, {6, "time to live"},
                                                       {7, "command not supported"}, {8, "address type"},       {99, "unknown code"}};
  for (const auto& [code, words] : replies) {
    const auto exchange = make_proxy_exchange(socks(), kTarget);
    ASSERT_TRUE(exchange->feed("\x05\x00"s));
    expect_error(exchange->feed(std::string{5, code, 0, 1, 0, 0, 0, 0, 0, 0}), Code::proxy_denied, words);
    EXPECT_FALSE(exchange->feed(kSuccess)) << "a refusal is final";
  }
}

TEST(Socks5Proxy, RefusesBytesBehindAnyOfItsAnswers) {
  const auto hasty = make_proxy_exchange(socks(), kTarget);
  expect_error(hasty->feed("\x05\x00"s + kSuccess), Code::proxy_invalid_answer, "sent more than its answer");
  const auto exchange = make_proxy_exchange(socks(), kTarget);
  ASSERT_TRUE(exchange->feed("\x05\x00"s));
  expect_error(exchange->feed(kSuccess + "\x16"), Code::proxy_invalid_answer, "sent more than its answer");
}

TEST(Socks5Proxy, RefusesWhatIsNotSocks5) {
  expect_error(feed(socks(), "HTTP/1.1 400 Bad Request\r\n"), Code::proxy_invalid_answer, "not SOCKS5");
  expect_error(feed(socks(), "\x04\x5a"s), Code::proxy_invalid_answer, "not SOCKS5");
  expect_error(feed(socks(), "\x05\x02"s), Code::proxy_invalid_answer, "not offered");
  const auto exchange = make_proxy_exchange(socks(), kTarget);
  ASSERT_TRUE(exchange->feed("\x05\x00"s));
  expect_error(exchange->feed("\x05\x00\x00\x09\x00"s), Code::proxy_invalid_answer, "unknown kind");
}

TEST(Socks5Proxy, RefusesWhatItCannotCarry) {
  EXPECT_EQ(make_proxy_exchange(socks(std::string(256, 'u')), kTarget)->begin().error().code, Code::invalid_request);
  EXPECT_EQ(make_proxy_exchange(socks("u", std::string(256, 'p')), kTarget)->begin().error().code, Code::invalid_request);
  EXPECT_EQ(make_proxy_exchange(socks(), {std::string(256, 'h'), 1})->begin().error().code, Code::invalid_request);
}

}  // namespace
}  // namespace daikan::net
