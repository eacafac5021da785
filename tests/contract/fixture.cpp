#include "contract/fixture.h"

#include <stdexcept>

namespace daikan::contract {
namespace {

std::unique_ptr<PrivatePostgresql> the_server;

}  // namespace

PrivatePostgresql& postgresql() {
  if (!the_server) the_server = std::make_unique<PrivatePostgresql>();
  return *the_server;
}

void stop_postgresql() { the_server.reset(); }

Result<> write(store::Database& database, store::Work work) {
  std::promise<Result<>> outcome;
  auto result = outcome.get_future();
  database.write(std::move(work), [&](Result<> done) { outcome.set_value(std::move(done)); });
  return result.get();
}

Result<> read(store::Database& database, store::Work work) {
  std::promise<Result<>> outcome;
  auto result = outcome.get_future();
  database.read(std::move(work), [&](Result<> done) { outcome.set_value(std::move(done)); });
  return result.get();
}

BusyWriter::BusyWriter(store::Database& database) {
  auto started = std::make_shared<std::promise<void>>();
  auto finished = std::make_shared<std::promise<void>>();
  finished_ = finished->get_future();
  const auto go = go_.get_future().share();
  auto has_started = started->get_future();
  database.write(
      [started, go](store::Transaction&) -> Result<> {
        started->set_value();
        go.wait();
        return {};
      },
      [finished](const Result<>&) { finished->set_value(); });
  has_started.wait();
}

void BusyWriter::release() {
  if (!finished_.valid()) return;
  go_.set_value();
  finished_.get();
}

DatabaseTest::DatabaseTest(EngineKind kind) : kind_(kind) {
  if (kind_ == EngineKind::postgresql) {
    url_ = postgresql().create_space();
    return;
  }
  std::string name = (std::filesystem::temp_directory_path() / "daikan-contract-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  folder_ = name;
  std::filesystem::create_directory(folder_ / "data");
  url_ = "sqlite:" + file().string();
}

DatabaseTest::~DatabaseTest() {
  close();
  if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

void DatabaseTest::open() {
  auto opened = store::Database::open(url_);
  if (!opened) throw std::runtime_error(opened.error().text());
  database_ = *std::move(opened);
}

store::detail::Engine DatabaseTest::open_engine() const {
  return kind_ == EngineKind::sqlite ? store::detail::open_sqlite(file().string()) : store::detail::open_postgresql(url_);
}

}  // namespace daikan::contract
