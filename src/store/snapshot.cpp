#include "store/snapshot.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/limits.h"
#include "store/detail/catalogue.h"
#include "store/migrations.h"

namespace daikan::store {
namespace {

using detail::CataloguedTable;
using detail::in_quotes;

/// Pages by primary key: neither engine holds more than one page of a table in memory.
struct PagedQuery {
  std::string first;
  std::string next;
  std::vector<std::size_t> key;  ///< The key's columns within a row.
};

PagedQuery paged(const CataloguedTable& table) {
  std::vector<std::string> columns;
  std::vector<std::string> key;
  std::vector<std::string> places;
  PagedQuery query;
  for (const auto& column : table.shape.columns) columns.push_back(in_quotes(column));
  for (const auto& column : table.key) {
    key.push_back(in_quotes(column));
    places.push_back(fmt::format("${}", places.size() + 1));
    const auto at = std::find(table.shape.columns.begin(), table.shape.columns.end(), column);
    query.key.push_back(static_cast<std::size_t>(at - table.shape.columns.begin()));
  }
  const auto from = fmt::format("SELECT {} FROM {}", fmt::join(columns, ", "), in_quotes(table.shape.name));
  const auto order = fmt::format("ORDER BY {} LIMIT {}", fmt::join(key, ", "), limits::kBackupPageRows);
  query.first = fmt::format("{} {}", from, order);
  query.next = fmt::format("{} WHERE ({}) > ({}) {}", from, fmt::join(key, ", "), fmt::join(places, ", "), order);
  return query;
}

Result<> read_table(Transaction& transaction, const CataloguedTable& table, const SnapshotSink& sink) {
  if (table.key.empty()) {
    return fail(Code::internal, fmt::format("The table {} has no primary key.", table.shape.name), "Please report this.");
  }
  if (auto told = sink.table(table.shape); !told) return told;
  const auto query = paged(table);
  auto page = transaction.query(query.first);
  while (!page.empty()) {
    for (const auto& row : page) {
      if (auto told = sink.row(row.values()); !told) return told;
    }
    if (page.size() < limits::kBackupPageRows) break;
    std::vector<Value> after;
    for (const auto column : query.key) after.push_back(page.back().values()[column]);
    page = transaction.query(query.next, std::span<const Value>(after));
  }
  return {};
}

}  // namespace

Result<> read_snapshot(Transaction& transaction, std::string_view engine, const SnapshotSink& sink) {
  const auto dialect = engine.starts_with("SQLite") ? detail::Dialect::sqlite : detail::Dialect::postgresql;
  for (const auto& table : detail::catalogue(transaction, dialect)) {
    if (auto read = read_table(transaction, table, sink); !read) return read;
  }
  return {};
}

std::int64_t schema_version(Transaction& transaction) {
  const auto rows = transaction.query("SELECT version FROM schema_version ORDER BY version DESC LIMIT 1");
  return rows.empty() ? 0 : rows[0].integer(0);
}

std::int64_t known_schema_version() { return migrations().empty() ? 0 : migrations().back().version; }

}  // namespace daikan::store
