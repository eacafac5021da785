// What this server says to the servers above of its devices: how many there are of each status, the latest state and nothing else.
//
// Called by the composition root. Waits for the history's news, because whoever changes devices wakes it; knows nothing of how the record
// travels (server/link_feed.cpp). Invariant: some time after the last change the counts that are told are those of the register.
#pragma once

#include "server/history.h"

namespace daikan::server {

/// Tells the counts whenever they are others than those that were told, at most once in limits::kDeviceCountsEvery. Ends when it is
/// cancelled.
awaitable<> roll_up_devices(Storage& storage, History& history);

}  // namespace daikan::server
