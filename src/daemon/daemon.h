// The composition root of daikand: builds every part in order, runs until a signal, ends every part in reverse.
//
// The only place that knows all rooms. Invariant: what was built before outlives what was built after it.
#pragma once

#include "base/configuration.h"

namespace daikan::daemon {

/// What the process exits with.
enum class ExitCode : std::uint8_t { ok = 0, other = 1, configuration = 2, cannot_listen = 3, data = 4 };

/// Runs a server until SIGTERM or SIGINT. Every failure to start is one line in the log with its remedy.
ExitCode run_daemon(const Configuration& configuration);

/// All of main(): command line, --check-config, --print-config, run_daemon.
int daikand_main(int argc, const char* const* argv);

}  // namespace daikan::daemon
