// The engine over two fake servers: every step failing in turn, resuming from each, undoing over a side that is away.
#include <gmock/gmock.h>

#include "unit/joining/fake_ends.h"

namespace daikan::joining::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using enum StepState;

class Join : public testing::Test {
 protected:
  Result<> run(OnProgress on_progress = {}) { return loop.run(run_join(primary, secondary, request, progress, std::move(on_progress))); }
  Result<> undo() { return loop.run(undo_join(primary, secondary, progress)); }
  void expect_untouched() {
    EXPECT_FALSE(world.registration);
    EXPECT_FALSE(world.primary_set);
  }

  Loop loop;
  World world;
  FakePrimary primary{world};
  FakeSecondary secondary{world};
  JoinRequest request = request_of(Way::secondary_dials);
  Progress progress;
};

TEST_F(Join, RunsFiveStepsAndEndsWithTheLinkUp) {
  world.link_looks_until_up = 2;
  ASSERT_TRUE(run());
  EXPECT_THAT(states_of(progress), ElementsAre(done, done, done, done, done));
  EXPECT_THAT(progress.steps[0].detail, HasSubstr("branch1 (0.1.0), fingerprint BB:BB"));
  EXPECT_EQ(progress.secondary_id, world.lower.id);
  EXPECT_EQ(progress.registration, world.registration);
  EXPECT_TRUE(world.primary_set);
  EXPECT_FALSE(world.was_called("upper.probe"));
}

TEST_F(Join, TellsTheSecondaryFirstWhenThePrimaryDials) {
  request = request_of(Way::primary_dials);
  ASSERT_TRUE(run());
  EXPECT_THAT(world.calls, ElementsAre("upper.identity", "lower.identity", "lower.log_in", "upper.probe", "lower.look", "lower.set_primary",
                                       "upper.register", "upper.link", "lower.link"));
}

TEST_F(Join, AFailureOfAnyStepUndoesExactlyWhatWasMadeBeforeInReverse) {
  const Error broken(Code::unreachable, "It broke.", "Mend it.");
  const std::vector<std::string> failing = {"upper.identity", "lower.identity", "lower.log_in",
                                            "lower.probe",    "upper.register", "lower.set_primary"};
  for (const auto& call : failing) {
    SCOPED_TRACE(call);
    world = World{};
    progress = {};
    world.failures.emplace(call, broken);
    const auto outcome = run();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error(), broken);
    expect_untouched();
    EXPECT_EQ(world.was_called("upper.remove"), call == "lower.set_primary");
    EXPECT_EQ(world.was_called("lower.clear"), call == "lower.set_primary") << "its answer may have been lost";
    const auto failed_step =
        std::find_if(progress.steps.begin(), progress.steps.end(), [](const auto& report) { return report.state == failed; });
    ASSERT_NE(failed_step, progress.steps.end());
    EXPECT_EQ(failed_step->error, broken);
  }
}

TEST_F(Join, ALinkThatDoesNotComeUpUndoesBothSidesInReverse) {
  world.upper_state = "disconnected";
  world.lower_state = "disconnected";
  world.lower_reason = Error(Code::refused, "hq.example.com:13000: connection refused.", "Open the port.");
  request.link_time = std::chrono::seconds(0);
  const auto outcome = run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::refused);
  EXPECT_THAT(outcome.error().message, HasSubstr("primary: disconnected, secondary: disconnected"));
  EXPECT_EQ(outcome.error().remedy, "Open the port.");
  EXPECT_THAT(states_of(progress), ElementsAre(done, done, undone, undone, failed));
  EXPECT_EQ(world.calls[world.calls.size() - 2], "lower.clear");
  EXPECT_EQ(world.calls.back(), "upper.remove");
  expect_untouched();
}

TEST_F(Join, ALinkWithoutAReasonFailsWithTimedOut) {
  world.lower_state = "connecting";
  request.link_time = std::chrono::seconds(0);
  const auto outcome = run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::timed_out);
}

TEST_F(Join, AFinalRefusalEndsTheWaitAtOnce) {
  world.lower_state = "refused";
  world.lower_reason = Error(Code::loop, "hq stands below branch1.", "Choose another server.");
  const auto outcome = run();  // link_time is 20 s; the test would time out
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::loop);
  expect_untouched();
}

TEST_F(Join, AStaleRefusalOfASettingThatWasThereIsWaitedOver) {
  world.primary_set = true;
  world.lower_state = "refused";
  world.lower_reason = Error(Code::unknown_to_primary, "hq does not know branch1.", "Register it.");
  request.link_time = std::chrono::seconds(0);
  const auto outcome = run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::unknown_to_primary);
  EXPECT_TRUE(world.primary_set) << "what was there before is not undone";
  EXPECT_FALSE(world.registration);
}

TEST_F(Join, WhatWasThereBeforeIsNeverUndone) {
  world.registration = RegistrationId::make(from_micros(9));
  world.primary_set = true;
  world.upper_state = "disconnected";
  request.link_time = std::chrono::seconds(0);
  ASSERT_FALSE(run());
  EXPECT_TRUE(world.registration);
  EXPECT_TRUE(world.primary_set);
  EXPECT_THAT(states_of(progress), ElementsAre(done, done, done, done, failed));
}

TEST_F(Join, TheSameJoinAgainChangesNothingAndSucceeds) {
  ASSERT_TRUE(run());
  progress = {};
  ASSERT_TRUE(run());
  EXPECT_EQ(progress.registered, Progress::Made::nothing);
  EXPECT_EQ(progress.primary_set, Progress::Made::nothing);
  EXPECT_THAT(progress.steps[2].detail, HasSubstr("already"));
}

TEST_F(Join, GoesOnFromEveryStepAfterAnInterruption) {
  const std::vector<std::string> calls = {"lower.probe", "upper.register", "lower.set_primary", "upper.link"};
  for (const auto& call : calls) {
    SCOPED_TRACE(call);
    world = World{};
    progress = {};
    world.failures.emplace(call, Error(Code::cancelled, "The process ended."));
    ASSERT_FALSE(run());
    EXPECT_FALSE(world.was_called("upper.remove")) << "an interruption undoes nothing";
    auto kept = progress_from_json(to_json(progress));
    ASSERT_TRUE(kept);
    progress = *kept;
    world.failures.clear();
    world.calls.clear();
    ASSERT_TRUE(run());
    EXPECT_THAT(states_of(progress), ElementsAre(done, done, done, done, done));
    EXPECT_EQ(world.was_called("lower.probe"), call == "lower.probe") << "what was done is not done again";
    EXPECT_TRUE(world.was_called("lower.log_in"));
    EXPECT_EQ(progress.registered, Progress::Made::it);
    EXPECT_EQ(progress.primary_set, Progress::Made::it);
  }
}

TEST_F(Join, AfterAFailureTheUndoneStepsAreRunAgain) {
  world.failures.emplace("lower.set_primary", Error(Code::already_has_primary, "branch1 has a primary."));
  ASSERT_FALSE(run());
  EXPECT_THAT(states_of(progress), ElementsAre(done, done, undone, failed, pending));
  world.failures.clear();
  ASSERT_TRUE(run());
  EXPECT_THAT(states_of(progress), ElementsAre(done, done, done, done, done));
  EXPECT_TRUE(world.registration);
}

TEST_F(Join, UndoGoesOnOverASideThatIsAwayAndReportsIt) {
  ASSERT_TRUE(run());
  const Error away(Code::unreachable, "branch1 is away.");
  world.failures.emplace("lower.clear", away);
  const auto outcome = undo();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), away);
  EXPECT_FALSE(world.registration) << "the other side is undone nevertheless";
  EXPECT_EQ(report_of(progress, Step::set_primary).state, done);
  EXPECT_EQ(report_of(progress, Step::set_primary).error, away);
  EXPECT_EQ(progress.primary_set, Progress::Made::it);
  world.failures.clear();
  ASSERT_TRUE(undo()) << "it can be tried again";
  expect_untouched();
  EXPECT_THAT(states_of(progress), ElementsAre(done, done, undone, undone, done));
}

TEST_F(Join, UndoCountsWhatIsGoneAlreadyAsUndone) {
  ASSERT_TRUE(run());
  world.registration.reset();
  ASSERT_TRUE(undo());
  expect_untouched();
}

TEST_F(Join, AFailedUndoDoesNotHideWhyTheJoinFailed) {
  const Error broken(Code::already_has_primary, "branch1 has a primary.");
  world.failures.emplace("lower.set_primary", broken);
  world.failures.emplace("upper.remove", Error(Code::unavailable, "hq is busy."));
  const auto outcome = run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), broken);
  EXPECT_EQ(report_of(progress, Step::register_secondary).error->code, Code::unavailable);
  EXPECT_EQ(progress.registered, Progress::Made::it);
}

TEST_F(Join, RefusesAnotherCertificateThanTheConfirmedOneBeforeAnyPasswordIsSent) {
  request.fingerprint = kUpperFingerprint;
  const auto outcome = run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::certificate_mismatch);
  EXPECT_THAT(outcome.error().message, HasSubstr(kUpperFingerprint));
  EXPECT_THAT(outcome.error().message, HasSubstr(kLowerFingerprint));
  EXPECT_FALSE(world.was_called("lower.log_in"));
}

TEST_F(Join, AcceptsTheFingerprintAsAPersonTypesIt) {
  request.fingerprint = "bb";
  for (int i = 1; i < 32; ++i) request.fingerprint += "bb";
  EXPECT_TRUE(run());
}

TEST_F(Join, RefusesAServerAsItsOwnSecondary) {
  world.lower = world.upper;
  request.fingerprint = kUpperFingerprint;
  const auto outcome = run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::own_certificate);
}

TEST_F(Join, RefusesToGoOnWithAnotherServerThanItBeganWith) {
  progress.secondary_id = ServerId::make(from_micros(77));
  const auto outcome = run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::identity_conflict);
}

TEST_F(Join, NamesTheFieldThatIsMissing) {
  const auto field_of = [&](const JoinRequest& incomplete) {
    request = incomplete;
    progress = {};
    return run().error().field;
  };
  auto incomplete = request_of(Way::secondary_dials);
  incomplete.primary_address.reset();
  EXPECT_EQ(field_of(incomplete), "primary_address");
  incomplete = request_of(Way::primary_dials);
  incomplete.dmz_address.reset();
  EXPECT_EQ(field_of(incomplete), "dmz_address");
  incomplete = request_of(Way::secondary_dials);
  incomplete.fingerprint = "AB";
  EXPECT_EQ(field_of(incomplete), "fingerprint");
}

TEST_F(Join, APrimaryThatWasSetWithoutAnAnswerIsCleared) {
  for (const auto code : {Code::closed, Code::timed_out, Code::unavailable}) {
    SCOPED_TRACE(to_string(code));
    world = World{};
    progress = {};
    world.lost.emplace("lower.set_primary", Error(code, "The answer was lost."));
    const auto outcome = run();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, code);
    expect_untouched();
    EXPECT_EQ(progress.primary_set, Progress::Made::nothing);
  }
}

TEST_F(Join, AnInterruptedJoinRemembersThatItAskedForThePrimary) {
  for (const bool goes_on : {false, true}) {
    world = World{};
    progress = {};
    world.lost.emplace("lower.set_primary", Error(Code::cancelled, "The process ended."));
    ASSERT_FALSE(run());
    ASSERT_TRUE(world.primary_set);
    progress = *progress_from_json(to_json(progress));
    if (goes_on) ASSERT_TRUE(run());
    ASSERT_TRUE(undo());
    expect_untouched();
  }
}

TEST_F(Join, ADefiniteRefusalOfThePrimaryClearsNothing) {
  for (const bool another : {false, true}) {
    world = World{};
    progress = {};
    world.another_primary = another;
    world.failures.emplace("lower.set_primary", Error(Code::already_has_primary, "branch1 has a primary."));
    ASSERT_FALSE(run());
    EXPECT_FALSE(world.was_called("lower.clear"));
    EXPECT_EQ(progress.primary_set, Progress::Made::nothing);
  }
}

TEST_F(Join, AnotherPrimaryIsNotClearedWhenTheAnswerIsLost) {
  world.another_primary = true;
  world.failures.emplace("lower.set_primary", Error(Code::closed, "The connection was closed."));
  ASSERT_FALSE(run());
  EXPECT_FALSE(world.was_called("lower.clear"));
}

TEST_F(Join, ARegistrationWithoutAnAnswerIsFoundByAskingAgain) {
  world.lost.emplace("upper.register", Error(Code::timed_out, "The answer was lost."));
  world.failures.emplace("lower.set_primary", Error(Code::already_has_primary, "branch1 has a primary."));
  const auto outcome = run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::already_has_primary);
  EXPECT_TRUE(world.was_called("upper.remove"));
  expect_untouched();
}

awaitable<Result<>> note_state(std::vector<std::string>& seen, const Progress& progress) {
  std::string line;
  for (const auto& report : progress.steps) line += to_string(report.state)[0];
  seen.push_back(line);
  co_return Result<>{};
}

TEST_F(Join, TellsEveryChangeBeforeTheNextStepBegins) {
  std::vector<std::string> seen;
  world.failures.emplace("lower.set_primary", Error(Code::already_has_primary, "branch1 has a primary."));
  ASSERT_FALSE(run([&seen](const Progress& told) { return note_state(seen, told); }));
  EXPECT_THAT(seen, ElementsAre("rpppp", "dpppp", "drppp", "ddppp", "ddrpp", "dddpp", "dddrp", "dddrp", "dddfp", "ddufp"));
}

awaitable<Result<>> fail_at(int& left, const Progress&) {
  if (left-- == 0) co_return fail(Code::storage_failed, "The disk is full.");
  co_return Result<>{};
}

TEST_F(Join, AProgressThatCannotBeStoredEndsTheJoinAndUndoesIt) {
  for (int at = 0; at < 11; ++at) {
    SCOPED_TRACE(at);
    world = World{};
    progress = {};
    int left = at;
    const auto outcome = run([&left](const Progress& told) { return fail_at(left, told); });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::storage_failed);
    expect_untouched();
  }
}

TEST(Progress, SurvivesBeingWrittenAndRead) {
  Progress progress;
  for (const auto step : {Step::identity, Step::probe, Step::register_secondary, Step::set_primary, Step::link}) {
    progress.steps.push_back({step, StepState::done, "détail “x”", Error(Code::loop, "m", "r", "f")});
  }
  progress.secondary_id = ServerId::make(from_micros(1));
  progress.secondary_name = "支店";
  progress.registration = RegistrationId::make(from_micros(2));
  progress.registered = Progress::Made::it;
  const auto read = progress_from_json(to_json(progress));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(progress));
  EXPECT_EQ(read->registration, progress.registration);
  EXPECT_EQ(read->primary_set, Progress::Made::nothing);
  EXPECT_EQ(read->steps[2].error, progress.steps[2].error);
}

TEST(Progress, RefusesWhatItDidNotWrite) {
  for (const auto* text :
       {"", "7", "{}", R"({"steps":[{"step":"nap","state":"done"}]})", R"({"steps":[{"step":"link","state":"done"}]})"}) {
    EXPECT_FALSE(progress_from_json(text)) << text;
  }
}

}  // namespace
}  // namespace daikan::joining::test
