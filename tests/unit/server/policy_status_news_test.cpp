// Live streams are told of what is in force below: at once, together, and never too little.
#include "server/policy_status_news.h"

#include <gtest/gtest.h>

#include "base/limits_policies.h"
#include "store/tables_feed.h"
#include "store/tables_in_force.h"
#include "unit/server/test_site.h"

namespace daikan::server::test {
namespace {

class PolicyStatusNewsTest : public ::testing::Test {
 protected:
  PolicyStatusNewsTest() {
    EXPECT_TRUE(prepare_database(*database, "hq", now()));
    teller.spawn(tell_policy_status(storage, history));
    loop.run(a_moment());  // it has looked
  }
  ~PolicyStatusNewsTest() override {
    teller.cancel();
    loop.run(teller.join());
  }
  static awaitable<> a_moment() { static_cast<void>(co_await net::sleep_for(20ms)); }

  void write(std::function<void(store::Transaction&)> what) {
    const auto done = loop.run(storage.write<Done>([what](store::Transaction& transaction) -> Result<Done> {
      what(transaction);
      return Done{};
    }));
    ASSERT_TRUE(done) << done.error().text();
  }
  /// A secondary confirmed something else.
  void confirm(std::uint64_t revision) {
    write([&](store::Transaction& transaction) {
      const auto report = [&](std::size_t, const hierarchy::AppliedReport&) {
        hierarchy::AppliedReport made;
        made.revision = revision;
        made.hash = std::string(64, 'a');
        return made;
      };
      store::say_in_force(transaction, {&below, 1}, report, now());
    });
  }
  bool is_told(std::uint64_t times) {
    return loop.run_until([&] { return history.policy_status_changes() >= times; });
  }

  Loop loop;
  TemporaryFolder folder;
  std::unique_ptr<store::Database> database = std::move(*store::Database::open("sqlite:" + (folder.path / "daikan.db").string()));
  Storage storage{loop.executor(), *database};
  History history{storage};
  net::TaskGroup teller{loop.executor()};
  const ServerId below = ServerId::make(now());
};

TEST_F(PolicyStatusNewsTest, AStormIsToldAtOnceThenTogetherAndItsLastChangeToo) {
  const auto begun = std::chrono::steady_clock::now();
  confirm(1);
  EXPECT_TRUE(is_told(1));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, limits::kPolicyStatusEvery) << "the first waits for nothing";
  for (std::uint64_t revision = 2; revision <= 60; ++revision) confirm(revision);
  EXPECT_TRUE(is_told(2)) << "the last one counts, too";
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_LE(history.policy_status_changes(), 2 + static_cast<std::uint64_t>(took / limits::kPolicyStatusEvery));
}

TEST_F(PolicyStatusNewsTest, WhatIsSaidAgainAndWhatIsAboutSomethingElseIsNotTold) {
  confirm(1);
  ASSERT_TRUE(is_told(1));
  confirm(1);
  write([](store::Transaction& transaction) { store::put_setting(transaction, "colour", "red"); });
  EXPECT_EQ(storage.in_force_news()->changes, 1U);
}

TEST_F(PolicyStatusNewsTest, ALiveStreamIsWokenAndNobodyElse) {
  const auto news = history.news_count();
  net::TaskGroup streams(loop.executor());
  bool woken = false;
  const auto wait = [](History& history_, bool& woken_) -> awaitable<> {
    co_await history_.wait_for_stream_news(net::SteadyTime::max());
    woken_ = true;
  };
  streams.spawn(wait(history, woken));
  confirm(1);
  EXPECT_TRUE(loop.run_until([&] { return woken; }));
  loop.run(streams.join());
  EXPECT_EQ(history.news_count(), news);
}

}  // namespace
}  // namespace daikan::server::test
