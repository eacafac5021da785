// The way back: schema, rows and forward migration in one transaction. Both engines can take back a CREATE TABLE.
#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/detail/catalogue.h"
#include "store/detail/connection.h"
#include "store/migrations.h"
#include "store/snapshot.h"

namespace daikan::store {
namespace {

using detail::Dialect;
using detail::in_quotes;

constexpr std::string_view kSqlite = "sqlite:";

// Rows come table by table and in the order of their keys, not in the order in which they refer to each other.
constexpr const char* kDefer = R"sql(
DO $$ DECLARE r RECORD; BEGIN
  FOR r IN SELECT CAST(conrelid AS regclass) AS owner, conname FROM pg_constraint
    WHERE contype = 'f' AND connamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
  LOOP EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', r.owner, r.conname); END LOOP;
END $$)sql";
constexpr const char* kCheckAndDeferNoMore = R"sql(
SET CONSTRAINTS ALL IMMEDIATE;
DO $$ DECLARE r RECORD; BEGIN
  FOR r IN SELECT CAST(conrelid AS regclass) AS owner, conname FROM pg_constraint
    WHERE contype = 'f' AND connamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
  LOOP EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I NOT DEFERRABLE', r.owner, r.conname); END LOOP;
END $$)sql";

tl::unexpected<Error> storage_failed(const StorageFailure& failure) {
  return fail(Code::storage_failed, failure.what(), "Nothing was restored; check the database and its free space, then try again.");
}

class OneTransaction final : public Restoration {
 public:
  OneTransaction(detail::Engine engine, Dialect dialect, std::filesystem::path made)
      : engine_(std::move(engine)), dialect_(dialect), made_(std::move(made)) {
    engine_.readers.clear();
  }

  ~OneTransaction() override {
    if (committed_) return;
    connection().rollback();
    engine_.writer.reset();
    if (made_.empty()) return;
    for (const auto* suffix : {"", "-wal", "-shm", ".lock"}) {
      std::error_code ec;
      std::filesystem::remove(made_.string() + suffix, ec);
    }
  }

  /// Throws StorageFailure.
  Result<> make_schema(std::int64_t version) {
    connection().begin();
    if (!detail::catalogue(connection(), dialect_).empty()) {
      return fail(Code::conflict, "The database holds tables already.", "Restore into an empty database.", "database");
    }
    version_ = version;
    connection().run_script("CREATE TABLE schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)");
    for (const auto& step : migrations()) {
      if (step.version <= version) connection().run_script(std::string(step.sql));
    }
    connection().run_script(dialect_ == Dialect::sqlite ? "PRAGMA defer_foreign_keys = ON" : kDefer);
    // What the migrations put in is in the snapshot too, as it was last.
    for (auto& table : detail::catalogue(connection(), dialect_)) {
      connection().execute("DELETE FROM " + in_quotes(table.shape.name));
      awaited_.emplace(table.shape.name, std::move(table.shape.columns));
    }
    return {};
  }

  Result<> table(const TableShape& shape) override {
    const auto found = awaited_.find(shape.name);
    if (found == awaited_.end() ||
        !std::is_permutation(found->second.begin(), found->second.end(), shape.columns.begin(), shape.columns.end())) {
      return fail(Code::storage_failed, fmt::format("The schema of version {} has no table {} with these columns.", version_, shape.name),
                  "Use the daikan of the version that made the backup.");
    }
    awaited_.erase(found);
    std::vector<std::string> columns;
    std::vector<std::string> places;
    for (const auto& column : shape.columns) {
      columns.push_back(in_quotes(column));
      places.push_back(fmt::format("${}", places.size() + 1));
    }
    insert_ = fmt::format("INSERT INTO {} ({}) VALUES ({})", in_quotes(shape.name), fmt::join(columns, ", "), fmt::join(places, ", "));
    return {};
  }

  Result<> row(std::span<const Value> values) override {
    try {
      connection().execute(insert_, values);
      return {};
    } catch (const StorageFailure& failure) {
      return storage_failed(failure);
    }
  }

  Result<> commit(const Work& last, TimePoint at) override {
    if (!awaited_.empty()) {
      return fail(Code::storage_failed, fmt::format("The backup lacks the table {}.", awaited_.begin()->first), "Please report this.");
    }
    try {
      check_references();
      for (const auto& step : migrations()) {
        if (step.version <= version_) continue;
        connection().run_script(std::string(step.sql));
        connection().execute("INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)", {step.version, to_micros(at)});
      }
      if (auto done = last(connection()); !done) return done;
      connection().commit();
      committed_ = true;
      return {};
    } catch (const StorageFailure& failure) {
      return storage_failed(failure);
    }
  }

 private:
  detail::Connection& connection() { return *engine_.writer; }

  void check_references() {
    if (dialect_ == Dialect::postgresql) return connection().run_script(kCheckAndDeferNoMore);
    const auto wrong = connection().query("SELECT \"table\" FROM pragma_foreign_key_check");
    if (!wrong.empty()) throw StorageFailure(fmt::format("A row of {} refers to one that is not there.", wrong[0].text(0)));
  }

  detail::Engine engine_;
  Dialect dialect_;
  std::filesystem::path made_;  ///< Of SQLite: the file that goes again unless it is committed.
  std::int64_t version_ = 0;
  std::map<std::string, std::vector<std::string>> awaited_;  ///< Tables that have not come yet, and their columns.
  std::string insert_;
  bool committed_ = false;
};

Result<std::unique_ptr<OneTransaction>> open_empty(const std::string& url) {
  if (!url.starts_with(kSqlite)) {
    if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
      return fail(Code::configuration_invalid, "The database's address is neither \"sqlite:PATH\" nor \"postgresql://…\".",
                  "Correct the database's address.", "database");
    }
    return std::make_unique<OneTransaction>(detail::open_postgresql(url), Dialect::postgresql, std::filesystem::path());
  }
  const std::filesystem::path path = std::filesystem::absolute(url.substr(kSqlite.size()));
  std::error_code ec;
  if (std::filesystem::exists(path, ec)) {
    return fail(Code::conflict, fmt::format("The database {} is there already.", path.string()), "Restore into one that is not.",
                "database");
  }
  return std::make_unique<OneTransaction>(detail::open_sqlite(path.string()), Dialect::sqlite, path);
}

}  // namespace

Result<std::unique_ptr<Restoration>> Restoration::begin(const std::string& url, std::int64_t version) {
  if (version < 1 || version > known_schema_version()) {
    return fail(Code::version_unsupported,
                fmt::format("The backup has schema version {}, this program knows versions up to {}.", version, known_schema_version()),
                "Use the daikan of the version that made the backup, or a newer one.");
  }
  try {
    auto opened = open_empty(url);
    if (!opened) return fail(std::move(opened.error()));
    if (auto made = (*opened)->make_schema(version); !made) return fail(std::move(made.error()));
    return std::unique_ptr<Restoration>(std::move(*opened));
  } catch (const StorageFailure& failure) {
    return storage_failed(failure);
  }
}

}  // namespace daikan::store
