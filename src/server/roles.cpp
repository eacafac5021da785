#include "server/roles.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "hierarchy/names.h"
#include "server/access.h"
#include "server/event.h"
#include "server/left_invitations.h"
#include "store/tables_users.h"

namespace daikan::server {
namespace {

using hierarchy::Rights;
using hierarchy::Role;
using hierarchy::RoleId;

Result<Rights> rights_of(const std::vector<std::string>& names) {
  Rights rights;
  for (const auto& name : names) {
    const auto right = hierarchy::right_from_string(name);
    if (!right) {
      return fail(Code::invalid_request, fmt::format("There is no right “{}”.", quotable(name, limits::kMaxNameBytes)),
                  "List the rights and choose among those.", "rights");
    }
    rights.add(*right);
  }
  return rights;
}

std::size_t users_of(store::Transaction& transaction, const RoleId& id) {
  std::set<AccountId> users;
  for (const auto& [account, assignment] : store::all_assignments(transaction)) {
    if (assignment.role == id) users.insert(account);
  }
  return users.size();
}

Result<KnownRole> require_role(store::Transaction& transaction, const RoleId& id) {
  for (auto& known : known_roles(transaction)) {
    if (known.role.id == id) return std::move(known);
  }
  return fail(Code::not_found, "There is no such role.", "List the roles and choose one of those.");
}

Result<Role> require_made_role(store::Transaction& transaction, const Actor& actor, const RoleId& id) {
  if (auto allowed = require_on_server(transaction, actor, Right::manage_users); !allowed) return fail(std::move(allowed.error()));
  auto known = require_role(transaction, id);
  if (!known) return fail(std::move(known.error()));
  if (const auto& owner = known->owner) {
    return fail(Code::permission_denied,
                fmt::format("The role “{}” is inherited from “{}” and cannot be edited or removed here.", known->role.name, owner->name),
                fmt::format("Do it on “{}”, which owns the role, or make a role of your own.", owner->name));
  }
  const auto& role = known->role;
  if (role.origin == Role::Origin::built_in) {
    return fail(Code::permission_denied, fmt::format("The role “{}” is built in and stays as it is.", role.name),
                "Make a role of your own.");
  }
  if (!actor.permissions.on_server().includes(role.rights)) {
    return fail(Code::permission_denied, fmt::format("The role “{}” has rights that {} does not have.", role.name, actor.name),
                "Let somebody with those rights do it.");
  }
  return std::move(known->role);
}

RoleView view_of(Role role, std::size_t users) {
  const auto rights = role.rights;
  return {{.role = std::move(role), .gives = rights}, users};
}

/// Puts `text` into `role`, which is written afterwards.
Result<> fill(store::Transaction& transaction, const Actor& actor, Role& role, const Roles::Text& text) {
  if (auto checked = hierarchy::check_name(text.name); !checked) return checked;
  auto rights = rights_of(text.rights);
  if (!rights) return fail(std::move(rights.error()));
  if (!actor.permissions.on_server().includes(*rights)) {
    return fail(Code::permission_denied, fmt::format("A role cannot hold rights that {} does not have.", actor.name),
                "Leave those out, or let somebody with those rights do it.", "rights");
  }
  for (const auto& other : store::all_roles(transaction)) {
    if (other.id == role.id || !hierarchy::same_name(other.name, text.name)) continue;
    return fail(Code::name_taken, fmt::format("There is a role “{}” already.", other.name), "Choose another name.", "name");
  }
  role.name = text.name;
  role.description = text.description;
  role.rights = *rights;
  return {};
}

void tell(store::Transaction& transaction, const Actor& actor, const Role& role, std::string_view verb) {
  const auto at = now();
  History::audit(transaction, actor, at, fmt::format("role.{}", verb),
                 fmt::format("role {} ({}): {}", role.name, role.id.str(), hierarchy::to_text(role.rights)));
  History::record(transaction,
                  info_event(at, fmt::format("role_{}{}", verb, verb.ends_with('e') ? "d" : "ed"),
                             fmt::format("The role “{}” was {}{} by {}.", role.name, verb, verb.ends_with('e') ? "d" : "ed", actor.name)));
}

}  // namespace

Roles::Roles(Storage& storage, History& history, Accounts& accounts) : storage_(storage), history_(history), accounts_(accounts) {}

awaitable<Result<std::vector<RoleView>>> Roles::list() {
  return storage_.read<std::vector<RoleView>>([](store::Transaction& transaction) -> Result<std::vector<RoleView>> {
    std::vector<RoleView> views;
    for (auto& known : known_roles(transaction)) {
      const auto users = users_of(transaction, known.role.id);
      views.push_back({std::move(known), users});
    }
    return views;
  });
}

awaitable<Result<RoleView>> Roles::find(RoleId id) {
  return storage_.read<RoleView>([id](store::Transaction& transaction) -> Result<RoleView> {
    auto role = require_role(transaction, id);
    if (!role) return fail(std::move(role.error()));
    return RoleView{std::move(*role), users_of(transaction, id)};
  });
}

awaitable<Result<RoleView>> Roles::create(const Actor& actor, Text text) {
  const auto insert = [actor, text = std::move(text)](store::Transaction& transaction) -> Result<RoleView> {
    if (auto allowed = require_on_server(transaction, actor, Right::manage_users); !allowed) return fail(std::move(allowed.error()));
    if (store::all_roles(transaction).size() >= limits::kMaxRoles) {
      return fail(Code::too_large, fmt::format("The server has {} roles already.", limits::kMaxRoles), "Remove those nobody has.");
    }
    const auto at = now();
    Role role{.id = RoleId::make(at), .name = {}, .description = {}, .rights = {}, .created_at = at};
    if (auto filled = fill(transaction, actor, role, text); !filled) return fail(std::move(filled.error()));
    store::insert_role(transaction, role);
    tell(transaction, actor, role, "create");
    return view_of(std::move(role), 0);
  };
  auto made = co_await storage_.write<RoleView>(insert);
  if (made) history_.committed();
  co_return made;
}

awaitable<Result<RoleView>> Roles::edit(const Actor& actor, RoleId id, Text text, Seen seen) {
  const auto update = [actor, id, text = std::move(text), seen](store::Transaction& transaction) -> Result<RoleView> {
    auto role = require_made_role(transaction, actor, id);
    if (!role) return fail(std::move(role.error()));
    if (auto checked = seen.check(role->revision, "role"); !checked) return fail(std::move(checked.error()));
    if (auto filled = fill(transaction, actor, *role, text); !filled) return fail(std::move(filled.error()));
    ++role->revision;
    store::update_role(transaction, *role);
    for (const auto& [account, assignment] : store::all_assignments(transaction)) {
      if (assignment.role == id) revoke_left_invitations(transaction, actor, store::find_account(transaction, account)->name);
    }
    tell(transaction, actor, *role, "edit");
    return view_of(std::move(*role), users_of(transaction, id));
  };
  auto edited = co_await storage_.write<RoleView>(update);
  if (!edited) co_return edited;
  accounts_.forget_cached();
  history_.committed();
  co_return edited;
}

awaitable<Result<>> Roles::remove(const Actor& actor, RoleId id) {
  const auto erase = [actor, id](store::Transaction& transaction) -> Result<Done> {
    auto role = require_made_role(transaction, actor, id);
    if (!role) return fail(std::move(role.error()));
    if (const auto users = users_of(transaction, id); users > 0) {
      return fail(Code::conflict, fmt::format("The role “{}” is in use: {} user(s) have it.", role->name, users),
                  "Take it from them first.");
    }
    store::remove_role(transaction, id);
    tell(transaction, actor, *role, "remove");
    return Done{};
  };
  auto removed = co_await storage_.write<Done>(erase);
  if (!removed) co_return fail(std::move(removed.error()));
  history_.committed();
  co_return Result<>{};
}

}  // namespace daikan::server
