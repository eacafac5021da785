#include "server/role_content.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "hierarchy/names.h"
#include "server/foreign_json.h"

namespace daikan::server {
namespace {

namespace json = boost::json;
using hierarchy::Role;

constexpr std::size_t kMaxContentBytes = 16 * 1024;  // a name, 512 bytes of description, some dozen rights, and room
constexpr std::size_t kMaxDescriptionBytes = 512;    // as where it was written
constexpr std::size_t kMaxRights = 128;              // ten times what there are
constexpr std::size_t kMaxRightBytes = 64;           // an identifier

tl::unexpected<Error> strange(std::string_view why) { return not_understood("a role", why); }

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
  const auto content = ForeignObject::read(text, {.what = "a role", .most_bytes = kMaxContentBytes});
  if (!content) return fail(content.error());
  RelayedRole relayed;
  relayed.role.id = id;
  relayed.role.name = content->text("name");
  if (!hierarchy::check_name(relayed.role.name)) return strange("its name");
  relayed.role.description = quotable(content->text("description"), kMaxDescriptionBytes);
  const auto* rights = content->list("rights");
  if (rights == nullptr) return strange("its rights");
  if (auto read = read_rights(*rights, relayed); !read) return fail(std::move(read.error()));
  if (const auto made = content->time("created_at")) relayed.role.created_at = *made;
  return relayed;
}

}  // namespace daikan::server
