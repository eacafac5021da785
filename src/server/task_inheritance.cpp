#include "server/task_inheritance.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits_tasks.h"
#include "hierarchy/names.h"
#include "server/access.h"
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
    if (!task) continue;  // check() let nothing of that kind in
    tasks.push_back({std::move(*task), hierarchy::TaskOwner{object->owner, Downstream::owner_name(set, object->owner)}});
  }
  return tasks;
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

void keep(store::Transaction& transaction, const hierarchy::InheritedSet& set, TimePoint at) {
  const auto root = hierarchy::GroupTree(store::all_groups(transaction)).root().id;
  auto there = store::all_tasks(transaction);
  for (auto& known : tasks_in(set)) {
    if (there.size() >= limits::kMaxTasks) return;
    auto task = std::move(known.task);
    task.id = TaskId::make(at);
    task.name = free_name(there, task.name);
    task.group = root;
    task.distribute = hierarchy::Distribute::to_secondaries;  // as it came, it went on down
    task.started_at.reset();
    task.created_at = at;
    task.revision = 1;
    store::insert_task(transaction, task);
    restart_progress(transaction, task, at);
    History::audit(transaction, system_actor(), at, "task.create",
                   fmt::format("task {} ({}), inherited from {} before", task.name, task.id.str(), known.owner->name));
    there.push_back(std::move(task));
  }
}

}  // namespace

InheritedSource task_source() {
  InheritedSource source;
  source.own = own_tasks;
  source.check = [](const hierarchy::InheritedObject& object) -> Result<> {
    auto task = task_from_content(TaskId{object.id}, object.content);
    if (!task) return fail(std::move(task.error()));
    return {};
  };
  source.left = [](store::Transaction& transaction, const hierarchy::InheritedSet& set, Inherited inherited, TimePoint at) {
    if (inherited == Inherited::kept) keep(transaction, set, at);
  };
  source.applied = follow_edits;
  return source;
}

std::vector<KnownTask> inherited_tasks(store::Transaction& transaction) { return tasks_in(store::applied_set(transaction).set); }

}  // namespace daikan::server
