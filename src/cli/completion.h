// Shell completion: what may stand where the cursor is, told by the command line itself, so that it never lags behind it.
//
// The scripts (`daikan completion bash`) only ask `daikan complete WORD…` with the words up to the cursor. Knows the tree of commands (as a
// CLI::App) and no server; the names that only a server or the profiles know are filled in by print_completion(). The invariant: completing
// changes nothing and never fails loudly, because it runs at every press of the tab key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"

namespace CLI {
class App;
}

namespace daikan::cli {

struct Completion {
  enum class Wanted : std::uint8_t { words, files, folders, profiles, secondaries, relay, groups };
  Wanted wanted = Wanted::words;
  std::vector<std::string> words;  ///< Those that fit already.
  std::string current;             ///< What is typed of the word so far, without quotes.
  std::string server;              ///< The profile and the path that the words before it choose.
  std::string relay;
};

/// `words`: those behind the program's name, the last being the one under the cursor (perhaps empty).
Completion complete(const CLI::App& app, const std::vector<std::string>& words);

/// Prints one candidate a line, or ":files" or ":folders" for what the shell completes itself.
awaitable<Result<>> print_completion(Context& context, Completion completion);

/// The script of "bash", "zsh" or "fish".
std::string_view completion_script(std::string_view shell);

}  // namespace daikan::cli
