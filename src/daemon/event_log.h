// The events of this server as lines of its log, in the order of the database; but those of links, which the link host logs itself.
//
// Reads what History committed; writes nothing. Spawned by the composition root. Invariant: a line is logged after its event is durable.
#pragma once

#include "daemon/log.h"
#include "server/history.h"

namespace daikan::daemon {

/// Runs until it is cancelled; begins with the events that are committed after its start.
net::awaitable<> log_events(server::History& history, Log& log);

}  // namespace daikan::daemon
