#include "base/address.h"

#include <gtest/gtest.h>

namespace daikan {
namespace {

TEST(Address, TakesNamesAndLiteralsWithAndWithoutPort) {
  EXPECT_EQ(*parse_endpoint("branch1.example.com", 13000), (Endpoint{"branch1.example.com", 13000}));
  EXPECT_EQ(*parse_endpoint("10.0.0.7:13001", 13000), (Endpoint{"10.0.0.7", 13001}));
  EXPECT_EQ(*parse_endpoint("[2001:db8::7]:1", 13000), (Endpoint{"2001:db8::7", 1}));
  EXPECT_EQ(*parse_endpoint("[2001:db8::7]", 13000), (Endpoint{"2001:db8::7", 13000}));
  EXPECT_EQ(*parse_endpoint("2001:db8::7", 13000), (Endpoint{"2001:db8::7", 13000}));
  EXPECT_EQ(*parse_endpoint(" hq \t", 13000), (Endpoint{"hq", 13000}));
}

TEST(Address, IsWrittenAsItIsRead) {
  EXPECT_EQ((Endpoint{"2001:db8::7", 1}).str(), "[2001:db8::7]:1");
  EXPECT_EQ((Endpoint{"hq", 65535}).str(), "hq:65535");
}

TEST(Address, TellsAMissingAddressABadPortAndNonsenseApart) {
  EXPECT_EQ(parse_endpoint("", 1, "primary_address").error().code, Code::address_required);
  EXPECT_EQ(parse_endpoint("", 1, "primary_address").error().field, "primary_address");
  for (const auto* text : {"hq:0", "hq:65536", "hq:", "hq:http", "hq:-1", "hq: 5"}) {
    EXPECT_EQ(parse_endpoint(text, 1).error().code, Code::port_out_of_range) << text;
  }
  for (const auto* text : {"a b", "http://hq", "[::1", "[hq]:1", "[::1]x", ":5", "hq\x01", "user@hq"}) {
    EXPECT_EQ(parse_endpoint(text, 1).error().code, Code::invalid_request) << text;
  }
  EXPECT_EQ(parse_endpoint(std::string(254, 'a'), 1).error().code, Code::invalid_request);
}

TEST(Address, ReadsProxiesOfBothKinds) {
  const auto http = parse_proxy_url("http://olga@proxy.example.com");
  ASSERT_TRUE(http);
  EXPECT_EQ(*http, (Proxy{ProxyKind::http, {"proxy.example.com", 3128}, "olga", ""}));
  const auto socks = parse_proxy_url("socks5://[::1]:1081/");
  ASSERT_TRUE(socks);
  EXPECT_EQ(*socks, (Proxy{ProxyKind::socks5, {"::1", 1081}, "", ""}));
  EXPECT_EQ(socks->url(), "socks5://[::1]:1081");
}

TEST(Address, NeverTakesOrShowsAPasswordInAProxyUrl) {
  const auto refused = parse_proxy_url("http://olga:secret@proxy:3128");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text().find("secret"), std::string::npos);
  EXPECT_EQ((Proxy{ProxyKind::http, {"p", 1}, "olga", "secret"}).url(), "http://olga@p:1");
  for (const auto* text : {"", "proxy:3128", "https://proxy", "http://", "http://@proxy", "http://proxy:0"}) {
    EXPECT_FALSE(parse_proxy_url(text)) << text;
  }
}

}  // namespace
}  // namespace daikan
