// Every order in which two administrators leave, forget and rejoin, with the wire cut or a server down between any two of their steps.
//
// Two lists of steps, the primary's (remove, add) and the secondary's (leave, set), once or twice over, are interleaved in every way; a
// fault begins before some step and ends before a later one (or after the last). Once it is over both sides have agreed again, so the link
// must stand; and while only one side agrees, that side must show why it is not connected.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "scenario/world.h"

namespace daikan::scenario {
namespace {

using namespace std::chrono_literals;

enum class Step : std::uint8_t { remove, add, leave, set };
enum class Fault : std::uint8_t { none, cut, primary_down, secondary_down };

const char* name_of(Step step) {
  constexpr const char* kNames[] = {"remove", "add", "leave", "set"};
  return kNames[static_cast<std::size_t>(step)];
}
const char* name_of(Fault fault) {
  constexpr const char* kNames[] = {"nothing", "the wire cut", "the primary down", "the secondary down"};
  return kNames[static_cast<std::size_t>(fault)];
}

using Order = std::vector<Step>;

/// Every interleaving that keeps the order within `a` and within `b`.
void interleave(const Order& a, const Order& b, Order so_far, std::vector<Order>& all) {
  if (a.empty() && b.empty()) {
    all.push_back(std::move(so_far));
    return;
  }
  for (const auto* from : {&a, &b}) {
    if (from->empty()) continue;
    auto next = so_far;
    next.push_back(from->front());
    const Order rest(from->begin() + 1, from->end());
    interleave(from == &a ? rest : a, from == &b ? rest : b, std::move(next), all);
  }
}

struct Plan {
  Direction direction = Direction::secondary_dials;
  Order order;
  Duration gap{0};  ///< Between two steps.
  Fault fault = Fault::none;
  std::size_t begins = 0;  ///< Before which step.
  std::size_t ends = 0;    ///< Before which step; order.size(): after the last.
};

std::string in_words(const Plan& plan) {
  std::string words = plan.direction == Direction::primary_dials ? "dmz:" : "the secondary dials:";
  for (std::size_t i = 0; i <= plan.order.size(); ++i) {
    if (plan.fault != Fault::none && i == plan.begins) words += fmt::format(" ({} …", name_of(plan.fault));
    if (plan.fault != Fault::none && i == plan.ends) words += " …)";
    if (i < plan.order.size()) words += fmt::format(" {}", name_of(plan.order[i]));
  }
  return words + fmt::format(" every {} ms", plan.gap / 1ms);
}

class Told {
 public:
  Told(const Plan& plan, std::uint64_t seed) : plan_(plan), world_(seed) {
    world_.add_server({.name = "hq"});
    world_.add_server({.name = "branch"});
    act(Step::add);
    act(Step::set);
    world_.advance(3min);
  }

  void run() {
    ASSERT_TRUE(world_.connected("hq", "branch")) << "they did not even join: " << in_words(plan_);
    for (std::size_t i = 0; i < plan_.order.size(); ++i) {
      turn_fault(i);
      act(plan_.order[i]);
      world_.advance(plan_.gap);
      if (plan_.gap >= 2min) check_one_sided();
    }
    turn_fault(plan_.order.size());
    world_.advance(5min);
    EXPECT_TRUE(world_.connected("hq", "branch")) << in_words(plan_) << "\n  hq: " << shown(world_.upper_link("hq", "branch"))
                                                  << "\n  branch: " << shown(world_.lower_link("branch"));
  }

 private:
  void act(Step step) {
    switch (step) {
      case Step::remove:
        world_.remove_secondary("hq", "branch");
        return;
      case Step::add:
        ASSERT_TRUE(world_.add_secondary("hq", "branch", plan_.direction)) << in_words(plan_);
        return;
      case Step::leave:
        world_.clear_primary("branch");
        return;
      case Step::set:
        ASSERT_TRUE(world_.set_primary("branch", "hq", plan_.direction)) << in_words(plan_);
        return;
    }
  }

  void turn_fault(std::size_t step) {
    if (plan_.fault == Fault::none) return;
    const auto* down = plan_.fault == Fault::primary_down ? "hq" : "branch";
    if (step == plan_.begins) {
      if (plan_.fault == Fault::cut) {
        world_.cut("hq", "branch");
      } else {
        world_.crash(down);
      }
      faulty_ = true;
    }
    if (step == plan_.ends) {
      if (plan_.fault == Fault::cut) {
        world_.mend("hq", "branch");
      } else {
        world_.start(down);
      }
      faulty_ = false;
    }
  }

  static std::string shown(const Link* link) {
    if (!link) return "no link";
    const auto& status = link->status();
    return fmt::format("{} ({})", hierarchy::to_string(status.state), status.reason ? status.reason->text() : "no reason");
  }

  /// Nothing stays half-configured without being shown as such.
  void check_one_sided() {
    const auto* above = world_.upper_link("hq", "branch");
    const auto* below = world_.lower_link("branch");
    if (above && below) return;
    for (const auto* link : {above, below}) {
      if (!link) continue;
      using State = hierarchy::LinkState;
      const auto& status = link->status();
      EXPECT_NE(status.state, State::connected) << in_words(plan_);
      const bool dials = (link->upper.has_value()) == (plan_.direction == Direction::primary_dials);
      if (faulty_ || !dials) continue;  // Who waits for a dial that was never tried cannot know more than that nobody came.
      EXPECT_TRUE(status.state == State::refused && status.reason) << in_words(plan_) << ": " << shown(link);
    }
  }

  Plan plan_;
  World world_;
  bool faulty_ = false;
};

void tell_all(const Order& primary, const Order& secondary, const std::vector<Fault>& faults, const std::vector<Duration>& gaps) {
  std::vector<Order> orders;
  interleave(primary, secondary, {}, orders);
  std::uint64_t seed = 0;
  for (const auto direction : {Direction::secondary_dials, Direction::primary_dials}) {
    for (const auto& order : orders) {
      for (const auto fault : faults) {
        const auto last = order.size();
        for (std::size_t begins = 0; begins < last; ++begins) {
          for (std::size_t ends = begins + 1; ends <= last; ++ends) {
            for (const auto gap : gaps) {
              Told({direction, order, gap, fault, begins, ends}, ++seed).run();
              if (::testing::Test::HasFailure()) return;
            }
            if (fault == Fault::none) break;
          }
          if (fault == Fault::none) break;
        }
      }
    }
  }
}

const std::vector<Fault> kEveryFault = {Fault::none, Fault::cut, Fault::primary_down, Fault::secondary_down};

TEST(Endings, LeavingForgettingAndRejoiningWorkInEveryOrderWithAFaultBetweenAnyTwoSteps) {
  tell_all({Step::remove, Step::add}, {Step::leave, Step::set}, kEveryFault, {0s, 1s, 2min});
}

TEST(Endings, OneSideAloneEndsAndRejoins) {
  tell_all({Step::remove, Step::add}, {}, kEveryFault, {0s, 1s, 2min});
  tell_all({}, {Step::leave, Step::set}, kEveryFault, {0s, 1s, 2min});
  tell_all({Step::remove, Step::add, Step::remove, Step::add}, {}, kEveryFault, {0s, 2min});
  tell_all({}, {Step::leave, Step::set, Step::leave, Step::set}, kEveryFault, {0s, 2min});
}

TEST(Endings, TwiceOverInEveryOrderWithTheWireCutBetweenAnyTwoSteps) {
  tell_all({Step::remove, Step::add, Step::remove, Step::add}, {Step::leave, Step::set, Step::leave, Step::set}, {Fault::cut}, {1s});
}

}  // namespace
}  // namespace daikan::scenario
