// What commands print and read: JSON, trees, events, steps.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "cli/event_stream.h"
#include "cli/json_text.h"
#include "cli/link_text.h"
#include "cli/tree_text.h"
#include "unit/cli/test_terminal.h"

namespace daikan::cli::test {
namespace {

TEST(JsonText, IsIndentedAndKeepsItsOrder) {
  EXPECT_EQ(pretty(json::parse(R"({"b":[1,{"a":null}],"a":"日本\"","e":[],"o":{},"d":1.5})")),
            "{\n  \"b\": [\n    1,\n    {\n      \"a\": null\n    }\n  ],\n  \"a\": \"日本\\\"\",\n  \"e\": [],\n  \"o\": {},\n  \"d\": "
            "1.5\n}\n");
}

TEST(JsonText, LooksUpWithoutThrowing) {
  const auto value = json::parse(R"({"s":"text","n":7,"t":true,"a":[1],"z":null,"e":{"code":"loop","message":"m","remedy":"r"}})");
  EXPECT_EQ(text_of(value, "s"), "text");
  EXPECT_EQ(text_of(value, "n"), "7");
  EXPECT_EQ(text_of(value, "z"), "");
  EXPECT_EQ(text_of(value, "none"), "");
  EXPECT_EQ(text_of(json::value(7), "s"), "");
  EXPECT_TRUE(truth_of(value, "t"));
  EXPECT_EQ(elements(value, "a").size(), 1U);
  EXPECT_TRUE(elements(value, "s").empty());
  EXPECT_EQ(error_of(value, "e"), Error(Code::loop, "m", "r"));
  EXPECT_FALSE(error_of(value, "z"));
}

TEST(JsonText, EncodesForPathsAndQueries) { EXPECT_EQ(percent_encoded("A b/ü?&-._~"), "A%20b%2F%C3%BC%3F%26-._~"); }

const json::value kTree = json::parse(R"({
  "name":"hq","version":"0.1.0","devices":{"ok":38,"warning":2,"critical":1,"unknown":0,"total":41,"told_at":null},"secondaries":[
    {"name":"branch1","state":"connected","direction":"secondary_dials","group":"Managed devices","reason":null,"error":null,
     "server":{"name":"branch1","version":"0.1.0","secondaries":[
       {"name":"shop","state":"connected","direction":"secondary_dials","group":"Managed devices","reason":null,"server":null,
        "error":{"code":"timed_out","message":"No answer within 5 s.","remedy":"Try again."}}]}},
    {"name":"dmz1","state":"disconnected","direction":"primary_dials","group":"Managed devices","server":null,"error":null,
     "reason":{"code":"refused","message":"dmz:13000: connection refused.","remedy":"Open it."}}]})");

TEST(Tree, IsDrawnWithStatesAndReasons) {
  TestTerminal given;
  EXPECT_EQ(draw_tree(given.terminal, kTree),
            "hq (0.1.0)  41 devices: 1 critical, 2 warning\n"
            "├─ ● branch1 (0.1.0)  Connected  Managed devices  devices unknown\n"
            "│  └─ ● shop  Connected  Managed devices\n"
            "│        What is below it could not be asked: No answer within 5 s. Try again.\n"
            "└─ ✗ dmz1  Disconnected, primary dials  Managed devices\n"
            "      dmz:13000: connection refused. Open it.\n");
}

TEST(Tree, IsDrawnInAsciiWhereThereIsNoUtf8) {
  TestTerminal given({.charset = Charset::ascii});
  const auto drawn = draw_tree(given.terminal, kTree);
  EXPECT_THAT(drawn, testing::HasSubstr("|- [+] branch1 (0.1.0)  Connected"));
  EXPECT_THAT(drawn, testing::HasSubstr("|  `- [+] shop"));
  EXPECT_THAT(drawn, testing::HasSubstr("`- [-] dmz1"));
  EXPECT_TRUE(std::all_of(drawn.begin(), drawn.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

TEST(Tree, ShowsWhatWasBelowAServerThatIsAwayAndHowFreshThatIs) {
  TestTerminal given;
  const auto away = json::parse(R"({"name":"hq","version":"0.1.0","secondaries":[
    {"name":"branch","state":"disconnected","direction":"secondary_dials","group":"Managed devices","server":null,
     "error":{"code":"not_connected","message":"It is away.","remedy":""},"reason":null,"last_known":[
       {"name":"shop","path":["branch","shop"],"state":"connected","heard_at":"yesterday","devices":{"ok":1,"warning":0,"critical":0,"unknown":0,"total":1}},
       {"name":"till","path":["branch","shop","till"],"state":"never_connected","heard_at":null}]}]})");
  EXPECT_EQ(draw_tree(given.terminal, away),
            "hq (0.1.0)  devices unknown\n"
            "└─ ✗ branch  Disconnected  Managed devices\n"
            "      shop  Connected, as of yesterday, 1 device\n"
            "        till  Never connected, never heard of, devices unknown\n");
}

TEST(Tree, NothingOfWhatAServerSaysCanSteerTheTerminal) {
  TestTerminal given;
  const auto drawn = draw_tree(given.terminal, json::parse(R"({"name":"a\u001b]0;b\u0007","version":"1","secondaries":[
    {"name":"x","state":"","last_known":[{"name":"\u001b[2J","state":"\u001b","heard_at":"\u001b","path":7}]}]})"));
  EXPECT_EQ(drawn.find('\x1b'), std::string::npos);
}

TEST(Probe, ShowsEachStepAndTheRemedyAtTheFailedOne) {
  TestTerminal given;
  print_probe(given.terminal, json::parse(R"({"steps":[
    {"step":"name","detail":"10.0.0.7","took_ms":1.5,"error":null},
    {"step":"tcp","detail":"","took_ms":2,"error":{"code":"refused","message":"hq:13000: connection refused.","remedy":"Open it."}}]})"));
  EXPECT_EQ(given.out.str(), "✓ Resolve the name: 10.0.0.7 (1.5 ms)\n✗ Connect: hq:13000: connection refused. (2 ms)\n    Open it.\n");
}

std::vector<StreamedEvent> feed_in_pieces(EventStream& stream, std::string_view text, std::size_t piece) {
  std::vector<StreamedEvent> all;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    for (auto& event : stream.feed(text.substr(at, piece))) all.push_back(std::move(event));
  }
  return all;
}

TEST(EventStream, ReadsEventsHoweverTheyAreCut) {
  constexpr std::string_view kText =
      ": hello\n\nid: 1\nevent: link_connected\ndata: {\"a\":1}\n\nid:2\r\ndata: one\r\ndata: two\r\n\r\nid: 3\n\n";
  for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
    EventStream stream;
    const auto events = feed_in_pieces(stream, kText, piece);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].id, "1");
    EXPECT_EQ(events[0].kind, "link_connected");
    EXPECT_EQ(events[0].data, "{\"a\":1}");
    EXPECT_EQ(events[1].data, "one\ntwo");
    EXPECT_EQ(stream.last_id(), "3");
  }
}

TEST(EventStream, KeepsNoEndlessLine) {
  EventStream stream;
  EXPECT_TRUE(feed_in_pieces(stream, "data: " + std::string(3'000'000, 'x'), 100'000).empty());
  EXPECT_EQ(feed_in_pieces(stream, "\n\ndata: y\n\n", 100).size(), 1U);
}

}  // namespace
}  // namespace daikan::cli::test
