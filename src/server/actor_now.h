// Whether somebody whose request was answered long ago may still do what goes on in their name.
//
// Called by work that outlives its request (Joins), inside a transaction, before each of its changes.
#pragma once

#include "server/access.h"

namespace daikan::server {

/// `actor` with no more than it may at this moment: an account that was disabled, removed or given less meanwhile, or a primary that may
/// less, does no more with what it had.
Actor as_of_now(store::Transaction&, Actor actor);

}  // namespace daikan::server
