// Which role of a server somebody means by a name on the command line.
//
// Pure: chooses among what GET /roles answered, by the same rule as the server (server/known_roles.h). Called by the commands about roles
// and users.
#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include "base/result.h"

namespace daikan::cli {

/// `roles`: the answer. By id or name; an own role comes before an inherited one of its name, which is also called NAME@OWNER. Fails with
/// not_found, or invalid_request where several inherited ones have the name; on `field`.
Result<boost::json::value> choose_role(const boost::json::value& roles, std::string_view text, std::string_view field);

/// "helpdesk", and of an inherited role "helpdesk (of hq)".
std::string role_text(std::string_view name, const boost::json::value& owner);

}  // namespace daikan::cli
