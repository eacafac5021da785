// Exit codes by kind of error, and how an error is printed. Documented in docs/cli.md; never renumbered.
#pragma once

#include "base/error.h"
#include "cli/terminal.h"

namespace daikan::cli {

enum class ExitCode : std::uint8_t {
  ok = 0,
  internal = 1,     ///< A bug, or a server that cannot keep its data.
  usage = 2,        ///< The command line or a field of the request.
  not_allowed = 3,  ///< Authentication or permission.
  not_found = 4,
  conflict = 5,       ///< Something is there already, or the hierarchy's rules forbid it.
  unreachable = 6,    ///< The network, a proxy, or the other side's absence.
  certificate = 7,    ///< A certificate or a pin.
  interrupted = 130,  ///< Ctrl-C, as shells count it.
};

enum class Output : std::uint8_t { table, json };

ExitCode exit_code_of(Code code);

/// "daikan: message" and the remedy on a line of its own; or one JSON object. To the error stream.
void print_error(Terminal& terminal, Output output, const Error& error);

}  // namespace daikan::cli
