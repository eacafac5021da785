#include "link/messages.h"

#include <functional>
#include <stdexcept>

#include <gtest/gtest.h>

#include "base/limits.h"
#include "link.pb.h"

namespace daikan::link {
namespace {

ServerId id(std::uint8_t number) {
  ServerId id;
  id.bytes[15] = number;
  return id;
}

Hello hello() {
  Hello hello;
  hello.sender = {id(2), "branch", "daikan 0.1.0", {1, 2}, {"relay", "feed"}, 16, from_micros(1'790'000'000'000'000)};
  hello.path = {{id(1), "hq"}, {id(2), "branch"}};
  return hello;
}

v1::HelloRequest raw_hello() {
  v1::HelloRequest raw;
  EXPECT_TRUE(raw.ParseFromString(encode(hello())));
  return raw;
}

TEST(LinkMessages, ComeBackAsTheyWere) {
  EXPECT_EQ(decode_hello(encode(hello())).value(), hello());
  HelloAccepted accepted{hello().sender, {41, std::string(32, 'h'), 7, 99}};
  EXPECT_EQ(std::get<HelloAccepted>(decode_hello_answer(encode(HelloAnswer(accepted))).value()), accepted);
  accepted.progress = {};
  EXPECT_EQ(std::get<HelloAccepted>(decode_hello_answer(encode(HelloAnswer(accepted))).value()), accepted);
  const Error refusal(Code::loop, "“a” stands above “b”.", "Remove it.");
  EXPECT_EQ(std::get<Error>(decode_hello_answer(encode(HelloAnswer(refusal))).value()), refusal);
  const Farewell farewell{Error(Code::removed, "Gone.", "Ask.")};
  EXPECT_EQ(decode_farewell(encode(farewell)).value(), farewell);
}

TEST(LinkMessages, IgnoreWhatANewerPeerAdds) {
  auto bytes = encode(hello());
  bytes += std::string("\xfa\x06\x05\x68\x65\x6c\x6c\x6f", 8);  // field 111, bytes "hello"
  bytes += std::string("\x98\x06\x2a", 3);                      // field 99, varint 42
  EXPECT_EQ(decode_hello(bytes).value(), hello());
}

TEST(LinkMessages, UnderstandARefusalWithAnUnknownCode) {
  v1::HelloResponse raw;
  raw.mutable_refused()->set_code("from_the_future");
  const auto answer = decode_hello_answer(raw.SerializeAsString());
  ASSERT_TRUE(answer);
  EXPECT_EQ(std::get<Error>(*answer).code, Code::conflict);
  EXPECT_NE(std::get<Error>(*answer).message.find("from_the_future"), std::string::npos);
}

struct Broken {
  const char* what;
  std::function<void(v1::HelloRequest&)> breaks;
};

class BrokenHello : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenHello, IsRefused) {
  auto raw = raw_hello();
  GetParam().breaks(raw);
  const auto decoded = decode_hello(raw.SerializePartialAsString());
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, Code::protocol_error) << decoded.error().text();
}

using Raw = v1::HelloRequest;
INSTANTIATE_TEST_SUITE_P(
    LinkMessages, BrokenHello,
    ::testing::Values(Broken{"no_sender", [](Raw& raw) { raw.clear_sender(); }},
                      Broken{"short_id", [](Raw& raw) { raw.mutable_sender()->set_server_id("short"); }},
                      Broken{"long_id", [](Raw& raw) { raw.mutable_sender()->set_server_id(std::string(17, 'x')); }},
                      Broken{"zero_id", [](Raw& raw) { raw.mutable_sender()->set_server_id(std::string(16, '\0')); }},
                      Broken{"no_name", [](Raw& raw) { raw.mutable_sender()->clear_name(); }},
                      Broken{"long_name", [](Raw& raw) { raw.mutable_sender()->set_name(std::string(limits::kMaxNameBytes + 1, 'n')); }},
                      Broken{"control_characters", [](Raw& raw) { raw.mutable_sender()->set_name("a\x1b[2Jb"); }},
                      Broken{"long_software", [](Raw& raw) { raw.mutable_sender()->set_software(std::string(129, 's')); }},
                      Broken{"no_version", [](Raw& raw) { raw.mutable_sender()->clear_protocol_min(); }},
                      Broken{"versions_reversed", [](Raw& raw) { raw.mutable_sender()->set_protocol_min(9); }},
                      Broken{"no_depth", [](Raw& raw) { raw.mutable_sender()->set_max_depth(0); }},
                      Broken{"depth_too_high", [](Raw& raw) { raw.mutable_sender()->set_max_depth(limits::kHighestMaxDepth + 1); }},
                      Broken{"time_before_1970", [](Raw& raw) { raw.mutable_sender()->set_time_micros(-1); }},
                      Broken{"time_beyond_reason", [](Raw& raw) { raw.mutable_sender()->set_time_micros(INT64_MAX); }},
                      Broken{"too_many_capabilities",
                             [](Raw& raw) {
                               for (std::size_t i = 0; i < limits::kMaxCapabilities; ++i) raw.mutable_sender()->add_capabilities("c");
                             }},
                      Broken{"long_capability", [](Raw& raw) { raw.mutable_sender()->add_capabilities(std::string(65, 'c')); }},
                      Broken{"empty_capability", [](Raw& raw) { raw.mutable_sender()->add_capabilities(""); }},
                      Broken{"no_path", [](Raw& raw) { raw.clear_path(); }},
                      Broken{"path_of_others", [](Raw& raw) { raw.mutable_path()->RemoveLast(); }},
                      Broken{"path_too_long",
                             [](Raw& raw) {
                               const auto last = raw.path(1);
                               while (raw.path_size() <= static_cast<int>(limits::kHighestMaxDepth)) *raw.add_path() = last;
                             }},
                      Broken{"path_with_a_short_id", [](Raw& raw) { raw.mutable_path(0)->set_id("x"); }},
                      Broken{"path_without_a_name", [](Raw& raw) { raw.mutable_path(0)->clear_name(); }}),
    [](const auto& tested) { return tested.param.what; });

TEST(LinkMessages, RefuseTextThatIsNotUtf8) {
  auto bytes = encode(hello());
  bytes.replace(bytes.find("branch"), 1, "\xff");
  EXPECT_EQ(decode_hello(bytes).error().code, Code::protocol_error);
}

TEST(LinkMessages, RefuseGarbageAndTooMuch) {
  EXPECT_EQ(decode_hello("GET / HTTP/1.1\r\n\r\n").error().code, Code::protocol_error);
  EXPECT_EQ(decode_hello("").error().code, Code::protocol_error);
  EXPECT_EQ(decode_hello_answer("").error().code, Code::protocol_error);
  EXPECT_EQ(decode_farewell("").error().code, Code::protocol_error);
  EXPECT_EQ(decode_hello(std::string(limits::kMaxHelloBytes + 1, '\0')).error().code, Code::too_large);
  for (std::size_t cut = 0; cut < encode(hello()).size(); ++cut) EXPECT_FALSE(decode_hello(encode(hello()).substr(0, cut))) << cut;
}

TEST(LinkMessages, RefuseAnAcceptedAnswerWithAHashOfTheWrongSize) {
  EXPECT_FALSE(decode_hello_answer(encode(HelloAnswer(HelloAccepted{hello().sender, {41, "short", 0, 0}}))));
  EXPECT_FALSE(decode_hello_answer(encode(HelloAnswer(HelloAccepted{hello().sender, {0, std::string(32, 'h'), 0, 0}}))));
}

TEST(LinkMessages, CutLongSentencesBetweenCharacters) {
  std::string sentence;
  while (sentence.size() < limits::kMaxLinkTextBytes + 10) sentence += "語";
  const auto farewell = decode_farewell(encode(Farewell{Error(Code::loop, sentence, sentence)}));
  ASSERT_TRUE(farewell);
  EXPECT_EQ(farewell->reason.message.size(), limits::kMaxLinkTextBytes / 3 * 3);
  EXPECT_TRUE(sentence.starts_with(farewell->reason.message));
}

TEST(LinkMessages, AreNeverSentOutOfBounds) {
  auto empty = hello();
  empty.path.clear();
  EXPECT_THROW(encode(empty), std::logic_error);
  auto deep = hello();
  deep.path.assign(limits::kHighestMaxDepth + 1, deep.path.back());
  EXPECT_THROW(encode(deep), std::logic_error);
}

TEST(LinkMessages, TheLongestHelloFitsTheBound) {
  auto longest = hello();
  longest.sender.name = std::string(limits::kMaxNameBytes, 'n');
  longest.sender.capabilities.assign(limits::kMaxCapabilities, std::string(limits::kMaxCapabilityBytes, 'c'));
  longest.path.assign(limits::kHighestMaxDepth, {id(2), longest.sender.name});
  EXPECT_EQ(decode_hello(encode(longest)).value(), longest);
}

}  // namespace
}  // namespace daikan::link
