// What the contract tests share: a fresh database of either engine for each test, and calls that wait for their outcome.
#pragma once

#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/result.h"
#include "contract/private_postgresql.h"
#include "store/database.h"
#include "store/detail/connection.h"

namespace daikan::contract {

enum class EngineKind : std::uint8_t { sqlite, postgresql };

/// The one server of this run, started on first use.
PrivatePostgresql& postgresql();
void stop_postgresql();

Result<> write(store::Database& database, store::Work work);
Result<> read(store::Database& database, store::Work work);

/// What `function(transaction)` returns, read or written by itself; throws std::runtime_error with the error's text.
template <class Function>
auto in_write(store::Database& database, const Function& function) {
  std::optional<decltype(function(std::declval<store::Transaction&>()))> value;
  const auto result = write(database, [&](store::Transaction& transaction) -> Result<> {
    value = function(transaction);
    return {};
  });
  if (!result) throw std::runtime_error(result.error().text());
  return *std::move(value);
}
template <class Function>
auto in_read(store::Database& database, const Function& function) {
  std::optional<decltype(function(std::declval<store::Transaction&>()))> value;
  const auto result = read(database, [&](store::Transaction& transaction) -> Result<> {
    value = function(transaction);
    return {};
  });
  if (!result) throw std::runtime_error(result.error().text());
  return *std::move(value);
}

/// Occupies the writer, so that what is written meanwhile shares one commit.
class BusyWriter {
 public:
  explicit BusyWriter(store::Database& database);
  /// Returns when the writer's own unit is done. Also by the destructor.
  void release();
  ~BusyWriter() { release(); }

 private:
  std::promise<void> go_;
  std::future<void> finished_;
};

class DatabaseTest : public testing::Test {
 protected:
  explicit DatabaseTest(EngineKind kind);
  ~DatabaseTest() override;

  void open();
  void close() { database_.reset(); }
  store::Database& database() { return *database_; }
  const std::string& url() const { return url_; }
  std::filesystem::path file() const { return folder_ / "data" / "daikan.db"; }
  /// The engine below the interface, without migrations; only while closed.
  store::detail::Engine open_engine() const;

 private:
  EngineKind kind_;
  std::filesystem::path folder_;
  std::string url_;
  std::unique_ptr<store::Database> database_;
};

class OnSqlite : public DatabaseTest {
 protected:
  OnSqlite() : DatabaseTest(EngineKind::sqlite) {}
};
class OnPostgresql : public DatabaseTest {
 protected:
  OnPostgresql() : DatabaseTest(EngineKind::postgresql) {}
};
class OnBoth : public DatabaseTest, public testing::WithParamInterface<EngineKind> {
 protected:
  OnBoth() : DatabaseTest(GetParam()) {}
};

inline std::string engine_name(const testing::TestParamInfo<EngineKind>& info) {
  return info.param == EngineKind::sqlite ? "Sqlite" : "Postgresql";
}

/// Names a suite's fixture and runs it on both engines.
#define DAIKAN_ON_BOTH(Suite)   \
  class Suite : public OnBoth { \
   protected:                   \
    Suite() { open(); }         \
  };                            \
  INSTANTIATE_TEST_SUITE_P(, Suite, testing::Values(EngineKind::sqlite, EngineKind::postgresql), engine_name)

}  // namespace daikan::contract
