#include "hierarchy/rights.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "hierarchy/group_tree.h"

namespace daikan::hierarchy {
namespace {

constexpr std::array<RightText, 9> kRights = {{
    {Right::read, "read", "Read", Reach::groups, "See groups and the secondaries in them; on the server also its events and its primary."},
    {Right::read_audit, "read_audit", "Read audit", Reach::server, "See who did what."},
    {Right::edit_groups, "edit_groups", "Edit groups", Reach::groups,
     "Make, rename, move and remove groups below the group, and tell and remove the devices in it."},
    {Right::configure_hierarchy, "configure_hierarchy", "Configure hierarchy", Reach::groups,
     "Add, edit and remove the secondaries of a group; on the server also set, change and clear its primary."},
    {Right::relay, "relay", "Act on lower servers", Reach::groups,
     "Take the rights held on a group along to the secondaries in it, as far as each of them lets its primary."},
    {Right::manage_users, "manage_users", "Manage users", Reach::server,
     "Make, edit and remove users and roles, and end anybody's sessions; never beyond one's own rights."},
    {Right::manage_server, "manage_server", "Manage server", Reach::server,
     "Change the settings of the server itself: its certificate, who may reach its console, its notifications, its backups."},
    {Right::manage_tasks, "manage_tasks", "Manage tasks", Reach::groups,
     "Make, edit, remove, start and cancel the tasks of a group; with “Manage server” also those of the server itself."},
    {Right::edit_policies, "edit_policies", "Edit policies", Reach::groups,
     "Make, edit, activate and remove the policies of a group, which reach its secondaries; of the root group with “Manage server” only."},
}};

/// The number of a built-in role is the end of its id, so that an id never means another role on another server.
Role built_in(std::uint8_t number, std::string name, std::string description, Rights rights) {
  Role role{.id = {}, .name = std::move(name), .description = std::move(description), .rights = rights, .created_at = {}};
  role.id.bytes[6] = 0x70;
  role.id.bytes[8] = 0x80;
  role.id.bytes[15] = number;
  role.origin = Role::Origin::built_in;
  return role;
}

const std::array<Role, 4>& built_ins() {
  static const std::array<Role, 4> roles = {
      built_in(1, "administrator", "May do everything.", Rights::all()),
      built_in(2, "operator", "Runs the hierarchy: groups, secondaries and lower servers.",
               {Right::read, Right::edit_groups, Right::configure_hierarchy, Right::relay, Right::manage_tasks, Right::edit_policies}),
      built_in(3, "viewer", "Sees everything but the audit, here and on lower servers.", {Right::read, Right::relay}),
      built_in(4, "auditor", "Sees everything and the audit, here and on lower servers.", {Right::read, Right::read_audit, Right::relay})};
  return roles;
}

constexpr std::array<std::string_view, 3> kPrimaryMay = {"full", "read", "none"};

/// Those that can be given for a group.
Rights reaching_groups(Rights rights) {
  Rights kept;
  for (const auto& each : kRights) {
    if (each.reach == Reach::groups && rights.has(each.right)) kept.add(each.right);
  }
  return kept;
}

}  // namespace

std::span<const RightText> all_rights() { return kRights; }

const RightText& text_of(Right right) { return kRights.at(static_cast<std::size_t>(right)); }

std::optional<Right> right_from_string(std::string_view name) {
  const auto found = std::find_if(kRights.begin(), kRights.end(), [&](const RightText& each) { return each.name == name; });
  if (found == kRights.end()) return std::nullopt;
  return found->right;
}

Rights Rights::all() {
  Rights rights;
  for (const auto& each : kRights) rights.add(each.right);
  return rights;
}

std::string to_text(Rights rights) {
  std::string text;
  for (const auto& each : kRights) {
    if (rights.has(each.right)) text.append(text.empty() ? "" : ",").append(each.name);
  }
  return text;
}

Rights rights_from_text(std::string_view text) {
  Rights rights;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (const auto right = right_from_string(text.substr(0, comma))) rights.add(*right);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return rights;
}

std::span<const Role> built_in_roles() { return built_ins(); }

const Role& administrator() { return built_ins().front(); }

GroupPath path_to(const GroupTree& tree, const GroupId& group) {
  GroupPath path;
  if (tree.find(group) == nullptr) return path;
  for (const auto& above : tree.ancestors(group)) path.push_back(above.id);
  path.push_back(group);
  return path;
}

Permissions Permissions::everything() { return of(Rights::all()); }

Permissions Permissions::of(Rights on_server) {
  Permissions permissions;
  permissions.on_server_ = on_server;
  return permissions;
}

void Permissions::give(Rights rights, std::optional<GroupId> group) {
  if (!group) {
    on_server_ = on_server_ | rights;
  } else if (const auto kept = reaching_groups(rights); !kept.empty()) {
    auto& there = on_groups_[*group];
    there = there | kept;
  }
}

Permissions Permissions::limited_to(Rights most) const {
  auto limited = of(on_server_ & most);
  for (const auto& [group, rights] : on_groups_) limited.give(rights & most, group);
  return limited;
}

Rights Permissions::on_group(std::span<const GroupId> path) const {
  auto rights = on_server_;
  if (on_groups_.empty()) return rights;
  for (const auto& group : path) {
    if (const auto found = on_groups_.find(group); found != on_groups_.end()) rights = rights | found->second;
  }
  return rights;
}

bool Permissions::anywhere(Right right) const {
  return on_server_.has(right) ||
         std::any_of(on_groups_.begin(), on_groups_.end(), [right](const auto& entry) { return entry.second.has(right); });
}

Permissions permissions_of(std::span<const Assignment> assignments, std::span<const Role> roles) {
  Permissions permissions;
  for (const auto& assignment : assignments) {
    const auto role = std::find_if(roles.begin(), roles.end(), [&](const Role& each) { return each.id == assignment.role; });
    if (role != roles.end()) permissions.give(role->rights, assignment.group);
  }
  return permissions;
}

bool may(const Permissions& permissions, Right right, std::span<const GroupId> path) {
  return path.empty() ? permissions.on_server(right) : permissions.on_group(path).has(right);
}

bool covers(const Permissions& own, const Permissions& given, const GroupTree& tree) {
  if (!own.on_server().includes(given.on_server())) return false;
  return std::all_of(given.groups().begin(), given.groups().end(),
                     [&](const auto& entry) { return own.on_group(path_to(tree, entry.first)).includes(entry.second); });
}

Error denied(Right right, std::string_view group, std::string_view server) {
  const auto& text = text_of(right);
  const auto where = group.empty() ? fmt::format("on the server “{}”", server) : fmt::format("on the group “{}” of “{}”", group, server);
  return Error(Code::permission_denied,
               fmt::format("“{}” refuses: the right “{}” ({}) is needed {}.", server, text.title, text.name, where),
               fmt::format("Ask an administrator of “{}” for a role with this right there.", server));
}

std::string_view to_string(PrimaryMay may) { return kPrimaryMay.at(static_cast<std::size_t>(may)); }

std::optional<PrimaryMay> primary_may_from_string(std::string_view name) {
  for (const auto may : {PrimaryMay::full, PrimaryMay::read, PrimaryMay::none}) {
    if (to_string(may) == name) return may;
  }
  return std::nullopt;
}

Rights bound_of(PrimaryMay may) {
  switch (may) {
    case PrimaryMay::full:
      return Rights::all();
    case PrimaryMay::read:
      return {Right::read, Right::read_audit, Right::relay};
    case PrimaryMay::none:
      break;
  }
  return {};
}

}  // namespace daikan::hierarchy
