// PostgreSQL through libpq. A connection that broke is made anew at the next begin(), never inside a transaction.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/limits.h"
#include "base/text.h"
#include "store/detail/connection.h"

namespace daikan::store::detail {
namespace {

struct FinishConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ConnectionHandle = std::unique_ptr<PGconn, FinishConnection>;
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

// Type numbers as in PostgreSQL's pg_type catalogue; they never change.
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kName = 19;

// Sent before the answers are read: few enough that those of all fit into the sockets' buffers, or both ends would wait for each other.
constexpr std::size_t kPipelined = 256;

constexpr std::string_view kLockNotAvailable = "55P03";

// "daikan" in ASCII: the advisory lock that one daikand per database holds as long as its writer is connected. Another gets two seconds, so
// that a restart right after a kill finds the server done with the old connection.
constexpr const char* kTakeLock = "BEGIN; SET LOCAL lock_timeout = '2s'; SELECT pg_advisory_lock(110369543250286); COMMIT";

// Only ever stronger than what the database's owner chose: a cluster may ask for remote_apply.
constexpr const char* kDurableCommits =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// The first line, without its full stop: libpq's further ones are advice.
std::string one_line(std::string_view message) {
  std::string_view line = trim(message.substr(0, message.find('\n')));
  if (line.ends_with('.')) line.remove_suffix(1);
  return quotable(line, 500);
}

class PostgresqlConnection final : public Connection {
 public:
  PostgresqlConnection(std::string url, Role role) : url_(std::move(url)), role_(role) { connect(); }

  std::vector<Row> query(std::string_view sql, std::span<const Value> parameters) override {
    const ResultHandle result = run_prepared(sql, parameters);
    const int columns = PQnfields(result.get());
    std::vector<Row> rows;
    rows.reserve(static_cast<std::size_t>(PQntuples(result.get())));
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      std::vector<Value> values;
      values.reserve(static_cast<std::size_t>(columns));
      for (int column = 0; column < columns; ++column) values.push_back(read_value(result.get(), row, column));
      rows.emplace_back(std::move(values));
    }
    return rows;
  }

  std::int64_t execute(std::string_view sql, std::span<const Value> parameters) override {
    return changed_by(run_prepared(sql, parameters).get());
  }

  std::vector<std::int64_t> execute_each(std::string_view sql, std::span<const std::vector<Value>> rows) override {
    std::vector<std::int64_t> changed;
    changed.reserve(rows.size());
    for (; !rows.empty(); rows = rows.subspan(std::min(kPipelined, rows.size()))) {
      pipeline(prepare(sql), rows.first(std::min(kPipelined, rows.size())), changed);
    }
    return changed;
  }

  void begin() override {
    const std::string sql = role_ == Role::writer ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    if (connected()) {
      const ResultHandle result(PQexec(connection_.get(), sql.c_str()));
      if (succeeded(result.get())) return;
      // Nothing was asked of this transaction yet: one that broke while idle may be replaced unseen.
      const StorageFailure reason = failure(result.get());
      if (connected()) throw reason;
    }
    connect();
    run_script(sql);
  }

  void commit() override {
    const ResultHandle result(PQexec(connection_.get(), "COMMIT"));
    if (succeeded(result.get())) {
      // A transaction in which a statement failed answers COMMIT with ROLLBACK.
      if (std::strcmp(PQcmdStatus(result.get()), "COMMIT") == 0) return;
      throw StorageFailure(fmt::format("{} rolled the transaction back at its commit.", where_));
    }
    const StorageFailure reason = failure(result.get());
    if (!connected()) throw CommitUnknown(reason.what());
    throw reason;
  }

  void rollback() noexcept override {
    if (in_transaction()) ResultHandle(PQexec(connection_.get(), "ROLLBACK"));
  }

  bool in_transaction() const override {
    const auto status = PQtransactionStatus(connection_.get());
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
  }

  void run_script(const std::string& sql) override {
    const ResultHandle result(PQexec(connection_.get(), sql.c_str()));
    if (!succeeded(result.get())) throw failure(result.get());
  }

  std::string server_name() const {
    const char* version = PQparameterStatus(connection_.get(), "server_version");
    std::string_view text = version ? version : "";
    return fmt::format("PostgreSQL {}", text.substr(0, text.find(' ')));
  }

 private:
  static bool succeeded(const PGresult* result) {
    const auto status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  }

  bool connected() const { return connection_ && PQstatus(connection_.get()) == CONNECTION_OK; }

  /// Whether the connection is of no more use. PQstatus alone does not tell: libpq reports a write to a closed connection without looking
  /// further. Errors that libpq makes itself have no SQLSTATE.
  static bool is_lost(const PGresult* result) {
    if (!result || !PQresultErrorField(result, PG_DIAG_SQLSTATE)) return true;
    const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity && (std::strcmp(severity, "FATAL") == 0 || std::strcmp(severity, "PANIC") == 0);
  }

  /// Lets go of a lost connection. The text is the primary one only: the detail may quote whole rows, passwords of proxies among them.
  StorageFailure failure(const PGresult* result) {
    const char* primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    const std::string text = one_line(primary ? primary : PQerrorMessage(connection_.get()));
    if (is_lost(result)) connection_.reset();
    return StorageFailure(fmt::format("{} failed: {}.", where_, text));
  }

  void connect() {
    statements_.clear();
    connection_.reset();
    // What stands before dbname are defaults that the URL may override; what stands after overrides the URL.
    const std::array<const char*, 8> keys = {
        "connect_timeout", "tcp_user_timeout", "keepalives_idle", "application_name", "dbname", "client_encoding", nullptr};
    const std::array<const char*, 8> values = {"5", "15000", "30", "daikand", url_.c_str(), "UTF8", nullptr};
    connection_.reset(PQconnectdbParams(keys.data(), values.data(), /*expand_dbname=*/1));
    if (!connected()) {
      throw StorageFailure(fmt::format("PostgreSQL cannot be reached: {}.", one_line(PQerrorMessage(connection_.get()))));
    }
    where_ = fmt::format("The PostgreSQL database \"{}\" at {}", PQdb(connection_.get()), PQhost(connection_.get()));
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
    try {
      prepare_session();
    } catch (...) {
      connection_.reset();  // A connection without its lock must not be used.
      throw;
    }
  }

  void prepare_session() {
    const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
    if (!encoding || std::strcmp(encoding, "UTF8") != 0) {
      throw StorageFailure(fmt::format("{} has the encoding {} instead of UTF8.", where_, encoding ? encoding : "unknown"));
    }
    if (role_ == Role::reader) return;
    const ResultHandle lock(PQexec(connection_.get(), kTakeLock));
    if (!succeeded(lock.get())) {
      const char* state = PQresultErrorField(lock.get(), PG_DIAG_SQLSTATE);
      if (state && state == kLockNotAvailable) throw StorageFailure(fmt::format("{} is in use by another daikand.", where_));
      throw failure(lock.get());
    }
    run_script(kDurableCommits);
  }

  const std::string& prepare(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return known->second;
    const std::string text(sql);
    const std::string name = fmt::format("s{}", statements_.size());
    const ResultHandle result(PQprepare(connection_.get(), name.c_str(), text.c_str(), 0, nullptr));
    if (!succeeded(result.get())) throw failure(result.get());
    return statements_.emplace(text, name).first->second;
  }

  /// Parameters as libpq takes them; `given` outlives it.
  struct Bound {
    explicit Bound(std::span<const Value> given) : numbers(given.size()), values(given.size(), nullptr) {
      for (std::size_t i = 0; i < given.size(); ++i) {
        if (const auto* number = std::get_if<std::int64_t>(&given[i])) {
          numbers[i] = std::to_string(*number);
          values[i] = numbers[i].c_str();
        } else if (const auto* text = std::get_if<std::string>(&given[i])) {
          values[i] = text->c_str();
        }
      }
    }
    int size() const { return static_cast<int>(values.size()); }
    std::vector<std::string> numbers;
    std::vector<const char*> values;
  };

  ResultHandle run_prepared(std::string_view sql, std::span<const Value> parameters) {
    const std::string& name = prepare(sql);
    const Bound bound(parameters);
    ResultHandle result(PQexecPrepared(connection_.get(), name.c_str(), bound.size(), bound.values.data(), nullptr, nullptr, 0));
    if (!succeeded(result.get())) throw failure(result.get());
    return result;
  }

  static std::int64_t changed_by(PGresult* result) {
    const std::string_view changed = PQcmdTuples(result);
    std::int64_t count = 0;
    std::from_chars(changed.data(), changed.data() + changed.size(), count);
    return count;
  }

  /// Leaves the pipeline empty and off, also when a statement failed in it; the others behind that one are not run then.
  void pipeline(const std::string& name, std::span<const std::vector<Value>> rows, std::vector<std::int64_t>& changed) {
    PGconn* const connection = connection_.get();
    if (PQenterPipelineMode(connection) != 1) throw failure(nullptr);
    for (const auto& row : rows) {
      const Bound bound(row);
      if (PQsendQueryPrepared(connection, name.c_str(), bound.size(), bound.values.data(), nullptr, nullptr, 0) != 1)
        throw failure(nullptr);
    }
    if (PQpipelineSync(connection) != 1) throw failure(nullptr);
    std::optional<StorageFailure> failed;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const ResultHandle result(PQgetResult(connection));
      if (!succeeded(result.get()) && !failed) failed = failure(result.get());
      if (!connection_) throw *failed;  // lost
      changed.push_back(changed_by(result.get()));
      ResultHandle(PQgetResult(connection));  // nothing: the end of this one's
    }
    ResultHandle(PQgetResult(connection));  // the sync
    if (PQexitPipelineMode(connection) != 1 && !failed) failed = failure(nullptr);
    if (failed) throw *failed;
  }

  static Value read_value(const PGresult* result, int row, int column) {
    if (PQgetisnull(result, row, column)) return nullptr;
    const std::string_view text(PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column)));
    switch (PQftype(result, column)) {
      case kInt2:
      case kInt4:
      case kInt8: {
        std::int64_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        return number;
      }
      case kText:
      case kName:
        return std::string(text);
      default:
        throw StorageFailure(fmt::format("The column {} is neither an integer nor a text.", PQfname(result, column)));
    }
  }

  std::string url_;
  Role role_;
  std::string where_ = "PostgreSQL";
  ConnectionHandle connection_;
  std::map<std::string, std::string, std::less<>> statements_;  // Text to name; they live as long as the connection.
};

}  // namespace

Engine open_postgresql(const std::string& url) {
  char* error = nullptr;
  PQconninfoOption* const options = PQconninfoParse(url.c_str(), &error);
  const bool readable = options != nullptr;
  PQconninfoFree(options);
  PQfreemem(error);
  // libpq's own text may quote the password.
  if (!readable) throw StorageFailure("The address of the PostgreSQL database is not one that libpq understands.");
  auto writer = std::make_unique<PostgresqlConnection>(url, Role::writer);
  Engine engine;
  engine.name = writer->server_name();
  engine.writer = std::move(writer);
  for (unsigned i = 0; i < limits::kDatabaseReaders; ++i) {
    engine.readers.push_back(std::make_unique<PostgresqlConnection>(url, Role::reader));
  }
  return engine;
}

}  // namespace daikan::store::detail
