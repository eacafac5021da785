#include "server/tasks.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_tasks.h"
#include "hierarchy/names.h"
#include "server/access.h"
#include "server/event.h"
#include "store/tables_feed.h"
#include "store/tables_notifications.h"
#include "store/tables_tasks.h"

namespace daikan::server {
namespace {

using hierarchy::GroupTree;
using hierarchy::Task;
using hierarchy::TaskKind;

tl::unexpected<Error> no_such_task() { return fail(Code::not_found, "There is no such task.", "List the tasks and choose one of those."); }

/// Whether `actor` may see a task: one of a group there, any other on the server.
bool may_see(const Actor& actor, const GroupTree& tree, const KnownTask& known) {
  if (known.task.group && !known.owner) return may(actor, Right::read, tree, *known.task.group);
  return actor.permissions.on_server(Right::read);
}

Result<> require_to_change(store::Transaction& transaction, const Actor& actor, const GroupTree& tree, const Task& task) {
  if (task.group) return require(transaction, actor, Right::manage_tasks, {tree, *task.group});
  if (auto allowed = require_on_server(transaction, actor, Right::manage_tasks); !allowed) return allowed;
  // It writes files where the server may; and whoever has a backup and its passphrase can be the server.
  if (auto allowed = require_on_server(transaction, actor, Right::manage_server); !allowed) return allowed;
  return task.kind == TaskKind::backup ? require_on_server(transaction, actor, Right::manage_users) : Result<>{};
}

TaskView view_of(store::Transaction& transaction, KnownTask known, const GroupTree& tree, const std::string& seed) {
  TaskView view;
  std::optional<hierarchy::TaskProgress> progress;
  for (const auto& each : store::all_task_progress(transaction)) {
    if (each.task == known.task.id) progress = each;
  }
  view.next_start = runs_here(known, tree.root().id) ? next_start(known, progress, seed) : std::nullopt;
  if (auto runs = store::task_runs(transaction, known.task.id, 1); !runs.empty()) view.last_run = std::move(runs[0]);
  if (known.task.group) view.group_path = tree.path_of(*known.task.group);
  view.task = std::move(known.task);
  view.task.settings.passphrase.clear();
  view.owner = std::move(known.owner);
  return view;
}

void put_settings(hierarchy::TaskSettings& settings, const TaskText& text) {
  if (text.folder) settings.folder = *text.folder;
  if (text.passphrase) settings.passphrase = *text.passphrase;
  if (text.format) settings.format = *text.format;
  if (text.destination) settings.destination = *text.destination;
  if (text.keep) settings.keep = *text.keep;
  for (std::size_t i = 0; i < settings.days.size(); ++i) {
    if (text.days.at(i)) settings.days.at(i) = *text.days.at(i) == 0 ? std::nullopt : text.days.at(i);
  }
}

/// Puts `text` into `task`. The passphrase stays as it was given, open.
Result<> fill(Task& task, const TaskText& text) {
  if (text.name) task.name = *text.name;
  if (text.random_delay) task.random_delay = *text.random_delay;
  if (text.missed) task.missed = *text.missed;
  if (text.state) task.state = *text.state;
  if (text.distribute) task.distribute = *text.distribute;
  put_settings(task.settings, text);
  if (!text.schedule) return {};
  auto schedule = hierarchy::parse_schedule(*text.schedule);
  if (!schedule) return fail(std::move(schedule.error()));
  task.schedule = std::move(*schedule);
  return {};
}

/// What a kind is given when nobody said otherwise; what another kind needs is refused rather than forgotten.
Result<> settle_settings(Task& task, const TaskText& text) {
  auto& settings = task.settings;
  const bool files = reach_of(task.kind) == hierarchy::TaskReach::server;
  const bool days = std::any_of(text.days.begin(), text.days.end(), [](const auto& each) { return each.has_value(); });
  const std::pair<bool, std::string_view> strangers[] = {
      {!files && (text.folder || text.keep), "folder and keep"},
      {task.kind != TaskKind::backup && text.passphrase, "passphrase"},
      {task.kind != TaskKind::report && (text.format || text.destination), "format and destination"},
      {task.kind != TaskKind::event_cleanup && days, "days"}};
  for (const auto& [there, what] : strangers) {
    if (!there) continue;
    return fail(Code::invalid_request, fmt::format("A task of the kind “{}” has no {}.", to_string(task.kind), what), "Leave them out.",
                "settings");
  }
  if (task.kind == TaskKind::backup && settings.folder.empty()) settings.folder = "backups";
  if (task.kind == TaskKind::report && settings.folder.empty() && settings.destination.empty()) settings.folder = "reports";
  if (files && settings.keep == 0) settings.keep = 7;
  if (task.kind == TaskKind::report && settings.format.empty()) settings.format = "text";
  return {};
}

Result<> check_free_name(store::Transaction& transaction, const Task& task) {
  for (const auto& other : store::all_tasks(transaction)) {
    if (other.id == task.id || !hierarchy::same_name(other.name, task.name)) continue;
    return fail(Code::name_taken, fmt::format("There is a task “{}” already.", other.name), "Choose another name.", "name");
  }
  return {};
}

/// Whether the destination is there and can take a report.
Result<> check_destination(store::Transaction& transaction, const Task& task) {
  const auto& name = task.settings.destination;
  if (name.empty()) return {};
  for (const auto& each : store::all_destinations(transaction)) {
    if (each.name == name && each.kind == hierarchy::DestinationKind::email) return {};
  }
  return fail(Code::not_found, fmt::format("There is no notification destination “{}” that is mail.", name),
              "Make one with daikan notification add --email, or give its exact name.", "settings.destination");
}

void tell(store::Transaction& transaction, const Actor& actor, const Task& task, std::string_view verb) {
  const auto at = now();
  const auto done = verb.ends_with('e') ? "d" : "ed";
  History::audit(transaction, actor, at, fmt::format("task.{}", verb),
                 fmt::format("task {} ({}): {}, {}", task.name, task.id.str(), to_string(task.kind), to_text(task.schedule)));
  History::record(transaction, info_event(at, fmt::format("task_{}{}", verb, done),
                                          fmt::format("The task “{}” was {}{} by {}.", task.name, verb, done, actor.name)));
}

/// The own task with this id, which `actor` may change; inherited ones are refused, `verb` naming what was tried.
Result<Task> require_own(store::Transaction& transaction, const Actor& actor, const TaskId& id, std::string_view verb) {
  auto known = find_known_task(transaction, id);
  const GroupTree tree(store::all_groups(transaction));
  if (!known) return no_such_task();
  if (known->owner) {
    if (!may_see(actor, tree, *known))
      return fail(hierarchy::denied(Right::read, {}, store::find_setting(transaction, "server_name").value_or("")));
    return fail(hierarchy::inherited(known->task.name, known->owner->name, verb));
  }
  if (auto allowed = require_to_change(transaction, actor, tree, known->task); !allowed) return fail(std::move(allowed.error()));
  return std::move(known->task);
}

/// What somebody wants, and when.
struct Wish {
  TaskText text;
  Sealing sealing;
  TimePoint at;
};

/// A task that nobody would carry out is refused rather than kept as if somebody did.
Result<> check_carried_out(store::Transaction& transaction, const Task& task) {
  if (task.distribute == hierarchy::Distribute::to_secondaries) return {};  // below, once there is somebody
  if (runs_here({task, std::nullopt}, GroupTree(store::all_groups(transaction)).root().id)) return {};
  return fail(
      Code::invalid_request,
      fmt::format("A task of the kind “{}” of this group would run nowhere: this server stands in its root group.", to_string(task.kind)),
      "Give it to the root group, or to the server: leave the group out.", "group");
}

/// Checks the whole and seals what is secret.
Result<> make_ready(store::Transaction& transaction, Task& task, const Wish& wish) {
  const auto& text = wish.text;
  if (auto settled = settle_settings(task, text); !settled) return settled;
  // A passphrase that nobody gave anew is sealed already and was checked when it was given.
  const bool given = text.passphrase.has_value();
  const auto sealed = task.settings.passphrase;
  if (!given && !sealed.empty()) task.settings.passphrase = std::string(limits::kMinPassphraseBytes, 'x');
  const auto over = text.schedule ? wish.at : TimePoint{};
  if (auto checked = hierarchy::check_task(task, over); !checked) return checked;
  if (auto checked = check_carried_out(transaction, task); !checked) return checked;
  task.settings.passphrase = given ? wish.sealing.seal(task.settings.passphrase) : sealed;
  if (auto free = check_free_name(transaction, task); !free) return free;
  return check_destination(transaction, task);
}

Result<TaskView> insert(store::Transaction& transaction, const Actor& actor, const Wish& wish) {
  const GroupTree tree(store::all_groups(transaction));
  const auto& text = wish.text;
  const auto at = wish.at;
  Task task;
  task.id = TaskId::make(at);
  task.created_at = at;
  task.kind = text.kind.value_or(TaskKind::backup);
  if (text.group && !text.group->empty()) {
    auto group = tree.at_path(*text.group);
    if (!group) return fail(std::move(group.error()));
    task.group = group->id;
  }
  if (auto allowed = require_to_change(transaction, actor, tree, task); !allowed) return fail(std::move(allowed.error()));
  if (store::all_tasks(transaction).size() >= limits::kMaxTasks) {
    return fail(Code::too_large, fmt::format("The server has {} tasks already.", limits::kMaxTasks), "Remove those nobody needs.");
  }
  if (auto filled = fill(task, text); !filled) return fail(std::move(filled.error()));
  if (auto ready = make_ready(transaction, task, wish); !ready) return fail(std::move(ready.error()));
  store::insert_task(transaction, task);
  restart_progress(transaction, task, at);
  tell(transaction, actor, task, "create");
  return view_of(transaction, {std::move(task), std::nullopt}, tree, {});
}

Result<TaskView> update(store::Transaction& transaction, const Actor& actor, Task task, const Wish& wish) {
  if (auto filled = fill(task, wish.text); !filled) return fail(std::move(filled.error()));
  if (auto ready = make_ready(transaction, task, wish); !ready) return fail(std::move(ready.error()));
  ++task.revision;
  store::update_task(transaction, task);
  restart_progress(transaction, task, wish.at);
  tell(transaction, actor, task, "edit");
  return view_of(transaction, {std::move(task), std::nullopt}, GroupTree(store::all_groups(transaction)), {});
}

}  // namespace

Tasks::Tasks(Storage& storage, History& history, TaskScheduler& scheduler, const Facts& facts)
    : storage_(storage), history_(history), scheduler_(scheduler), facts_(facts) {}

awaitable<Result<std::vector<TaskView>>> Tasks::list(const Actor& actor) {
  return storage_.read<std::vector<TaskView>>(
      [actor, seed = facts_.id.str()](store::Transaction& transaction) -> Result<std::vector<TaskView>> {
        const GroupTree tree(store::all_groups(transaction));
        std::vector<TaskView> views;
        for (auto& known : known_tasks(transaction)) {
          if (may_see(actor, tree, known)) views.push_back(view_of(transaction, std::move(known), tree, seed));
        }
        return views;
      });
}

awaitable<Result<TaskView>> Tasks::find(const Actor& actor, TaskId id) {
  return storage_.read<TaskView>([actor, id, seed = facts_.id.str()](store::Transaction& transaction) -> Result<TaskView> {
    const GroupTree tree(store::all_groups(transaction));
    auto known = find_known_task(transaction, id);
    if (!known) return no_such_task();
    if (!may_see(actor, tree, *known)) {
      if (known->task.group && !known->owner) return fail(require(transaction, actor, Right::read, {tree, *known->task.group}).error());
      return fail(require_on_server(transaction, actor, Right::read).error());
    }
    return view_of(transaction, std::move(*known), tree, seed);
  });
}

awaitable<Result<TaskView>> Tasks::add(const Actor& actor, TaskText text, std::optional<Once> once) {
  const auto work = [actor, once = std::move(once), wish = Wish{std::move(text), storage_.sealing(), scheduler_.now()}](
                        store::Transaction& transaction) -> Result<TaskView> {
    auto made = insert(transaction, actor, wish);
    if (made) claim(transaction, once, made->task.id.str(), made->task.created_at);
    return made;
  };
  auto made = co_await storage_.write<TaskView>(work);
  if (!made) co_return made;
  scheduler_.wake();
  history_.committed();
  co_return co_await find(actor, made->task.id);
}

awaitable<Result<TaskView>> Tasks::edit(const Actor& actor, TaskId id, TaskText text, Seen seen) {
  const auto work = [actor, id, seen, wish = Wish{std::move(text), storage_.sealing(), scheduler_.now()}](
                        store::Transaction& transaction) -> Result<TaskView> {
    auto task = require_own(transaction, actor, id, "edited");
    if (!task) return fail(std::move(task.error()));
    if (auto checked = seen.check(task->revision, "task"); !checked) return fail(std::move(checked.error()));
    return update(transaction, actor, std::move(*task), wish);
  };
  auto edited = co_await storage_.write<TaskView>(work);
  if (!edited) co_return edited;
  scheduler_.wake();
  history_.committed();
  co_return co_await find(actor, id);
}

awaitable<Result<>> Tasks::remove(const Actor& actor, TaskId id, Seen seen) {
  const auto work = [actor, id, seen](store::Transaction& transaction) -> Result<Done> {
    auto task = require_own(transaction, actor, id, "removed");
    if (!task) return fail(std::move(task.error()));
    if (auto checked = seen.check(task->revision, "task"); !checked) return fail(std::move(checked.error()));
    store::remove_task(transaction, id);
    tell(transaction, actor, *task, "remove");
    return Done{};
  };
  auto removed = co_await storage_.write<Done>(work);
  if (!removed) co_return fail(std::move(removed.error()));
  history_.committed();
  scheduler_.wake();
  const bool ended = co_await scheduler_.cancel(id, actor.name);
  static_cast<void>(ended);
  co_return Result<>{};
}

awaitable<Result<TaskView>> Tasks::start(const Actor& actor, TaskId id) {
  const auto work = [actor, id, at = scheduler_.now()](store::Transaction& transaction) -> Result<PersonStart> {
    auto task = require_own(transaction, actor, id, "started");
    if (!task) return fail(std::move(task.error()));
    auto started = start_by_person(transaction, actor, std::move(*task), at);
    if (started) tell(transaction, actor, started->task, "start");
    return started;
  };
  auto started = co_await storage_.write<PersonStart>(work);
  if (!started) co_return fail(std::move(started.error()));
  // No co_await between the commit and this: what is shown as running is also run.
  if (started->run) scheduler_.begin(std::move(*started->run), std::move(started->task));
  history_.committed();
  co_return co_await find(actor, id);
}

awaitable<Result<TaskView>> Tasks::cancel(const Actor& actor, TaskId id) {
  const auto work = [actor, id](store::Transaction& transaction) -> Result<Task> {
    auto task = require_own(transaction, actor, id, "cancelled");
    if (!task) return task;
    const auto runs = store::task_runs(transaction, id, 1);
    if (runs.empty() || runs[0].state != hierarchy::RunState::running) {
      return fail(Code::conflict, fmt::format("The task “{}” is not running.", task->name), "Look at its runs.");
    }
    History::audit(transaction, actor, now(), "task.cancel", fmt::format("task {} ({})", task->name, id.str()));
    return task;
  };
  auto task = co_await storage_.write<Task>(work);
  if (!task) co_return fail(std::move(task.error()));
  const bool ended = co_await scheduler_.cancel(id, actor.name);
  static_cast<void>(ended);  // false: it ended by itself meanwhile, which its last run tells
  co_return co_await find(actor, id);
}

awaitable<Result<std::vector<TaskResult>>> Tasks::runs(const Actor& actor, TaskId id, unsigned limit) {
  auto view = co_await find(actor, id);
  if (!view) co_return fail(std::move(view.error()));
  const auto work = [id, limit, self = facts_.id](store::Transaction& transaction) -> Result<std::vector<TaskResult>> {
    std::vector<TaskResult> all;
    for (auto& run : store::task_runs(transaction, id, limit)) all.push_back({std::move(run), {}});
    for (const auto& below : store::rolled_up_results_of(transaction, id.str(), self, limits::kLargestPage)) {
      // What a newer version below tells in words that are not known here is left out.
      if (auto result = result_from_payload(below.record.payload)) all.push_back(std::move(*result));
    }
    std::stable_sort(all.begin(), all.end(), [](const TaskResult& a, const TaskResult& b) { return a.run.started_at > b.run.started_at; });
    if (all.size() > limit) all.resize(limit);
    return all;
  };
  auto runs = co_await storage_.read<std::vector<TaskResult>>(work);
  co_return runs;
}

}  // namespace daikan::server
