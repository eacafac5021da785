// Every event of this server as a line of its log, in the order of the database.
//
// Reads what History committed; writes nothing. Spawned by the composition root. Invariant: a line is logged after its event is durable.
#pragma once

#include "daemon/log.h"
#include "server/history.h"

namespace daikan::daemon {

/// Runs until it is cancelled; begins with the events that are committed after its start.
net::awaitable<> log_events(server::History& history, Log& log);

}  // namespace daikan::daemon
