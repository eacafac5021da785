#include "hierarchy/names.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"

namespace daikan::hierarchy {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

std::string folded(std::string_view name) {
  std::string key(name);
  std::transform(key.begin(), key.end(), key.begin(), lower);
  return key;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

Result<> check_name(std::string_view name, std::string_view field) {
  const auto bad = [&](std::string message, std::string remedy) {
    return fail(Code::invalid_request, std::move(message), std::move(remedy), std::string(field));
  };
  if (name.empty()) return bad("The name is empty.", "Give a name.");
  if (name.size() > limits::kMaxNameBytes) {
    return bad(fmt::format("The name “{}” is {} bytes long.", quotable(name, 40), name.size()),
               fmt::format("Use at most {} bytes.", limits::kMaxNameBytes));
  }
  if (!is_utf8(name)) return bad(fmt::format("The name “{}” is not UTF-8 text.", quotable(name, 80)), "Save the name as UTF-8.");
  if (std::any_of(name.begin(), name.end(), is_control)) {
    return bad(fmt::format("The name “{}” contains a control character.", quotable(name, 80)), "Remove tabs, line breaks and the like.");
  }
  if (name.find('/') != std::string_view::npos) {
    return bad(fmt::format("The name “{}” contains “/”.", name), "Choose a name without “/”; it separates the groups of a path.");
  }
  if (trim(name) != name) {
    return bad(fmt::format("The name “{}” begins or ends with a blank.", name), "Remove the blanks at its ends.");
  }
  return {};
}

}  // namespace daikan::hierarchy
