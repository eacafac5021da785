#include "store/detail/catalogue.h"

#include <algorithm>
#include <utility>

namespace daikan::store::detail {
namespace {

// Each: table, column, and the column's place in the primary key (from 1; 0 for none).
constexpr std::string_view kSqlite = R"sql(
SELECT m.name, p.name, p.pk FROM sqlite_master AS m, pragma_table_info(m.name) AS p
WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_' ORDER BY m.name, p.cid
)sql";

constexpr std::string_view kPostgresql = R"sql(
SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), CAST(COALESCE((
  SELECT k.place FROM pg_index AS i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
  WHERE i.indrelid = c.oid AND i.indisprimary AND k.attnum = a.attnum), 0) AS BIGINT)
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = current_schema())
ORDER BY c.relname, a.attnum
)sql";

}  // namespace

std::vector<CataloguedTable> catalogue(Transaction& transaction, Dialect dialect) {
  std::vector<CataloguedTable> tables;
  std::vector<std::pair<std::int64_t, std::string>> key;
  const auto close = [&] {
    std::sort(key.begin(), key.end());
    for (auto& [place, column] : key) tables.back().key.push_back(std::move(column));
    key.clear();
  };
  for (const auto& row : transaction.query(dialect == Dialect::sqlite ? kSqlite : kPostgresql)) {
    if (tables.empty() || tables.back().shape.name != row.text(0)) {
      if (!tables.empty()) close();
      tables.push_back({{row.text(0), {}}, {}});
    }
    tables.back().shape.columns.push_back(row.text(1));
    if (const auto place = row.integer(2); place > 0) key.emplace_back(place, row.text(1));
  }
  if (!tables.empty()) close();
  return tables;
}

std::string in_quotes(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace daikan::store::detail
