// JSON as commands need it: look-ups that never throw, and text a person can read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"

namespace daikan::cli {

namespace json = boost::json;

/// Indented by two spaces, members in their order, ends with a line feed.
std::string pretty(const json::value& value);

/// The member, or null; also when `value` is no object.
const json::value& member(const json::value& value, std::string_view key);
/// The member's text, number or truth as text; empty for null, objects and arrays.
std::string text_of(const json::value& value, std::string_view key);
bool truth_of(const json::value& value, std::string_view key);
/// The elements of the member array; none when it is not one.
const json::array& elements(const json::value& value, std::string_view key);
/// {code, message, remedy} as a member.
std::optional<Error> error_of(const json::value& value, std::string_view key);
json::object error_json(const Error& error);

/// For a path segment or a query value (RFC 3986).
std::string percent_encoded(std::string_view text);

}  // namespace daikan::cli
