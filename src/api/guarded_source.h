// A stream that ends when the secret it was opened with is worth nothing any more, or its owner lost the right to it.
//
// A live tail may stay open for days; without this, ending a session would leave its streams running.
#pragma once

#include <memory>
#include <string>

#include "net/http.h"
#include "server/accounts.h"
#include "server/primary.h"

namespace daikan::api {

/// Whether what the secret's owner may now is still enough for the stream.
using StillMay = bool (*)(const hierarchy::Permissions&);

/// `inner`, checked again every limits::kEventHeartbeat at a piece that arrives; `accounts` outlives the stream.
std::unique_ptr<net::BodySource> guard_stream(std::unique_ptr<net::BodySource> inner, server::Accounts& accounts, std::string secret,
                                              StillMay still_may);

/// A live tail that came down the link: ends in the same way once this server lets its primary do nothing any more.
std::unique_ptr<net::BodySource> guard_relayed_stream(std::unique_ptr<net::BodySource> inner, server::Primary& primary);

}  // namespace daikan::api
