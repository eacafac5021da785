#include "cli/json_text.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace daikan::cli {
namespace {

void append(std::string& out, const json::value& value, std::size_t indent) {
  const auto line = [&](std::size_t depth) { out += '\n' + std::string(depth * 2, ' '); };
  if (value.is_object() && !value.get_object().empty()) {
    out += '{';
    bool first = true;
    for (const auto& entry : value.get_object()) {
      if (!std::exchange(first, false)) out += ',';
      line(indent + 1);
      out += json::serialize(entry.key());
      out += ": ";
      append(out, entry.value(), indent + 1);
    }
    line(indent);
    out += '}';
  } else if (value.is_array() && !value.get_array().empty()) {
    out += '[';
    bool first = true;
    for (const auto& entry : value.get_array()) {
      if (!std::exchange(first, false)) out += ',';
      line(indent + 1);
      append(out, entry, indent + 1);
    }
    line(indent);
    out += ']';
  } else if (value.is_double()) {
    out += fmt::format("{}", value.get_double());  // Boost writes 1.5E0
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string pretty(const json::value& value) {
  std::string out;
  append(out, value, 0);
  out += '\n';
  return out;
}

const json::value& member(const json::value& value, std::string_view key) {
  static const json::value kNull;
  if (!value.is_object()) return kNull;
  const auto* found = value.get_object().if_contains(key);
  return found ? *found : kNull;
}

std::string text_of(const json::value& value, std::string_view key) {
  const auto& found = member(value, key);
  if (found.is_string()) return std::string(found.get_string());
  if (found.is_double()) return fmt::format("{}", found.get_double());
  if (found.is_null() || found.is_structured()) return {};
  return json::serialize(found);
}

bool truth_of(const json::value& value, std::string_view key) {
  const auto& found = member(value, key);
  return found.is_bool() && found.get_bool();
}

const json::array& elements(const json::value& value, std::string_view key) {
  static const json::array kNone;
  const auto& found = member(value, key);
  return found.is_array() ? found.get_array() : kNone;
}

std::optional<Error> error_of(const json::value& value, std::string_view key) {
  const auto& found = member(value, key);
  if (!found.is_object()) return std::nullopt;
  return Error(code_from_string(text_of(found, "code")).value_or(Code::internal), text_of(found, "message"), text_of(found, "remedy"),
               text_of(found, "field"));
}

json::object error_json(const Error& error) {
  json::object told;
  told["code"] = to_string(error.code);
  told["message"] = error.message;
  told["remedy"] = error.remedy;
  if (!error.field.empty()) told["field"] = error.field;
  return told;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

}  // namespace daikan::cli
