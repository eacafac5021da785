// What becomes of the invitations of somebody who may no longer invite.
//
// An invitation registers a server with nobody asked anew (invitation_guests.cpp); whoever was disabled, removed or lost the right must not
// reach into the hierarchy through one that was made before. Called by the use cases that take rights away, in their transaction.
#pragma once

#include <string>

#include "server/access.h"

namespace daikan::server {

/// Revokes every unused invitation that `name` made, unless an enabled account of that name may still configure the hierarchy somewhere.
void revoke_left_invitations(store::Transaction&, const Actor& actor, const std::string& name);

}  // namespace daikan::server
