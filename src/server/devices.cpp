#include "server/devices.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/limits_devices.h"
#include "base/text.h"
#include "server/access.h"
#include "server/event.h"
#include "store/tables_devices.h"

namespace daikan::server {
namespace {

using hierarchy::Device;
using hierarchy::DeviceCounts;
using hierarchy::DeviceId;
using hierarchy::DeviceRow;
using hierarchy::GroupTree;
using store::DeviceChange;

/// Where the actor may look: whole groups with what is below them, none below another. Rights reach down, so this is all there is.
Result<std::vector<GroupId>> readable(store::Transaction& transaction, const Actor& actor, const GroupTree& tree,
                                      const std::optional<std::string>& path) {
  auto top = path ? tree.at_path(*path) : Result<hierarchy::Group>(tree.root());
  if (!top) return fail(std::move(top.error()));
  if (may(actor, Right::read, tree, top->id)) return std::vector{top->id};
  std::vector<GroupId> found;
  for (const auto& [id, rights] : actor.permissions.groups()) {
    if (!rights.has(Right::read) || !tree.find(id)) continue;
    const auto above = tree.ancestors(id);
    const bool inside = std::any_of(above.begin(), above.end(), [&](const auto& each) { return each.id == top->id; });
    const bool covered = std::any_of(above.begin(), above.end(), [&](const auto& each) { return may(actor, Right::read, tree, each.id); });
    if (inside && !covered) found.push_back(id);
  }
  if (path && found.empty()) {
    if (auto allowed = require(transaction, actor, Right::read, {tree, top->id}); !allowed) return fail(std::move(allowed.error()));
  }
  return found;
}

Result<std::vector<Device>> page_of(store::Transaction& transaction, const GroupTree& tree, const std::vector<GroupId>& groups,
                                    const DeviceQuery& query) {
  std::vector<Device> found;
  if (!query.name.empty()) {
    auto device = store::find_device_named(transaction, query.name);
    const auto path = device ? hierarchy::path_to(tree, device->group) : hierarchy::GroupPath();
    const bool inside = std::any_of(path.begin(), path.end(), [&](const auto& id) { return std::ranges::count(groups, id) != 0; });
    const bool behind = query.after.empty() || (device && store::device_key(device->name) > query.after);
    const bool fits = inside && behind && (!query.status || device->status == *query.status) &&
                      store::device_key(device->name).starts_with(store::device_key(query.begins));
    if (fits) found.push_back(std::move(*device));
    return found;
  }
  for (const auto& group : groups) {
    store::DeviceFilter filter{std::nullopt, query.status, query.begins, query.after, query.limit};
    if (group != tree.root().id) filter.below = group;
    auto of_group = store::list_devices(transaction, filter);
    found.insert(found.end(), std::make_move_iterator(of_group.begin()), std::make_move_iterator(of_group.end()));
  }
  if (groups.size() > 1) {
    std::ranges::sort(found, {}, [](const Device& device) { return store::device_key(device.name); });
    if (found.size() > query.limit) found.resize(query.limit);
  }
  return found;
}

/// An import on its way: what stands where, and what becomes of it.
class Import {
 public:
  Import(store::Transaction& transaction, const Actor& actor)
      : transaction_(transaction), actor_(actor), tree_(store::all_groups(transaction)) {}

  Result<> take(std::size_t number, const DeviceRow& row) {
    auto before = store::find_device_named(transaction_, row.name);
    auto group = place(number, row, before);
    if (!group) return fail(std::move(group.error()));
    Device after{before ? before->id : DeviceId::make(at_), row.name, *group, row.status, row.reason, at_};
    auto told_again = after;
    if (before) told_again.told_at = before->told_at;
    if (!before) {
      ++result_.added;
    } else if (told_again == *before) {
      ++result_.unchanged;
    } else {
      ++result_.changed;
    }
    changes_.push_back({std::move(before), std::move(after)});
    return {};
  }

  Result<DeviceImport> finish() {
    const auto there = store::device_counts(transaction_).total();
    if (there + result_.added > limits::kMaxDevices) {
      return fail(Code::too_large,
                  fmt::format("There are {} devices, and {} of those that were told are new: more than the {} a server has room for.",
                              there, result_.added, limits::kMaxDevices),
                  "Remove devices that are gone, or tell these to another server of the hierarchy.", "devices");
    }
    store::put_devices(transaction_, changes_);
    const auto words = fmt::format("{} new, {} changed, {} unchanged", result_.added, result_.changed, result_.unchanged);
    History::audit(transaction_, actor_, at_, "device.import", fmt::format("{} device(s): {}", changes_.size(), words));
    if (result_.added + result_.changed > 0) {
      History::record(transaction_, info_event(at_, "devices_told",
                                               fmt::format("{} device(s) were told by {}: {}.", changes_.size(), actor_.name, words)));
    }
    return result_;
  }

 private:
  /// The group it will be in, which the actor may edit; so must be the one it leaves.
  Result<GroupId> place(std::size_t number, const DeviceRow& row, const std::optional<Device>& before) {
    const auto on_row = [&](Error error) {
      error.field = hierarchy::row_field(number, "group");
      error.message = fmt::format("“{}”: {}", quotable(row.name, 80), error.message);
      return fail(std::move(error));
    };
    GroupId to = before ? before->group : tree_.root().id;
    if (row.group) {
      auto known = paths_.find(*row.group);
      if (known == paths_.end()) {
        auto group = tree_.at_path(*row.group);
        if (!group) return on_row(std::move(group.error()));
        known = paths_.emplace(*row.group, group->id).first;
      }
      to = known->second;
    }
    if (auto allowed = may_edit(to); !allowed) return on_row(std::move(allowed.error()));
    if (!before || before->group == to) return to;
    if (auto allowed = may_edit(before->group); !allowed) return on_row(std::move(allowed.error()));
    if (auto allowed = require_no_gain(actor_, tree_, {before->group, to, "group"}); !allowed) return on_row(std::move(allowed.error()));
    return to;
  }

  Result<> may_edit(const GroupId& group) {
    if (allowed_.contains(group)) return {};
    auto allowed = require(transaction_, actor_, Right::edit_groups, {tree_, group});
    if (allowed) allowed_.emplace(group, true);
    return allowed;
  }

  store::Transaction& transaction_;
  const Actor& actor_;
  GroupTree tree_;
  TimePoint at_ = now();
  std::unordered_map<std::string, GroupId> paths_;
  std::unordered_map<GroupId, bool> allowed_;
  std::vector<DeviceChange> changes_;
  DeviceImport result_;
};

Result<Done> remove(store::Transaction& transaction, const Actor& actor, DeviceId id) {
  const auto device = store::find_device(transaction, id);
  if (!device) return fail(Code::not_found, "There is no such device.", "List the devices and choose one of those.");
  const GroupTree tree(store::all_groups(transaction));
  if (auto allowed = require(transaction, actor, Right::edit_groups, {tree, device->group}); !allowed) {
    return fail(std::move(allowed.error()));
  }
  store::remove_device(transaction, *device);
  const auto at = now();
  const auto path = tree.path_of(device->group);
  History::audit(transaction, actor, at, "device.remove", fmt::format("device {} in {} ({})", device->name, path, id.str()));
  History::record(transaction, info_event(at, "device_removed",
                                          fmt::format("The device “{}” of “{}” was removed by {}.", device->name, path, actor.name)));
  return Done{};
}

}  // namespace

awaitable<Result<std::vector<DeviceView>>> list_devices(Storage& storage, const Actor& actor, DeviceQuery query) {
  const auto load = [actor, query = std::move(query)](store::Transaction& transaction) -> Result<std::vector<DeviceView>> {
    const GroupTree tree(store::all_groups(transaction));
    const auto groups = readable(transaction, actor, tree, query.group);
    if (!groups) return fail(groups.error());
    auto devices = page_of(transaction, tree, *groups, query);
    if (!devices) return fail(std::move(devices.error()));
    std::vector<DeviceView> views;
    views.reserve(devices->size());
    for (auto& device : *devices) {
      auto path = tree.path_of(device.group);
      views.push_back({std::move(device), std::move(path)});
    }
    return views;
  };
  return storage.read<std::vector<DeviceView>>(load);
}

awaitable<Result<DeviceCounts>> count_devices(Storage& storage, const Actor& actor, std::optional<std::string> group) {
  const auto load = [actor, group = std::move(group)](store::Transaction& transaction) -> Result<DeviceCounts> {
    const auto all = store::device_counts(transaction);
    if (!group && actor.permissions.on_server(Right::read)) return all;
    const GroupTree tree(store::all_groups(transaction));
    const auto groups = readable(transaction, actor, tree, group);
    if (!groups) return fail(groups.error());
    if (groups->size() == 1 && groups->front() == tree.root().id) return all;
    DeviceCounts counts;
    for (const auto& [id, of] : store::device_counts_by_group(transaction)) {
      const auto path = hierarchy::path_to(tree, id);
      if (std::any_of(path.begin(), path.end(), [&](const auto& each) { return std::ranges::count(*groups, each) != 0; })) counts += of;
    }
    if (counts.total() > 0) counts.told_at = all.told_at;
    return counts;
  };
  return storage.read<DeviceCounts>(load);
}

awaitable<Result<DeviceImport>> import_devices(Storage& storage, History& history, const Actor& actor, std::vector<DeviceRow> rows) {
  if (auto checked = hierarchy::check_rows(rows); !checked) co_return fail(std::move(checked.error()));
  const auto work = [actor, rows = std::move(rows)](store::Transaction& transaction) -> Result<DeviceImport> {
    Import import(transaction, actor);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (auto taken = import.take(i, rows[i]); !taken) return fail(std::move(taken.error()));
    }
    return import.finish();
  };
  auto imported = co_await storage.write<DeviceImport>(work);
  if (imported) history.committed();  // also without an event: who tells the counts above waits for this
  co_return imported;
}

awaitable<Result<>> remove_device(Storage& storage, History& history, const Actor& actor, DeviceId id) {
  const auto work = [actor, id](store::Transaction& transaction) { return remove(transaction, actor, id); };
  auto removed = co_await storage.write<Done>(work);
  if (!removed) co_return fail(std::move(removed.error()));
  history.committed();
  co_return Result<>{};
}

}  // namespace daikan::server
