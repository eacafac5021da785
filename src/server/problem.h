// Errors as RFC 9457 problem documents, and the HTTP status of each code. Used by the console API and by the link's HTTP interface.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "net/http.h"

namespace daikan::server {

/// The status a code is answered with on the console API.
int http_status(Code code);

/// application/problem+json with type, title, status, detail, code, remedy and, where one is at fault, field. `status` overrides
/// http_status().
net::Response problem_response(const Error& error, std::optional<int> status = std::nullopt);

}  // namespace daikan::server
