#include "server/role_inheritance.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/limits.h"
#include "hierarchy/names.h"
#include "server/access.h"
#include "server/event.h"
#include "server/history.h"
#include "server/known_roles.h"
#include "server/left_invitations.h"
#include "server/policy_inheritance.h"
#include "server/policy_records.h"
#include "server/primary_bound.h"
#include "server/role_content.h"
#include "store/tables_policies.h"
#include "store/tables_users.h"

namespace daikan::server {
namespace {

using hierarchy::InheritedKind;
using hierarchy::InheritedSet;
using hierarchy::Role;
using store::Transaction;

constexpr std::string_view kSetting = "roles.relay";
constexpr std::size_t kMostNamed = 10;  // users in one sentence; the others are counted

std::vector<Role> made_roles(Transaction& transaction) {
  auto roles = store::all_roles(transaction);
  std::erase_if(roles, [](const Role& each) { return each.origin == Role::Origin::built_in; });
  return roles;
}

bool has_roles(const InheritedSet& set) {
  return std::any_of(set.objects.begin(), set.objects.end(), [](const auto& entry) { return entry.first.first == InheritedKind::role; });
}

/// What is in force here at this moment, in the transaction that may just have changed it.
bool relays(Transaction& transaction, const InheritedSet& inherited, const Facts& facts) {
  if (!has_roles(inherited) && made_roles(transaction).empty()) return false;  // the common case, and cheap
  auto ground = policy_ground(transaction, {});
  ground.inherited = inherited_policies(inherited);
  const auto& application = hierarchy::server_application();
  auto landscape = landscape_of(ground, application, facts);
  landscape.local = local_settings(transaction);
  const auto effective = effective_on_server(landscape, application);
  const auto* found = effective.find(kSetting);
  const auto* said = found != nullptr ? std::get_if<bool>(&found->value) : nullptr;
  return said != nullptr && *said;
}

std::vector<OwnObject> own_roles(Transaction& transaction) {
  // Of the root group, which every secondary is below of.
  const auto root = hierarchy::GroupTree(store::all_groups(transaction)).root().id;
  std::vector<OwnObject> objects;
  for (const auto& role : made_roles(transaction)) {
    OwnObject own{.object = {}, .group = root};
    own.object.kind = InheritedKind::role;
    own.object.id = role.id.bytes;
    own.object.revision = role.revision;
    own.object.content = content_of(role);
    objects.push_back(std::move(own));
  }
  return objects;
}

Result<> check_role(const hierarchy::InheritedObject& object) {
  auto role = role_from_content(hierarchy::RoleId{object.id}, object.content);
  if (!role) return fail(std::move(role.error()));
  return {};
}

void record(Transaction& transaction, TimePoint at, std::string kind, std::string message) {
  History::record(transaction, warning_event(at, std::move(kind), std::move(message)));
}

std::vector<hierarchy::Account> users_of(Transaction& transaction, const hierarchy::RoleId& role) {
  std::set<AccountId> ids;
  for (const auto& [account, assignment] : store::all_assignments(transaction)) {
    if (assignment.role == role) ids.insert(account);
  }
  std::vector<hierarchy::Account> users;
  for (const auto& id : ids) {
    if (auto account = store::find_account(transaction, id)) users.push_back(std::move(*account));
  }
  return users;
}

std::string names_of(const std::vector<hierarchy::Account>& users) {
  std::string names;
  for (std::size_t i = 0; i < std::min(users.size(), kMostNamed); ++i) names += fmt::format("{}{}", i == 0 ? "" : ", ", users[i].name);
  if (users.size() > kMostNamed) names += fmt::format(" and {} more", users.size() - kMostNamed);
  return names;
}

/// The users who had it are left without; who edits one of them has to look first.
void withdraw(Transaction& transaction, const KnownRole& known, TimePoint at) {
  auto users = users_of(transaction, known.role.id);
  if (users.empty()) return;
  store::remove_assignments(transaction, known.role.id);
  for (auto& each : users) {
    ++each.revision;
    store::update_account(transaction, each);
    revoke_left_invitations(transaction, system_actor(), each.name);
  }
  const auto& owner = known.owner->name;
  History::audit(transaction, system_actor(), at, "role.withdraw",
                 fmt::format("role {} ({}) of {}: taken from {}", known.role.name, known.role.id.str(), owner, names_of(users)));
  record(transaction, at, "role_withdrawn",
         fmt::format("The role “{}” of “{}” is inherited no more, and was taken from {}.", known.role.name, owner, names_of(users)));
}

void tell_change(Transaction& transaction, const KnownRole& known, TimePoint at) {
  const auto users = users_of(transaction, known.role.id);
  if (users.empty()) return;
  for (const auto& each : users) revoke_left_invitations(transaction, system_actor(), each.name);
  const auto& owner = known.owner->name;
  const auto rights = known.gives.empty() ? std::string("nothing") : hierarchy::to_text(known.gives);
  History::audit(transaction, system_actor(), at, "role.edit",
                 fmt::format("role {} ({}), edited on {}: gives {}", known.role.name, known.role.id.str(), owner, rights));
  record(transaction, at, "inherited_role_edited",
         fmt::format("The role “{}” was edited on “{}” and gives {} here now: {}.", known.role.name, owner, names_of(users), rights));
}

void follow(Transaction& transaction, const InheritedSet& before, const InheritedSet& now, TimePoint at) {
  if (!has_roles(before)) return;
  const auto most = hierarchy::bound_of(primary_may_in_force(transaction));
  const auto own = store::all_roles(transaction);
  const auto roles = roles_in(now, most);
  for (const auto& was : roles_in(before, most)) {
    const auto same = [&](const auto& id) { return id == was.role.id; };
    if (std::any_of(own.begin(), own.end(), [&](const Role& each) { return same(each.id); })) continue;
    const auto is = std::find_if(roles.begin(), roles.end(), [&](const KnownRole& each) { return same(each.role.id); });
    if (is == roles.end()) {
      withdraw(transaction, was, at);
    } else if (is->gives != was.gives) {
      tell_change(transaction, *is, at);
    }
  }
}

/// A name that no role here has.
std::string free_name(const std::vector<Role>& roles, const KnownRole& known) {
  const auto is_free = [&](const std::string& name) {
    return hierarchy::check_name(name).has_value() &&
           std::none_of(roles.begin(), roles.end(), [&](const Role& each) { return hierarchy::same_name(each.name, name); });
  };
  auto name = known.role.name;
  if (!is_free(name)) name = fmt::format("{} ({})", known.role.name, known.owner->name);
  for (unsigned number = 1; !is_free(name); ++number) name = fmt::format("Inherited before {}", number);
  return name;
}

/// With what it gave here, not with what its owner meant it to: nobody may more than before.
void keep(Transaction& transaction, std::vector<KnownRole> inherited, TimePoint at) {
  auto there = store::all_roles(transaction);
  // Those that somebody has come first: there may not be room for all.
  std::stable_partition(inherited.begin(), inherited.end(),
                        [&](const KnownRole& each) { return !users_of(transaction, each.role.id).empty(); });
  for (const auto& each : inherited) {
    if (there.size() >= limits::kMaxRoles) {
      withdraw(transaction, each, at);
      continue;
    }
    auto role = each.role;
    role.id = hierarchy::RoleId::make(at);
    role.name = free_name(there, each);
    role.rights = each.gives;
    role.created_at = at;
    role.revision = 1;
    store::insert_role(transaction, role);
    store::hand_assignments_over(transaction, each.role.id, role.id);
    History::audit(transaction, system_actor(), at, "role.create",
                   fmt::format("role {} ({}): {}; inherited from {} before", role.name, role.id.str(), hierarchy::to_text(role.rights),
                               each.owner->name));
    there.push_back(std::move(role));
  }
}

void leave(Transaction& transaction, const InheritedSet& set, Inherited inherited, TimePoint at) {
  if (!has_roles(set)) return;
  auto roles = roles_in(set, hierarchy::bound_of(primary_may_in_force(transaction)));
  const auto own = store::all_roles(transaction);
  std::erase_if(roles, [&](const KnownRole& known) {
    return std::any_of(own.begin(), own.end(), [&](const Role& each) { return each.id == known.role.id; });
  });
  if (inherited == Inherited::kept) return keep(transaction, std::move(roles), at);
  for (const auto& each : roles) withdraw(transaction, each, at);
}

}  // namespace

InheritedSource role_source(const Facts& facts) {
  InheritedSource source;
  source.own = own_roles;
  source.check = check_role;
  source.has_own = [](Transaction& transaction, const Uuid& id) {
    const auto own = store::all_roles(transaction);
    return std::any_of(own.begin(), own.end(), [&](const Role& each) { return each.id.bytes == id; });
  };
  source.applied = follow;
  source.left = leave;
  source.goes_down = [&facts](Transaction& transaction, const InheritedSet& inherited) { return relays(transaction, inherited, facts); };
  return source;
}

}  // namespace daikan::server
