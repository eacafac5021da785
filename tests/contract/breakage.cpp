// What happens when the ground gives way: the process killed, the disk full, the server restarted.
#include <csignal>
#include <cstdio>
#include <random>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/fixture.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using store::Transaction;
using testing::HasSubstr;

DAIKAN_ON_BOTH(Durability);

/// This program again, as the process that writes until it is killed.
class WritingProcess {
 public:
  WritingProcess(const std::string& url, std::int64_t first) {
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    std::vector<std::string> words = {"/proc/self/exe", "--write-until-killed", url, std::to_string(first)};
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    const int error = posix_spawn(&pid_, arguments[0], &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    ::close(ends[1]);
    acknowledged_ = fdopen(ends[0], "r");
    if (error != 0) throw std::runtime_error("this program cannot be started again");
  }
  ~WritingProcess() { std::fclose(acknowledged_); }
  WritingProcess(const WritingProcess&) = delete;
  WritingProcess& operator=(const WritingProcess&) = delete;

  /// The next acknowledged number, 0 when there is none any more.
  std::int64_t next() {
    long long number = 0;
    return std::fscanf(acknowledged_, "%lld\n", &number) == 1 ? number : 0;
  }
  void kill_hard() {
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = 0;
  std::FILE* acknowledged_ = nullptr;
};

std::vector<std::string> numbers(store::Database& database, std::string_view sql) {
  return in_read(database, [&](Transaction& t) {
    std::vector<std::string> found;
    for (const auto& row : t.query(sql)) found.push_back(row.text(0));
    return found;
  });
}

TEST_P(Durability, KilledAtAnyMomentEveryAcknowledgedUnitIsThereAndNoneIsHalf) {
  std::mt19937 random(std::random_device{}());
  std::size_t present = 0;
  for (int round = 0; round < 22; ++round) {
    close();
    std::int64_t last = static_cast<std::int64_t>(present);
    WritingProcess process(url(), last + 1);
    const auto enough = std::uniform_int_distribution<int>(1, 400)(random);
    for (int i = 0; i < enough; ++i) {
      const auto number = process.next();
      ASSERT_EQ(number, last + 1) << "in order, none left out";
      last = number;
    }
    process.kill_hard();
    for (auto number = process.next(); number != 0; number = process.next()) last = number;
    open();
    // The rows of every unit: 1, 2, 3 … without a gap, at least as far as was acknowledged, and both rows of each.
    const auto messages = numbers(database(), "SELECT message FROM events ORDER BY sequence");
    ASSERT_GE(messages.size(), static_cast<std::size_t>(last));
    for (std::size_t i = 0; i < messages.size(); ++i) ASSERT_EQ(messages[i], std::to_string(i + 1));
    const auto pairs = numbers(database(), "SELECT message FROM events JOIN settings ON name = message WHERE value = 'pair'");
    ASSERT_EQ(pairs.size(), messages.size());
    ASSERT_EQ(numbers(database(), "SELECT name FROM settings WHERE value = 'pair'").size(), messages.size());
    present = messages.size();
  }
}

store::Work put(const std::string& key, std::size_t bytes = 1) {
  return [key, bytes](Transaction& t) -> Result<> {
    store::put_setting(t, key, std::string(bytes, 'x'));
    return {};
  };
}

std::int64_t pragma(store::Database& database, std::string_view sql) {
  return in_write(database, [&](Transaction& t) { return t.query(sql)[0].integer(0); });
}

bool has(store::Database& database, const std::string& key) {
  return in_read(database, [&](Transaction& t) { return store::find_setting(t, key).has_value(); });
}

TEST_F(OnSqlite, FullDatabaseFailsTheUnitThatNeedsRoomAndRecovers) {
  open();
  const auto pages = pragma(database(), "PRAGMA page_count");
  pragma(database(), fmt::format("PRAGMA max_page_count = {}", pages + 10));
  int stored = 0;
  Result<> full;
  while ((full = write(database(), put(fmt::format("big{}", stored), 10'000)))) ++stored;
  EXPECT_EQ(full.error().code, Code::storage_failed);
  EXPECT_THAT(full.error().message, HasSubstr("full"));
  EXPECT_GE(stored, 1);
  EXPECT_FALSE(has(database(), fmt::format("big{}", stored)));
  for (int i = 0; i < stored; ++i) EXPECT_TRUE(has(database(), fmt::format("big{}", i)));
  pragma(database(), "PRAGMA max_page_count = 1000000");
  EXPECT_TRUE(write(database(), put("after", 10'000)));
  EXPECT_TRUE(has(database(), "after"));
}

/// For this scope no file of this process may grow beyond so many bytes: the disk is full for the log that a commit is written to.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_);
    rlimit limit = old_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int) = nullptr;
};

TEST_F(OnSqlite, CommitThatFailsFailsEveryUnitOfItsGroupAndTheNextWorks) {
  open();
  std::vector<std::promise<Result<>>> outcomes(3);
  const auto done = [&](std::size_t i) { return [&outcomes, i](Result<> result) { outcomes[i].set_value(std::move(result)); }; };
  std::vector<Result<>> results;
  {
    BusyWriter busy(database());
    database().write(put("a"), done(0));
    database().write([](Transaction&) -> Result<> { return fail(Code::name_taken, "Taken."); }, done(1));
    database().write(put("c"), done(2));
    const FullDisk full(4096);
    busy.release();
    for (auto& outcome : outcomes) results.push_back(outcome.get_future().get());
  }
  for (const auto& result : results) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::storage_failed);
  }
  EXPECT_FALSE(has(database(), "a"));
  EXPECT_FALSE(has(database(), "c"));
  EXPECT_TRUE(write(database(), put("after")));
  close();
  open();
  EXPECT_FALSE(has(database(), "a"));
  EXPECT_TRUE(has(database(), "after"));
}

void restart() {
  postgresql().stop(PrivatePostgresql::Stop::immediate);
  postgresql().start();
}

TEST_F(OnPostgresql, RestartWhileIdleIsNotNoticed) {
  open();
  EXPECT_TRUE(write(database(), put("before")));
  EXPECT_TRUE(has(database(), "before"));
  restart();
  EXPECT_TRUE(write(database(), put("after")));
  EXPECT_TRUE(has(database(), "before"));
  EXPECT_TRUE(has(database(), "after"));
}

TEST_F(OnPostgresql, RestartInTheMiddleFailsWhatWasNotCommittedAndTheNextWorks) {
  open();
  std::vector<std::promise<Result<>>> outcomes(3);
  const auto done = [&](std::size_t i) { return [&outcomes, i](Result<> result) { outcomes[i].set_value(std::move(result)); }; };
  std::promise<void> in_the_middle;
  std::promise<void> restarted;
  {
    BusyWriter busy(database());
    database().write(put("first"), done(0));
    database().write(
        [&](Transaction& t) -> Result<> {
          store::put_setting(t, "second", "x");
          in_the_middle.set_value();
          restarted.get_future().wait();
          store::put_setting(t, "never", "x");
          return {};
        },
        done(1));
    database().write(put("third"), done(2));
  }
  in_the_middle.get_future().wait();
  restart();
  restarted.set_value();
  const auto first = outcomes[0].get_future().get();
  const auto second = outcomes[1].get_future().get();
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, Code::storage_failed);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::storage_failed);
  EXPECT_TRUE(outcomes[2].get_future().get()) << "not begun when the server went away";
  EXPECT_FALSE(has(database(), "first"));
  EXPECT_FALSE(has(database(), "second"));
  EXPECT_FALSE(has(database(), "never"));
  EXPECT_TRUE(has(database(), "third"));
}

TEST_F(OnPostgresql, ServerThatIsAwayFailsReadsAndWritesUntilItIsBack) {
  open();
  postgresql().stop(PrivatePostgresql::Stop::fast);
  for (int i = 0; i < 2; ++i) {
    const auto written = write(database(), put("away"));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Code::storage_failed);
    EXPECT_THAT(written.error().message, HasSubstr("cannot be reached"));
    const auto seen = read(database(), [](Transaction&) -> Result<> { return {}; });
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().code, Code::storage_failed);
  }
  postgresql().start();
  EXPECT_TRUE(write(database(), put("back")));
  EXPECT_TRUE(has(database(), "back"));
  EXPECT_FALSE(has(database(), "away"));
}

TEST_F(OnPostgresql, ConnectionLostDuringTheCommitIsReportedAsUnknown) {
  open();
  in_write(database(), [](Transaction& t) {
    t.execute(
        "CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); "
        "PERFORM pg_sleep(60); RETURN NULL; END'");
    return t.execute(
        "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON settings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        "WHEN (NEW.name = 'doomed') EXECUTE FUNCTION hang_up()");
  });
  const auto result = write(database(), put("doomed"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::storage_failed);
  EXPECT_THAT(result.error().message, HasSubstr("not known"));
  EXPECT_TRUE(write(database(), put("next")));
  EXPECT_TRUE(has(database(), "next"));
}

TEST_F(OnPostgresql, RefusedStatementDoesNotQuoteTheRow) {
  open();
  const auto result = write(database(), [](Transaction& t) -> Result<> {
    t.execute(
        "INSERT INTO primary_server (slot, direction, certificate, pin, fingerprint, name, version, created_at, revision, "
        "proxy_password) VALUES (2, 'primary_dials', '', '', '', '', '', 0, 0, 'hushhush')");
    return {};
  });
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), testing::Not(HasSubstr("hushhush")));
}

}  // namespace
}  // namespace daikan::contract
