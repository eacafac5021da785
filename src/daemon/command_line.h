// daikand's command line: one option per property of base/configuration.h, and what to do with the result.
//
// Knows CLI11 (in its .cpp only). Called by main. Invariant: what it accepts was not interpreted yet; the configuration checks every value.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/configuration.h"

namespace daikan::daemon {

struct CommandLine {
  enum class Action : std::uint8_t { run, check_configuration, print_configuration, say };
  Action action = Action::run;
  std::optional<std::filesystem::path> config;
  GivenOptions options;
  std::string text;  ///< say: help or version, for standard output.
};

/// Fails with configuration_invalid and the parser's sentence.
Result<CommandLine> parse_command_line(int argc, const char* const* argv);

}  // namespace daikan::daemon
