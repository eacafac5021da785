#include "cli/role_choice.h"

#include <algorithm>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

namespace json = boost::json;

bool same_text(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

Result<json::value> choose_role(const json::value& roles, std::string_view text, std::string_view field) {
  std::vector<json::value> found;
  std::string choices;
  for (const auto& role : elements(roles, "items")) {
    const auto name = text_of(role, "name");
    const auto id = text_of(role, "id");
    const bool own = member(role, "owner").is_null();
    if (id == text || (own && same_text(name, text))) return role;
    const auto full = name + "@" + text_of(member(role, "owner"), "name");
    if (own || (!same_text(name, text) && !same_text(full, text))) continue;
    found.push_back(role);
    choices += fmt::format("{}{} ({})", choices.empty() ? "" : ", ", shown(full), shown(id));
  }
  if (found.size() == 1) return std::move(found.front());
  if (found.empty()) return fail(Code::not_found, fmt::format("There is no role “{}”.", text), "See daikan role list.", std::string(field));
  return fail(Code::invalid_request, fmt::format("Several servers above have a role “{}”.", text),
              fmt::format("Say which, by name or id: {}.", choices), std::string(field));
}

std::string role_text(std::string_view name, const json::value& owner) {
  const auto of = text_of(owner, "name");
  return of.empty() ? shown(name) : fmt::format("{} (of {})", shown(name), shown(of));
}

}  // namespace daikan::cli
