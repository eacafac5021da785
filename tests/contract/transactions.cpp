#include <atomic>
#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "base/limits.h"
#include "contract/fixture.h"
#include "store/detail/insert_rows.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using store::StorageFailure;
using store::Transaction;
using testing::HasSubstr;

DAIKAN_ON_BOTH(Transactions);

store::Work put(const std::string& key) {
  return [key](Transaction& t) -> Result<> {
    store::put_setting(t, key, "x");
    return {};
  };
}

bool has(store::Database& database, const std::string& key) {
  return in_read(database, [&](Transaction& t) { return store::find_setting(t, key).has_value(); });
}

/// Outcomes in the order in which `done` came.
class Outcomes {
 public:
  store::Done next() {
    return [this, number = expected_++](Result<> result) {
      const std::lock_guard lock(mutex_);
      order_.push_back(number);
      results_.push_back(std::move(result));
      arrived_.notify_all();
    };
  }
  void wait() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return order_.size() == expected_; });
  }
  const std::vector<std::size_t>& order() const { return order_; }
  const std::vector<Result<>>& results() const { return results_; }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::size_t expected_ = 0;
  std::vector<std::size_t> order_;
  std::vector<Result<>> results_;
};

TEST_P(Transactions, FailingUnitLeavesItsNeighboursInTheSameCommitAlone) {
  Outcomes outcomes;
  const auto before = database().statistics();
  {
    BusyWriter busy(database());
    database().write(put("first"), outcomes.next());
    database().write(
        [](Transaction& t) -> Result<> {
          store::put_setting(t, "second", "x");
          return fail(Code::name_taken, "Taken.");
        },
        outcomes.next());
    database().write(
        [](Transaction& t) -> Result<> {
          store::put_setting(t, "third", "x");
          t.execute("INSERT INTO settings (name, value) VALUES ($1, $2)", {std::string("third"), std::string("twin")});
          return {};
        },
        outcomes.next());
    database().write(
        [](Transaction& t) -> Result<> {
          store::put_setting(t, "fourth", "x");
          throw std::logic_error("a bug");
        },
        outcomes.next());
    database().write(put("fifth"), outcomes.next());
  }
  outcomes.wait();
  EXPECT_EQ(database().statistics().commits - before.commits, 2U);  // The busy unit's, and one for the five.
  const auto& results = outcomes.results();
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().code, Code::name_taken);
  EXPECT_EQ(results[2].error().code, Code::storage_failed);
  EXPECT_EQ(results[3].error().code, Code::internal);
  EXPECT_THAT(results[3].error().message, HasSubstr("a bug"));
  EXPECT_TRUE(results[4]);
  EXPECT_TRUE(has(database(), "first"));
  EXPECT_FALSE(has(database(), "second"));
  EXPECT_FALSE(has(database(), "third"));
  EXPECT_FALSE(has(database(), "fourth"));
  EXPECT_TRUE(has(database(), "fifth"));
}

TEST_P(Transactions, ManyWritesShareFewCommitsAndEndInTheOrderOfTheCalls) {
  constexpr std::size_t kWrites = 600;
  Outcomes outcomes;
  const auto before = database().statistics();
  {
    BusyWriter busy(database());
    for (std::size_t i = 0; i < kWrites; ++i) database().write(put(std::to_string(i)), outcomes.next());
  }
  outcomes.wait();
  for (std::size_t i = 0; i < kWrites; ++i) {
    ASSERT_EQ(outcomes.order()[i], i);
    ASSERT_TRUE(outcomes.results()[i]);
  }
  const auto after = database().statistics();
  EXPECT_EQ(after.writes - before.writes, kWrites + 1);
  EXPECT_EQ(after.commits - before.commits, 1 + (kWrites + limits::kMaxUnitsPerCommit - 1) / limits::kMaxUnitsPerCommit);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return t.query("SELECT count(*) FROM settings")[0].integer(0); }), 600);
}

TEST_P(Transactions, WritersOnManyThreadsAllSucceedAndLaterUnitsSeeEarlierOnes) {
  constexpr int kThreads = 8;
  constexpr int kEach = 40;
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) {
        const auto result = write(database(), [](Transaction& t) -> Result<> {
          store::append_event(t, {});
          return {};
        });
        if (!result) ++failed;
        // What was acknowledged is there for every reader.
        (void)read(database(), [](Transaction& t) -> Result<> {
          store::events(t, {});
          return {};
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::events(t, {.after = 0, .before = 0, .limit = 1000}).size(); }),
            std::size_t{kThreads * kEach});
}

TEST_P(Transactions, ReadSeesWhatWasCommittedBeforeItAndOneStateThroughout) {
  const auto result = read(database(), [&](Transaction& t) -> Result<> {
    const auto before = store::find_setting(t, "late");
    EXPECT_TRUE(write(database(), put("late")));
    EXPECT_EQ(store::find_setting(t, "late"), before);
    return {};
  });
  EXPECT_TRUE(result);
  EXPECT_TRUE(has(database(), "late"));
}

TEST_P(Transactions, ReaderCannotChangeAnything) {
  const auto result = read(database(), put("key"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::storage_failed);
  EXPECT_FALSE(has(database(), "key"));
}

TEST_P(Transactions, ErrorOfAReadReachesItsDone) {
  const auto result = read(database(), [](Transaction&) -> Result<> { return fail(Code::not_found, "Not there."); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::not_found);
}

TEST_P(Transactions, FailureThatIsSwallowedStillEndsTheUnit) {
  const auto result = write(database(), [](Transaction& t) -> Result<> {
    store::put_setting(t, "key", "x");
    EXPECT_THROW(t.execute("INSERT INTO settings (name, value) VALUES ($1, $2)", {std::string("key"), std::string("y")}), StorageFailure);
    EXPECT_THROW(t.query("SELECT value FROM settings"), StorageFailure);
    return {};
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::storage_failed);
  EXPECT_FALSE(has(database(), "key"));
}

TEST_P(Transactions, TextsThatOneEngineCouldNotStoreAreRefusedByBoth) {
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xff\xfe"), std::string("\xed\xa0\x80")}) {
    const auto result = write(database(), [&](Transaction& t) -> Result<> {
      store::put_setting(t, "key", text);
      return {};
    });
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("cannot be stored"));
  }
  const std::string odd = "quote ' \" $1 ; -- \t\n \xf0\x9f\x8c\xb2";
  in_write(database(), [&](Transaction& t) { return store::put_setting(t, "key", odd), 0; });
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::find_setting(t, "key"); }), odd);
}

TEST_P(Transactions, StatementsWithWrongTextOrParametersFail) {
  const auto failing = [&](const auto& statement) {
    const auto result = write(database(), [&](Transaction& t) -> Result<> {
      statement(t);
      return {};
    });
    return !result && result.error().code == Code::storage_failed;
  };
  EXPECT_TRUE(failing([](Transaction& t) { t.query("SELEKT 1"); }));
  EXPECT_TRUE(failing([](Transaction& t) { t.query("SELECT value FROM settings WHERE name = $1"); }));
  EXPECT_TRUE(failing([](Transaction& t) { t.query("SELECT value FROM settings WHERE name = $2", {std::string("a"), std::string("b")}); }));
  EXPECT_TRUE(failing([](Transaction& t) { t.query("SELECT name FROM settings; SELECT value FROM settings"); }));
  EXPECT_TRUE(failing([](Transaction& t) { t.query("SELECT CAST(1.5 AS DOUBLE PRECISION)"); }));
}

TEST_P(Transactions, RowTellsNullsAndTypesApart) {
  in_write(database(), [](Transaction& t) {
    const auto row = t.query("SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT)",
                             {std::int64_t{-9'000'000'000'000'000'000}, std::string(), nullptr})[0];
    EXPECT_EQ(row.size(), 3U);
    EXPECT_EQ(row.integer(0), -9'000'000'000'000'000'000);
    EXPECT_EQ(row.maybe_integer(0), -9'000'000'000'000'000'000);
    EXPECT_EQ(row.text(1), "");
    EXPECT_EQ(row.maybe_text(1), "");
    EXPECT_TRUE(row.is_null(2));
    EXPECT_EQ(row.maybe_text(2), std::nullopt);
    EXPECT_EQ(row.maybe_integer(2), std::nullopt);
    EXPECT_THROW(row.text(0), StorageFailure);
    EXPECT_THROW(row.integer(1), StorageFailure);
    EXPECT_THROW(row.text(2), StorageFailure);
    EXPECT_THROW(row.text(3), StorageFailure);
    EXPECT_THROW(row.maybe_text(3), StorageFailure);
    return 0;
  });
}

TEST_P(Transactions, ExecuteCountsTheRowsItChanged) {
  in_write(database(), [](Transaction& t) {
    EXPECT_EQ(t.execute("INSERT INTO settings (name, value) VALUES ('a', '1'), ('b', '2'), ('c', '3')"), 3);
    EXPECT_EQ(t.execute("UPDATE settings SET value = '4' WHERE name <> $1", {std::string("a")}), 2);
    EXPECT_EQ(t.execute("UPDATE settings SET value = '4' WHERE name = $1", {std::string("z")}), 0);
    EXPECT_EQ(t.execute("INSERT INTO settings (name, value) VALUES ('a', '1') ON CONFLICT DO NOTHING"), 0);
    EXPECT_EQ(t.execute("DELETE FROM settings"), 3);
    return 0;
  });
}

constexpr const char* kPutOnce = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

TEST_P(Transactions, ExecuteEachCountsTheRowsOfEveryOneInOrder) {
  in_write(database(), [](Transaction& t) {
    t.execute(kPutOnce, {std::string("7"), std::string("there")});
    std::vector<std::vector<store::Value>> rows;
    for (int i = 0; i < 1000; ++i) rows.push_back({std::to_string(i), "ö\t" + std::to_string(i)});
    rows.push_back({std::string("999"), std::string("twin")});
    const auto changed = t.execute_each(kPutOnce, rows);
    EXPECT_EQ(changed.size(), 1001U);
    for (std::size_t i = 0; i < changed.size(); ++i) EXPECT_EQ(changed[i], i == 7 || i == 1000 ? 0 : 1) << i;
    EXPECT_EQ(store::find_setting(t, "7"), "there");
    EXPECT_EQ(store::find_setting(t, "999"), "ö\t999");
    EXPECT_EQ(t.execute_each("UPDATE settings SET value = $1", std::vector<std::vector<store::Value>>{{std::string("x")}}),
              std::vector<std::int64_t>{1000});
    EXPECT_TRUE(t.execute_each("DELETE FROM settings WHERE name = $1", {}).empty());
    return 0;
  });
}

TEST_P(Transactions, ManyRowsAreInsertedByFewStatementsAndTheNewOnesComeBack) {
  const store::detail::RowInsert insert("INSERT INTO settings (name, value)", 2, "ON CONFLICT (name) DO NOTHING RETURNING name, value");
  in_write(database(), [&](Transaction& t) {
    store::put_setting(t, "7", "there");
    std::vector<store::Value> values;
    const auto add = [&](std::string name, std::string value) {
      values.emplace_back(std::move(name));
      values.emplace_back(std::move(value));
    };
    for (int i = 0; i < 150; ++i) add(std::to_string(i), "ö\t" + std::to_string(i));
    add("3", "twin, in another statement");
    add("150", "first");
    add("150", "twin, in the same one");
    std::set<std::string> stored;
    for (const auto& row : insert(t, values)) {
      EXPECT_TRUE(stored.insert(row.text(0)).second) << row.text(0);
      EXPECT_EQ(row.text(1), row.text(0) == "150" ? "first" : "ö\t" + row.text(0));
    }
    EXPECT_EQ(stored.size(), 150U);
    EXPECT_FALSE(stored.contains("7"));
    EXPECT_EQ(store::find_setting(t, "7"), "there");
    EXPECT_EQ(store::find_setting(t, "150"), "first");
    EXPECT_TRUE(insert(t, {}).empty());
    return 0;
  });
  Outcomes outcomes;
  const auto half_a_row = [&](Transaction& t) -> Result<> {
    insert(t, std::vector<store::Value>{std::string("half")});
    return {};
  };
  database().write(half_a_row, outcomes.next());
  outcomes.wait();
  EXPECT_FALSE(outcomes.results().at(0).has_value());
}

TEST_P(Transactions, AFailureAmongThoseThatAreExecutedTogetherUndoesTheUnitAndNothingElse) {
  Outcomes outcomes;
  const auto failing = [](std::vector<std::vector<store::Value>> rows) {
    return [rows = std::move(rows)](Transaction& t) -> Result<> {
      store::put_setting(t, "before", "x");
      t.execute_each("INSERT INTO settings (name, value) VALUES ($1, $2)", rows);
      return {};
    };
  };
  const std::vector<store::Value> one = {std::string("one"), std::string("1")};
  {
    BusyWriter busy(database());
    database().write(put("first"), outcomes.next());
    database().write(failing({one, one, {std::string("two"), std::string("2")}}), outcomes.next());
    database().write(failing({one, {std::string("two"), std::string("\xff")}}), outcomes.next());
    database().write(failing({one, {std::string("two")}}), outcomes.next());
    database().write(put("last"), outcomes.next());
  }
  outcomes.wait();
  ASSERT_EQ(outcomes.results().size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(outcomes.results()[i].has_value(), i == 0 || i == 4) << i;
  for (const auto* name : {"first", "last"}) EXPECT_TRUE(has(database(), name)) << name;
  for (const auto* name : {"before", "one", "two"}) EXPECT_FALSE(has(database(), name)) << name;
}

TEST_P(Transactions, WorkBeyondTheQueueIsRefusedAtOnceAndTheRestIsDone) {
  Outcomes outcomes;
  Result<> refused;
  {
    BusyWriter busy(database());
    const store::Work nothing = [](Transaction&) -> Result<> { return {}; };
    for (std::size_t i = 0; i < limits::kMaxQueuedDatabaseWork; ++i) database().write(nothing, outcomes.next());
    database().write(nothing, [&](Result<> result) { refused = std::move(result); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
  }
  outcomes.wait();
  for (const auto& result : outcomes.results()) ASSERT_TRUE(result);
}

TEST_P(Transactions, ClosingFinishesWhatIsQueued) {
  Outcomes outcomes;
  {
    auto busy = std::make_unique<BusyWriter>(database());
    for (int i = 0; i < 300; ++i) database().write(put(std::to_string(i)), outcomes.next());
    busy->release();
  }
  close();
  EXPECT_EQ(outcomes.results().size(), 300U);
  open();
  EXPECT_TRUE(has(database(), "299"));
}

TEST_P(Transactions, WorkIsDestroyedBeforeItsDoneRuns) {
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  std::promise<bool> expired;
  database().write([held = std::move(held)](Transaction&) -> Result<> { return {}; },
                   [&](const Result<>&) { expired.set_value(watch.expired()); });
  EXPECT_TRUE(expired.get_future().get());
}

}  // namespace
}  // namespace daikan::contract
