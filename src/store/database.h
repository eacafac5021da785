// SQLite or PostgreSQL behind transactions: one interface, one SQL text.
//
// Work runs on the database's own threads, never on the I/O thread. Writes go through one writer that commits in groups: each unit of work
// has its own savepoint, the commit is shared, and `done` is called only after it is durable (SQLite: WAL, synchronous=FULL; PostgreSQL:
// synchronous_commit=on). Reads see the last commit. Statements use $1, $2 … and the SQL subset of docs/adr/0005-one-sql-text.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace daikan::store {

/// NULL, BIGINT/SMALLINT, or TEXT. Binary values are stored as base64 text, times as microseconds, booleans as 0 and 1.
using Value = std::variant<std::nullptr_t, std::int64_t, std::string>;

class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  bool is_null(std::size_t column) const;
  std::int64_t integer(std::size_t column) const;     ///< Throws StorageFailure when it is not one.
  const std::string& text(std::size_t column) const;  ///< Throws StorageFailure when it is not one.
  std::optional<std::int64_t> maybe_integer(std::size_t column) const;
  std::optional<std::string> maybe_text(std::size_t column) const;
  std::size_t size() const { return values_.size(); }
  const std::vector<Value>& values() const { return values_; }

 private:
  std::vector<Value> values_;
};

/// The database refused or is away (disk full, constraint, connection lost). Ends the unit of work, also when it is caught there: the unit
/// is rolled back and `done` gets Code::storage_failed with this text.
class StorageFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One unit of work's view of the database. Valid only while the work function runs.
class Transaction {
 public:
  virtual ~Transaction() = default;
  /// Runs one statement (prepared once per connection and text, so texts are literals, never assembled from values) and returns all rows.
  /// Throws StorageFailure; also for a text that is not UTF-8 or holds a NUL, which PostgreSQL cannot store.
  virtual std::vector<Row> query(std::string_view sql, std::span<const Value> parameters) = 0;
  /// The same for a statement without rows; returns how many rows it changed.
  virtual std::int64_t execute(std::string_view sql, std::span<const Value> parameters) = 0;
  /// execute() once for each of `rows`, in their order, without waiting for one before the next is sent; returns how many rows each
  /// changed. Throws StorageFailure when one fails: then none of them counts.
  virtual std::vector<std::int64_t> execute_each(std::string_view sql, std::span<const std::vector<Value>> rows) = 0;

  std::vector<Row> query(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return query(sql, std::span<const Value>(parameters.begin(), parameters.size()));
  }
  std::int64_t execute(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return execute(sql, std::span<const Value>(parameters.begin(), parameters.size()));
  }

  /// This unit changes the own feed (tables_feed.h): whoever serves it has to be woken after the commit.
  void note_feed_change() { feed_changed_ = true; }
  bool feed_changed() const { return feed_changed_; }
  /// This unit changes what is known of what is in force below (tables_in_force.h): whoever watches it has to be woken after the commit.
  void note_in_force_change() { in_force_changed_ = true; }
  bool in_force_changed() const { return in_force_changed_; }

 private:
  bool feed_changed_ = false;
  bool in_force_changed_ = false;
};

using Work = std::function<Result<>(Transaction&)>;
using Done = std::function<void(Result<>)>;

class Database {
 public:
  /// `url`: "sqlite:PATH" or "postgresql://user@host:port/name?…" (anything libpq takes). Opens, checks, migrates forward.
  /// Fails with configuration_invalid (another kind of URL), storage_failed (cannot open, and why; also when another process has it open)
  /// or version_unsupported (the schema is newer than this program: nothing is changed).
  static Result<std::unique_ptr<Database>> open(const std::string& url);

  virtual ~Database() = default;  ///< Finishes queued work first. Not from within `work` or `done`.

  /// Runs `work` once in a transaction on the writer. When it returns an error or throws, its changes are undone and `done` gets the error
  /// (StorageFailure: storage_failed; any other exception: internal). `done` runs on a database thread after the commit is durable; post
  /// from there; `work` and what it holds is destroyed before that. Order of calls = order of commits = order of `done`. When the commit
  /// that a unit shares with others fails, it gets storage_failed whatever it returned itself: what it decided rests on changes that are
  /// gone. Beyond limits::kMaxQueuedDatabaseWork waiting units `done` gets unavailable at once, on the caller's thread.
  virtual void write(Work work, Done done) = 0;
  /// Runs `work` on a reader, on one consistent view of the last commit; a statement that would change something fails. `done` as above, in
  /// no particular order.
  virtual void read(Work work, Done done) = 0;

  /// How many commits and units of work so far (the ratio is the group size), for metrics.
  struct Statistics {
    std::uint64_t commits = 0;
    std::uint64_t writes = 0;
    std::uint64_t reads = 0;
  };
  virtual Statistics statistics() const = 0;
  virtual std::string engine() const = 0;  ///< "SQLite 3.40.1", "PostgreSQL 15.4"
};

}  // namespace daikan::store
