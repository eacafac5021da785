// Roles on their way down: whether this server's and those it inherits go to its secondaries, and what becomes of the users here who have
// an inherited role when it changes, is gone above, or the primary is left.
//
// Joins server/role_content to server/downstream. Called by the composition root. Invariants: nothing goes down unless the setting
// roles.relay in force here says so; and a right that came from above ends here in the transaction in which its role does.
#pragma once

#include "server/downstream.h"
#include "server/facts.h"

namespace daikan::server {

/// What downstream asks of roles. When the primary is left, kept roles become own ones, each with another id and the users it had.
InheritedSource role_source(const Facts& facts);

}  // namespace daikan::server
