// From the options of event and audit commands to the path that is asked.
#pragma once

#include <string>

#include "cli/api_session.h"
#include "cli/commands.h"

namespace daikan::cli {

/// `path` with one more parameter.
std::string with_parameter(std::string path, std::string_view name, std::string_view value);

/// A time as the API takes it: RFC 3339 and dates as they are, "90m", "24h" and "7d" as that long before `now`. Fails with invalid_request.
Result<std::string> time_parameter(std::string_view text, TimePoint now, std::string_view option);

/// `base` with what `options` ask for. Fails with invalid_request, or not_found for a secondary.
awaitable<Result<std::string>> event_path(ApiSession& session, std::string base, EventOptions options);
Result<std::string> audit_path(std::string base, const AuditOptions& options);

}  // namespace daikan::cli
