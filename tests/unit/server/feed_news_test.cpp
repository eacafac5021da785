// Whoever serves the feed is woken by the commit that appended to it, and by nothing else.
#include <gtest/gtest.h>

#include "store/tables_feed.h"
#include "unit/server/test_site.h"

namespace daikan::server::test {
namespace {

hierarchy::FeedRecord said(const std::string& subject, const std::string& payload) {
  return {.origin = {},
          .origin_sequence = 0,
          .kind = hierarchy::FeedKind::secondary,
          .subject = subject,
          .payload = payload,
          .at = from_micros(1'000'000)};
}

/// A database alone: a whole server says what it is by itself.
class FeedNewsTest : public ::testing::Test {
 protected:
  FeedNewsTest() {
    EXPECT_TRUE(prepare_database(*database, "branch", now()));
    write([](store::Transaction& transaction) {
      hierarchy::PrimaryRecord primary;
      primary.direction = hierarchy::Direction::primary_dials;
      primary.certificate = net::test::make_identity("hq").certificate();
      primary.created_at = from_micros(1);
      store::put_primary(transaction, primary);
      store::begin_feed(transaction, from_micros(1));
    });
  }
  void write(std::function<void(store::Transaction&)> what) {
    const auto done = loop.run(storage.write<Done>([what](store::Transaction& transaction) -> Result<Done> {
      what(transaction);
      return Done{};
    }));
    ASSERT_TRUE(done) << done.error().text();
  }
  std::uint64_t changes() const { return storage.feed_news()->changes; }

  Loop loop;
  TemporaryFolder folder;
  std::unique_ptr<store::Database> database = std::move(*store::Database::open("sqlite:" + (folder.path / "daikan.db").string()));
  Storage storage{loop.executor(), *database};
};

TEST_F(FeedNewsTest, ACommitThatAppendedWakesAndShowsTheRecord) {
  const auto before = changes();
  write([](store::Transaction& transaction) { store::append_feed(transaction, said("a", "1")); });
  EXPECT_EQ(changes(), before + 1);
  write([](store::Transaction& transaction) { EXPECT_EQ(store::feed_state(transaction).position, 1U); });
}

TEST_F(FeedNewsTest, ACommitWakesWhoWaitsAndFindsTheRecord) {
  std::uint64_t seen = changes();
  const auto waiting = [](Storage& storage_, std::uint64_t& seen_) -> awaitable<Result<std::uint64_t>> {
    while (storage_.feed_news()->changes == seen_) co_await storage_.feed_news()->changed.wait();
    std::function<Result<std::uint64_t>(store::Transaction&)> look = [](store::Transaction& transaction) -> Result<std::uint64_t> {
      return store::feed_state(transaction).position;
    };
    co_return co_await storage_.read<std::uint64_t>(std::move(look));
  };
  net::TaskGroup writer(loop.executor());
  const auto append = [](Storage& storage_) -> awaitable<> {
    std::function<Result<Done>(store::Transaction&)> work = [](store::Transaction& transaction) -> Result<Done> {
      store::append_feed(transaction, said("a", "1"));
      return Done{};
    };
    co_await storage_.write<Done>(std::move(work));
  };
  writer.spawn(append(storage));
  const auto position = loop.run(waiting(storage, seen));
  ASSERT_TRUE(position);
  EXPECT_EQ(*position, 1U);
  loop.run(writer.join());
}

TEST_F(FeedNewsTest, AChangeOfSomethingElseWakesNobody) {
  const auto before = changes();
  for (int i = 0; i < 5; ++i) {
    write([i](store::Transaction& transaction) { store::put_setting(transaction, "colour", std::to_string(i)); });
  }
  EXPECT_EQ(changes(), before);
}

TEST_F(FeedNewsTest, AStateThatIsSaidAgainWakesNobody) {
  write([](store::Transaction& transaction) { store::append_feed(transaction, said("a", "1")); });
  const auto before = changes();
  write([](store::Transaction& transaction) { store::append_feed(transaction, said("a", "1")); });
  EXPECT_EQ(changes(), before);
}

TEST_F(FeedNewsTest, AConfirmationWakesNobodyButAnotherEpochDoes) {
  write([](store::Transaction& transaction) { store::append_feed(transaction, said("a", "1")); });
  const auto before = changes();
  write([](store::Transaction& transaction) {
    const auto state = store::feed_state(transaction);
    EXPECT_TRUE(store::confirm_feed(transaction, {state.epoch, state.position}));
  });
  EXPECT_EQ(changes(), before);
  write([](store::Transaction& transaction) { store::begin_feed(transaction, from_micros(2)); });
  EXPECT_EQ(changes(), before + 1);
}

}  // namespace
}  // namespace daikan::server::test
