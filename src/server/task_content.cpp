#include "server/task_content.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.h"
#include "base/limits_downstream.h"
#include "base/limits_tasks.h"
#include "base/text.h"
#include "hierarchy/inherited.h"
#include "server/foreign_json.h"

namespace daikan::server {
namespace {

namespace json = boost::json;
using hierarchy::Task;

constexpr std::size_t kMaxContentBytes = 64 * 1024;  // a schedule of 1 KiB, a message of 2 KiB, and room
constexpr std::array<std::string_view, 4> kDays = {"info_days", "warning_days", "error_days", "critical_days"};

tl::unexpected<Error> strange(std::string_view why) { return not_understood("a task", why); }

Result<ForeignObject> parsed(std::string_view text) {
  return ForeignObject::read(text, {.what = "a task", .most_bytes = kMaxContentBytes});
}

}  // namespace

std::string content_of(const Task& task) {
  json::object content{{"name", task.name},
                       {"kind", to_string(task.kind)},
                       {"schedule", to_text(task.schedule)},
                       {"random_delay_us", task.random_delay.count()},
                       {"run_missed", task.missed == hierarchy::MissedStarts::run},
                       {"enabled", task.state == Task::State::enabled},
                       {"starts", task.starts},
                       {"revision", task.revision},
                       {"created_at", to_micros(task.created_at)}};
  if (task.started_at) content["started_at"] = to_micros(*task.started_at);
  for (std::size_t i = 0; i < kDays.size(); ++i) {
    if (const auto& days = task.settings.days.at(i)) content[kDays.at(i)] = *days;
  }
  return json::serialize(content);
}

Result<Task> task_from_content(const hierarchy::TaskId& id, std::string_view text) {
  auto content = parsed(text);
  if (!content) return fail(std::move(content.error()));
  const auto kind = hierarchy::task_kind_from_string(content->text("kind"));
  if (!kind || reach_of(*kind) != hierarchy::TaskReach::any) return strange("its kind");
  auto schedule = hierarchy::parse_schedule(content->text("schedule"));
  if (!schedule) return fail(std::move(schedule.error()));
  Task task;
  task.id = id;
  task.name = content->text("name");
  task.kind = *kind;
  task.schedule = std::move(*schedule);
  task.random_delay = Duration(content->number("random_delay_us").value_or(0));
  task.missed = content->truth("run_missed") ? hierarchy::MissedStarts::run : hierarchy::MissedStarts::skip;
  task.state = content->truth("enabled") ? Task::State::enabled : Task::State::disabled;
  task.starts = content->number("starts").value_or(0);
  task.started_at = content->time("started_at");
  task.revision = content->number("revision").value_or(1);
  task.created_at = content->time("created_at").value_or(TimePoint{});
  for (std::size_t i = 0; i < kDays.size(); ++i) task.settings.days.at(i) = content->number(kDays.at(i));
  // Its moment may be over: then it is not started, which is no reason not to know it.
  if (auto checked = hierarchy::check_task(task, TimePoint{}); !checked) return fail(std::move(checked.error()));
  return task;
}

std::string newer_kind_of_task(std::string_view text) {
  constexpr std::size_t kDepth = 32;  // nobody here knows what such a task says
  const auto content = ForeignObject::read(text, {.what = "a task", .most_bytes = limits::kMaxInheritedBytes, .most_depth = kDepth});
  if (!content) return {};
  auto kind = content->text("kind");
  // Names of kinds are made like those of objects.
  if (!hierarchy::InheritedKind::from_name(kind) || hierarchy::task_kind_from_string(kind)) return {};
  return kind;
}

std::string payload_of(const TaskResult& result) {
  const auto& run = result.run;
  json::object payload{{"server", result.server},
                       {"run", run.id.str()},
                       {"task", run.task.str()},
                       {"name", run.task_name},
                       {"kind", to_string(run.kind)},
                       {"state", to_string(run.state)},
                       {"cause", to_string(run.cause)},
                       {"by", run.by},
                       {"started_at", to_micros(run.started_at)},
                       {"message", run.message}};
  if (run.ended_at) payload["ended_at"] = to_micros(*run.ended_at);
  return json::serialize(payload);
}

Result<TaskResult> result_from_payload(std::string_view text) {
  auto payload = parsed(text);
  if (!payload) return fail(std::move(payload.error()));
  const auto run_id = hierarchy::TaskRunId::parse(payload->text("run"));
  const auto task = hierarchy::TaskId::parse(payload->text("task"));
  const auto kind = hierarchy::task_kind_from_string(payload->text("kind"));
  const auto state = hierarchy::run_state_from_string(payload->text("state"));
  const auto cause = hierarchy::run_cause_from_string(payload->text("cause"));
  const auto started = payload->time("started_at");
  if (!run_id || !task || !kind || !state || !cause || !started) return strange("the result of a run");
  TaskResult result;
  result.server = quotable(payload->text("server"), limits::kMaxNameBytes);
  result.run = {.id = *run_id,
                .task = *task,
                .task_name = quotable(payload->text("name"), limits::kMaxNameBytes),
                .kind = *kind,
                .state = *state,
                .cause = *cause,
                .by = quotable(payload->text("by"), limits::kMaxNameBytes),
                .started_at = *started,
                .ended_at = payload->time("ended_at"),
                .message = quotable(payload->text("message"), limits::kMaxRunMessageBytes)};
  return result;
}

}  // namespace daikan::server
