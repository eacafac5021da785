#include "server/groups.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "server/access.h"
#include "server/event.h"
#include "store/tables_devices.h"
#include "store/tables_policies.h"
#include "store/tables_tasks.h"

namespace daikan::server {
namespace {

using hierarchy::Group;
using hierarchy::GroupTree;

GroupView view_of(const GroupTree& tree, const Group& group, const std::unordered_map<GroupId, std::size_t>& counts) {
  const auto count = counts.find(group.id);
  return {group, tree.path_of(group.id), count == counts.end() ? 0 : count->second};
}

Result<GroupView> insert_path(store::Transaction& transaction, const Actor& actor, const std::string& path,
                              const std::optional<Once>& once) {
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
  claim(transaction, once, made.id.str(), at);
  History::audit(transaction, actor, at, "group.add", fmt::format("group {} ({})", view.path, made.id.str()));
  History::record(transaction, info_event(at, "group_added", fmt::format("The group “{}” was added by {}.", view.path, actor.name)));
  return view;
}

tl::unexpected<Error> no_group() { return fail(Code::not_found, "There is no such group.", "List the groups and choose one of those."); }

/// "“North”, “South” and 3 more": enough to find them.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string words;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) words += fmt::format("{}“{}”", i == 0 ? "" : ", ", names[i]);
  if (names.size() > kShown) words += fmt::format(" and {} more", names.size() - kShown);
  return words;
}

/// Nothing when the group is empty; otherwise what it holds, by name.
std::string held_by(store::Transaction& transaction, const GroupTree& tree, GroupId id) {
  std::vector<std::string> groups;
  for (const auto& child : tree.children(id)) groups.push_back(child.name);
  std::vector<std::string> secondaries;
  for (const auto& record : store::all_secondaries(transaction)) {
    if (record.group == id) secondaries.push_back(record.name);
  }
  std::vector<std::string> tasks;
  for (const auto& task : store::all_tasks(transaction)) {
    if (task.group == id) tasks.push_back(task.name);
  }
  std::vector<std::string> policies;
  for (const auto& policy : store::all_policies(transaction)) {
    if (policy.group == id) policies.push_back(policy.name);
  }
  std::string held;
  if (!groups.empty()) held = fmt::format("{} subgroup(s): {}", groups.size(), some_of(groups));
  if (!secondaries.empty()) {
    held += fmt::format("{}{} secondary Administration Server(s): {}", held.empty() ? "" : "; ", secondaries.size(), some_of(secondaries));
  }
  if (!tasks.empty()) held += fmt::format("{}{} task(s): {}", held.empty() ? "" : "; ", tasks.size(), some_of(tasks));
  if (!policies.empty()) held += fmt::format("{}{} policy(ies): {}", held.empty() ? "" : "; ", policies.size(), some_of(policies));
  if (const auto devices = store::device_counts_by_group(transaction)[id].total(); devices > 0) {
    held += fmt::format("{}{} device(s)", held.empty() ? "" : "; ", devices);
  }
  return held;
}

Result<Done> remove_empty(store::Transaction& transaction, const Actor& actor, GroupId id, const Seen& seen) {
  const GroupTree tree(store::all_groups(transaction));
  const auto* group = tree.find(id);
  if (!group) return no_group();
  if (auto checked = seen.check(group->revision, "group"); !checked) return fail(std::move(checked.error()));
  const auto path = tree.path_of(id);
  if (auto allowed = require(transaction, actor, Right::edit_groups, {tree, id}); !allowed) return fail(std::move(allowed.error()));
  if (!group->parent) {
    return fail(Code::permission_denied, fmt::format("The root group “{}” cannot be removed.", group->name), "Choose a group below it.");
  }
  if (const auto held = held_by(transaction, tree, id); !held.empty()) {
    return fail(
        Code::group_not_empty, fmt::format("The group “{}” is not empty; it holds {}.", path, held),
        "Move what it holds to another group (daikan secondary move, daikan group move, daikan device import), or remove it first.");
  }
  store::remove_group(transaction, id);
  const auto at = now();
  History::audit(transaction, actor, at, "group.remove", fmt::format("group {} ({})", path, id.str()));
  History::record(transaction, info_event(at, "group_removed", fmt::format("The group “{}” was removed by {}.", path, actor.name)));
  return Done{};
}

/// The group as the edit would have it. The root keeps its name and its place.
Result<Group> edited_group(const GroupTree& tree, const Group& before, const EditGroup& edit) {
  Group after = before;
  if (edit.name) after.name = *edit.name;
  if (edit.parent) {
    auto parent = tree.at_path(*edit.parent);
    if (!parent) {
      parent.error().field = "parent";
      return fail(std::move(parent.error()));
    }
    after.parent = parent->id;
  }
  if (after.name == before.name && after.parent == before.parent) return after;
  if (!before.parent) {
    return fail(Code::conflict, fmt::format("The root group “{}” keeps its name and its place.", before.name), "Choose a group below it.");
  }
  if (auto checked = tree.check_place(*after.parent, after.name, before.id); !checked) {
    if (checked.error().field == "group") checked.error().field = "parent";
    return fail(std::move(checked.error()));
  }
  return after;
}

struct EditedGroup {
  GroupView view;
  enum class Was : std::uint8_t { there, changed } was = Was::there;
};

Result<EditedGroup> update(store::Transaction& transaction, const Actor& actor, GroupId id, const EditGroup& edit) {
  auto groups = store::all_groups(transaction);
  const GroupTree tree(groups);
  const auto* before = tree.find(id);
  if (!before) return no_group();
  if (auto checked = edit.seen.check(before->revision, "group"); !checked) return fail(std::move(checked.error()));
  if (auto allowed = require(transaction, actor, Right::edit_groups, {tree, id}); !allowed) return fail(std::move(allowed.error()));
  auto after = edited_group(tree, *before, edit);
  if (!after) return fail(std::move(after.error()));
  // Who may do what in a group changes with its place: both places have to agree.
  if (after->parent && after->parent != before->parent) {
    if (auto allowed = require(transaction, actor, Right::edit_groups, {tree, *after->parent}); !allowed) {
      return fail(std::move(allowed.error()));
    }
    if (auto allowed = require_no_gain(actor, tree, {id, *after->parent, "parent"}); !allowed) return fail(std::move(allowed.error()));
  }
  if (after->name == before->name && after->parent == before->parent) {
    return EditedGroup{view_of(tree, *before, store::count_secondaries(transaction))};
  }
  after->revision = before->revision + 1;
  store::update_group(transaction, *after);
  for (auto& group : groups) {
    if (group.id == id) group = *after;
  }
  EditedGroup made{view_of(GroupTree(std::move(groups)), *after, store::count_secondaries(transaction)), EditedGroup::Was::changed};
  const auto at = now();
  const auto words = fmt::format("{} → {}", tree.path_of(id), made.view.path);
  History::audit(transaction, actor, at, "group.edit", fmt::format("group {} ({})", words, id.str()));
  History::record(transaction,
                  info_event(at, "group_edited",
                             fmt::format("The group “{}” is now “{}”, changed by {}.", tree.path_of(id), made.view.path, actor.name)));
  return made;
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

awaitable<Result<GroupView>> Groups::add(const Actor& actor, std::string path, std::optional<Once> once) {
  const auto insert = [actor, path = std::move(path), once = std::move(once)](store::Transaction& transaction) {
    return insert_path(transaction, actor, path, once);
  };
  auto made = co_await storage_.write<GroupView>(insert);
  if (made) history_.committed();
  co_return made;
}

awaitable<Result<GroupView>> Groups::edit(const Actor& actor, GroupId id, EditGroup edit) {
  const auto work = [actor, id, edit = std::move(edit)](store::Transaction& transaction) { return update(transaction, actor, id, edit); };
  auto edited = co_await storage_.write<EditedGroup>(work);
  if (!edited) co_return fail(std::move(edited.error()));
  if (edited->was == EditedGroup::Was::changed) history_.committed();
  co_return std::move(edited->view);
}

awaitable<Result<>> Groups::remove(const Actor& actor, GroupId id, Seen seen) {
  const auto remove = [actor, id, seen](store::Transaction& transaction) { return remove_empty(transaction, actor, id, seen); };
  auto removed = co_await storage_.write<Done>(remove);
  if (!removed) co_return fail(std::move(removed.error()));
  history_.committed();
  co_return Result<>{};
}

}  // namespace daikan::server
