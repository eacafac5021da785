#include "store/detail/threaded_database.h"

#include <exception>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"

namespace daikan::store::detail {
namespace {

tl::unexpected<Error> storage_failed(const StorageFailure& failure) {
  if (dynamic_cast<const CommitUnknown*>(&failure)) {
    return fail(Code::storage_failed, fmt::format("{} Whether the change was saved is not known.", failure.what()),
                "Look whether it is there before repeating it.");
  }
  return fail(Code::storage_failed, failure.what(), "Nothing was changed; check the database and its free space, then try again.");
}

/// What one unit of work sees. Both engines behave alike here although they differ below: PostgreSQL aborts a transaction on an error where
/// SQLite carries on, and refuses texts that SQLite stores.
class UnitTransaction final : public Transaction {
  template <class Statement>
  auto guarded(const Statement& statement, std::span<const Value> parameters) {
    if (failure_) throw StorageFailure(*failure_);
    try {
      require_storable(parameters);
      return statement();
    } catch (const StorageFailure& failure) {
      failure_ = failure;
      throw;
    }
  }

  static void require_storable(std::span<const Value> values) {
    for (const auto& value : values) {
      const auto* text = std::get_if<std::string>(&value);
      if (!text || (is_utf8(*text) && text->find('\0') == std::string::npos)) continue;
      throw StorageFailure(fmt::format("The text \"{}\" cannot be stored: it is not UTF-8, or holds a NUL.", quotable(*text, 60)));
    }
  }

 public:
  explicit UnitTransaction(Connection& connection) : connection_(connection) {}

  std::vector<Row> query(std::string_view sql, std::span<const Value> parameters) override {
    return guarded([&] { return connection_.query(sql, parameters); }, parameters);
  }
  std::int64_t execute(std::string_view sql, std::span<const Value> parameters) override {
    return guarded([&] { return connection_.execute(sql, parameters); }, parameters);
  }
  std::vector<std::int64_t> execute_each(std::string_view sql, std::span<const std::vector<Value>> rows) override {
    return guarded(
        [&] {
          for (const auto& row : rows) require_storable(row);
          return connection_.execute_each(sql, rows);
        },
        {});
  }

  const std::optional<StorageFailure>& failure() const { return failure_; }

 private:
  Connection& connection_;
  std::optional<StorageFailure> failure_;
};

/// Exceptions end a unit of work here and go no further.
Result<> run_work(const Work& work, Connection& connection) {
  UnitTransaction transaction(connection);
  try {
    auto result = work(transaction);
    if (transaction.failure()) return storage_failed(*transaction.failure());
    return result;
  } catch (const StorageFailure& failure) {
    return storage_failed(failure);
  } catch (const std::exception& bug) {
    return fail(Code::internal, fmt::format("A change ended with an error of the program: {}.", bug.what()),
                "Nothing was changed; please report this.");
  }
}

/// In a savepoint, so that a failing unit leaves the others of its group alone. Throws StorageFailure when the transaction itself broke.
Result<> run_in_savepoint(const Work& work, Connection& connection) {
  connection.execute("SAVEPOINT unit");
  auto result = run_work(work, connection);
  if (!connection.in_transaction()) {
    throw StorageFailure(result ? "The database gave up the transaction." : result.error().message);
  }
  if (!result) connection.execute("ROLLBACK TO SAVEPOINT unit");
  connection.execute("RELEASE SAVEPOINT unit");
  return result;
}

tl::unexpected<Error> refused() {
  return fail(Code::unavailable, fmt::format("{} changes already wait for the database.", limits::kMaxQueuedDatabaseWork),
              "Try again in a moment; if it stays so, the database is too slow or away.");
}

}  // namespace

ThreadedDatabase::ThreadedDatabase(Engine engine)
    : engine_(std::move(engine)), writes_(limits::kMaxQueuedDatabaseWork), reads_(limits::kMaxQueuedDatabaseWork) {
  threads_.emplace_back([this] { run_writer(); });
  for (auto& reader : engine_.readers) {
    threads_.emplace_back([this, &connection = *reader] { run_reader(connection); });
  }
}

ThreadedDatabase::~ThreadedDatabase() {
  writes_.close();
  reads_.close();
  for (auto& thread : threads_) thread.join();
}

void ThreadedDatabase::write(Work work, Done done) {
  Unit unit{std::move(work), std::move(done)};
  if (!writes_.push(unit)) unit.done(refused());
}

void ThreadedDatabase::read(Work work, Done done) {
  Unit unit{std::move(work), std::move(done)};
  if (!reads_.push(unit)) unit.done(refused());
}

Database::Statistics ThreadedDatabase::statistics() const {
  return {.commits = commit_count_.load(), .writes = write_count_.load(), .reads = read_count_.load()};
}

void ThreadedDatabase::run_writer() {
  for (auto units = writes_.take(limits::kMaxUnitsPerCommit); !units.empty(); units = writes_.take(limits::kMaxUnitsPerCommit)) {
    for (std::span<Unit> left(units); !left.empty();) {
      auto outcomes = commit_group(left);
      write_count_ += outcomes.size();
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        left[i].work = nullptr;
        left[i].done(std::move(outcomes[i]));
      }
      left = left.subspan(outcomes.size());
    }
  }
}

std::vector<Result<>> ThreadedDatabase::commit_group(std::span<Unit> units) {
  std::vector<Result<>> outcomes;
  outcomes.reserve(units.size());
  Connection& connection = *engine_.writer;
  try {
    connection.begin();
  } catch (const StorageFailure& failure) {
    outcomes.assign(units.size(), storage_failed(failure));
    return outcomes;
  }
  try {
    for (auto& unit : units) {
      outcomes.emplace_back();  // This unit is among those that fail when its transaction breaks.
      outcomes.back() = run_in_savepoint(unit.work, connection);
    }
    connection.commit();
    ++commit_count_;
  } catch (const StorageFailure& failure) {
    // Also for the units that had ended with an error of their own: it may rest on changes that are gone.
    for (auto& outcome : outcomes) outcome = storage_failed(failure);
    connection.rollback();
  }
  return outcomes;
}

void ThreadedDatabase::run_reader(Connection& connection) {
  for (auto units = reads_.take(1); !units.empty(); units = reads_.take(1)) {
    Result<> outcome;
    try {
      connection.begin();
      outcome = run_work(units[0].work, connection);
    } catch (const StorageFailure& failure) {
      outcome = storage_failed(failure);
    }
    connection.rollback();
    ++read_count_;
    units[0].work = nullptr;
    units[0].done(std::move(outcome));
  }
}

}  // namespace daikan::store::detail
