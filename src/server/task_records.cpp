#include "server/task_records.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_tasks.h"
#include "base/text.h"
#include "server/access.h"
#include "server/primary_bound.h"
#include "server/task_content.h"
#include "server/task_inheritance.h"
#include "store/tables_feed.h"
#include "store/tables_tasks.h"

namespace daikan::server {
namespace {

using hierarchy::RunCause;
using hierarchy::RunState;
using hierarchy::Schedule;
using hierarchy::StartPlan;
using hierarchy::Task;
using hierarchy::TaskProgress;

hierarchy::StartRule rule_of(const Task& task, const std::string& seed) {
  return {.most_delay = task.random_delay, .seed = seed + task.id.str(), .missed = task.missed};
}

TaskRun make_run(const Task& task, RunCause cause, std::string by, TimePoint now) {
  TaskRun run;
  run.id = hierarchy::TaskRunId::make(now);
  run.task = task.id;
  run.task_name = task.name;
  run.kind = task.kind;
  run.cause = cause;
  run.by = std::move(by);
  run.started_at = now;
  return run;
}

hierarchy::Severity severity_of(RunState state) {
  if (state == RunState::failed) return hierarchy::Severity::error;
  return state == RunState::done ? hierarchy::Severity::info : hierarchy::Severity::warning;
}

std::string_view words_of(RunState state) {
  switch (state) {
    case RunState::done:
      return "is done";
    case RunState::failed:
      return "failed";
    case RunState::cancelled:
      return "was cancelled";
    case RunState::interrupted:
      return "was interrupted";
    case RunState::skipped:
      return "was not started";
    case RunState::running:
      break;
  }
  return "is running";
}

void tell(store::Transaction& transaction, const TaskRun& run) {
  History::record(transaction, {.sequence = 0,
                                .at = run.ended_at.value_or(run.started_at),
                                .severity = severity_of(run.state),
                                .kind = fmt::format("task_{}", to_string(run.state)),
                                .message = fmt::format("The task “{}” {}: {}", run.task_name, words_of(run.state), run.message),
                                .secondary = std::nullopt});
}

// The setting that remembers whether inherited tasks were held at the last look.
constexpr std::string_view kHeld = "inherited_tasks_held";
constexpr std::string_view kYes = "yes";
constexpr std::string_view kNo = "no";

/// Everything one look needs, read once.
struct Scene {
  store::Transaction& transaction;
  const std::string& seed;
  TimePoint now;
  GroupId root;
  std::map<TaskId, TaskProgress> progress = {};
  std::map<TaskId, TaskRun> running = {};
  std::int64_t newest = 0;
  Look look = {};

  void begin(const Task& task, RunCause cause, std::string by);
  void skip(const Task& task, RunCause cause, std::string message);
  void follow_schedule(const Task& task, TaskProgress& progress);
  void follow_events(const Task& task, TaskProgress& progress);
  void follow_owner(const Task& task, TaskProgress& progress);
  TaskProgress first_progress(const KnownTask& known) const;
  void tell_bound(hierarchy::Severity severity, std::string kind, std::string message);
  void follow_bound(const std::vector<KnownTask>& known);
  void visit(const KnownTask& known);
};

void Scene::skip(const Task& task, RunCause cause, std::string message) {
  auto run = make_run(task, cause, {}, now);
  run.state = RunState::skipped;
  run.ended_at = now;
  run.message = std::move(message);
  store::insert_task_run(transaction, run);
  end_run(transaction, run);
  look.news = Look::News::events;
}

void Scene::begin(const Task& task, RunCause cause, std::string by) {
  if (running.contains(task.id)) return skip(task, cause, "its last run had not ended.");
  auto run = make_run(task, cause, std::move(by), now);
  store::insert_task_run(transaction, run);
  running.emplace(task.id, run);
  look.begun.push_back({std::move(run), task});
}

void Scene::follow_schedule(const Task& task, TaskProgress& mark) {
  const auto plan = plan_start(task.schedule, rule_of(task, seed), mark.handled_through, now);
  if (plan.action == StartPlan::Action::none) return;
  if (plan.action == StartPlan::Action::wait) {
    if (task.state == Task::State::enabled) look.next = look.next ? std::min(*look.next, plan.due) : plan.due;
    return;
  }
  mark.handled_through = now;
  if (task.state == Task::State::disabled) return;
  if (plan.action == StartPlan::Action::start) {
    begin(task, RunCause::schedule, {});
  } else {
    skip(task, RunCause::schedule, fmt::format("its start of {} was missed.", to_rfc3339(plan.scheduled)));
  }
  if (const auto after = plan_start(task.schedule, rule_of(task, seed), now, now); after.action == StartPlan::Action::wait) {
    look.next = look.next ? std::min(*look.next, after.due) : after.due;
  }
}

void Scene::follow_events(const Task& task, TaskProgress& mark) {
  if (task.state == Task::State::disabled || mark.event_through > newest) {
    mark.event_through = newest;
    return;
  }
  look.watches = Look::Watches::events;
  if (mark.event_through == newest) return;
  const auto last = store::task_runs(transaction, task.id, 1);
  if (!last.empty() && last[0].cause == RunCause::event && now - last[0].started_at < limits::kBetweenEventStarts &&
      last[0].started_at <= now) {
    const auto due = last[0].started_at + limits::kBetweenEventStarts;
    look.next = look.next ? std::min<TimePoint>(*look.next, due) : due;
    return;
  }
  for (;;) {
    const auto page = store::events(transaction, {.after = mark.event_through, .before = 0, .limit = limits::kExportPage});
    if (page.empty()) return;
    mark.event_through = page.back().sequence;
    const auto found = std::find_if(page.begin(), page.end(), [&](const hierarchy::Event& event) {
      return std::find(task.schedule.events.begin(), task.schedule.events.end(), event.kind) != task.schedule.events.end();
    });
    if (found == page.end()) continue;
    // What came with it is one reason for one start.
    mark.event_through = newest;
    return begin(task, RunCause::event, found->kind);
  }
}

/// "Start now" on the owner: the number tells that it happened, the time whether it is still meant.
void Scene::follow_owner(const Task& task, TaskProgress& mark) {
  if (task.starts == mark.starts_through) return;
  const bool late = !task.started_at || now - *task.started_at > limits::kStartsFollowed;
  mark.starts_through = task.starts;
  if (!late) begin(task, RunCause::owner, {});
}

TaskProgress Scene::first_progress(const KnownTask& known) const {
  return {.task = known.task.id,
          .handled_through = now,
          .event_through = newest,
          .starts_through = known.owner ? std::int64_t{0} : known.task.starts};
}

void Scene::tell_bound(hierarchy::Severity severity, std::string kind, std::string message) {
  look.news = Look::News::events;
  History::record(
      transaction,
      {.sequence = 0, .at = now, .severity = severity, .kind = std::move(kind), .message = std::move(message), .secondary = std::nullopt});
}

/// What this server lets its primary do may change at any moment. Said once, whichever way; and what was due while it was not allowed is
/// not made up for once it is.
void Scene::follow_bound(const std::vector<KnownTask>& known) {
  const auto held = std::count_if(known.begin(), known.end(), [](const KnownTask& each) { return each.held; });
  const bool were = store::find_setting(transaction, kHeld) == kYes;
  if ((held > 0) == were) return;
  store::put_setting(transaction, kHeld, held > 0 ? kYes : kNo);
  if (held > 0) {
    return tell_bound(
        hierarchy::Severity::warning, "inherited_tasks_held",
        fmt::format("What this server inherits of tasks does not run here (number of tasks: {}): it lets its primary do “{}”.", held,
                    to_string(primary_may_in_force(transaction))));
  }
  std::size_t followed = 0;
  for (const auto& each : known) {
    if (!each.owner) continue;
    const TaskProgress mark{.task = each.task.id, .handled_through = now, .event_through = newest, .starts_through = each.task.starts};
    store::put_task_progress(transaction, mark);
    progress.insert_or_assign(each.task.id, mark);
    ++followed;
  }
  if (followed == 0) return;  // they are not inherited any more
  tell_bound(hierarchy::Severity::info, "inherited_tasks_run",
             fmt::format("No task that this server inherits is held any more (number of tasks: {}).", followed));
}

void Scene::visit(const KnownTask& known) {
  const auto& task = known.task;
  if (known.held) progress.erase(task.id);  // kept until it may run again
  if (!runs_here(known, root)) return;
  const auto found = progress.find(task.id);
  auto mark = found == progress.end() ? first_progress(known) : found->second;
  const auto before = found == progress.end() ? std::optional<TaskProgress>() : std::optional(found->second);
  // A clock that was set back would otherwise leave the task waiting until the old time comes again.
  if (mark.handled_through > now + limits::kTaskLateness) mark.handled_through = now;
  if (known.owner) follow_owner(task, mark);
  if (task.schedule.kind == Schedule::Kind::events) {
    follow_events(task, mark);
  } else {
    follow_schedule(task, mark);
  }
  if (before != mark) store::put_task_progress(transaction, mark);
  if (found != progress.end()) progress.erase(found);
}

}  // namespace

std::vector<KnownTask> known_tasks(store::Transaction& transaction) {
  std::vector<KnownTask> known;
  for (auto& task : store::all_tasks(transaction)) known.push_back({std::move(task), std::nullopt});
  for (auto& inherited : inherited_tasks(transaction)) known.push_back(std::move(inherited));
  return known;
}

std::optional<KnownTask> find_known_task(store::Transaction& transaction, const TaskId& id) {
  for (auto& known : known_tasks(transaction)) {
    if (known.task.id == id) return std::move(known);
  }
  return std::nullopt;
}

bool runs_here(const KnownTask& known, const GroupId& root) {
  if (known.held) return false;
  return known.owner || !known.task.group || *known.task.group == root || known.task.kind != hierarchy::TaskKind::event_cleanup;
}

Look look_at_tasks(store::Transaction& transaction, const std::string& seed, TimePoint now) {
  Scene scene{transaction, seed, now, hierarchy::GroupTree(store::all_groups(transaction)).root().id};
  for (const auto& each : store::all_task_progress(transaction)) scene.progress.emplace(each.task, each);
  for (auto& run : store::running_task_runs(transaction)) scene.running.emplace(run.task, std::move(run));
  scene.newest = last_event(transaction);
  const auto all = known_tasks(transaction);
  scene.follow_bound(all);
  for (const auto& known : all) scene.visit(known);
  // What is left is of tasks that are not inherited any more.
  for (const auto& [id, left] : scene.progress) store::remove_task_progress(transaction, id);
  return std::move(scene.look);
}

std::optional<TimePoint> next_start(const KnownTask& known, const std::optional<TaskProgress>& progress, const std::string& seed) {
  if (known.task.state == Task::State::disabled || !progress) return std::nullopt;
  const auto plan = plan_start(known.task.schedule, rule_of(known.task, seed), progress->handled_through, progress->handled_through);
  return plan.action == StartPlan::Action::none ? std::nullopt : std::optional(plan.due);
}

Result<PersonStart> start_by_person(store::Transaction& transaction, const Actor& actor, Task task, TimePoint now) {
  for (const auto& run : store::running_task_runs(transaction)) {
    if (run.task != task.id) continue;
    return fail(Code::conflict, fmt::format("The task “{}” is running since {}.", task.name, to_rfc3339(run.started_at)),
                "Wait until it has ended, or cancel it.");
  }
  PersonStart start;
  ++task.starts;
  task.started_at = now;
  store::update_task(transaction, task);
  const auto root = hierarchy::GroupTree(store::all_groups(transaction)).root().id;
  if (runs_here({task, std::nullopt}, root)) {
    start.run = make_run(task, RunCause::person, actor.name, now);
    store::insert_task_run(transaction, *start.run);
  }
  start.task = std::move(task);
  return start;
}

void end_run(store::Transaction& transaction, const TaskRun& run) {
  store::update_task_run(transaction, run);
  store::trim_task_runs(transaction, run.task, limits::kMaxRunsKept, run.started_at - limits::kRunsKept);
  store::trim_rolled_up_results(transaction, run.started_at - limits::kRunsKept);
  const TaskResult result{run, store::find_setting(transaction, "server_name").value_or("")};
  store::append_feed(transaction, {.origin = {},
                                   .origin_sequence = 0,
                                   .kind = hierarchy::FeedKind::task_result,
                                   .subject = run.task.str(),
                                   .payload = payload_of(result),
                                   .at = run.ended_at.value_or(run.started_at)});
  tell(transaction, run);
}

std::size_t interrupt_runs(store::Transaction& transaction, TimePoint now) {
  auto runs = store::running_task_runs(transaction);
  for (auto& run : runs) {
    run.state = RunState::interrupted;
    run.ended_at = now;
    run.message = "the server ended while it ran.";
    end_run(transaction, run);
  }
  return runs.size();
}

std::int64_t last_event(store::Transaction& transaction) {
  const auto newest = store::events(transaction, {.after = 0, .before = std::numeric_limits<std::int64_t>::max(), .limit = 1});
  return newest.empty() ? 0 : newest[0].sequence;
}

void restart_progress(store::Transaction& transaction, const Task& task, TimePoint now, std::optional<std::int64_t> starts) {
  store::put_task_progress(
      transaction,
      {.task = task.id, .handled_through = now, .event_through = last_event(transaction), .starts_through = starts.value_or(task.starts)});
}

}  // namespace daikan::server
