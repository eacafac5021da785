#include "server/role_content.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "hierarchy/names.h"

namespace daikan::server {
namespace {

namespace json = boost::json;
using hierarchy::Role;

constexpr std::size_t kMaxContentBytes = 16 * 1024;  // a name, 512 bytes of description, some dozen rights, and room
constexpr std::size_t kMaxDescriptionBytes = 512;    // as where it was written
constexpr std::size_t kMaxRights = 128;              // ten times what there are
constexpr std::size_t kMaxRightBytes = 64;           // an identifier

tl::unexpected<Error> strange(std::string_view what) {
  return fail(Code::invalid_request, fmt::format("What another server tells of a role is not understood: {}.", what),
              "Update the older of the two servers.");
}

Result<json::object> parsed(std::string_view text) {
  if (text.size() > kMaxContentBytes || !is_utf8(text)) return strange("it is too long or no UTF-8");
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = 4;
  auto value = json::parse(json::string_view(text.data(), text.size()), ec, {}, options);
  if (ec || !value.is_object()) return strange("it is no JSON object");
  return std::move(value.get_object());
}

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// As every version of this program names rights.
bool could_be_a_right(std::string_view name) {
  return !name.empty() && name.size() <= kMaxRightBytes &&
         std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

Result<> read_rights(const json::array& names, RelayedRole& relayed) {
  if (names.size() > kMaxRights) return strange("it has too many rights");
  for (const auto& each : names) {
    const std::string name = each.is_string() ? std::string(each.get_string()) : std::string();
    if (!could_be_a_right(name)) return strange("one of its rights");
    if (const auto right = hierarchy::right_from_string(name)) {
      relayed.role.rights.add(*right);
    } else if (std::find(relayed.unknown_rights.begin(), relayed.unknown_rights.end(), name) == relayed.unknown_rights.end()) {
      relayed.unknown_rights.push_back(name);
    }
  }
  return {};
}

}  // namespace

std::string content_of(const Role& role) {
  json::array rights;
  for (const auto& each : hierarchy::all_rights()) {
    if (role.rights.has(each.right)) rights.push_back(json::value(each.name));
  }
  return json::serialize(json::object{
      {"name", role.name}, {"description", role.description}, {"rights", std::move(rights)}, {"created_at", to_micros(role.created_at)}});
}

Result<RelayedRole> role_from_content(const hierarchy::RoleId& id, std::string_view text) {
  const auto built_in = hierarchy::built_in_roles();
  if (std::any_of(built_in.begin(), built_in.end(), [&](const Role& each) { return each.id == id; }))
    return strange("its id is that of a built-in role");
  auto content = parsed(text);
  if (!content) return fail(std::move(content.error()));
  RelayedRole relayed;
  relayed.role.id = id;
  relayed.role.name = text_at(*content, "name");
  if (!hierarchy::check_name(relayed.role.name)) return strange("its name");
  relayed.role.description = quotable(text_at(*content, "description"), kMaxDescriptionBytes);
  const auto* rights = content->if_contains("rights");
  if (rights == nullptr || !rights->is_array()) return strange("its rights");
  if (auto read = read_rights(rights->get_array(), relayed); !read) return fail(std::move(read.error()));
  constexpr std::int64_t kLast = 253'402'300'799'999'999;  // the end of the year 9999
  const auto* made = content->if_contains("created_at");
  if (made != nullptr && made->is_int64() && made->get_int64() >= 0 && made->get_int64() <= kLast)
    relayed.role.created_at = from_micros(made->get_int64());
  return relayed;
}

}  // namespace daikan::server
