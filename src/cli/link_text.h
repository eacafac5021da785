// How the state of a link, a reason and a step are shown to a person; the same words and marks in every command.
#pragma once

#include <string>

#include "cli/json_text.h"
#include "cli/table.h"

namespace daikan::cli {

/// "● Connected", in its colour; "[+] Connected" where the terminal has no UTF-8.
Cell state_cell(const Terminal& terminal, std::string_view state);
/// The mark alone, and the words alone.
Cell state_mark(const Terminal& terminal, std::string_view state);
std::string state_words(std::string_view state);
/// "secondary dials" or "primary dials (DMZ)".
std::string direction_words(std::string_view direction);
/// The message of the member `reason`; empty when there is none.
std::string reason_text(const json::value& value);
/// Marks of a step that went well, failed, or was taken back.
std::string done_mark(const Terminal& terminal);
std::string failed_mark(const Terminal& terminal);
std::string undone_mark(const Terminal& terminal);

/// The steps of a probe, one line each: what was tried, what came of it, how long it took; the remedy at the step that failed.
void print_probe(Terminal& terminal, const json::value& answer);

/// Prints `value` as JSON.
void print_json(Terminal& terminal, const json::value& value);

}  // namespace daikan::cli
