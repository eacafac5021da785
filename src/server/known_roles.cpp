#include "server/known_roles.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "hierarchy/names.h"
#include "server/downstream.h"
#include "server/primary_bound.h"
#include "server/role_content.h"
#include "store/tables_downstream.h"
#include "store/tables_users.h"

namespace daikan::server {
namespace {

using hierarchy::InheritedKind;
using hierarchy::Rights;
using hierarchy::Role;

std::vector<KnownRole> own_roles(store::Transaction& transaction) {
  std::vector<KnownRole> roles;
  for (auto& role : store::all_roles(transaction)) {
    const auto rights = role.rights;
    roles.push_back({.role = std::move(role), .gives = rights});
  }
  return roles;
}

bool has_id(const std::vector<KnownRole>& roles, const hierarchy::RoleId& id) {
  return std::any_of(roles.begin(), roles.end(), [&](const KnownRole& each) { return each.role.id == id; });
}

std::string full_name(const KnownRole& known) { return fmt::format("{}@{}", known.role.name, known.owner->name); }

}  // namespace

std::vector<KnownRole> roles_in(const hierarchy::InheritedSet& set, Rights most) {
  std::vector<KnownRole> roles;
  for (const auto* object : hierarchy::in_order(set)) {
    if (object->kind != InheritedKind::role) continue;
    auto relayed = role_from_content(hierarchy::RoleId{object->id}, object->content);
    if (!relayed) continue;  // check() let nothing of that kind in
    relayed->role.revision = object->revision;
    const auto gives = relayed->role.rights & most;
    roles.push_back({.role = std::move(relayed->role),
                     .owner = RoleOwner{object->owner, Downstream::owner_name(set, object->owner)},
                     .gives = gives,
                     .unknown_rights = std::move(relayed->unknown_rights)});
  }
  return roles;
}

std::vector<KnownRole> known_roles(store::Transaction& transaction) {
  auto roles = own_roles(transaction);
  const auto most = hierarchy::bound_of(primary_may_in_force(transaction));
  for (auto& each : roles_in(store::inherited_of(transaction, InheritedKind::role), most)) {
    if (!has_id(roles, each.role.id)) roles.push_back(std::move(each));
  }
  return roles;
}

std::vector<Role> declared(const std::vector<KnownRole>& roles) {
  std::vector<Role> all;
  for (const auto& each : roles) all.push_back(each.role);
  return all;
}

std::vector<Role> in_force(const std::vector<KnownRole>& roles) {
  auto all = declared(roles);
  for (std::size_t i = 0; i < all.size(); ++i) all[i].rights = roles[i].gives;
  return all;
}

Result<KnownRole> choose_role(const std::vector<KnownRole>& roles, std::string_view text) {
  std::vector<const KnownRole*> found;
  for (const auto& each : roles) {
    const bool named = hierarchy::same_name(each.role.name, text);
    if (each.role.id.str() == text || (named && !each.owner)) return each;
    if (each.owner && (named || hierarchy::same_name(full_name(each), text))) found.push_back(&each);
  }
  if (found.size() == 1) return *found.front();
  const auto quoted = quotable(text, limits::kMaxNameBytes);
  if (found.empty()) {
    return fail(Code::invalid_request, fmt::format("There is no role “{}”.", quoted), "List the roles and choose one of those.", "role");
  }
  std::string choices;
  for (const auto* each : found) choices += fmt::format("{}{} ({})", choices.empty() ? "" : ", ", full_name(*each), each->role.id.str());
  return fail(Code::invalid_request, fmt::format("Several servers above have a role “{}”.", quoted),
              fmt::format("Say which, by name or id: {}.", choices), "role");
}

Allowed allowed_now(store::Transaction& transaction, const AccountId& account) {
  const auto assignments = store::assignments_of(transaction, account);
  auto roles = store::all_roles(transaction);
  const auto is_own = [&](const hierarchy::Assignment& assignment) {
    return std::any_of(roles.begin(), roles.end(), [&](const Role& each) { return each.id == assignment.role; });
  };
  Allowed allowed;
  if (!std::all_of(assignments.begin(), assignments.end(), is_own)) {
    allowed.by = Allowed::By::inherited_roles;
    roles = in_force(known_roles(transaction));
  }
  allowed.permissions = hierarchy::permissions_of(assignments, roles);
  return allowed;
}

}  // namespace daikan::server
