// How a link check is shown to a person, and what of it counts: a line for each step, then what each end knows, the failure last.
#pragma once

#include <optional>

#include "cli/json_text.h"
#include "cli/terminal.h"

namespace daikan::cli {

/// The steps and what the two ends know; without the failure itself. `heading` says which link.
void print_check(Terminal& terminal, std::string_view heading, const json::value& check);

/// Where a check failed first.
struct CheckFailure {
  std::string step;
  std::string seen_by;  ///< Name of the server that saw it.
  Error error;
};
/// Of a check and, where the other end could be asked at its own console, its check of the same link: the dialling end tells of the way.
std::optional<CheckFailure> failure_of(const json::value& check, const json::value& other_check);

/// The line before the failure's sentence, which the caller lets follow as the command's error.
void print_failure(Terminal& terminal, const CheckFailure& failure);

}  // namespace daikan::cli
