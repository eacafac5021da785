#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "contract/fixture.h"
#include "store/migrations.h"
#include "store/tables.h"

namespace daikan::contract {
namespace {

using store::Migration;
using store::Transaction;
using testing::HasSubstr;

DAIKAN_ON_BOTH(Opening);

std::vector<std::int64_t> versions(store::detail::Connection& connection) {
  std::vector<std::int64_t> found;
  for (const auto& row : connection.query("SELECT version FROM schema_version ORDER BY version")) found.push_back(row.integer(0));
  return found;
}

Result<> open_error(const std::string& url) {
  const auto opened = store::Database::open(url);
  if (opened) return {};
  return fail(opened.error());
}

TEST_P(Opening, EmptyDatabaseIsMigratedToTheLastVersionAndOpensAgainAsItIs) {
  in_write(database(), [](Transaction& t) { return store::put_setting(t, "server_name", "hq"), 0; });
  close();
  open();
  EXPECT_EQ(in_read(database(), [](Transaction& t) { return store::find_setting(t, "server_name"); }), "hq");
  close();
  auto engine = open_engine();
  EXPECT_EQ(versions(*engine.writer).size(), store::migrations().size());
  EXPECT_EQ(versions(*engine.writer).back(), store::migrations().back().version);
}

TEST_P(Opening, NewerSchemaIsRefusedAndLeftAlone) {
  in_write(database(), [](Transaction& t) {
    t.execute("INSERT INTO schema_version (version, applied_at) VALUES (99, 0)");
    return store::put_setting(t, "server_name", "hq"), 0;
  });
  close();
  const auto refused = open_error(url());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::version_unsupported);
  EXPECT_THAT(refused.error().message, HasSubstr("99"));
  auto engine = open_engine();
  EXPECT_EQ(versions(*engine.writer).back(), 99);
  EXPECT_EQ(store::find_setting(*engine.writer, "server_name"), "hq");
}

TEST_P(Opening, FailingMigrationLeavesTheSchemaOfTheOneBefore) {
  close();
  auto engine = open_engine();
  auto& connection = *engine.writer;
  const auto last = store::migrations().back().version;
  std::vector<Migration> steps(store::migrations().begin(), store::migrations().end());
  steps.push_back({last + 1, "CREATE TABLE one (id TEXT); INSERT INTO one (id) VALUES ('a')"});
  steps.push_back({last + 2, "CREATE TABLE two (id TEXT); INSERT INTO one (id) VALUES ('b'); INSERT INTO missing (id) VALUES ('c')"});
  const auto failed = store::migrate(connection, steps, now());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::storage_failed);
  EXPECT_FALSE(connection.in_transaction());
  EXPECT_EQ(versions(connection).back(), last + 1);
  EXPECT_EQ(connection.query("SELECT id FROM one").size(), 1U);
  EXPECT_THROW(connection.query("SELECT id FROM two"), store::StorageFailure);
  steps.back().sql = "CREATE TABLE two (id TEXT)";
  EXPECT_TRUE(store::migrate(connection, steps, now()));
  EXPECT_EQ(versions(connection).back(), last + 2);
  EXPECT_TRUE(connection.query("SELECT id FROM two").empty());
}

TEST_P(Opening, SecondOpenerIsRefusedUntilTheFirstCloses) {
  const auto refused = open_error(url());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::storage_failed);
  EXPECT_THAT(refused.error().message, HasSubstr("in use by another daikand"));
  EXPECT_TRUE(write(database(), [](Transaction&) -> Result<> { return {}; }));
  close();
  EXPECT_TRUE(open_error(url()));
}

TEST_P(Opening, EngineSaysItsNameAndVersion) { EXPECT_THAT(database().engine(), testing::MatchesRegex("(SQLite|PostgreSQL) [0-9.]+")); }

TEST(OpeningUrls, UnknownKindIsAConfigurationError) {
  for (const auto* url : {"", "mysql://x", "/var/lib/daikan.db", "SQLITE:x"}) {
    const auto refused = open_error(url);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::configuration_invalid);
  }
}

TEST(OpeningUrls, PostgresqlThatIsNotThereSaysSoWithoutThePassword) {
  auto refused = open_error("postgresql://olga:hushhush@127.0.0.1:1/daikan");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::storage_failed);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot be reached"));
  EXPECT_THAT(refused.error().text(), testing::Not(HasSubstr("hushhush")));
  refused = open_error("postgresql://olga:hush%zzhush@127.0.0.1/daikan");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), testing::Not(HasSubstr("hush")));
}

TEST_F(OnSqlite, FilesAreForTheirOwnerAlone) {
  const auto old_mask = umask(0);
  open();
  in_write(database(), [](Transaction& t) { return store::put_setting(t, "a", "b"), 0; });
  umask(old_mask);
  for (const auto* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat status{};
    ASSERT_EQ(stat((file().string() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600U) << suffix;
  }
}

TEST_F(OnSqlite, PathsThatCannotBeOpenedSayWhich) {
  for (const auto& path : {std::string(), file().parent_path().string(), (file() / "missing" / "daikan.db").string()}) {
    const auto refused = open_error("sqlite:" + path);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::storage_failed);
    EXPECT_THAT(refused.error().message, HasSubstr(path));
  }
}

TEST_F(OnSqlite, FileOfAnotherKindIsRefusedAndLeftAlone) {
  const std::string text(5000, 'x');
  std::ofstream(file()) << text;
  const auto refused = open_error(url());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("not a database"));
  std::stringstream after;
  after << std::ifstream(file()).rdbuf();
  EXPECT_EQ(after.str(), text);
}

}  // namespace
}  // namespace daikan::contract
