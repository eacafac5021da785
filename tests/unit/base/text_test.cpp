#include "base/text.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"

namespace daikan {
namespace {

std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

TEST(Text, KnowsWellFormedUtf8) {
  EXPECT_TRUE(is_utf8("Zürich 管理サーバー 🙂"));
  for (const auto* text : {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

TEST(Text, FindsWhatIsNotUtf8WhereverItStands) {
  for (std::size_t place = 0; place < 40; ++place) {
    std::string text(40, 'a');
    EXPECT_TRUE(is_utf8(text));
    text[place] = '\xff';
    EXPECT_FALSE(is_utf8(text)) << place;
    text.replace(place, 1, "ü");
    EXPECT_TRUE(is_utf8(text)) << place;
    EXPECT_FALSE(is_utf8(text.substr(0, place + 1))) << place;
  }
}

TEST(Text, ReadsHexWithAndWithoutColons) {
  EXPECT_EQ(to_hex(std::vector<std::uint8_t>{0, 0xab, 0x10}), "00ab10");
  EXPECT_EQ(*from_hex("00AB10"), (std::vector<std::uint8_t>{0, 0xab, 0x10}));
  EXPECT_EQ(*from_hex("00:ab:10"), (std::vector<std::uint8_t>{0, 0xab, 0x10}));
  for (const auto* text : {"0", "0g", ":00", "0:0", "00 11"}) EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Text, ReadsStrictBase64Only) {
  for (const auto* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    const auto encoded = to_base64(bytes(text));
    EXPECT_EQ(encoded.size() % 4, 0U);
    EXPECT_EQ(*from_base64(encoded), bytes(text));
  }
  EXPECT_EQ(to_base64(bytes("fo")), "Zm8=");
  for (const auto* text : {"Zm8", "Zm8=\n", "Zm=8", "====", "Z===", "Zm9v!mFy"}) EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Text, QuotesSafelyAndCuts) {
  EXPECT_EQ(quotable("a\nb\x7f\xff"), "a\\x0ab\\x7f\\xff");
  EXPECT_EQ(quotable("管理"), "管理");
  EXPECT_EQ(quotable("abcdef", 3), "abc…");
  EXPECT_EQ(trim(" \t a b\t"), "a b");
  EXPECT_EQ(trim(" \t"), "");
}

TEST(Ids, AreVersionSevenInTheOrderOfTheirTime) {
  const auto early = ServerId::make(from_micros(1'700'000'000'000'000));
  const auto late = ServerId::make(from_micros(1'700'000'000'001'000));
  EXPECT_LT(early, late);
  EXPECT_EQ(early.str().size(), 36U);
  EXPECT_EQ(early.str()[14], '7');
  EXPECT_EQ(ServerId::parse(early.str()), early);
  EXPECT_NE(ServerId::make(from_micros(0)), ServerId::make(from_micros(0)));
  EXPECT_FALSE(ServerId{});
}

TEST(Ids, AreReadInTheirCanonicalFormOnly) {
  EXPECT_TRUE(ServerId::parse("01A20A89-868E-7B3A-B2BA-3532B1F8F058"));
  for (const auto* text :
       {"", "01a20a89868e7b3ab2ba3532b1f8f058", "01a20a89-868e-7b3a-b2ba-3532b1f8f05", "01a20a89-868e-7b3a-b2ba-3532b1f8f05g",
        "01a20a89x868e-7b3a-b2ba-3532b1f8f058", "{01a20a89-868e-7b3a-b2ba-3532b1f8f05}"}) {
    EXPECT_FALSE(ServerId::parse(text)) << text;
  }
}

TEST(Clock, WritesRfc3339) {
  EXPECT_EQ(to_rfc3339(from_micros(0)), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339(from_micros(1'795'469'580'000'007)), "2026-11-23T21:33:00.000007Z");
}

TEST(Errors, HaveANameForEveryCodeAndBack) {
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    const auto code = static_cast<Code>(i);
    EXPECT_EQ(code_from_string(to_string(code)), code);
  }
  EXPECT_EQ(to_string(Code::internal), "internal");
  EXPECT_EQ(to_string(Code::proxy_auth_required), "proxy_auth_required");
  EXPECT_FALSE(code_from_string("nonsense"));
  EXPECT_EQ(Error(Code::loop, "What.", "Do.").text(), "What. Do.");
  EXPECT_EQ(Error(Code::loop, "What.").text(), "What.");
}

}  // namespace
}  // namespace daikan
