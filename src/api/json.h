// Request bodies: strict JSON, and a declarative list of fields that is checked before a handler runs.
//
// Knows nothing of routes. A handler that is called can rely on its spec: required fields are there, types and lengths are right, and no
// field is there that it did not name. `null` counts as absent.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/limits.h"
#include "base/result.h"

namespace daikan::api {

/// Parses `text` strictly: one value, at most `max_bytes` bytes, `max_depth` levels and `max_values` values, UTF-8, no key twice in one
/// object. Fails with too_large or invalid_request (says where).
struct JsonBounds {
  std::size_t max_bytes = limits::kMaxJsonBytes;
  std::size_t max_depth = limits::kMaxJsonDepth;
  std::size_t max_values = std::numeric_limits<std::size_t>::max();  ///< A value costs more memory than its text.
};
Result<boost::json::value> parse_json(std::string_view text, JsonBounds bounds = {});

enum class FieldKind : std::uint8_t {
  text,   ///< Without control characters.
  lines,  ///< Text with line breaks (a PEM file).
  integer,
  boolean,
  object,   ///< With `members`.
  texts,    ///< At most `most` (limits::kMaxListItems unless less) texts of `max_bytes`, each one of `choices`.
  objects,  ///< The same of objects with `members`.
  members,  ///< An object whose members the handler checks: their names are not fixed.
};
enum class Presence : std::uint8_t { optional, required };

/// One field of a request body.
struct Field {
  std::string_view name;
  FieldKind kind = FieldKind::text;
  Presence presence = Presence::optional;
  std::size_t max_bytes = limits::kMaxNameBytes;                 ///< text, lines
  std::int64_t least = 0;                                        ///< integer
  std::int64_t most = std::numeric_limits<std::int64_t>::max();  ///< integer; texts: how many
  std::span<const std::string_view> choices{};                   ///< text: one of these; empty: any
  std::span<const Field> members{};                              ///< object
};

/// Checks `value` against `fields`. Fails with invalid_request and the field's path ("proxy.url"); a required text may not be empty.
Result<> check_fields(const boost::json::value& value, std::span<const Field> fields);

// Reading a checked object; absent, null: the fallback.
std::string text_of(const boost::json::object& object, std::string_view name, std::string_view fallback = {});
std::optional<std::int64_t> integer_of(const boost::json::object& object, std::string_view name);
bool flag_of(const boost::json::object& object, std::string_view name);
/// Empty when absent.
std::vector<std::string> texts_of(const boost::json::object& object, std::string_view name);
std::vector<boost::json::object> objects_of(const boost::json::object& object, std::string_view name);
const boost::json::object* object_of(const boost::json::object& object, std::string_view name);

}  // namespace daikan::api
