#include "server/totp.h"

#include <set>

#include <gtest/gtest.h>

namespace daikan::server {
namespace {

using namespace std::chrono_literals;

std::vector<std::uint8_t> rfc_key() {
  const std::string text = "12345678901234567890";
  return {text.begin(), text.end()};
}

TimePoint at(std::int64_t seconds) { return from_micros(seconds * 1'000'000); }

TEST(Totp, MakesTheCodesOfRfc6238AppendixB) {
  const std::pair<std::int64_t, const char*> vectors[] = {{59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
                                                          {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : vectors) {
    EXPECT_EQ(totp_code(rfc_key(), totp_step(at(seconds)), 8), code) << seconds;
    EXPECT_EQ(totp_code(rfc_key(), totp_step(at(seconds))), std::string(code).substr(2)) << seconds;
  }
}

TEST(Totp, MakesTheCodesOfRfc4226AppendixD) {
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"};
  for (std::int64_t step = 0; step < 10; ++step) EXPECT_EQ(totp_code(rfc_key(), step), codes[step]);
}

TEST(Totp, ACodeIsGoodForItsStepAndOneBeforeAndAfter) {
  const auto when = at(1111111111);
  const auto step = totp_step(when);
  for (std::int64_t away = -3; away <= 3; ++away) {
    const auto accepted = accepted_step(rfc_key(), totp_code(rfc_key(), step + away), when, 0);
    EXPECT_EQ(accepted.has_value(), away >= -1 && away <= 1) << away;
    if (accepted) EXPECT_EQ(*accepted, step + away);
  }
}

TEST(Totp, ACodeIsAcceptedOnceAndNoneFromBeforeIt) {
  const auto when = at(1111111111);
  const auto step = totp_step(when);
  const auto first = accepted_step(rfc_key(), totp_code(rfc_key(), step), when, 0);
  ASSERT_TRUE(first);
  EXPECT_FALSE(accepted_step(rfc_key(), totp_code(rfc_key(), step), when, *first));
  EXPECT_FALSE(accepted_step(rfc_key(), totp_code(rfc_key(), step - 1), when, *first));
  EXPECT_TRUE(accepted_step(rfc_key(), totp_code(rfc_key(), step + 1), when + 30s, *first));
}

TEST(Totp, AWrongCodeIsNone) {
  for (const auto* code : {"", "000000", "12345", "1234567", "abcdef", "05047", " 050471"}) {
    EXPECT_FALSE(accepted_step(rfc_key(), code, at(1111111111), 0)) << code;
  }
}

TEST(Totp, Base32IsThatOfRfc4648AndBack) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""}, {"f", "MY"}, {"fo", "MZXQ"}, {"foo", "MZXW6"}, {"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, text] : vectors) {
    const std::string held(plain);
    const std::vector<std::uint8_t> bytes(held.begin(), held.end());
    EXPECT_EQ(to_base32(bytes), text);
    EXPECT_EQ(from_base32(text), bytes);
  }
  EXPECT_EQ(from_base32("mzxw-6ytb oi"), from_base32("MZXW6YTBOI"));
  EXPECT_FALSE(from_base32("MZXW1"));
}

TEST(Totp, RecoveryCodesAreManyAndFoundHoweverTheyAreWritten) {
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(codes.insert(make_recovery_code()).second);
  const auto code = *codes.begin();
  EXPECT_EQ(code.size(), 19U);
  const auto hash = recovery_hash(code);
  ASSERT_TRUE(hash);
  EXPECT_EQ(hash->find(code), std::string::npos);
  auto upper = code;
  for (auto& c : upper) c = static_cast<char>(std::toupper(c));
  std::erase(upper, '-');
  EXPECT_EQ(recovery_hash(upper), hash);
  for (const auto* wrong : {"", "123456", "abcd", "abcd-efgh-ijkl-mnop-qrst"}) EXPECT_FALSE(recovery_hash(wrong)) << wrong;
}

TEST(Totp, TheUriSaysServerUserAndSecret) {
  EXPECT_EQ(otpauth_uri("hq 1", "ol/ga", "ABC"),
            "otpauth://totp/Daikan%20hq%201:ol%2Fga?secret=ABC&issuer=Daikan%20hq%201&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
}  // namespace daikan::server
