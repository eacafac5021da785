#include "net/h2_session.h"

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include "base/limits.h"
#include "net/h2_memory.h"

namespace daikan::net {
namespace {

using namespace std::chrono_literals;
using Kind = H2Event::Kind;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, const std::string& payload) {
  std::string out;
  out.push_back(static_cast<char>(payload.size() >> 16U));
  out.push_back(static_cast<char>(payload.size() >> 8U));
  out.push_back(static_cast<char>(payload.size()));
  out.push_back(static_cast<char>(type));
  out.push_back(static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(stream >> static_cast<unsigned>(shift)));
  return out + payload;
}

std::string repeated(int times, const std::string& text) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(NGHTTP2_SETTINGS, 0, 0, "");
// :method GET, :scheme https, :path / from HPACK's static table, and :authority "a".
const std::string kGet = std::string("\x82\x87\x84\x01\x01", 5) + "a";
const std::string kPing = frame(NGHTTP2_PING, 0, 0, "12345678");

// A session and the time that passes around it.
struct Side {
  SteadyTime time{};
  H2Session session;
  std::vector<H2Event> events;

  explicit Side(H2Role role, unsigned streams = 64) : session(role, streams, SteadyTime{}) {}
  void take(const std::string& bytes) {
    session.feed(bytes_of(bytes), time);
    for (auto& event : session.take_events()) events.push_back(std::move(event));
  }
  std::string give(std::size_t limit = 16 * 1024) {
    std::string out;
    session.fill(out, limit);
    for (auto& event : session.take_events()) events.push_back(std::move(event));
    return out;
  }
  int count(Kind kind) const {
    return static_cast<int>(std::ranges::count_if(events, [kind](const auto& event) { return event.kind == kind; }));
  }
  const H2Event* first(Kind kind) const {
    const auto at = std::ranges::find_if(events, [kind](const auto& event) { return event.kind == kind; });
    return at == events.end() ? nullptr : &*at;
  }
  std::string body(std::int32_t stream) const {
    std::string all;
    for (const auto& event : events) {
      if (event.kind == Kind::data && event.stream == stream) all += event.data;
    }
    return all;
  }
};

void exchange(Side& a, Side& b) {
  for (;;) {
    const auto from_a = a.give();
    const auto from_b = b.give();
    if (from_a.empty() && from_b.empty()) return;
    if (!from_a.empty()) b.take(from_a);
    if (!from_b.empty()) a.take(from_b);
  }
}

H2Head head_of(std::string method, std::string target) {
  H2Head head;
  head.method = std::move(method);
  head.target = std::move(target);
  head.authority = "peer";
  return head;
}

H2Head answer_of(int status) {
  H2Head head;
  head.status = status;
  return head;
}

bool ended_with(const std::string& bytes, std::uint32_t code) {
  // The last frame is the GOAWAY: type at 3, error code behind the last stream id.
  for (std::size_t at = 0; at + 9 <= bytes.size();) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[at + i]); };
    const auto size = (std::size_t{byte(0)} << 16U) | (std::size_t{byte(1)} << 8U) | byte(2);
    if (byte(3) == NGHTTP2_GOAWAY && byte(9 + 7) == code) return true;
    at += 9 + size;
  }
  return false;
}

// ---- two sessions back to back ----

struct Two {
  Side client{H2Role::client, 64};
  Side server{H2Role::server, 64};
  Two() { exchange(client, server); }
};

TEST(H2Session, TellsOfThePeersSettingsOnce) {
  Two two;
  EXPECT_EQ(two.client.count(Kind::settings), 1);
  EXPECT_EQ(two.server.count(Kind::settings), 1);
  EXPECT_EQ(two.client.session.granted_streams(), 64U);
}

TEST(H2Session, CarriesARequestAndItsAnswer) {
  Two two;
  auto head = head_of("PUT", "/x");
  head.headers.add("x-one", "1");
  head.headers.add("connection", "close");
  const auto id = two.client.session.request(head, H2Follows::body, H2Urgency::normal).value();
  two.client.session.provide(id, "body", H2Piece::last);
  exchange(two.client, two.server);
  const auto* got = two.server.first(Kind::head);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->head->method, "PUT");
  EXPECT_EQ(got->head->target, "/x");
  EXPECT_EQ(got->head->authority, "peer");
  EXPECT_EQ(got->head->headers.find("x-one"), "1");
  EXPECT_FALSE(got->head->headers.find("connection"));
  EXPECT_EQ(two.server.body(id), "body");
  two.server.session.respond(id, answer_of(201), H2Follows::nothing, H2Urgency::normal);
  exchange(two.client, two.server);
  ASSERT_TRUE(two.client.first(Kind::head));
  EXPECT_EQ(two.client.first(Kind::head)->head->status, 201);
  EXPECT_EQ(two.client.count(Kind::end), 1);
  EXPECT_EQ(two.client.count(Kind::closed), 1);
  EXPECT_EQ(two.server.count(Kind::closed), 1);
}

TEST(H2Session, MakesOneOfCookiesThatBrowsersSplit) {
  Two two;
  auto head = head_of("GET", "/");
  head.headers.add("cookie", "a=1");
  head.headers.add("cookie", "b=2");
  ASSERT_TRUE(two.client.session.request(head, H2Follows::nothing, H2Urgency::normal));
  exchange(two.client, two.server);
  ASSERT_TRUE(two.server.first(Kind::head));
  EXPECT_EQ(two.server.first(Kind::head)->head->headers.find("cookie"), "a=1; b=2");
}

TEST(H2Session, SendsNoMoreThanTheWindowUntilItsReaderConsumes) {
  Two two;
  const auto id = two.client.session.request(head_of("PUT", "/x"), H2Follows::body, H2Urgency::normal).value();
  two.client.session.provide(id, std::string(200'000, 'x'), H2Piece::last);
  exchange(two.client, two.server);
  EXPECT_EQ(two.server.body(id).size(), limits::kStreamWindowBytes);
  two.server.session.consume(id, limits::kStreamWindowBytes);
  exchange(two.client, two.server);
  EXPECT_EQ(two.server.body(id).size(), 2 * limits::kStreamWindowBytes);
}

TEST(H2Session, TakesARequestBehindManyThatNobodyReads) {
  Two two;
  for (unsigned i = 1; i < limits::kMaxConcurrentStreams; ++i) {
    const auto id = two.client.session.request(head_of("PUT", "/x"), H2Follows::body, H2Urgency::normal).value();
    two.client.session.provide(id, std::string(limits::kStreamWindowBytes, 'x'), H2Piece::last);
  }
  const auto last = two.client.session.request(head_of("PUT", "/x"), H2Follows::body, H2Urgency::normal).value();
  two.client.session.provide(last, std::string(limits::kStreamWindowBytes, 'y'), H2Piece::last);
  exchange(two.client, two.server);
  EXPECT_EQ(two.server.body(last).size(), limits::kStreamWindowBytes);
}

TEST(H2Session, AsksForMoreOnlyWhenWhatIsQueuedRunsLow) {
  Two two;
  auto& session = two.client.session;
  const auto id = session.request(head_of("PUT", "/x"), H2Follows::body, H2Urgency::normal).value();
  session.provide(id, std::string(20'000, 'x'), H2Piece::more_follow);
  EXPECT_TRUE(session.has_room(id));
  session.provide(id, std::string(20'000, 'x'), H2Piece::more_follow);
  EXPECT_FALSE(session.has_room(id));
  exchange(two.client, two.server);
  EXPECT_TRUE(session.has_room(id));
  EXPECT_EQ(two.client.count(Kind::room), 1);
  session.provide(id, "", H2Piece::last);
  exchange(two.client, two.server);
  EXPECT_EQ(two.server.body(id).size(), 40'000U);
  EXPECT_EQ(two.server.count(Kind::end), 1);
}

TEST(H2Session, FillsNoMoreThanOneFrameBeyondTheLimit) {
  Two two;
  for (int i = 0; i < 10; ++i) {
    const auto id = two.client.session.request(head_of("PUT", "/x"), H2Follows::body, H2Urgency::normal).value();
    two.client.session.provide(id, std::string(30'000, 'x'), H2Piece::last);
  }
  for (;;) {
    const auto bytes = two.client.give(16 * 1024);
    if (bytes.empty()) break;
    EXPECT_LE(bytes.size(), 18U * 1024);
    two.server.take(bytes);
  }
  EXPECT_EQ(two.server.count(Kind::end), 10);
}

TEST(H2Session, SendsBulkOnlyWhenNothingElseWaits) {
  Two two;
  auto& session = two.client.session;
  const auto bulk = session.request(head_of("PUT", "/bulk"), H2Follows::body, H2Urgency::bulk).value();
  const auto quick = session.request(head_of("PUT", "/quick"), H2Follows::body, H2Urgency::normal).value();
  session.provide(bulk, std::string(60'000, 'b'), H2Piece::last);
  session.provide(quick, std::string(30'000, 'q'), H2Piece::last);
  two.server.take(two.client.give());
  two.server.take(two.client.give());
  EXPECT_EQ(two.server.body(quick).size(), 30'000U);
  EXPECT_LE(two.server.body(bulk).size(), 8U * 1024);
  exchange(two.client, two.server);
  EXPECT_EQ(two.server.body(bulk).size(), 60'000U);
}

TEST(H2Session, SharesTurnsBetweenBulkStreams) {
  Two two;
  auto& session = two.client.session;
  const auto one = session.request(head_of("PUT", "/1"), H2Follows::body, H2Urgency::bulk).value();
  const auto two_id = session.request(head_of("PUT", "/2"), H2Follows::body, H2Urgency::bulk).value();
  session.provide(one, std::string(60'000, '1'), H2Piece::last);
  session.provide(two_id, std::string(60'000, '2'), H2Piece::last);
  for (int i = 0; i < 3; ++i) two.server.take(two.client.give());
  EXPECT_GT(two.server.body(one).size(), 8'000U);
  EXPECT_GT(two.server.body(two_id).size(), 8'000U);
}

TEST(H2Session, IgnoresInterimAnswersAndTrailers) {
  Side client(H2Role::client);
  client.take(frame(NGHTTP2_SETTINGS, 0, 0, ""));
  const auto id = client.session.request(head_of("GET", "/"), H2Follows::nothing, H2Urgency::normal).value();
  client.give();
  const auto stream = static_cast<std::uint32_t>(id);
  // :status as a literal with the static table's name (index 8).
  client.take(frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, stream, std::string("\x08\x03", 2) + "103"));
  EXPECT_FALSE(client.first(Kind::head));
  client.take(frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, stream, "\x88"));
  ASSERT_TRUE(client.first(Kind::head));
  EXPECT_EQ(client.first(Kind::head)->head->status, 200);
  client.take(frame(NGHTTP2_DATA, 0, stream, "body"));
  client.take(frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, stream, std::string("\x00\x01", 2) + "t\x01v"));
  EXPECT_EQ(client.count(Kind::head), 1);
  EXPECT_EQ(client.count(Kind::end), 1);
  EXPECT_FALSE(client.session.failure());
}

TEST(H2Session, ResetsAnAnswerNobodyReads) {
  Two two;
  const auto id = two.client.session.request(head_of("GET", "/"), H2Follows::nothing, H2Urgency::normal).value();
  exchange(two.client, two.server);
  two.client.session.discard(id);
  exchange(two.client, two.server);
  ASSERT_TRUE(two.server.first(Kind::closed));
  EXPECT_EQ(two.server.first(Kind::closed)->code, std::uint32_t{NGHTTP2_CANCEL});
}

TEST(H2Session, StopsAnUploadNobodyReadsWithoutAnErrorOnceTheAnswerIsComplete) {
  Two two;
  const auto id = two.client.session.request(head_of("PUT", "/"), H2Follows::body, H2Urgency::normal).value();
  two.client.session.provide(id, std::string(200'000, 'x'), H2Piece::last);
  exchange(two.client, two.server);
  two.server.session.discard(id);
  exchange(two.client, two.server);
  EXPECT_FALSE(two.client.first(Kind::closed));
  two.server.session.respond(id, answer_of(403), H2Follows::nothing, H2Urgency::normal);
  exchange(two.client, two.server);
  ASSERT_TRUE(two.client.first(Kind::closed));
  EXPECT_EQ(two.client.first(Kind::closed)->code, std::uint32_t{NGHTTP2_NO_ERROR});
  EXPECT_EQ(two.client.count(Kind::head), 1);
}

TEST(H2Session, TakesNoNewStreamAfterAFarewellButFinishesTheOld) {
  Two two;
  const auto id = two.client.session.request(head_of("GET", "/"), H2Follows::nothing, H2Urgency::normal).value();
  exchange(two.client, two.server);
  two.server.session.go_away(NGHTTP2_NO_ERROR);
  exchange(two.client, two.server);
  EXPECT_EQ(two.client.count(Kind::goaway), 1);
  two.server.session.respond(id, answer_of(200), H2Follows::nothing, H2Urgency::normal);
  exchange(two.client, two.server);
  EXPECT_EQ(two.client.count(Kind::head), 1);
  EXPECT_TRUE(two.client.session.is_over());
}

TEST(H2Session, RefusesStreamsBeyondThoseGranted) {
  Side server(H2Role::server, 2);
  server.take(kPreface);
  for (std::uint32_t id = 1; id <= 7; id += 2) {
    server.take(frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, id, kGet));
  }
  EXPECT_EQ(server.count(Kind::head), 2);
}

// ---- what a hostile peer may send ----

// Feeds `attack` to a server until it ends; true when it ended with ENHANCE_YOUR_CALM.
bool calmed(const std::string& attack) {
  Side server(H2Role::server);
  server.take(kPreface);
  std::string sent = server.give();
  for (std::size_t at = 0; at < attack.size() && !server.session.failure(); at += 16 * 1024) {
    server.take(attack.substr(at, 16 * 1024));
    sent = server.give(1 << 20);
  }
  return server.session.failure() && server.session.failure()->code == Code::rate_limited && ended_with(sent, NGHTTP2_ENHANCE_YOUR_CALM);
}

constexpr int kFlood = static_cast<int>(limits::kControlFrameBurst) + 10;

TEST(H2SessionUnderAttack, EndsAPingFlood) { EXPECT_TRUE(calmed(repeated(kFlood, kPing))); }

TEST(H2SessionUnderAttack, EndsASettingsFlood) { EXPECT_TRUE(calmed(repeated(kFlood, frame(NGHTTP2_SETTINGS, 0, 0, "")))); }

TEST(H2SessionUnderAttack, EndsAPriorityFlood) {
  EXPECT_TRUE(calmed(repeated(kFlood, frame(NGHTTP2_PRIORITY, 0, 1, std::string("\0\0\0\3\1", 5)))));
}

TEST(H2SessionUnderAttack, EndsAWindowUpdateFlood) {
  EXPECT_TRUE(calmed(repeated(kFlood, frame(NGHTTP2_WINDOW_UPDATE, 0, 0, std::string("\0\0\0\1", 4)))));
}

TEST(H2SessionUnderAttack, EndsAFloodOfUnknownFrames) { EXPECT_TRUE(calmed(repeated(kFlood, frame(0xbb, 0, 0, "")))); }

TEST(H2SessionUnderAttack, EndsAFloodOfEmptyData) {
  EXPECT_TRUE(calmed(frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, kGet) + repeated(kFlood, frame(NGHTTP2_DATA, 0, 1, ""))));
}

TEST(H2SessionUnderAttack, EndsAFloodOfDataThatIsAllPadding) {
  const auto padding = frame(NGHTTP2_DATA, NGHTTP2_FLAG_PADDED, 1, std::string("\x10", 1) + std::string(16, '\0'));
  EXPECT_TRUE(calmed(frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, kGet) + repeated(kFlood, padding)));
}

TEST(H2SessionUnderAttack, EndsRapidReset) {  // CVE-2023-44487
  std::string attack;
  for (std::uint32_t id = 1; id < 2 * kFlood; id += 2) {
    attack += frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, id, kGet);
    attack += frame(NGHTTP2_RST_STREAM, 0, id, std::string("\0\0\0\x8", 4));
  }
  EXPECT_TRUE(calmed(attack));
}

TEST(H2SessionUnderAttack, EndsResetsThatThePeerProvokes) {  // CVE-2025-8671
  std::string attack;
  for (std::uint32_t id = 1; id < 2 * kFlood; id += 2) {
    // A request, then a body longer than announced: nghttp2 resets the stream. Neither frame takes a token by itself.
    attack += frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, id, kGet + std::string("\x0f\x0d\x01", 3) + "1");
    attack += frame(NGHTTP2_DATA, 0, id, "two");
  }
  EXPECT_TRUE(calmed(attack));
}

TEST(H2SessionUnderAttack, EndsAContinuationFlood) {  // CVE-2024-28182
  const auto more = frame(NGHTTP2_CONTINUATION, 0, 1, std::string("\x00\x01", 2) + "a\x01" + "b");
  EXPECT_TRUE(calmed(frame(NGHTTP2_HEADERS, 0, 1, kGet) + repeated(100, more)));
}

TEST(H2SessionUnderAttack, AllowsAPingNowAndThenForever) {
  Side server(H2Role::server);
  server.take(kPreface);
  for (int i = 0; i < 5'000; ++i) {
    server.time += 20ms;
    server.take(kPing);
    EXPECT_FALSE(server.give().empty());
  }
  EXPECT_FALSE(server.session.failure());
}

TEST(H2SessionUnderAttack, AllowsTheWindowUpdatesOfALongDownload) {
  Two two;
  auto& server = two.server;
  const auto id = two.client.session.request(head_of("GET", "/"), H2Follows::nothing, H2Urgency::normal).value();
  exchange(two.client, server);
  server.session.respond(id, answer_of(200), H2Follows::body, H2Urgency::normal);
  for (int i = 0; i < 3'000; ++i) {
    server.session.provide(id, std::string(16'000, 'x'), H2Piece::more_follow);
    exchange(two.client, server);
    for (const auto& event : two.client.events) {
      if (event.kind == Kind::data) two.client.session.consume(id, event.data.size());
    }
    two.client.events.clear();
  }
  exchange(two.client, server);
  EXPECT_FALSE(server.session.failure());
}

TEST(H2SessionUnderAttack, CutsAHeaderListThatIsTooLarge) {
  Side server(H2Role::server);
  server.take(kPreface);
  std::string block = kGet;
  for (int i = 0; i < 30; ++i) block += std::string("\x00\x01", 2) + "h\x7f" + std::string("\xd9\x06", 2) + std::string(0x7f + 0x359, 'v');
  server.take(frame(NGHTTP2_HEADERS, 0, 1, block.substr(0, 16'000)) +
              frame(NGHTTP2_CONTINUATION, NGHTTP2_FLAG_END_HEADERS, 1, block.substr(16'000)));
  ASSERT_TRUE(server.first(Kind::head)) << (server.session.failure() ? server.session.failure()->message : "no failure");
  EXPECT_TRUE(server.first(Kind::head)->head->too_large);
  std::size_t kept = 0;
  for (const auto& [name, value] : server.first(Kind::head)->head->headers.fields()) kept += name.size() + value.size();
  EXPECT_LE(kept, limits::kMaxHeaderListBytes);
}

TEST(H2SessionUnderAttack, ResetsRequestsThatAreNotWellFormed) {
  const std::string upper = kGet + std::string("\x00\x01", 2) + "A\x01v";
  const std::string connection = kGet + std::string("\x00\x0a", 2) + "connection\x05" + "close";
  const std::string no_path = std::string("\x82\x87\x01\x01", 4) + "a";
  for (const auto& block : {upper, connection, no_path}) {
    Side server(H2Role::server);
    server.take(kPreface);
    server.take(frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1, block));
    EXPECT_FALSE(server.first(Kind::head));
    server.give();
    EXPECT_FALSE(server.session.failure()) << "one bad request does not end the connection";
  }
}

TEST(H2SessionUnderAttack, EndsAtBytesThatAreNotHttp2) {
  Side server(H2Role::server);
  server.take("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(server.session.failure());
  EXPECT_EQ(server.session.failure()->code, Code::protocol_error);
}

TEST(H2SessionUnderAttack, EndsAtAFrameThatIsTooLarge) {
  Side server(H2Role::server);
  server.take(kPreface + frame(NGHTTP2_PING, 0, 0, std::string(20'000, 'x')));
  const auto sent = server.give();
  ASSERT_TRUE(server.session.failure());
  EXPECT_EQ(server.session.failure()->code, Code::protocol_error);
  EXPECT_TRUE(ended_with(sent, NGHTTP2_FRAME_SIZE_ERROR));
}

TEST(H2SessionUnderAttack, EndsASenderThatIgnoresTheWindow) {
  Side server(H2Role::server);
  server.take(kPreface + frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, kGet));
  server.give();
  server.take(frame(NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, ""));
  for (int i = 0; i < 20; ++i) server.take(frame(NGHTTP2_DATA, 0, 1, std::string(16'000, 'x')));
  // nghttp2 hands over the frame that breaks the window and resets the stream with it.
  EXPECT_LE(server.body(1).size(), limits::kStreamWindowBytes + 16'000);
  server.give();
  ASSERT_TRUE(server.first(Kind::closed));
  EXPECT_EQ(server.first(Kind::closed)->code, std::uint32_t{NGHTTP2_FLOW_CONTROL_ERROR});
}

// ---- memory ----

TEST(H2Session, GoesOnAfterARest) {
  Two two;
  for (int i = 0; i < 3; ++i) {
    two.client.session.rest();
    two.server.session.rest();
    const auto id = two.client.session.request(head_of("PUT", "/x"), H2Follows::body, H2Urgency::normal).value();
    two.client.session.rest();
    two.client.session.provide(id, "body", H2Piece::last);
    exchange(two.client, two.server);
    EXPECT_EQ(two.server.body(id), "body");
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)
TEST(H2Memory, HoldsTheFrameBufferOfASessionInASlot) {
  const auto before = h2_slots().taken();
  {
    const Side side(H2Role::client);
    EXPECT_EQ(h2_slots().taken(), before + 1);
  }
  EXPECT_EQ(h2_slots().taken(), before);
}
#endif

TEST(PageSlots, AreZeroedReusedAndTellTheirOwn) {
  PageSlots slots;
  std::vector<void*> taken;
  for (std::size_t i = 0; i < PageSlots::kSlotsPerMapping + 1; ++i) taken.push_back(slots.take());
  EXPECT_EQ(slots.taken(), taken.size());
  auto* first = static_cast<char*>(taken[0]);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % 4096, 0U);
  std::fill(first, first + PageSlots::kSlotBytes, 'x');
  EXPECT_TRUE(slots.owns(first));
  EXPECT_TRUE(slots.owns(taken.back()));
  int elsewhere = 0;
  EXPECT_FALSE(slots.owns(&elsewhere));
  slots.give_back(first);
  auto* again = static_cast<char*>(slots.take());
  EXPECT_EQ(again, first);
  EXPECT_EQ(std::count(again, again + PageSlots::kSlotBytes, '\0'), static_cast<std::ptrdiff_t>(PageSlots::kSlotBytes));
}

TEST(H2Memory, KeepsContentWhenAnAllocationGrowsOutOfItsSlot) {
  H2Memory owner;
  auto* memory = owner.hooks();
  auto* bytes = static_cast<char*>(memory->malloc(16'394, &owner));
  std::fill(bytes, bytes + 16'394, 'x');
  bytes = static_cast<char*>(memory->realloc(bytes, 40'000, &owner));
  EXPECT_EQ(std::count(bytes, bytes + 16'394, 'x'), 16'394);
  memory->free(bytes, &owner);
  auto* zeroed = static_cast<char*>(memory->calloc(2, 8'000, &owner));
  EXPECT_EQ(std::count(zeroed, zeroed + 16'000, '\0'), 16'000);
  memory->free(zeroed, &owner);
  EXPECT_EQ(memory->calloc(SIZE_MAX, 2, &owner), nullptr);
}

}  // namespace
}  // namespace daikan::net
