// Columns for people. Cells are already safe to print (terminal.h: shown); a cell may carry a colour, which takes no room.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal.h"

namespace daikan::cli {

struct Cell {
  Cell(std::string text_, Colour colour_ = Colour::plain)
      : text(std::move(text_)), colour(colour_) {}  // NOLINT: cells are written as texts
  Cell(const char* text_) : text(text_) {}          // NOLINT
  std::string text;
  Colour colour = Colour::plain;
};

class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  /// As many cells as the header has.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  /// Columns two spaces apart, no trailing spaces, a line each.
  void print(Terminal& terminal) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<Cell>> rows_;
};

/// "name:   value" lines, aligned; for `show` commands.
void print_fields(Terminal& terminal, const std::vector<std::pair<std::string, Cell>>& fields);

}  // namespace daikan::cli
