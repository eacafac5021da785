// Which tables a database has, told by its own catalogue: the one thing the two engines are asked in different words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/snapshot.h"

namespace daikan::store::detail {

enum class Dialect : std::uint8_t { sqlite, postgresql };

struct CataloguedTable {
  TableShape shape;
  std::vector<std::string> key;  ///< The columns of the primary key, in its order.
};

/// Every table of ours, by name; none in an empty database.
std::vector<CataloguedTable> catalogue(Transaction& transaction, Dialect dialect);

/// A name of the catalogue as it may stand in a statement.
std::string in_quotes(std::string_view name);

}  // namespace daikan::store::detail
