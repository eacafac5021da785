// What every command is handed: the terminal, the profiles, the options before the noun, and the wish to stop.
#pragma once

#include <functional>
#include <string>

#include "cli/exit_code.h"
#include "cli/profiles.h"
#include "cli/terminal.h"
#include "net/async.h"

namespace daikan::cli {

using net::awaitable;

struct Globals {
  std::string server;  ///< Profile; empty: the only one.
  std::string relay;   ///< "NAME/NAME…" of servers below; empty: the profile's server itself.
  Output output = Output::table;
};

/// Ctrl-C. A command that has something to undo takes it over; otherwise its coroutine is cancelled.
struct Interrupt {
  explicit Interrupt(net::Executor executor) : changed(executor) {}
  bool wanted = false;
  enum class Owner : std::uint8_t { nobody, command } owner = Owner::nobody;
  net::Signal changed;
};

struct Context {
  Terminal& terminal;
  Profiles profiles;
  Globals globals;
  net::Executor executor;
  Interrupt& interrupt;
  bool as_json() const { return globals.output == Output::json; }
};

using Command = std::function<awaitable<Result<>>(Context&)>;

}  // namespace daikan::cli
