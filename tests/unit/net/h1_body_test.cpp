#include "net/h1_body.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace daikan::net {
namespace {

struct Read {
  std::string bytes;
  std::string left;  // of what was fed
  enum class End : std::uint8_t { complete, wants_more, broken } end = End::wants_more;
};

/// Feeds `wire` in pieces of `step` bytes.
Read read(H1Body body, std::string_view wire, std::size_t step) {
  Read read;
  while (true) {
    auto piece = body.take(read.left);
    if (!piece) {
      EXPECT_EQ(piece.error().code, Code::protocol_error);
      EXPECT_TRUE(body.is_broken());
      EXPECT_FALSE(body.take(read.left)) << "it took a body it had refused";
      read.end = Read::End::broken;
      return read;
    }
    read.bytes += *piece;
    if (body.is_complete() || wire.empty()) break;
    read.left += wire.substr(0, step);
    wire.remove_prefix(std::min(step, wire.size()));
  }
  read.left += wire;
  if (body.is_complete()) read.end = Read::End::complete;
  return read;
}

constexpr std::size_t kSteps[] = {1, 2, 3, 4, 5, 7, 16, 100'000};

void expect_complete(H1Body body, std::string_view wire, std::string_view bytes, std::string_view left = "") {
  for (const auto step : kSteps) {
    const auto got = read(body, wire, step);
    EXPECT_EQ(got.end, Read::End::complete) << step << ": " << wire;
    EXPECT_EQ(got.bytes, bytes) << step << ": " << wire;
    EXPECT_EQ(got.left, left) << step << ": " << wire;
  }
}

void expect_broken(std::string_view wire) {
  for (const auto step : kSteps) EXPECT_EQ(read(H1Body::chunked(), wire, step).end, Read::End::broken) << step << ": " << wire;
}

TEST(H1Body, OfAKnownLengthEndsThereAndLeavesWhatFollows) {
  expect_complete(H1Body::sized(0), "GET /", "", "GET /");
  expect_complete(H1Body::sized(5), "helloGET /", "hello", "GET /");
  EXPECT_EQ(read(H1Body::sized(6), "hello", 2).end, Read::End::wants_more);
}

TEST(H1Body, OfChunksIsTheSameHoweverItIsCut) {
  expect_complete(H1Body::chunked(), "0\r\n\r\nGET /", "", "GET /");
  expect_complete(H1Body::chunked(), "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "hello!");
  expect_complete(H1Body::chunked(), "00A\r\n0123456789\r\n000\r\n\r\n", "0123456789");
  expect_complete(H1Body::chunked(), "1\r\n\r\r\n1\r\n\n\r\n0\r\n\r\n", "\r\n");
}

TEST(H1Body, DropsExtensionsAndTrailers) {
  expect_complete(H1Body::chunked(), "2;a=b;c=\"d\"\r\nhi\r\n0 ;last\r\n\r\n", "hi");
  expect_complete(H1Body::chunked(), "2\r\nhi\r\n0\r\nExpires: never\r\nx:\r\n\r\nGET /", "hi", "GET /");
}

TEST(H1Body, AnUnfinishedOneWantsMore) {
  for (const std::string_view wire :
       {"", "5", "5\r", "5\r\n", "5\r\nhell", "5\r\nhello", "5\r\nhello\r", "5\r\nhello\r\n0\r\n", "0\r\n\r", "0\r\na: b\r\n"}) {
    for (const auto step : kSteps) EXPECT_EQ(read(H1Body::chunked(), wire, step).end, Read::End::wants_more) << wire;
  }
}

TEST(H1Body, RefusesWhatAnotherServerCouldReadDifferently) {
  for (const std::string_view wire :
       {"\r\n", " 5\r\nhello\r\n", "-5\r\n", "+5\r\n", "0x5\r\nhello\r\n", "5 5\r\n", "g\r\n", ";a\r\n", "5;a\x01\r\nhello\r\n",
        "5\nhello\r\n", "5;\rx\r\nhello\r\n", "5\r\nhello!\r\n", "5\r\nhello\n0\r\n", "11112222333344445\r\n", "0\r\n: nobody\r\n\r\n",
        "0\r\nno colon\r\n\r\n", "0\r\na b: c\r\n\r\n", "0\r\n folded: x\r\n\r\n", "0\r\na: b\nc: d\r\n\r\n"}) {
    expect_broken(wire);
  }
}

TEST(H1Body, BoundsTheHeadOfAChunkAndTheTrailer) {
  const std::string much(limits::kMaxHeaderListBytes, 'a');
  EXPECT_EQ(read(H1Body::chunked(), "5;" + much, 100).end, Read::End::broken);
  EXPECT_EQ(read(H1Body::chunked(), "5;" + much + "\r\nhello", 100'000).end, Read::End::broken);
  EXPECT_EQ(read(H1Body::chunked(), std::string(limits::kMaxHeaderListBytes + 1, '0'), 100).end, Read::End::broken);
  std::string trailer = "0\r\n";
  while (trailer.size() <= limits::kMaxHeaderListBytes + 3) trailer += "a: b\r\n";
  EXPECT_EQ(read(H1Body::chunked(), trailer, 100).end, Read::End::broken);
}

}  // namespace
}  // namespace daikan::net
