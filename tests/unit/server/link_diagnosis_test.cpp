// From facts to steps: every way a link can fail is told at its step, and nothing is claimed that nobody saw.
#include "server/link_diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/link_check.h"

namespace daikan::server {
namespace {

using namespace std::chrono_literals;
using hierarchy::Direction;
using hierarchy::LinkState;
using net::DialStep;
using testing::HasSubstr;
using testing::Not;

const TimePoint kStart = from_micros(1'790'000'000'000'000);

ServerId id(std::uint8_t number) {
  ServerId id;
  id.bytes[15] = number;
  return id;
}

/// "hq" about "branch", which has never connected.
LinkSight hq_about_branch() {
  LinkSight sight;
  sight.role = link::Role::upper;
  sight.self = "hq";
  sight.software = "daikan 0.1.0";
  sight.own_fingerprint = "AA:AA";
  sight.max_depth = 16;
  sight.listens_on = {{"192.0.2.1", 13000}};
  sight.path = {{id(1), "hq"}};
  sight.peer = "branch";
  sight.expected_fingerprint = "BB:BB";
  sight.created_at = kStart;
  sight.status.since = kStart;
  return sight;
}

/// "branch" about "hq", which it dials.
LinkSight branch_about_hq() {
  LinkSight sight;
  sight.role = link::Role::lower;
  sight.we_dial = true;
  sight.self = "branch";
  sight.software = "daikan 0.1.0";
  sight.own_fingerprint = "BB:BB";
  sight.max_depth = 16;
  sight.path = {{id(1), "hq"}};
  sight.peer = "hq";
  sight.expected_fingerprint = "AA:AA";
  sight.address = Endpoint{"hq.example.com", 13000};
  return sight;
}

LinkSight standing(LinkSight sight) {
  sight.stands = true;
  sight.status.state = LinkState::connected;
  sight.status.peer_address = "192.0.2.7:40112";
  sight.status.clock_skew = 3ms;
  sight.status.round_trip = 400us;
  sight.last_connected_at = kStart;
  link::Introduction told;
  told.name = sight.peer;
  told.software = "daikan 0.1.0";
  sight.told = told;
  return sight;
}

CheckDial dial_to(std::vector<DialStep> steps) {
  CheckDial dial;
  for (const auto step : steps) dial.trace.entries.push_back({.step = step, .detail = "seen", .took = 1ms, .error = std::nullopt});
  dial.seen_fingerprint = "AA:AA";
  dial.accepting = 1ms;
  return dial;
}
CheckDial good_dial() { return dial_to({DialStep::name, DialStep::tcp, DialStep::tls, DialStep::alpn, DialStep::certificate}); }

CheckDial failing_dial(std::vector<DialStep> steps, Code code) {
  auto dial = dial_to(std::move(steps));
  dial.error = Error(code, "It failed.", "Mend it.");
  dial.trace.entries.back().error = dial.error;
  return dial;
}

const CheckedStep& at(const CheckedSteps& steps, CheckStep step) { return steps.at(static_cast<std::size_t>(step)); }

std::string outcomes(const CheckedSteps& steps) {
  std::string out;
  for (const auto& step : steps) out += to_string(step.outcome)[0];
  return out;
}

/// The step that failed first, by name; empty when none did.
std::string failing(const CheckedSteps& steps) {
  for (const auto& step : steps) {
    if (step.outcome == StepOutcome::failed) return std::string(to_string(step.step));
  }
  return {};
}

TEST(LinkDiagnosis, AStandingLinkThatIsDialledFromHerePassesEveryStepButTheProxy) {
  const auto steps = diagnose(standing(branch_about_hq()), good_dial());
  EXPECT_EQ(outcomes(steps), "ppsppppppp");
  EXPECT_EQ(at(steps, CheckStep::proxy).detail, "No proxy is used.");
  EXPECT_THAT(at(steps, CheckStep::loop).detail, HasSubstr("hq > branch, level 2 of 16"));
  EXPECT_EQ(at(steps, CheckStep::pin).took, 2ms);
  EXPECT_FALSE(first_failure(steps));
}

TEST(LinkDiagnosis, ADialFailsAtItsStepAndWhatComesBehindIsSkipped) {
  const std::vector<DialStep> way = {DialStep::name, DialStep::tcp, DialStep::tls, DialStep::alpn, DialStep::certificate};
  const std::vector<std::string> names = {"name", "tcp", "tls", "alpn", "pin"};
  for (std::size_t i = 0; i < way.size(); ++i) {
    const auto steps =
        diagnose(branch_about_hq(), failing_dial({way.begin(), way.begin() + static_cast<std::ptrdiff_t>(i) + 1}, Code::refused));
    EXPECT_EQ(failing(steps), names[i]);
    EXPECT_EQ(at(steps, CheckStep::hello).outcome, StepOutcome::skipped);
    EXPECT_EQ(at(steps, CheckStep::hello).detail, "An earlier step failed.");
  }
}

TEST(LinkDiagnosis, ThroughAProxyItIsTheProxyThatResolvesAndConnects) {
  auto sight = branch_about_hq();
  sight.proxy = Proxy{ProxyKind::http, {"proxy", 3128}, {}, {}};
  const auto steps = diagnose(sight, failing_dial({DialStep::proxy}, Code::proxy_auth_required));
  EXPECT_EQ(failing(steps), "proxy");
  EXPECT_EQ(at(steps, CheckStep::name).outcome, StepOutcome::skipped);
  EXPECT_THAT(at(steps, CheckStep::name).detail, HasSubstr("proxy:3128"));
}

TEST(LinkDiagnosis, APasswordThatDoesNotOpenFailsAtTheProxy) {
  CheckDial dial;
  dial.error = Error(Code::storage_failed, "It does not open.");
  EXPECT_EQ(failing(diagnose(branch_about_hq(), dial)), "proxy");
}

TEST(LinkDiagnosis, ACertificateOfOursThatIsNotAcceptedFailsAtThePin) {
  auto dial = good_dial();
  dial.error = Error(Code::unknown_to_primary, "The primary does not know this server.", "Add it there.");
  const auto steps = diagnose(branch_about_hq(), dial);
  EXPECT_EQ(failing(steps), "pin");
  EXPECT_EQ(first_failure(steps)->code, Code::unknown_to_primary);
}

TEST(LinkDiagnosis, ALinkThatStandsIsToldEvenWhenItsNextDialWouldFail) {
  const auto steps = diagnose(standing(branch_about_hq()), failing_dial({DialStep::name}, Code::name_not_resolved));
  EXPECT_EQ(failing(steps), "name");
  EXPECT_EQ(at(steps, CheckStep::hello).outcome, StepOutcome::passed);
}

TEST(LinkDiagnosis, WhatAHelloIsRefusedForIsToldAtItsStep) {
  const std::vector<std::pair<Code, std::string>> cases = {
      {Code::version_unsupported, "version"}, {Code::loop, "loop"},     {Code::too_deep, "loop"},
      {Code::identity_conflict, "hello"},     {Code::removed, "hello"}, {Code::timed_out, "hello"}};
  for (const auto& [code, step] : cases) {
    auto sight = branch_about_hq();
    sight.status.reason = Error(code, "Refused.", "Do something.");
    EXPECT_EQ(failing(diagnose(sight, good_dial())), step);
    auto above = hq_about_branch();
    above.status.reason = sight.status.reason;
    EXPECT_EQ(failing(diagnose(above, std::nullopt)), step) << "seen by the end that waits";
  }
}

TEST(LinkDiagnosis, ClocksADayApartFailAtTheClockThoughTheLinkStands) {
  auto sight = standing(hq_about_branch());
  sight.status.clock_skew = -24h;
  const auto steps = diagnose(sight, std::nullopt);
  EXPECT_EQ(failing(steps), "clock");
  const auto error = *first_failure(steps);
  EXPECT_EQ(error.code, Code::clock_skew);
  EXPECT_EQ(error.message, "The clock of “branch” is 86400 s behind that of “hq”.");
  EXPECT_THAT(error.remedy, HasSubstr("time service"));
  EXPECT_EQ(at(steps, CheckStep::loop).outcome, StepOutcome::passed);
}

TEST(LinkDiagnosis, ASecondaryThatNeverDialledIsToldWithWhatToRunThere) {
  const auto steps = diagnose(hq_about_branch(), std::nullopt);
  EXPECT_EQ(failing(steps), "tcp");
  const auto error = *first_failure(steps);
  EXPECT_EQ(error.code, Code::not_connected);
  EXPECT_EQ(error.message, "“branch” has never dialled this server, “hq”.");
  EXPECT_THAT(error.remedy, HasSubstr("On “branch” run: daikan primary set --address ADDRESS-OF-THIS-SERVER:13000"));
}

TEST(LinkDiagnosis, ASecondaryThatDialledWithAnotherCertificateIsFoundAmongTheUnrecognised) {
  auto sight = hq_about_branch();
  hierarchy::UnrecognisedRecord stranger;
  stranger.certificate.fingerprint = "CC:CC";
  stranger.source = "192.0.2.9";
  stranger.last_seen = kStart;
  sight.unrecognised.push_back(stranger);
  const auto steps = diagnose(sight, std::nullopt);
  EXPECT_EQ(failing(steps), "pin");
  const auto error = *first_failure(steps);
  EXPECT_EQ(error.code, Code::certificate_mismatch);
  EXPECT_THAT(error.message, HasSubstr("BB:BB"));
  EXPECT_THAT(error.message, HasSubstr("CC:CC"));
  EXPECT_THAT(error.message, HasSubstr("192.0.2.9"));
  EXPECT_THAT(error.remedy, HasSubstr("--fingerprint CC:CC"));
}

TEST(LinkDiagnosis, ASecondaryThatIsAwayIsToldSinceWhenAndWhy) {
  auto sight = hq_about_branch();
  sight.last_connected_at = kStart;
  sight.status.state = LinkState::disconnected;
  sight.status.reason = Error(Code::closed, "“branch” is stopping.");
  const auto steps = diagnose(sight, std::nullopt);
  EXPECT_EQ(failing(steps), "tcp");
  EXPECT_THAT(first_failure(steps)->message, HasSubstr("last connected at 2026-"));
  EXPECT_THAT(first_failure(steps)->message, HasSubstr("is stopping"));
}

TEST(LinkDiagnosis, TwoServersThatTakeThemselvesForTheSameEndFailAtTheProtocol) {
  auto sight = hq_about_branch();
  sight.refused_peer = Refusal{kStart + 1s, "192.0.2.9", Error(Code::conflict, "Both are primary.", "Remove one.")};
  EXPECT_EQ(failing(diagnose(sight, std::nullopt)), "alpn");
}

TEST(LinkDiagnosis, AnOldRefusalIsNoReasonForANewerState) {
  auto sight = hq_about_branch();
  sight.refused_peer = Refusal{kStart - 1s, "192.0.2.9", Error(Code::conflict, "Both are primary.", "Remove one.")};
  EXPECT_EQ(failing(diagnose(sight, std::nullopt)), "tcp");
}

TEST(LinkDiagnosis, TheDialledEndTakesTheWayFromTheDiallingEnd) {
  const auto above = diagnose(standing(hq_about_branch()), std::nullopt);
  const auto below = diagnose(standing(branch_about_hq()), good_dial());
  const auto merged = merge(above, below, false);
  EXPECT_EQ(outcomes(merged), "ppsppppppp");
  EXPECT_EQ(at(merged, CheckStep::name).seen_by, SeenBy::other_end);
  EXPECT_EQ(at(merged, CheckStep::hello).seen_by, SeenBy::this_end);
}

TEST(LinkDiagnosis, AFailureThatOnlyTheOtherEndSawIsNotLost) {
  auto skewed = standing(branch_about_hq());
  skewed.status.clock_skew = 2h;
  const auto merged = merge(diagnose(standing(hq_about_branch()), std::nullopt), diagnose(skewed, good_dial()), false);
  EXPECT_EQ(failing(merged), "clock");
  EXPECT_EQ(at(merged, CheckStep::clock).seen_by, SeenBy::other_end);
}

TEST(LinkDiagnosis, TheDiallingEndDoesNotLetTheOtherEndTellOfTheWay) {
  const auto own = diagnose(standing(branch_about_hq()), failing_dial({DialStep::name, DialStep::tcp}, Code::refused));
  const auto merged = merge(own, diagnose(standing(hq_about_branch()), std::nullopt), true);
  EXPECT_EQ(failing(merged), "tcp");
  EXPECT_EQ(at(merged, CheckStep::tcp).seen_by, SeenBy::this_end);
}

TEST(LinkCheckSecrets, NothingThatProvesAnythingIsLeftInASentence) {
  const Proxy proxy{ProxyKind::http, {"proxy", 3128}, "link-user", "s3cret/pass"};
  const std::string text =
      "hq:13000: the proxy http://link-user@proxy:3128 said: 407 no, link-user:s3cret/pass (Basic bGluay11c2VyOnMzY3JldC9wYXNz) at all.";
  const auto clean = without_secrets(text, proxy);
  EXPECT_THAT(clean, Not(HasSubstr("s3cret")));
  EXPECT_THAT(clean, Not(HasSubstr("link-user")));
  EXPECT_THAT(clean, Not(HasSubstr("bGluay11c2VyOnMzY3JldC9wYXNz")));
  EXPECT_THAT(clean, HasSubstr("the proxy http://proxy:3128 said: 407"));
}

TEST(LinkCheckSecrets, AUserInAnyUrlIsTakenOutAlsoOfAProxyThatIsNotOurs) {
  EXPECT_EQ(without_secrets("through socks5://olga@192.0.2.1:1080, mail to olga@example.com", std::nullopt),
            "through socks5://192.0.2.1:1080, mail to olga@example.com");
}

}  // namespace
}  // namespace daikan::server
