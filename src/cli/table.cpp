#include "cli/table.h"

#include <algorithm>
#include <ostream>

namespace daikan::cli {
namespace {

std::string padding(std::size_t width, std::size_t used) { return std::string(width > used ? width - used : 0, ' '); }

}  // namespace

void Table::print(Terminal& terminal) const {
  std::vector<std::size_t> widths;
  for (const auto& title : header_) widths.push_back(display_width(title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i].text));
  }
  const auto print_row = [&](const std::vector<Cell>& row) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += terminal.coloured(row[i].colour, row[i].text);
      const bool rest_is_empty =
          std::all_of(row.begin() + static_cast<std::ptrdiff_t>(i) + 1, row.end(), [](const Cell& cell) { return cell.text.empty(); });
      if (rest_is_empty) break;
      text += padding(widths[i], display_width(row[i].text)) + "  ";
    }
    terminal.out() << text << '\n';
  };
  std::vector<Cell> titles;
  for (const auto& title : header_) titles.emplace_back(title, Colour::bold);
  print_row(titles);
  for (const auto& row : rows_) print_row(row);
  terminal.out() << std::flush;
}

void print_fields(Terminal& terminal, const std::vector<std::pair<std::string, Cell>>& fields) {
  std::size_t width = 0;
  for (const auto& [name, cell] : fields) width = std::max(width, display_width(name));
  for (const auto& [name, cell] : fields) {
    terminal.out() << terminal.coloured(Colour::bold, name + ":") << padding(width, display_width(name)) << "  "
                   << terminal.coloured(cell.colour, cell.text) << '\n';
  }
  terminal.out() << std::flush;
}

}  // namespace daikan::cli
