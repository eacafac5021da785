// The most that people may do here through the primary: this server's own word, and what governs it, whichever is stricter.
//
// Kept with the server's settings, so that it holds from the first request after a restart and inside every transaction that asks. The own
// word is set by server/primary.h; what governs (setting hierarchy.primary_may) is put here by server/governed. Invariant: no policy, from
// above or of this server, opens what this server's own word closes.
#pragma once

#include "hierarchy/rights.h"
#include "server/history.h"

namespace daikan::server {

/// What is enforced.
hierarchy::PrimaryMay primary_may_in_force(store::Transaction&);

/// From now on policies let the primary do that much at most. A change is an event. Fails with storage_failed.
awaitable<Result<>> govern_primary_may(Storage& storage, History& history, hierarchy::PrimaryMay may);

}  // namespace daikan::server
