// Who is asking: a bearer secret, or the session cookie of a browser together with its CSRF token.
//
// Knows HTTP's side of it; `server/accounts` knows secrets. Called once per request by the dispatcher. Requests that came down a link bring
// their Actor with them and never pass here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"
#include "server/accounts.h"

namespace daikan::api {

using server::Actor;
using server::awaitable;

/// The name of the session cookie in answers to this request: `daikan_session_PORT`, with the port of its Host (443 without one).
///
/// Browsers keep cookies by host name and know no ports: with one name for all, consoles on different ports of one host would sign each
/// other out. It is the port that the browser sees, so it also holds behind a forwarded port.
std::string session_cookie_name(const net::Headers& headers);

/// What a request presents; empty when it presents nothing.
struct Presented {
  enum class By : std::uint8_t { nothing, bearer, cookie } by = By::nothing;
  std::string secret;
};
/// An Authorization header goes before a cookie. Any other scheme than Bearer counts as an empty bearer secret.
Presented presented_secret(const net::Headers& headers);

/// The value of a cookie in any of the request's Cookie fields (HTTP/2 may split them).
std::optional<std::string_view> cookie_value(const net::Headers& headers, std::string_view name);

/// Double submit: true when `method` is safe, or X-CSRF-Token is the token of `secret` (compared in constant time).
bool csrf_passes(std::string_view method, const net::Headers& headers, std::string_view secret);

/// Set-Cookie that opens or (with an empty secret) takes back the browser's session. `request`: the headers of the request.
std::string session_cookie(const net::Headers& request, std::string_view secret);

/// Who asks.
struct Caller {
  Actor actor;
  std::optional<server::Authenticated> login;  ///< Absent when the request came down a link.
  std::string secret;                          ///< Empty when it came down a link.
};

/// Fails with unauthenticated, or permission_denied (CSRF).
awaitable<Result<Caller>> authenticate(server::Accounts& accounts, const net::Request& request);

}  // namespace daikan::api
