// What a single input does to a single end; whole conversations are told in tests/scenario/stories.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "link/lower_end.h"
#include "link/upper_end.h"

namespace daikan::link {
namespace {

using namespace std::chrono_literals;
using hierarchy::Direction;
using State = hierarchy::LinkState;

constexpr ConnectionId kFirst{1};
constexpr ConnectionId kSecond{2};
constexpr ConnectionId kThird{3};
const TimePoint kStart = from_micros(1'790'000'000'000'000);

ServerId id(std::uint8_t number) {
  ServerId id;
  id.bytes[15] = number;
  return id;
}

SelfPtr self(std::uint8_t number, std::string name, ServerPath ancestors = {}) {
  Self self;
  self.id = id(number);
  self.name = std::move(name);
  self.software = "daikan 0.1.0";
  self.ancestors = std::move(ancestors);
  return std::make_shared<const Self>(std::move(self));
}

const auto kHq = self(1, "hq");
const auto kBranch = self(2, "branch");

Hello hello_of(const SelfPtr& self) { return {self->introduce(kStart), self->path()}; }
HelloAnswer accepted_by(const SelfPtr& self) { return HelloAccepted{self->introduce(kStart), {}}; }
Error lost() { return {Code::closed, "The connection was closed."}; }

std::vector<std::string> kinds(const Effects& effects) {
  std::vector<std::string> out;
  for (const auto& event : effects.events) out.push_back(event.kind);
  return out;
}

std::optional<Code> refused_with(const Effects& effects) {
  if (!effects.reply) return std::nullopt;
  const auto* error = std::get_if<Error>(&effects.reply->answer);
  return error ? std::optional(error->code) : std::nullopt;
}

UpperEnd upper(Peer peer = {.name = "branch", .direction = Direction::secondary_dials, .server_id = {}, .ever_connected = false}) {
  UpperEnd end(std::move(peer), kHq, 1);
  end.start(kStart);
  return end;
}

UpperEnd connected_upper() {
  auto end = upper();
  end.connected(kFirst, "10.0.0.7:4711", kStart);
  end.hello_answered(kFirst, accepted_by(kBranch), std::nullopt, kStart);
  return end;
}

LowerEnd lower(Peer peer = {.name = "", .direction = Direction::primary_dials, .server_id = {}, .ever_connected = false}) {
  LowerEnd end(std::move(peer), kBranch, 1);
  end.start(kStart);
  return end;
}

LowerEnd connected_lower() {
  auto end = lower();
  end.connected(kFirst, "10.0.0.1:13000", kStart);
  end.hello(kFirst, hello_of(kHq), std::nullopt, kStart);
  return end;
}

TEST(UpperEnd, SaysHelloFirstAndConnectsWhenItIsAccepted) {
  auto end = upper();
  EXPECT_EQ(end.status().state, State::never_connected);
  const auto opened = end.connected(kFirst, "10.0.0.7:4711", kStart);
  ASSERT_TRUE(opened.hello);
  EXPECT_EQ(opened.hello->connection, kFirst);
  EXPECT_EQ(opened.hello->hello, hello_of(kHq));
  EXPECT_EQ(end.status().state, State::connecting);
  EXPECT_FALSE(end.standing());
  const auto done = end.hello_answered(kFirst, accepted_by(kBranch), std::nullopt, kStart + 10ms);
  ASSERT_TRUE(done.store);
  EXPECT_EQ(done.store->server_id, id(2));
  EXPECT_EQ(done.store->software, "daikan 0.1.0");
  EXPECT_EQ(done.store->connected_at, kStart + 10ms);
  EXPECT_THAT(kinds(done), ::testing::ElementsAre("link_connected"));
  EXPECT_EQ(end.status().state, State::connected);
  EXPECT_EQ(end.status().peer_address, "10.0.0.7:4711");
  EXPECT_EQ(end.standing(), kFirst);
}

TEST(UpperEnd, AShorterBackOffAlsoEndsAWaitThatIsRunning) {
  UpperEnd dials({.name = "b", .direction = Direction::primary_dials, .server_id = {}, .ever_connected = false}, kHq, 1);
  dials.start(kStart);
  dials.dial_failed({Code::unknown_to_secondary, "not agreed"}, kStart);
  ASSERT_GE(*dials.next_tick(), kStart + limits::kBackoffRefused);
  dials.use({.first = 100ms, .longest = 5s, .refused = 5s}, kStart + 1s);
  EXPECT_EQ(*dials.next_tick(), kStart + 11s);
  EXPECT_EQ(dials.status().next_attempt, dials.next_tick());
  dials.use({}, kStart + 1s);
  EXPECT_EQ(*dials.next_tick(), kStart + 11s) << "longer bounds hold from the next wait on";
}

TEST(UpperEnd, DialsOnlyASecondaryInADmz) {
  UpperEnd waits({.name = "b", .direction = Direction::secondary_dials, .server_id = {}, .ever_connected = false}, kHq, 1);
  EXPECT_FALSE(waits.start(kStart).dial);
  EXPECT_FALSE(waits.retry_now(kStart).dial);
  UpperEnd dials({.name = "b", .direction = Direction::primary_dials, .server_id = {}, .ever_connected = false}, kHq, 1);
  EXPECT_TRUE(dials.start(kStart).dial);
  EXPECT_EQ(dials.status().state, State::connecting);
  const auto failed = dials.dial_failed({Code::refused, "dmz:13000: connection refused."}, kStart + 1s);
  EXPECT_THAT(kinds(failed), ::testing::ElementsAre("link_failed"));
  ASSERT_TRUE(dials.next_tick());
  EXPECT_LE(*dials.next_tick(), kStart + 1500ms);
  EXPECT_EQ(dials.status().next_attempt, dials.next_tick());
  EXPECT_TRUE(dials.tick(*dials.next_tick()).dial);
  EXPECT_TRUE(kinds(dials.dial_failed({Code::refused, "dmz:13000: connection refused."}, kStart + 3s)).empty());
  EXPECT_TRUE(dials.retry_now(kStart + 3s).dial);
}

TEST(UpperEnd, IgnoresNewsOfConnectionsItLetGo) {
  auto end = connected_upper();
  end.connected(kSecond, "10.0.0.7:4712", kStart + 1s);
  const auto replaced = end.hello_answered(kSecond, accepted_by(kBranch), std::nullopt, kStart + 2s);
  ASSERT_EQ(replaced.close.size(), 1U);
  EXPECT_EQ(replaced.close[0].connection, kFirst);
  EXPECT_EQ(replaced.close[0].reason.code, Code::replaced);
  EXPECT_THAT(kinds(replaced), ::testing::ElementsAre("link_replaced"));
  end.closed(kFirst, lost(), kStart + 3s);
  end.hello_answered(kFirst, HelloAnswer(Error(Code::loop, "x", "y")), std::nullopt, kStart + 3s);
  end.hello_answered(kSecond, HelloAnswer(Error(Code::loop, "x", "y")), std::nullopt, kStart + 3s);  // answered already
  EXPECT_EQ(end.status().state, State::connected);
  EXPECT_EQ(end.standing(), kSecond);
  EXPECT_EQ(end.status().peer_address, "10.0.0.7:4712");
}

TEST(UpperEnd, KeepsOnlyTheNewestCandidate) {
  auto end = upper();
  end.connected(kFirst, "a", kStart);
  const auto second = end.connected(kSecond, "b", kStart);
  ASSERT_EQ(second.close.size(), 1U);
  EXPECT_EQ(second.close[0].connection, kFirst);
  EXPECT_EQ(second.hello->connection, kSecond);
}

TEST(UpperEnd, ClosesAConnectionWhoseHelloIsNotAnswered) {
  auto end = upper();
  end.connected(kFirst, "a", kStart);
  ASSERT_EQ(end.next_tick(), kStart + limits::kHelloTime);
  const auto late = end.tick(kStart + limits::kHelloTime);
  ASSERT_EQ(late.close.size(), 1U);
  EXPECT_EQ(late.close[0].reason.code, Code::timed_out);
  EXPECT_EQ(end.status().reason->code, Code::timed_out);
  EXPECT_FALSE(end.next_tick());
}

TEST(UpperEnd, ClosesAConnectionWhoseHelloFailed) {
  auto end = connected_upper();
  end.self_changed(self(1, "headquarters"), kStart + 1s);
  const auto failed = end.hello_answered(kFirst, fail(Code::protocol_error, "no hello"), std::nullopt, kStart + 2s);
  ASSERT_EQ(failed.close.size(), 1U);
  EXPECT_EQ(end.status().state, State::disconnected);
  EXPECT_EQ(end.status().reason->code, Code::protocol_error);
  EXPECT_THAT(kinds(failed), ::testing::ElementsAre("link_disconnected"));
}

TEST(UpperEnd, TellsTheLowerEndWhyItRefusesTheAnswer) {
  const auto refuse = [](const SelfPtr& own, Peer peer, const HelloAnswer& answer, std::optional<std::string> held_by) {
    UpperEnd end(std::move(peer), own, 1);
    end.start(kStart);
    end.connected(kFirst, "a", kStart);
    auto out = end.hello_answered(kFirst, answer, std::move(held_by), kStart);
    EXPECT_EQ(end.status().state, State::refused);
    EXPECT_FALSE(out.store);
    EXPECT_EQ(out.close.size(), 1U);
    EXPECT_THAT(kinds(out), ::testing::ElementsAre("link_refused"));
    return out.farewell ? out.farewell->farewell.reason.code : Code::internal;
  };
  const Peer known{.name = "branch", .direction = Direction::secondary_dials, .server_id = id(9), .ever_connected = true};
  const Peer fresh{.name = "branch", .direction = Direction::secondary_dials, .server_id = {}, .ever_connected = false};
  EXPECT_EQ(refuse(kHq, known, accepted_by(kBranch), std::nullopt), Code::identity_conflict);
  EXPECT_EQ(refuse(kHq, fresh, accepted_by(kBranch), "another"), Code::identity_conflict);
  EXPECT_EQ(refuse(kHq, fresh, accepted_by(kHq), std::nullopt), Code::loop);
  EXPECT_EQ(refuse(self(1, "hq", {{id(2), "branch"}}), fresh, accepted_by(kBranch), std::nullopt), Code::loop);
  Self shallow = *kBranch;
  shallow.max_depth = 1;
  EXPECT_EQ(refuse(kHq, fresh, accepted_by(std::make_shared<const Self>(shallow)), std::nullopt), Code::too_deep);
  Self newer = *kBranch;
  newer.protocol = {2, 3};
  EXPECT_EQ(refuse(kHq, fresh, accepted_by(std::make_shared<const Self>(newer)), std::nullopt), Code::version_unsupported);
}

TEST(UpperEnd, SaysHelloAgainWhenItsNameOrAncestorsChange) {
  auto end = connected_upper();
  EXPECT_FALSE(end.self_changed(self(1, "hq"), kStart + 1s).hello);
  const auto again = end.self_changed(self(1, "hq", {{id(5), "world"}}), kStart + 1s);
  ASSERT_TRUE(again.hello);
  EXPECT_EQ(in_words(again.hello->hello.path), "world > hq");
  // Changed once more while that hello is under way: one more follows, with the newest.
  EXPECT_FALSE(end.self_changed(self(1, "headquarters", {{id(5), "world"}}), kStart + 1s).hello);
  const auto third = end.hello_answered(kFirst, accepted_by(kBranch), std::nullopt, kStart + 2s);
  ASSERT_TRUE(third.hello);
  EXPECT_EQ(in_words(third.hello->hello.path), "world > headquarters");
  EXPECT_FALSE(third.store);
  EXPECT_FALSE(end.hello_answered(kFirst, accepted_by(kBranch), std::nullopt, kStart + 3s).hello);
  EXPECT_FALSE(end.next_tick());
}

TEST(UpperEnd, SaysFarewellWhenItIsRemoved) {
  auto end = connected_upper();
  const auto out = end.removed(kStart + 1s);
  ASSERT_TRUE(out.farewell);
  EXPECT_EQ(out.farewell->connection, kFirst);
  EXPECT_EQ(out.farewell->farewell.reason.code, Code::removed);
  ASSERT_EQ(out.close.size(), 1U);
  EXPECT_EQ(end.connected(kSecond, "late", kStart + 2s).close.size(), 1U);
}

TEST(UpperEnd, DialsANewAddressAndKeepsTheConnectionUntilItIsReplaced) {
  UpperEnd end({.name = "dmz", .direction = Direction::primary_dials, .server_id = {}, .ever_connected = false}, kHq, 1);
  end.start(kStart);
  end.connected(kFirst, "old", kStart);
  end.hello_answered(kFirst, accepted_by(kBranch), std::nullopt, kStart);
  const Peer edited{.name = "dmz", .direction = Direction::primary_dials, .server_id = {}, .ever_connected = true};
  const auto dialled = end.edited(edited, Edit::connection, kStart + 1s);
  EXPECT_TRUE(dialled.dial);
  EXPECT_TRUE(dialled.close.empty());
  EXPECT_EQ(end.status().state, State::connected);
  end.dial_failed({Code::unreachable, "new:13000: no route."}, kStart + 2s);
  EXPECT_EQ(end.status().state, State::connected);
  const auto repinned = end.edited(edited, Edit::certificate, kStart + 3s);
  EXPECT_EQ(repinned.close.size(), 1U);
  EXPECT_TRUE(repinned.dial);
  EXPECT_EQ(end.status().state, State::disconnected);
  EXPECT_FALSE(end.edited(edited, Edit::wording, kStart + 4s).dial);
}

TEST(UpperEnd, ReportsTheClockSkewLessHalfTheFlight) {
  auto end = upper();
  end.connected(kFirst, "a", kStart);
  auto answer = std::get<HelloAccepted>(accepted_by(kBranch));
  answer.sender.time = kStart + 2s + 100s;
  const auto out = end.hello_answered(kFirst, HelloAnswer(answer), std::nullopt, kStart + 4s);
  EXPECT_EQ(end.status().clock_skew, 100s);
  EXPECT_THAT(kinds(out), ::testing::ElementsAre("link_connected", "clock_skew"));
}

TEST(UpperEnd, ClosesWithoutAFarewellWhenTheProcessStops) {
  auto end = connected_upper();
  const auto out = end.stopped(kStart + 1s);
  EXPECT_FALSE(out.farewell);
  EXPECT_EQ(out.close.size(), 1U);
}

TEST(LowerEnd, AcceptsAHelloAndLearnsItsAncestors) {
  auto end = lower();
  EXPECT_EQ(end.status().state, State::never_connected);
  end.connected(kFirst, "10.0.0.1:13000", kStart);
  EXPECT_FALSE(end.serves(kFirst));
  const auto out = end.hello(kFirst, hello_of(self(1, "hq", {{id(5), "world"}})), std::nullopt, kStart);
  ASSERT_TRUE(out.store);
  EXPECT_EQ(out.store->name, "hq");
  ASSERT_TRUE(out.reply);
  EXPECT_EQ(std::get<HelloAccepted>(out.reply->answer).sender.server_id, id(2));
  ASSERT_TRUE(out.path_changed);
  EXPECT_EQ(in_words(*out.path_changed), "world > hq");
  EXPECT_TRUE(end.serves(kFirst));
  EXPECT_EQ(end.status().state, State::connected);
  EXPECT_FALSE(end.hello(kFirst, hello_of(self(1, "hq", {{id(5), "world"}})), std::nullopt, kStart).path_changed);
}

TEST(LowerEnd, RefusesWhatItCannotStandBelow) {
  const auto refusal = [](const Hello& hello, std::optional<PathEntry> secondary_above = std::nullopt, std::optional<ServerId> known = {}) {
    LowerEnd end({.name = "hq", .direction = Direction::secondary_dials, .server_id = known, .ever_connected = true}, kBranch, 1);
    end.start(kStart);
    end.connected(kFirst, "a", kStart);
    const auto out = end.hello(kFirst, hello, secondary_above, kStart);
    EXPECT_EQ(end.status().state, State::refused);
    EXPECT_EQ(out.close.size(), 1U);
    EXPECT_FALSE(out.store);
    EXPECT_GE(*end.status().next_attempt - kStart, limits::kBackoffRefused);
    return refused_with(out);
  };
  EXPECT_EQ(refusal(hello_of(kHq), std::nullopt, id(9)), Code::identity_conflict);
  EXPECT_EQ(refusal(hello_of(self(1, "hq", {{id(2), "branch"}}))), Code::loop);
  EXPECT_EQ(refusal(hello_of(kBranch)), Code::loop);
  EXPECT_EQ(refusal(hello_of(kHq), PathEntry{id(1), "hq"}), Code::loop);
  Self shallow = *kHq;
  shallow.max_depth = 1;
  EXPECT_EQ(refusal(hello_of(std::make_shared<const Self>(shallow))), Code::too_deep);
  Self newer = *kHq;
  newer.protocol = {2, 3};
  EXPECT_EQ(refusal(hello_of(std::make_shared<const Self>(newer))), Code::version_unsupported);
}

TEST(LowerEnd, AnswersEveryHelloEvenOnAConnectionItLetGo) {
  auto end = connected_lower();
  EXPECT_EQ(refused_with(end.hello(kThird, hello_of(kHq), std::nullopt, kStart)), Code::closed);
  EXPECT_EQ(end.status().state, State::connected);
}

TEST(LowerEnd, ReplacesAnOlderConnectionOnceTheNewHelloIsAccepted) {
  auto end = connected_lower();
  EXPECT_TRUE(end.connected(kSecond, "b", kStart + 1s).close.empty());
  EXPECT_TRUE(end.serves(kFirst));
  const auto out = end.hello(kSecond, hello_of(kHq), std::nullopt, kStart + 2s);
  ASSERT_EQ(out.close.size(), 1U);
  EXPECT_EQ(out.close[0].connection, kFirst);
  EXPECT_EQ(out.close[0].reason.code, Code::replaced);
  EXPECT_THAT(kinds(out), ::testing::ElementsAre("link_replaced"));
  EXPECT_FALSE(end.serves(kFirst));
  EXPECT_TRUE(end.serves(kSecond));
}

TEST(LowerEnd, KeepsItsAncestorsForAWhileAfterALoss) {
  auto end = connected_lower();
  EXPECT_FALSE(end.closed(kFirst, lost(), kStart + 1s).path_changed);
  EXPECT_EQ(in_words(end.ancestors()), "hq");
  ASSERT_EQ(end.next_tick(), kStart + 1s + limits::kPathKept);
  const auto out = end.tick(kStart + 1s + limits::kPathKept);
  ASSERT_TRUE(out.path_changed);
  EXPECT_TRUE(out.path_changed->empty());
  EXPECT_FALSE(end.next_tick());
}

TEST(LowerEnd, LosesItsAncestorsAtOnceByAFarewell) {
  auto end = connected_lower();
  const auto out = end.farewell(kFirst, {Error(Code::removed, "Gone.", "Ask.")}, kStart + 1s);
  ASSERT_TRUE(out.path_changed);
  EXPECT_TRUE(out.path_changed->empty());
  EXPECT_EQ(end.status().state, State::refused);
  EXPECT_EQ(end.status().reason->code, Code::removed);
  EXPECT_THAT(kinds(out), ::testing::ElementsAre("link_disconnected", "removed_by_primary"));
  EXPECT_EQ(out.ended, kStart + 1s);
}

TEST(LinkState, RemembersOverARestartThatThePeerEndedTheLink) {
  const Peer hq{.name = "hq", .direction = Direction::secondary_dials, .server_id = {}, .ever_connected = true, .ended_at = kStart};
  LowerEnd end(hq, kBranch, 1);
  EXPECT_TRUE(end.start(kStart + 1h).dial);
  EXPECT_EQ(end.status().state, State::refused);
  EXPECT_EQ(end.status().since, kStart);
  EXPECT_FALSE(end.status().reason->remedy.empty());
  for (const auto code : {Code::unknown_to_primary, Code::unreachable}) {
    end.dial_failed({code, "No."}, kStart + 2h);
    EXPECT_EQ(end.status().reason->code, Code::removed) << to_string(code);
    EXPECT_TRUE(end.next_tick());
  }
  end.connected(kFirst, "a", kStart + 3h);
  EXPECT_THAT(kinds(end.hello(kFirst, hello_of(kHq), std::nullopt, kStart + 3h)), ::testing::Contains("link_connected"));
  EXPECT_EQ(end.status().state, State::connected);
}

TEST(LinkState, TellsThatANewerConnectionTookThePlace) {
  auto end = connected_lower();
  end.connected(kSecond, "b", kStart + 1s);
  EXPECT_THAT(kinds(end.hello(kSecond, hello_of(kHq), std::nullopt, kStart + 1s)), ::testing::ElementsAre("link_replaced"));
  EXPECT_EQ(end.status().state, State::connected);
}

TEST(LowerEnd, BelievesAnAcceptedHelloOnlyAfterAWhileOnceItWasTakenBack) {
  auto end = connected_lower();
  end.farewell(kFirst, {Error(Code::identity_conflict, "Another.", "Look.")}, kStart + 1s);
  end.connected(kSecond, "b", kStart + 2s);
  EXPECT_TRUE(kinds(end.hello(kSecond, hello_of(kHq), std::nullopt, kStart + 2s)).empty());
  EXPECT_EQ(end.status().state, State::refused);
  EXPECT_TRUE(kinds(end.farewell(kSecond, {Error(Code::identity_conflict, "Another.", "Look.")}, kStart + 3s)).empty());
  end.connected(kThird, "c", kStart + 4s);
  end.hello(kThird, hello_of(kHq), std::nullopt, kStart + 4s);
  ASSERT_EQ(end.next_tick(), kStart + 4s + limits::kSettleTime);
  EXPECT_THAT(kinds(end.tick(kStart + 4s + limits::kSettleTime)), ::testing::ElementsAre("link_connected"));
  EXPECT_EQ(end.status().state, State::connected);
}

TEST(LowerEnd, TellsThePrimaryByALastHelloThatItLeft) {
  LowerEnd end({.name = "hq", .direction = Direction::secondary_dials, .server_id = {}, .ever_connected = true}, kBranch, 1);
  end.start(kStart);
  end.connected(kFirst, "a", kStart);
  end.hello(kFirst, hello_of(kHq), std::nullopt, kStart);
  const auto left = end.leave(kStart + 1s);
  EXPECT_TRUE(left.dial);
  ASSERT_TRUE(left.path_changed);
  EXPECT_EQ(left.close.size(), 1U);
  EXPECT_THAT(kinds(left), ::testing::ElementsAre("link_disconnected"));
  EXPECT_FALSE(end.ended());
  EXPECT_FALSE(end.serves(kFirst));
  end.connected(kSecond, "a", kStart + 2s);
  const auto told = end.hello(kSecond, hello_of(kHq), std::nullopt, kStart + 2s);
  EXPECT_EQ(refused_with(told), Code::removed);
  EXPECT_EQ(told.close.size(), 1U);
  EXPECT_TRUE(kinds(told).empty());
  EXPECT_TRUE(end.ended());
  EXPECT_EQ(end.connected(kThird, "a", kStart + 3s).close.size(), 1U);
}

TEST(LowerEnd, GivesUpTellingAPrimaryThatIsGone) {
  const auto leaving = [] {
    LowerEnd end({.name = "hq", .direction = Direction::secondary_dials, .server_id = {}, .ever_connected = true}, kBranch, 1);
    end.start(kStart);
    EXPECT_TRUE(end.leave(kStart).dial);
    return end;
  };
  auto unreachable = leaving();
  EXPECT_THAT(kinds(unreachable.dial_failed({Code::unreachable, "hq:13000: no route."}, kStart + 1s)),
              ::testing::ElementsAre("leave_untold"));
  EXPECT_TRUE(unreachable.ended());
  auto forgotten = leaving();
  EXPECT_TRUE(kinds(forgotten.dial_failed({Code::unknown_to_primary, "Who?"}, kStart + 1s)).empty());
  EXPECT_TRUE(forgotten.ended());
  auto silent = leaving();
  ASSERT_EQ(silent.next_tick(), kStart + limits::kDialTime);
  silent.tick(kStart + limits::kDialTime);
  EXPECT_TRUE(silent.ended());
  auto broken = leaving();
  broken.connected(kFirst, "a", kStart + 1s);
  broken.closed(kFirst, lost(), kStart + 2s);
  EXPECT_TRUE(broken.ended());
}

TEST(LowerEnd, WaitsForTheNextDialOfAPrimaryThatDials) {
  auto waits = connected_lower();
  const auto left = waits.leave(kStart + 1s);
  EXPECT_FALSE(left.dial);
  EXPECT_EQ(left.close.size(), 1U);
  EXPECT_FALSE(waits.ended());
  // A connection that breaks is no answer: it dials again.
  waits.connected(kSecond, "b", kStart + 2s);
  waits.closed(kSecond, lost(), kStart + 3s);
  EXPECT_FALSE(waits.ended());
  waits.connected(kThird, "b", kStart + 4s);
  EXPECT_EQ(refused_with(waits.hello(kThird, hello_of(kHq), std::nullopt, kStart + 4s)), Code::removed);
  EXPECT_TRUE(waits.ended());

  auto in_vain = connected_lower();
  in_vain.leave(kStart + 1s);
  const auto until = kStart + 1s + limits::kDialTime + limits::kBackoffLongest;
  ASSERT_EQ(in_vain.next_tick(), until);
  EXPECT_THAT(kinds(in_vain.tick(until)), ::testing::ElementsAre("leave_untold"));
  EXPECT_TRUE(in_vain.ended());
}

TEST(LowerEnd, HasNobodyToTellWhenItNeverMetThePrimary) {
  LowerEnd fresh({.name = "", .direction = Direction::secondary_dials, .server_id = {}, .ever_connected = false}, kBranch, 1);
  fresh.start(kStart);
  EXPECT_FALSE(fresh.leave(kStart).dial);
  EXPECT_TRUE(fresh.ended());
}

TEST(LinkErrors, AreRefusalsOnlyWhenASideDoesNotAgree) {
  for (const auto code : {Code::unknown_to_primary, Code::unknown_to_secondary, Code::loop, Code::too_deep, Code::version_unsupported,
                          Code::identity_conflict, Code::removed, Code::certificate_mismatch, Code::already_has_primary}) {
    EXPECT_TRUE(is_refusal(code)) << to_string(code);
  }
  for (const auto code : {Code::refused, Code::timed_out, Code::closed, Code::replaced, Code::unreachable, Code::proxy_denied}) {
    EXPECT_FALSE(is_refusal(code)) << to_string(code);
  }
}

}  // namespace
}  // namespace daikan::link
