// A join in the terminal: what is shown, and Ctrl-C in the middle.
#include "cli/join_runner.h"

#include <gmock/gmock.h>

#include "unit/cli/test_terminal.h"
#include "unit/joining/fake_ends.h"

namespace daikan::cli::test {
namespace {

using joining::test::FakePrimary;
using joining::test::FakeSecondary;
using joining::test::World;
using net::test::Loop;
using testing::HasSubstr;

class JoinRunner : public testing::Test {
 protected:
  Result<> run(joining::JoinRequest request = joining::test::request_of(joining::Way::secondary_dials)) {
    auto joining = std::make_shared<JoinRun>(context, primary, secondary, std::move(request));
    return loop.run(join_or_undo(context, joining));
  }

  Loop loop;
  World world;
  FakePrimary primary{world};
  FakeSecondary secondary{world};
  TestTerminal given;
  Interrupt interrupt{loop.executor()};
  Context context{given.terminal, Profiles("/nonexistent"), Globals{}, loop.executor(), interrupt};
};

TEST_F(JoinRunner, ShowsEachStepOnce) {
  ASSERT_TRUE(run());
  const auto shown_text = given.out.str();
  EXPECT_EQ(std::count(shown_text.begin(), shown_text.end(), '\n'), 5);
  EXPECT_THAT(shown_text, HasSubstr("✓ Register the secondary on the primary: hq knows branch1\n"));
  EXPECT_EQ(interrupt.owner, Interrupt::Owner::nobody);
}

TEST_F(JoinRunner, ShowsTheRemedyAtTheFailedStepAndWhatWasUndone) {
  world.failures.emplace("lower.set_primary", Error(Code::already_has_primary, "branch1 has a primary.", "Clear it."));
  ASSERT_FALSE(run());
  EXPECT_THAT(given.out.str(), HasSubstr("✗ Tell the secondary who its primary is: branch1 has a primary.\n    Clear it.\n"
                                         "↶ Undone: Register the secondary on the primary\n"));
}

TEST_F(JoinRunner, ShowsWhatCouldNotBeUndone) {
  world.failures.emplace("lower.set_primary", Error(Code::already_has_primary, "branch1 has a primary.", "Clear it."));
  world.failures.emplace("upper.remove", Error(Code::unavailable, "hq is busy."));
  ASSERT_FALSE(run());
  EXPECT_THAT(given.out.str(), HasSubstr("✗ Not undone: Register the secondary on the primary: hq is busy."));
}

TEST_F(JoinRunner, IsSilentForPrograms) {
  context.globals.output = Output::json;
  ASSERT_TRUE(run());
  EXPECT_EQ(given.out.str(), "");
}

TEST_F(JoinRunner, ALiveTerminalSeesTheRunningStepFirst) {
  TestTerminal live({.live = true});
  Context seen{live.terminal, Profiles("/nonexistent"), Globals{}, loop.executor(), interrupt};
  auto joining = std::make_shared<JoinRun>(seen, primary, secondary, joining::test::request_of(joining::Way::secondary_dials));
  ASSERT_TRUE(loop.run(join_or_undo(seen, joining)));
  EXPECT_THAT(live.out.str(), HasSubstr("  Register the secondary on the primary …\r\x1b[K✓ Register the secondary on the primary:"));
}

awaitable<Result<>> join_and_interrupt(Context& context, std::shared_ptr<JoinRun> run, World& world, std::string at) {
  net::TaskGroup watch(context.executor);
  // Presses Ctrl-C as soon as the call `at` was made.
  struct Presser {
    static awaitable<> press(Context& told, World& watched, std::string call) {
      while (!watched.was_called(call)) co_await net::yield();
      told.interrupt.wanted = true;
      told.interrupt.changed.notify_all();
    }
  };
  watch.spawn(Presser::press(context, world, std::move(at)));
  auto outcome = co_await join_or_undo(context, run);
  co_await watch.join();
  co_return outcome;
}

TEST_F(JoinRunner, CtrlCWhileWaitingForTheLinkUndoesBothSides) {
  world.upper_state = "connecting";
  auto joining = std::make_shared<JoinRun>(context, primary, secondary, joining::test::request_of(joining::Way::secondary_dials));
  const auto outcome = loop.run(join_and_interrupt(context, joining, world, "upper.link"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::cancelled);
  EXPECT_FALSE(world.registration);
  EXPECT_FALSE(world.primary_set);
  EXPECT_THAT(given.err.str(), HasSubstr("Interrupted"));
  EXPECT_THAT(given.out.str(),
              HasSubstr("↶ Undone: Tell the secondary who its primary is\n↶ Undone: Register the secondary on the primary\n"));
}

TEST_F(JoinRunner, CtrlCAtAnyStepLeavesNothingBehind) {
  for (const auto* call : {"upper.identity", "lower.identity", "lower.probe", "upper.register", "lower.set_primary"}) {
    SCOPED_TRACE(call);
    world = World{};
    world.slow = true;
    world.upper_state = "connecting";
    interrupt.wanted = false;
    auto joining = std::make_shared<JoinRun>(context, primary, secondary, joining::test::request_of(joining::Way::secondary_dials));
    const auto outcome = loop.run(join_and_interrupt(context, joining, world, call));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::cancelled);
    EXPECT_FALSE(world.registration);
    EXPECT_FALSE(world.primary_set);
    EXPECT_FALSE(world.was_called("upper.link")) << "it ended at once, not at the last step";
  }
}

TEST_F(JoinRunner, CtrlCThatCannotUndoSaysSo) {
  world.upper_state = "connecting";
  world.failures.emplace("lower.clear", Error(Code::unreachable, "branch1 is away.", "Clear it there."));
  auto joining = std::make_shared<JoinRun>(context, primary, secondary, joining::test::request_of(joining::Way::secondary_dials));
  const auto outcome = loop.run(join_and_interrupt(context, joining, world, "upper.link"));
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("branch1 is away."));
  EXPECT_EQ(outcome.error().remedy, "Clear it there.");
  EXPECT_FALSE(world.registration);
}

}  // namespace
}  // namespace daikan::cli::test
