// Policies as a person reads them, and found by the name a person types. Between the policy commands only.
#pragma once

#include <string>
#include <string_view>

#include "cli/api_session.h"
#include "cli/context.h"

namespace daikan::cli {

/// An own or inherited policy by name, id, or "GROUP:NAME". not_found names those there are; conflict where a name is in several groups.
awaitable<Result<json::value>> find_policy(ApiSession& session, std::string name);
void print_policy(Context& context, const json::value& policy);
/// "debug", "10, 20"; for a JSON value.
std::string value_words(const json::value& value);
/// "“Quiet logs” of “Managed devices” on “hq”", "the server itself", "the default".
std::string origin_words(const json::value& origin);
/// Lines of what differs between two {"PATH": {value, locked}}; nothing when they are the same.
std::vector<std::string> difference_lines(const json::value& before, const json::value& after);
void print_preview(Context& context, const json::value& preview);

}  // namespace daikan::cli
