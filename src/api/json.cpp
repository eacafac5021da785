#include "api/json.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using json::error_code;

/// Builds the value as Boost's own parser does, and besides refuses a key that an object already has (RFC 8259 leaves it open, and two
/// readers that pick different ones are how checks are bypassed).
class StrictHandler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = limits::kMaxJsonBytes * 16;
  static constexpr std::size_t max_string_size = limits::kMaxJsonBytes * 16;

  explicit StrictHandler(std::size_t most_values) : most_values_(most_values) { stack_.reset(); }
  json::value take() { return stack_.release(); }
  const std::string& duplicate() const { return duplicate_; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t n, error_code& ec) {
    keys_.pop_back();
    stack_.push_object(n);
    return count(ec);
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t n, error_code& ec) {
    stack_.push_array(n);
    return count(ec);
  }
  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, error_code& ec) {
    key_.append(part.data(), part.size());
    stack_.push_key(part);
    if (!keys_.back().insert(key_).second) {
      duplicate_ = key_;
      ec = json::error::syntax;
      return false;
    }
    key_.clear();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, error_code& ec) {
    stack_.push_string(part);
    return count(ec);
  }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t i, json::string_view, error_code& ec) {
    stack_.push_int64(i);
    return count(ec);
  }
  bool on_uint64(std::uint64_t u, json::string_view, error_code& ec) {
    stack_.push_uint64(u);
    return count(ec);
  }
  bool on_double(double d, json::string_view, error_code& ec) {
    if (!std::isfinite(d)) {
      ec = json::error::exponent_overflow;
      return false;
    }
    stack_.push_double(d);
    return count(ec);
  }
  bool on_bool(bool b, error_code& ec) {
    stack_.push_bool(b);
    return count(ec);
  }
  bool on_null(error_code& ec) {
    stack_.push_null();
    return count(ec);
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  bool count(error_code& ec) {
    if (values_++ < most_values_) return true;
    ec = json::error::array_too_large;
    return false;
  }

  json::value_stack stack_;
  std::size_t values_ = 0;
  std::size_t most_values_ = 0;
  std::vector<std::unordered_set<std::string>> keys_;
  std::string key_;
  std::string duplicate_;
};

tl::unexpected<Error> malformed(std::string what) {
  return fail(Code::invalid_request, std::move(what), "Send one JSON value in UTF-8 (RFC 8259).");
}

tl::unexpected<Error> bad_field(const std::string& path, std::string_view what, std::string remedy) {
  return fail(Code::invalid_request, fmt::format("The field {} {}.", path, what), std::move(remedy), path);
}

bool has_control(std::string_view text, FieldKind kind) {
  return std::any_of(text.begin(), text.end(), [kind](char c) {
    if (kind == FieldKind::lines && (c == '\n' || c == '\r' || c == '\t')) return false;
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

Result<> check_text(const json::value& value, const Field& field, const std::string& path) {
  const auto* held = value.if_string();
  if (!held) return bad_field(path, "is not a text", "Send a JSON string.");
  const std::string_view text(held->data(), held->size());
  if (text.size() > field.max_bytes) {
    return bad_field(path, fmt::format("is longer than {} bytes", field.max_bytes), "Send a shorter text.");
  }
  if (text.empty() && field.presence == Presence::required) return bad_field(path, "is empty", "Fill it in.");
  if (has_control(text, field.kind)) return bad_field(path, "contains control characters", "Send plain text.");
  if (!field.choices.empty() && std::find(field.choices.begin(), field.choices.end(), text) == field.choices.end()) {
    return bad_field(path, fmt::format("is “{}”", quotable(text, 60)), fmt::format("Send one of: {}.", fmt::join(field.choices, ", ")));
  }
  return {};
}

Result<> check_members(const json::object& object, std::span<const Field> fields, const std::string& prefix);

Result<> check_list(const json::value& value, const Field& field, const std::string& path) {
  const auto* list = value.if_array();
  if (!list) return bad_field(path, "is not a list", "Send a JSON array.");
  const auto most = std::min<std::int64_t>(field.most, limits::kMaxListItems);
  if (list->size() > static_cast<std::size_t>(most)) return bad_field(path, fmt::format("has more than {} items", most), "Send fewer.");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto& item = (*list)[i];
    const auto place = fmt::format("{}[{}]", path, i);
    if (field.kind == FieldKind::texts) {
      auto text = field;
      text.kind = FieldKind::text;
      if (auto checked = check_text(item, text, place); !checked) return checked;
    } else if (const auto* object = item.if_object()) {
      if (auto checked = check_members(*object, field.members, place + "."); !checked) return checked;
    } else {
      return bad_field(place, "is not an object", "Send a JSON object.");
    }
  }
  return {};
}

Result<> check_field(const json::value& value, const Field& field, const std::string& path) {
  switch (field.kind) {
    case FieldKind::text:
    case FieldKind::lines:
      return check_text(value, field, path);
    case FieldKind::integer: {
      const auto* number = value.if_int64();
      if (number && *number >= field.least && *number <= field.most) return {};
      return bad_field(path, fmt::format("is not a whole number from {} to {}", field.least, field.most), "Send a number in these bounds.");
    }
    case FieldKind::boolean:
      if (value.is_bool()) return {};
      return bad_field(path, "is neither true nor false", "Send true or false.");
    case FieldKind::object:
      if (const auto* object = value.if_object()) return check_members(*object, field.members, path + ".");
      return bad_field(path, "is not an object", "Send a JSON object.");
    case FieldKind::members:
      if (value.is_object()) return {};
      return bad_field(path, "is not an object", "Send a JSON object.");
    case FieldKind::texts:
    case FieldKind::objects:
      return check_list(value, field, path);
  }
  return {};
}

Result<> check_members(const json::object& object, std::span<const Field> fields, const std::string& prefix) {
  for (const auto& member : object) {
    const std::string_view key(member.key().data(), member.key().size());
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == key; });
    const auto path = prefix + quotable(key, 80);
    if (field == fields.end()) return bad_field(path, "is not known here", "Take it out, or look up its name in /api/v1/openapi.yaml.");
    if (member.value().is_null()) continue;
    if (auto checked = check_field(member.value(), *field, path); !checked) return checked;
  }
  for (const auto& field : fields) {
    if (field.presence != Presence::required) continue;
    const auto* value = object.if_contains(field.name);
    if (!value || value->is_null()) return bad_field(prefix + std::string(field.name), "is missing", "Fill it in.");
  }
  return {};
}

}  // namespace

Result<json::value> parse_json(std::string_view text, JsonBounds bounds) {
  if (text.size() > bounds.max_bytes) {
    return fail(Code::too_large, fmt::format("The JSON text has more than {} bytes.", bounds.max_bytes), "Send less at once.");
  }
  if (!is_utf8(text)) return malformed("The JSON text is not UTF-8.");
  json::parse_options options;
  options.max_depth = bounds.max_depth;
  json::basic_parser<StrictHandler> parser(options, bounds.max_values);
  error_code ec;
  const auto used = parser.write_some(false, text.data(), text.size(), ec);
  if (!parser.handler().duplicate().empty()) {
    const auto key = quotable(parser.handler().duplicate(), 80);
    return fail(Code::invalid_request, fmt::format("The key {} is there twice.", key), "Send every key once.", key);
  }
  if (ec == json::error::array_too_large) {
    return fail(Code::too_large, fmt::format("The JSON text has more than {} values.", bounds.max_values), "Send less at once.");
  }
  if (ec == json::error::too_deep) return malformed(fmt::format("The JSON text is nested deeper than {} levels.", bounds.max_depth));
  if (ec) return malformed(fmt::format("The JSON text is malformed at byte {}: {}.", used, ec.message()));
  if (used < text.size()) return malformed(fmt::format("The JSON text goes on after its end, at byte {}.", used));
  return parser.handler().take();
}

Result<> check_fields(const json::value& value, std::span<const Field> fields) {
  const auto* object = value.if_object();
  if (!object) return fail(Code::invalid_request, "The body is not a JSON object.", "Send an object: {…}.");
  return check_members(*object, fields, "");
}

std::string text_of(const json::object& object, std::string_view name, std::string_view fallback) {
  const auto* value = object.if_contains(name);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string(fallback);
}

std::optional<std::int64_t> integer_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* number = value ? value->if_int64() : nullptr;
  return number ? std::optional(*number) : std::nullopt;
}

std::vector<std::string> texts_of(const json::object& object, std::string_view name) {
  std::vector<std::string> texts;
  const auto* value = object.if_contains(name);
  const auto* array = value ? value->if_array() : nullptr;
  if (!array) return texts;
  for (const auto& each : *array) texts.emplace_back(each.get_string());
  return texts;
}

bool flag_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* flag = value ? value->if_bool() : nullptr;
  return flag && *flag;
}

std::vector<json::object> objects_of(const json::object& object, std::string_view name) {
  std::vector<json::object> objects;
  const auto* value = object.if_contains(name);
  if (const auto* list = value ? value->if_array() : nullptr) {
    for (const auto& item : *list) objects.push_back(item.as_object());
  }
  return objects;
}

const json::object* object_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value ? value->if_object() : nullptr;
}

}  // namespace daikan::api
