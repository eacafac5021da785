// What this process asks of the kernel and of the service manager.
//
// Knows Linux and sd_notify's protocol; called once each by the composition root.
#pragma once

#include <chrono>
#include <string_view>

#include "base/result.h"

namespace daikan::daemon {

/// Ignores SIGPIPE, raises the limit of open files as far as allowed, keeps malloc to two arenas. Returns the limit of open files.
std::size_t prepare_process();

/// Tells the service manager ("READY=1", "STOPPING=1"); nothing happens without NOTIFY_SOCKET (sd_notify(3)).
void notify_service_manager(std::string_view state);

/// Ends the process with status 1 and a line on standard error unless it has ended within `time`.
void give_up_after(std::chrono::seconds time);

}  // namespace daikan::daemon
