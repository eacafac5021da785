#include "store/detail/insert_rows.h"

#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

namespace daikan::store::detail {

RowInsert::RowInsert(std::string_view into, std::size_t columns, std::string_view behind) : columns_(columns) {
  for (std::size_t size = 0; size < kRows.size(); ++size) {
    auto& text = texts_[size];
    text = fmt::format("{} VALUES ", into);
    for (std::size_t parameter = 0; parameter < kRows[size] * columns; ++parameter) {
      const bool first = parameter % columns == 0;
      const bool last = parameter % columns == columns - 1;
      fmt::format_to(std::back_inserter(text), "{}{}${}{}", first && parameter > 0 ? ", " : "", first ? "(" : ", ", parameter + 1,
                     last ? ")" : "");
    }
    fmt::format_to(std::back_inserter(text), " {}", behind);
  }
}

std::vector<Row> RowInsert::operator()(Transaction& transaction, std::span<const Value> values) const {
  std::vector<Row> returned;
  for (std::size_t size = 0; size < kRows.size(); ++size) {
    const auto taken = kRows[size] * columns_;
    for (; values.size() >= taken; values = values.subspan(taken)) {
      auto rows = transaction.query(texts_[size], values.first(taken));
      returned.insert(returned.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    }
  }
  if (!values.empty()) throw std::logic_error("what is to be inserted is no whole rows");
  return returned;
}

}  // namespace daikan::store::detail
