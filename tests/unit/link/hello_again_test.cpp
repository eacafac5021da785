// A hello that a person asked for, on a connection that stands.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "link/upper_end.h"

namespace daikan::link {
namespace {

using namespace std::chrono_literals;

constexpr ConnectionId kFirst{1};
const TimePoint kStart = from_micros(1'790'000'000'000'000);

SelfPtr self(std::uint8_t number, std::string name) {
  Self self;
  self.id.bytes[15] = number;
  self.name = std::move(name);
  self.software = "daikan 0.1.0";
  return std::make_shared<const Self>(std::move(self));
}

struct HelloAgain : testing::Test {
  SelfPtr hq = self(1, "hq");
  SelfPtr branch = self(2, "branch");
  UpperEnd end{{.name = "branch", .direction = {}, .server_id = {}, .ever_connected = false}, hq, 1};

  HelloAnswer answer(TimePoint at) { return HelloAccepted{branch->introduce(at), {}}; }
  void stand() {
    end.start(kStart);
    end.connected(kFirst, "192.0.2.7:1", kStart);
    end.hello_answered(kFirst, answer(kStart), std::nullopt, kStart);
  }
};

TEST_F(HelloAgain, IsSaidOnceAndItsAnswerMeasuresTheClocksAnew) {
  stand();
  const auto said = end.hello_again(kStart + 1h);
  ASSERT_TRUE(said.hello);
  EXPECT_TRUE(end.awaits_hello());
  EXPECT_FALSE(end.hello_again(kStart + 1h).hello) << "one is on its way";
  const auto effects = end.hello_answered(kFirst, answer(kStart + 2h), std::nullopt, kStart + 1h);
  EXPECT_FALSE(end.awaits_hello());
  EXPECT_EQ(end.status().clock_skew, Duration(1h));
  EXPECT_EQ(end.status().since, kStart) << "the link was up all the time";
  EXPECT_FALSE(effects.store) << "nothing new was told";
}

TEST_F(HelloAgain, IsNotSaidWithoutAConnection) {
  end.start(kStart);
  EXPECT_FALSE(end.hello_again(kStart).hello);
  EXPECT_FALSE(end.awaits_hello());
}

TEST_F(HelloAgain, ThatIsNotAnsweredEndsTheLink) {
  stand();
  end.hello_again(kStart + 1h);
  const auto effects = end.tick(kStart + 1h + limits::kHelloTime);
  EXPECT_EQ(effects.close.size(), 1U);
  EXPECT_EQ(end.status().state, hierarchy::LinkState::disconnected);
}

}  // namespace
}  // namespace daikan::link
