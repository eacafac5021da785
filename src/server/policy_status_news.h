// Tells live streams that the status of policies says something else, at most so often as people can follow.
//
// Wakes after commits that changed what is known of the servers below (Storage::in_force_news) and reads nothing itself: who shows the
// status reads it again. Spawned by the composition root. Invariant: the last change is always told.
#pragma once

#include "server/history.h"

namespace daikan::server {

/// Runs until it is cancelled. Tells a change at once, and those of the limits::kPolicyStatusEvery after it together.
awaitable<> tell_policy_status(Storage& storage, History& history);

}  // namespace daikan::server
