// One connection to a database engine: what the threads above need of it, and no more.
//
// A connection is used by one thread at a time and knows nothing of queues or units of work. It keeps its prepared statements by their text
// and opens itself anew when the server went away; the invariant is that this never happens inside a transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

namespace daikan::store::detail {

enum class Role : std::uint8_t { writer, reader };

/// The connection broke while a commit was under way: whether it happened is not known.
class CommitUnknown : public StorageFailure {
 public:
  using StorageFailure::StorageFailure;
};

class Connection : public Transaction {
 public:
  using Transaction::execute;
  using Transaction::query;

  /// Begins a transaction (a reader's sees one consistent state and can change nothing), reconnecting when need be. Throws StorageFailure.
  virtual void begin() = 0;
  /// Returns when the transaction is durable. Throws StorageFailure (nothing was saved) or CommitUnknown.
  virtual void commit() = 0;
  /// Ends the transaction, if there still is one, without a trace.
  virtual void rollback() noexcept = 0;
  /// False when there is none, or when the engine gave it up on an error.
  virtual bool in_transaction() const = 0;
  /// Runs several statements separated by semicolons, without parameters, rows or a place in the statement cache. Throws StorageFailure.
  virtual void run_script(const std::string& sql) = 0;
};

/// An opened database: the writer holds the lock that keeps a second process out.
struct Engine {
  std::string name;  ///< "SQLite 3.40.1"
  std::unique_ptr<Connection> writer;
  std::vector<std::unique_ptr<Connection>> readers;
};

/// Throws StorageFailure. Creates the file (mode 0600) when it is missing, but not its folder.
Engine open_sqlite(const std::string& path);

/// Throws StorageFailure.
Engine open_postgresql(const std::string& url);

}  // namespace daikan::store::detail
