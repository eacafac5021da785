#include "server/groups.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "server/access.h"

namespace daikan::server {
namespace {

using hierarchy::Group;
using hierarchy::GroupTree;

GroupView view_of(const GroupTree& tree, const Group& group, const std::unordered_map<GroupId, std::size_t>& counts) {
  const auto count = counts.find(group.id);
  return {group, tree.path_of(group.id), count == counts.end() ? 0 : count->second};
}

hierarchy::Event group_event(TimePoint at, std::string kind, std::string message) {
  return {.sequence = 0,
          .at = at,
          .severity = hierarchy::Severity::info,
          .kind = std::move(kind),
          .message = std::move(message),
          .secondary = std::nullopt};
}

Result<GroupView> insert_path(store::Transaction& transaction, const Actor& actor, const std::string& path) {
  auto groups = store::all_groups(transaction);
  auto plan = GroupTree(groups).plan_path(path);
  if (!plan) return fail(std::move(plan.error()));
  if (auto allowed = require(transaction, actor, Right::edit_groups, {GroupTree(groups), plan->existing}); !allowed) {
    return fail(std::move(allowed.error()));
  }
  const auto at = now();
  Group made{.id = plan->existing, .parent = std::nullopt, .name = {}};
  for (auto& name : plan->names) {
    made = Group{.id = GroupId::make(at), .parent = made.id, .name = std::move(name)};
    store::insert_group(transaction, made);
    groups.push_back(made);
  }
  const GroupTree tree(std::move(groups));
  GroupView view{made, tree.path_of(made.id), 0};
  History::audit(transaction, actor, at, "group.add", fmt::format("group {} ({})", view.path, made.id.str()));
  History::record(transaction, group_event(at, "group_added", fmt::format("The group “{}” was added by {}.", view.path, actor.name)));
  return view;
}

Result<Done> remove_empty(store::Transaction& transaction, const Actor& actor, GroupId id) {
  const GroupTree tree(store::all_groups(transaction));
  const auto* group = tree.find(id);
  if (!group) return fail(Code::not_found, "There is no such group.", "List the groups and choose one of those.");
  const auto path = tree.path_of(id);
  if (auto allowed = require(transaction, actor, Right::edit_groups, {tree, id}); !allowed) return fail(std::move(allowed.error()));
  if (!group->parent) {
    return fail(Code::permission_denied, fmt::format("The root group “{}” cannot be removed.", group->name), "Choose a group below it.");
  }
  const auto children = tree.children(id);
  const auto count = store::count_secondaries(transaction)[id];
  if (!children.empty() || count > 0) {
    return fail(
        Code::group_not_empty,
        fmt::format("The group “{}” is not empty: it holds {} subgroup(s) and {} secondary server(s).", path, children.size(), count),
        "Remove what it holds first.");
  }
  store::remove_group(transaction, id);
  const auto at = now();
  History::audit(transaction, actor, at, "group.remove", fmt::format("group {} ({})", path, id.str()));
  History::record(transaction, group_event(at, "group_removed", fmt::format("The group “{}” was removed by {}.", path, actor.name)));
  return Done{};
}

}  // namespace

Groups::Groups(Storage& storage, History& history) : storage_(storage), history_(history) {}

awaitable<Result<std::vector<GroupView>>> Groups::list(const Actor& actor) {
  return storage_.read<std::vector<GroupView>>([actor](store::Transaction& transaction) -> Result<std::vector<GroupView>> {
    const auto groups = store::all_groups(transaction);
    const auto counts = store::count_secondaries(transaction);
    const GroupTree tree(groups);
    std::vector<GroupView> views;
    for (const auto& group : groups) {
      if (may(actor, Right::read, tree, group.id)) views.push_back(view_of(tree, group, counts));
    }
    std::sort(views.begin(), views.end(), [](const GroupView& a, const GroupView& b) { return a.path < b.path; });
    return views;
  });
}

awaitable<Result<GroupView>> Groups::find(const Actor& actor, GroupId id) {
  return storage_.read<GroupView>([actor, id](store::Transaction& transaction) -> Result<GroupView> {
    const GroupTree tree(store::all_groups(transaction));
    const auto* group = tree.find(id);
    if (!group) return fail(Code::not_found, "There is no such group.", "List the groups and choose one of those.");
    if (auto allowed = require(transaction, actor, Right::read, {tree, id}); !allowed) return fail(std::move(allowed.error()));
    return view_of(tree, *group, store::count_secondaries(transaction));
  });
}

awaitable<Result<GroupView>> Groups::add(const Actor& actor, std::string path) {
  const auto insert = [actor, path = std::move(path)](store::Transaction& transaction) { return insert_path(transaction, actor, path); };
  auto made = co_await storage_.write<GroupView>(insert);
  if (made) history_.committed();
  co_return made;
}

awaitable<Result<>> Groups::remove(const Actor& actor, GroupId id) {
  const auto remove = [actor, id](store::Transaction& transaction) { return remove_empty(transaction, actor, id); };
  auto removed = co_await storage_.write<Done>(remove);
  if (!removed) co_return fail(std::move(removed.error()));
  history_.committed();
  co_return Result<>{};
}

}  // namespace daikan::server
