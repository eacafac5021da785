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

/// Who is asked; both outlive the stream.
struct Guarded {
  server::Accounts& accounts;
  server::Primary& primary;
};

/// Whether what the secret's owner may now is still enough for the stream.
using StillMay = bool (*)(const hierarchy::Permissions&);

/// An export: asked again before its pieces, and broken off, not ended, so that nobody takes what came for the whole. An empty `secret`: it
/// came down the link, and what counts is what this server lets its primary do.
std::unique_ptr<net::BodySource> guard_export(std::unique_ptr<net::BodySource> inner, Guarded by, std::string secret,
                                              hierarchy::Right right);

/// `inner`, checked again every limits::kEventHeartbeat at a piece that arrives; `accounts` outlives the stream.
std::unique_ptr<net::BodySource> guard_stream(std::unique_ptr<net::BodySource> inner, server::Accounts& accounts, std::string secret,
                                              StillMay still_may);

/// A live tail that came down the link: ends in the same way once this server lets its primary do nothing any more.
std::unique_ptr<net::BodySource> guard_relayed_stream(std::unique_ptr<net::BodySource> inner, server::Primary& primary);

}  // namespace daikan::api
