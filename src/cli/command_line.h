// The command line: what was typed becomes a command with its options, or a text to print (help, version), or an error.
//
// The only part that knows CLI11. Called by run().
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/context.h"

namespace daikan::cli {

struct ParsedCommand {
  Globals globals;
  Command command;
};

struct HelpText {
  std::string text;
};

/// `arguments` without the program's name. Fails with invalid_request; the remedy names the help to read.
Result<std::variant<ParsedCommand, HelpText>> parse_command_line(const std::vector<std::string>& arguments);

/// Whether errors are to be JSON, also when the command line itself is wrong.
Output wanted_output(const std::vector<std::string>& arguments);

}  // namespace daikan::cli
