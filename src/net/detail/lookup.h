// Names to addresses.
#pragma once

#include <string>
#include <vector>

#include "net/async.h"

namespace daikan::net::detail {

/// The addresses of `host` in the system's order of preference, never empty; an IP literal is its own address. Fails with
/// name_not_resolved, timed_out (the lookup itself cannot be stopped and is left to end by itself) or cancelled. Messages hold the reason
/// only: the caller knows what the name was for.
awaitable<Result<std::vector<asio::ip::address>>> look_up(std::string host, SteadyTime deadline);

}  // namespace daikan::net::detail
