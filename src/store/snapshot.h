// The content of a whole database as tables and rows, independent of the engine: what a backup takes and a restore puts back.
//
// Which tables there are is asked of the database itself, so that a table added by a migration is never forgotten. Knows nothing of files.
// Called by server's backups. Invariants: a snapshot is one consistent view; a restoration is one transaction over schema and rows, so that
// a database holds all of a snapshot or nothing of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/database.h"

namespace daikan::store {

struct TableShape {
  std::string name;
  std::vector<std::string> columns;
};

/// Hears the tables of a snapshot, each followed by its rows. An error of its ends the reading.
struct SnapshotSink {
  std::function<Result<>(const TableShape&)> table;
  std::function<Result<>(std::span<const Value>)> row;
};

/// Reads everything there is in `transaction`'s view, of a database of `engine` (Database::engine()).
Result<> read_snapshot(Transaction& transaction, std::string_view engine, const SnapshotSink& sink);

/// The version of the schema that `transaction` sees.
std::int64_t schema_version(Transaction& transaction);
/// The newest this program knows.
std::int64_t known_schema_version();

/// A snapshot on its way into an empty database. Destroyed before commit(), it leaves nothing behind.
class Restoration {
 public:
  /// Opens and makes the schema of `schema_version`. Fails with conflict (the database is not empty), version_unsupported (a newer schema),
  /// configuration_invalid or storage_failed.
  static Result<std::unique_ptr<Restoration>> begin(const std::string& url, std::int64_t schema_version);

  virtual ~Restoration() = default;
  /// The table that the next rows belong to. Fails with storage_failed when the schema has no such table or column.
  virtual Result<> table(const TableShape& shape) = 0;
  virtual Result<> row(std::span<const Value> values) = 0;
  /// Checks that every table came, brings the schema forward to this program's, runs `last` in the same transaction, and commits.
  virtual Result<> commit(const Work& last, TimePoint at) = 0;
};

}  // namespace daikan::store
