// The first two steps of a dial alone: name and TCP.
#pragma once

#include "base/address.h"
#include "net/async.h"

namespace daikan::net::detail {

/// Fails as dial() does for these steps: name_not_resolved, unreachable, refused, timed_out or cancelled, with the server named.
awaitable<Result<TcpSocket>> reach(Endpoint server, SteadyTime deadline);

}  // namespace daikan::net::detail
