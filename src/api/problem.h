// Answers of the console API: JSON values, and errors as problem documents (RFC 9457).
//
// The status of a code is decided in server/problem.h and nowhere else, except where a caller passes one on purpose: 400 for what cannot be
// parsed, 412 for If-Match, 415, 404 for a group in a query. Called by the handlers and the dispatcher.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/error.h"
#include "net/http.h"

namespace daikan::api {

/// The problem document of `error`; without `status`, the one of its code. rate_limited gets a Retry-After, 401 a WWW-Authenticate.
net::Response problem(const Error& error, std::optional<int> status = std::nullopt);
/// The same for 500, with the id under which the server's log has the details.
net::Response internal_problem(std::string_view request_id);

/// {code, message, remedy}: an error inside an answer (a link's reason, a step's error).
boost::json::object reason_json(const Error& error);
/// The reverse, from a problem document or a reason of another server; what is missing or unknown becomes Code::internal.
Error error_from_json(const boost::json::value& document);

net::Response json_answer(int status, const boost::json::value& value);
net::Response no_content();
net::Response text_answer(int status, std::string text, std::string content_type = "text/plain; charset=utf-8");

}  // namespace daikan::api
