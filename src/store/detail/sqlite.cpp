// SQLite through its C API. WAL lets the readers go on while the writer commits; synchronous=FULL makes a commit durable before it returns.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/limits.h"
#include "store/detail/connection.h"

namespace daikan::store::detail {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
struct ResetStatement {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;
using StatementInUse = std::unique_ptr<sqlite3_stmt, ResetStatement>;

struct Prepared {
  StatementHandle statement;
  std::vector<int> places;  ///< Of $1, $2 … in SQLite's count, which goes by their first appearance.
};

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

FileDescriptor open_private(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) throw StorageFailure(fmt::format("\"{}\" cannot be opened: {}.", path, std::strerror(errno)));
  return file;
}

/// The lock is on a file of its own: closing any descriptor of the database itself would drop SQLite's own locks on it. It goes with the
/// process, so a killed server leaves none behind.
FileDescriptor lock_for_this_process(const std::string& path) {
  FileDescriptor file = open_private(path + ".lock");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
  if (errno == EWOULDBLOCK) throw StorageFailure(fmt::format("The database \"{}\" is in use by another daikand.", path));
  throw StorageFailure(fmt::format("\"{}.lock\" cannot be locked: {}.", path, std::strerror(errno)));
}

class SqliteConnection final : public Connection {
 public:
  using Connection::query;

  /// `lock` is let go only after the connection is closed; a reader has none of its own.
  SqliteConnection(std::string path, Role role, FileDescriptor lock = FileDescriptor(-1))
      : path_(std::move(path)), role_(role), lock_(std::move(lock)) {
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(path_.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    db_.reset(db);
    if (code != SQLITE_OK) throw failure();
    run_script("PRAGMA busy_timeout = 5000");
    const auto mode = query("PRAGMA journal_mode = WAL");
    if (mode.empty() || mode[0].text(0) != "wal") {
      throw StorageFailure(fmt::format("The SQLite database \"{}\" lies on a file system without write-ahead logging.", path_));
    }
    run_script("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA journal_size_limit = 4194304");
    // Small on purpose: an idle server stays under 20 MiB, and the operating system caches the file anyway.
    run_script(role_ == Role::writer ? "PRAGMA cache_size = -2048" : "PRAGMA cache_size = -1024; PRAGMA query_only = ON");
  }

  std::vector<Row> query(std::string_view sql, std::span<const Value> parameters) override {
    const StatementInUse statement = bind(prepare(sql), parameters);
    std::vector<Row> rows;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) rows.push_back(read_row(statement.get()));
    if (code != SQLITE_DONE) throw failure();
    return rows;
  }

  std::int64_t execute(std::string_view sql, std::span<const Value> parameters) override { return execute(prepare(sql), parameters); }

  std::vector<std::int64_t> execute_each(std::string_view sql, std::span<const std::vector<Value>> rows) override {
    std::vector<std::int64_t> changed;
    if (rows.empty()) return changed;
    changed.reserve(rows.size());
    const Prepared& prepared = prepare(sql);
    for (const auto& row : rows) changed.push_back(execute(prepared, row));
    return changed;
  }

  void begin() override { run_script(role_ == Role::writer ? "BEGIN IMMEDIATE" : "BEGIN"); }

  void commit() override {
    const int code = sqlite3_exec(db_.get(), "COMMIT", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return;
    // The frames were written but the disk did not confirm them: a crash now may or may not bring them back.
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) throw CommitUnknown(failure().what());
    throw failure();
  }

  void rollback() noexcept override {
    if (in_transaction()) sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }

  bool in_transaction() const override { return sqlite3_get_autocommit(db_.get()) == 0; }

  void run_script(const std::string& sql) override {
    if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) throw failure();
  }

 private:
  StorageFailure failure() const {
    return StorageFailure(fmt::format("The SQLite database \"{}\" failed: {}.", path_, db_ ? sqlite3_errmsg(db_.get()) : "out of memory"));
  }

  const Prepared& prepare(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return known->second;
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    Prepared prepared{StatementHandle(statement), {}};
    if (code != SQLITE_OK) throw failure();
    if (!statement || rest != sql.data() + sql.size()) throw StorageFailure(fmt::format("Not exactly one SQL statement: {}.", sql));
    const int parameters = sqlite3_bind_parameter_count(statement);
    for (int i = 1; i <= parameters; ++i) {
      prepared.places.push_back(sqlite3_bind_parameter_index(statement, fmt::format("${}", i).c_str()));
      if (prepared.places.back() == 0) throw StorageFailure(fmt::format("A statement has no parameter ${}: {}.", i, sql));
    }
    return statements_.emplace(sql, std::move(prepared)).first->second;
  }

  StatementInUse bind(const Prepared& prepared, std::span<const Value> parameters) {
    StatementInUse statement(prepared.statement.get());
    if (prepared.places.size() != parameters.size()) {
      throw StorageFailure(fmt::format("A statement with {} parameters was given {}: {}.", prepared.places.size(), parameters.size(),
                                       sqlite3_sql(statement.get())));
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (bind_one(statement.get(), prepared.places[i], parameters[i]) != SQLITE_OK) throw failure();
    }
    return statement;
  }

  std::int64_t execute(const Prepared& prepared, std::span<const Value> parameters) {
    // sqlite3_changes64 keeps the number of an earlier statement when this one is no INSERT, UPDATE or DELETE.
    const auto total_before = sqlite3_total_changes64(db_.get());
    const StatementInUse statement = bind(prepared, parameters);
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
    }
    if (code != SQLITE_DONE) throw failure();
    return sqlite3_total_changes64(db_.get()) == total_before ? 0 : sqlite3_changes64(db_.get());
  }

  static int bind_one(sqlite3_stmt* statement, int index, const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, index, *number);
    if (const auto* text = std::get_if<std::string>(&value)) {
      // No destructor (SQLITE_STATIC): the caller's values outlive the statement's use.
      return sqlite3_bind_text64(statement, index, text->data(), text->size(), nullptr, SQLITE_UTF8);
    }
    return sqlite3_bind_null(statement, index);
  }

  static Row read_row(sqlite3_stmt* statement) {
    std::vector<Value> values;
    const int columns = sqlite3_column_count(statement);
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) values.push_back(read_value(statement, i));
    return Row(std::move(values));
  }

  static Value read_value(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_NULL:
        return nullptr;
      case SQLITE_INTEGER:
        return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
      case SQLITE_TEXT: {
        const void* text = sqlite3_column_text(statement, column);
        return std::string(static_cast<const char*>(text), static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
      }
      default:
        throw StorageFailure(fmt::format("The column {} is neither an integer nor a text.", sqlite3_column_name(statement, column)));
    }
  }

  std::string path_;
  Role role_;
  FileDescriptor lock_;
  DatabaseHandle db_;
  std::map<std::string, Prepared, std::less<>> statements_;  // Finalised before db_ closes.
};

}  // namespace

Engine open_sqlite(const std::string& given_path) {
  if (given_path.empty()) throw StorageFailure("The SQLite database has no path.");
  // Absolute, so that SQLite takes no name for one of its special ones (":memory:").
  const std::string path = std::filesystem::absolute(given_path).string();
  FileDescriptor lock = lock_for_this_process(path);
  open_private(path);
  Engine engine;
  engine.name = fmt::format("SQLite {}", sqlite3_libversion());
  engine.writer = std::make_unique<SqliteConnection>(path, Role::writer, std::move(lock));
  for (unsigned i = 0; i < limits::kDatabaseReaders; ++i) {
    engine.readers.push_back(std::make_unique<SqliteConnection>(path, Role::reader));
  }
  return engine;
}

}  // namespace daikan::store::detail
