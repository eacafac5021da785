#include "net/http.h"

#include "unit/net/test_http.h"

namespace daikan::net {
namespace {

using namespace test;

TEST(Headers, AreFoundWhateverTheCaseAndKeptInLowerCase) {
  Headers headers{{"Content-Type", "text/plain"}};
  headers.add("X-One", "1");
  EXPECT_EQ(headers.find("content-type"), "text/plain");
  EXPECT_EQ(headers.find("CONTENT-TYPE"), "text/plain");
  EXPECT_EQ(headers.fields()[1].first, "x-one");
  EXPECT_FALSE(headers.find("x-two"));
}

TEST(Headers, SetReplacesEveryValueAndRemoveTakesAllAway) {
  Headers headers;
  headers.add("a", "1");
  headers.add("b", "2");
  headers.add("a", "3");
  headers.set("A", "4");
  EXPECT_EQ(headers.fields().size(), 2U);
  EXPECT_EQ(headers.find("a"), "4");
  headers.set("c", "5");
  EXPECT_EQ(headers.find("c"), "5");
  headers.remove("A");
  EXPECT_FALSE(headers.find("a"));
}

TEST(Body, OfTextIsReadAtOnceAndEmptyAfterwards) {
  Loop loop;
  Body body("twelve bytes");
  EXPECT_FALSE(body.is_stream());
  EXPECT_EQ(loop.run(body.read_all(12)).value(), "twelve bytes");
  EXPECT_EQ(body.text(), "");
}

TEST(Body, BeyondTheBoundIsTooLarge) {
  Loop loop;
  Body text("twelve bytes");
  EXPECT_EQ(loop.run(text.read_all(11)).error().code, Code::too_large);
  Observed seen(loop.executor());
  Body stream(std::make_unique<CountedSource>(seen, 1000, 1000));
  EXPECT_TRUE(stream.is_stream());
  EXPECT_EQ(loop.run(stream.read_all(10'000)).error().code, Code::too_large);
  EXPECT_EQ(seen.bytes_given, 11'000U);
  EXPECT_EQ(seen.sources_destroyed, 1);
}

TEST(Body, AsASourceGivesTheTextThenTheEnd) {
  Loop loop;
  Body body("text");
  const auto source = body.into_source();
  EXPECT_EQ(loop.run(source->next()).value(), "text");
  EXPECT_EQ(loop.run(source->next()).value(), "");
}

}  // namespace
}  // namespace daikan::net
