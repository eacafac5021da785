// A stream that ends when the secret it was opened with is worth nothing any more, or its owner lost the right to it.
//
// A live tail may stay open for days; without this, ending a session would leave its streams running.
#pragma once

#include <memory>
#include <string>

#include "net/http.h"
#include "server/accounts.h"

namespace daikan::api {

/// Whether what the secret's owner may now is still enough for the stream.
using StillMay = bool (*)(const hierarchy::Permissions&);

/// `inner`, checked again every limits::kEventHeartbeat at a piece that arrives; `accounts` outlives the stream.
std::unique_ptr<net::BodySource> guard_stream(std::unique_ptr<net::BodySource> inner, server::Accounts& accounts, std::string secret,
                                              StillMay still_may);

}  // namespace daikan::api
