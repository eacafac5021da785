// Many new rows of one table by few statements: what a statement costs beside its rows (a round trip, and in PostgreSQL the table's CHECKs
// read and compiled anew) is shared by all of one statement.
//
// Knows no table. Used by the tables_*.cpp files for what arrives in masses. Invariant: the texts depend on the table alone, never on
// values or on how many rows there are, so each is prepared once for each connection.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

namespace daikan::store::detail {

class RowInsert {
 public:
  /// `into`: as far as VALUES; `columns`: how many a row has; `behind`: what stands behind the rows (ON CONFLICT, RETURNING).
  RowInsert(std::string_view into, std::size_t columns, std::string_view behind = "");

  /// `values`: whole rows one behind the other, of any number. Returns what RETURNING gives of all of them. A DO UPDATE would refuse the
  /// same key twice, so `behind` has none. Throws StorageFailure.
  std::vector<Row> operator()(Transaction& transaction, std::span<const Value> values) const;

 private:
  /// A number of rows is made up of these, the largest first; of the smallest there is any number.
  static constexpr std::array<std::size_t, 4> kRows = {64, 16, 4, 1};

  std::size_t columns_;
  std::array<std::string, kRows.size()> texts_;
};

}  // namespace daikan::store::detail
