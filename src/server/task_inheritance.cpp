#include "server/task_inheritance.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/limits_tasks.h"
#include "base/sha256.h"
#include "base/text.h"
#include "hierarchy/names.h"
#include "server/access.h"
#include "server/event.h"
#include "server/primary_bound.h"
#include "server/task_content.h"
#include "store/tables_tasks.h"

namespace daikan::server {
namespace {

using hierarchy::InheritedKind;
using hierarchy::Task;

std::vector<OwnObject> own_tasks(store::Transaction& transaction) {
  std::vector<OwnObject> objects;
  for (const auto& task : store::all_tasks(transaction)) {
    if (task.distribute != hierarchy::Distribute::to_secondaries || !task.group) continue;
    OwnObject own{.object = {}, .group = *task.group};
    own.object.kind = InheritedKind::task;
    own.object.id = task.id.bytes;
    own.object.revision = task.revision;
    own.object.content = content_of(task);
    objects.push_back(std::move(own));
  }
  return objects;
}

std::vector<KnownTask> tasks_in(const hierarchy::InheritedSet& set) {
  std::vector<KnownTask> tasks;
  for (const auto* object : hierarchy::in_order(set)) {
    if (object->kind != InheritedKind::task) continue;
    auto task = task_from_content(TaskId{object->id}, object->content);
    if (!task) continue;  // of a newer version; check() let nothing else in
    tasks.push_back({std::move(*task), hierarchy::TaskOwner{object->owner, Downstream::owner_name(set, object->owner)}});
  }
  return tasks;
}

/// For one sentence; beyond ten they are counted.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMostNamed = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) text += fmt::format("{}“{}”", i == 0 ? "" : ", ", names[i]);
  if (names.size() > kMostNamed) text += fmt::format(" and {} more", names.size() - kMostNamed);
  return text;
}

/// A name that no other task has.
std::string free_name(const std::vector<Task>& tasks, const std::string& wanted) {
  const auto taken = [&](const std::string& name) {
    return std::any_of(tasks.begin(), tasks.end(), [&](const Task& each) { return hierarchy::same_name(each.name, name); });
  };
  auto name = wanted;
  for (unsigned number = 2; taken(name); ++number) name = fmt::format("Inherited before {}", number);
  return name;
}

/// Whether only "start now" was said meanwhile.
bool is_edited(Task before, const Task& now) {
  before.starts = now.starts;
  before.started_at = now.started_at;
  return content_of(before) != content_of(now);
}

/// A task that was edited begins anew, as on its owner: starts before the edit are neither made up for nor missed.
void follow_edits(store::Transaction& transaction, const hierarchy::InheritedSet& before, const hierarchy::InheritedSet& now,
                  TimePoint at) {
  const auto progress = store::all_task_progress(transaction);
  for (const auto& known : tasks_in(now)) {
    const auto mark = std::find_if(progress.begin(), progress.end(), [&](const auto& each) { return each.task == known.task.id; });
    const auto former = before.objects.find({InheritedKind::task, known.task.id.bytes});
    if (mark == progress.end() || former == before.objects.end()) continue;
    const auto was = task_from_content(known.task.id, former->second.content);
    if (was && is_edited(*was, known.task)) restart_progress(transaction, known.task, at, mark->starts_through);
  }
}

/// Said when a kind of task comes that did not come before.
void tell_newer(store::Transaction& transaction, const hierarchy::InheritedSet& before, const hierarchy::InheritedSet& now, TimePoint at) {
  const auto newer_in = [](const hierarchy::InheritedSet& set) {
    std::set<std::string> kinds;
    for (const auto& [key, object] : set.objects) {
      if (key.first != InheritedKind::task) continue;
      if (auto kind = newer_kind_of_task(object.content); !kind.empty()) kinds.insert(std::move(kind));
    }
    return kinds;
  };
  const auto are = newer_in(now);
  const auto were = newer_in(before);
  if (std::includes(were.begin(), were.end(), are.begin(), are.end())) return;
  History::record(transaction,
                  warning_event(at, "inherited_task_unknown",
                                fmt::format("Tasks of kinds that this version does not know are handed down to this server: {}. "
                                            "They do not run here and go on down; update this server.",
                                            listed(std::vector<std::string>(are.begin(), are.end())))));
}

void follow(store::Transaction& transaction, const hierarchy::InheritedSet& before, const hierarchy::InheritedSet& now, TimePoint at) {
  tell_newer(transaction, before, now, at);
  follow_edits(transaction, before, now, at);
}

bool lets_tasks_run(store::Transaction& transaction) {
  return hierarchy::bound_of(primary_may_in_force(transaction)).has(hierarchy::Right::manage_tasks);
}

/// The same for one inherited task every time: who leaves, comes back and leaves again keeps it once.
TaskId kept_id(const KnownTask& known) {
  const auto hash = from_hex(sha256_hex(fmt::format("kept task {} {}", known.owner->id.str(), known.task.id.str())));
  TaskId id;
  std::copy_n(hash->begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<std::uint8_t>(0x80U | (id.bytes[6] & 0x0fU));  // version 8: made of something else
  id.bytes[8] = static_cast<std::uint8_t>(0x80U | (id.bytes[8] & 0x3fU));
  return id;
}

/// What stays when the primary is left.
struct Keeping {
  GroupId root;
  TimePoint at;
  Task::State most;  ///< What did not run here while it was inherited does not begin to.
  std::vector<Task> there;

  Task copy_of(const KnownTask& known) const;
  void put(store::Transaction& transaction, const KnownTask& known);
};

Task Keeping::copy_of(const KnownTask& known) const {
  auto task = known.task;
  task.id = kept_id(known);
  task.group = root;
  task.distribute = hierarchy::Distribute::to_secondaries;  // as it came, it went on down
  task.started_at.reset();
  task.created_at = at;
  task.starts = 0;
  task.revision = 1;
  if (most == Task::State::disabled) task.state = Task::State::disabled;
  return task;
}

void Keeping::put(store::Transaction& transaction, const KnownTask& known) {
  auto task = copy_of(known);
  const auto before = std::find_if(there.begin(), there.end(), [&](const Task& each) { return each.id == task.id; });
  std::string_view verb = "create";
  if (before == there.end()) {
    task.name = free_name(there, task.name);
    store::insert_task(transaction, task);
    there.push_back(task);
  } else {
    // It was kept before: what was in force until now stays in force, under the name it has.
    task.name = before->name;
    task.created_at = before->created_at;
    task.starts = before->starts;
    task.started_at = before->started_at;
    task.revision = before->revision;
    if (content_of(task) == content_of(*before)) return;
    ++task.revision;
    store::update_task(transaction, task);
    *before = task;
    verb = "edit";
  }
  restart_progress(transaction, task, at);
  History::audit(transaction, system_actor(), at, fmt::format("task.{}", verb),
                 fmt::format("task {} ({}), inherited from {} before", task.name, task.id.str(), known.owner->name));
}

void tell_dropped(store::Transaction& transaction, const std::vector<KnownTask>& dropped, TimePoint at) {
  std::vector<std::string> all;
  for (const auto& each : dropped) all.push_back(each.task.name);
  const auto names = listed(all);
  History::audit(transaction, system_actor(), at, "task.drop", fmt::format("tasks inherited before, without room here: {}", names));
  History::record(transaction,
                  warning_event(at, "inherited_tasks_dropped",
                                fmt::format("The primary was left, and what it handed down was not kept, because a server has at most {} "
                                            "tasks: {}. Remove those nobody needs, and make these anew.",
                                            limits::kMaxTasks, names)));
}

void keep(store::Transaction& transaction, const hierarchy::InheritedSet& set, TimePoint at) {
  Keeping keeping{.root = hierarchy::GroupTree(store::all_groups(transaction)).root().id,
                  .at = at,
                  .most = lets_tasks_run(transaction) ? Task::State::enabled : Task::State::disabled,
                  .there = store::all_tasks(transaction)};
  std::vector<KnownTask> dropped;
  for (auto& known : tasks_in(set)) {
    const auto id = kept_id(known);
    const bool kept_before = std::any_of(keeping.there.begin(), keeping.there.end(), [&](const Task& each) { return each.id == id; });
    if (!kept_before && keeping.there.size() >= limits::kMaxTasks) {
      dropped.push_back(std::move(known));
    } else {
      keeping.put(transaction, known);
    }
  }
  if (!dropped.empty()) tell_dropped(transaction, dropped, at);
}

Result<> check_number(const hierarchy::InheritedSet& set) {
  const auto number =
      std::count_if(set.objects.begin(), set.objects.end(), [](const auto& entry) { return entry.first.first == InheritedKind::task; });
  if (static_cast<std::size_t>(number) <= limits::kMaxInheritedTasks) return {};
  return fail(Code::too_large,
              fmt::format("The servers above hand down {} tasks, and a server takes at most {}.", number, limits::kMaxInheritedTasks),
              "Remove group tasks, or distribute fewer of them to secondaries.");
}

}  // namespace

InheritedSource task_source() {
  InheritedSource source;
  source.own = own_tasks;
  source.check = [](const hierarchy::InheritedObject& object) -> Result<> {
    auto task = task_from_content(TaskId{object.id}, object.content);
    if (!task && newer_kind_of_task(object.content).empty()) return fail(std::move(task.error()));
    return {};
  };
  source.has_own = [](store::Transaction& transaction, const Uuid& id) { return store::find_task(transaction, TaskId{id}).has_value(); };
  source.left = [](store::Transaction& transaction, const hierarchy::InheritedSet& set, Inherited inherited, TimePoint at) {
    if (inherited == Inherited::kept) keep(transaction, set, at);
  };
  source.applied = follow;
  source.fits = check_number;
  // Whoever is below answers to this server, through which nobody above does more than it lets them.
  source.passes_on = lets_tasks_run;
  return source;
}

std::vector<KnownTask> inherited_tasks(store::Transaction& transaction) {
  auto tasks = tasks_in(store::inherited_of(transaction, InheritedKind::task));
  if (tasks.empty()) return tasks;
  const bool held = !lets_tasks_run(transaction);
  for (auto& each : tasks) each.held = held;
  return tasks;
}

}  // namespace daikan::server
