#include "server/task_content.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.h"
#include "base/limits_tasks.h"
#include "base/text.h"

namespace daikan::server {
namespace {

namespace json = boost::json;
using hierarchy::Task;

constexpr std::size_t kMaxContentBytes = 64 * 1024;  // a schedule of 1 KiB, a message of 2 KiB, and room
constexpr std::array<std::string_view, 4> kDays = {"info_days", "warning_days", "error_days", "critical_days"};

tl::unexpected<Error> strange(std::string_view what) {
  return fail(Code::invalid_request, "What another server tells of a task is not understood: " + std::string(what) + ".",
              "Update the older of the two servers.");
}

Result<json::object> parsed(std::string_view text) {
  if (text.size() > kMaxContentBytes || !is_utf8(text)) return strange("it is too long or no UTF-8");
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = 4;
  auto value = json::parse(json::string_view(text.data(), text.size()), ec, {}, options);
  if (ec || !value.is_object()) return strange("it is no JSON object");
  return std::move(value.get_object());
}

/// Empty when it is absent or no text.
std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}
std::optional<std::int64_t> number_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_int64() ? std::optional(value->get_int64()) : std::nullopt;
}
bool truth_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}
/// Nothing for what no clock says.
std::optional<TimePoint> time_at(const json::object& object, std::string_view name) {
  constexpr std::int64_t kLast = 253'402'300'799'999'999;  // the end of the year 9999
  const auto micros = number_at(object, name);
  if (!micros || *micros < 0 || *micros > kLast) return std::nullopt;
  return from_micros(*micros);
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
  const auto kind = hierarchy::task_kind_from_string(text_at(*content, "kind"));
  if (!kind || reach_of(*kind) != hierarchy::TaskReach::any) return strange("its kind");
  auto schedule = hierarchy::parse_schedule(text_at(*content, "schedule"));
  if (!schedule) return fail(std::move(schedule.error()));
  Task task;
  task.id = id;
  task.name = text_at(*content, "name");
  task.kind = *kind;
  task.schedule = std::move(*schedule);
  task.random_delay = Duration(number_at(*content, "random_delay_us").value_or(0));
  task.missed = truth_at(*content, "run_missed") ? hierarchy::MissedStarts::run : hierarchy::MissedStarts::skip;
  task.state = truth_at(*content, "enabled") ? Task::State::enabled : Task::State::disabled;
  task.starts = number_at(*content, "starts").value_or(0);
  task.started_at = time_at(*content, "started_at");
  task.revision = number_at(*content, "revision").value_or(1);
  task.created_at = time_at(*content, "created_at").value_or(TimePoint{});
  for (std::size_t i = 0; i < kDays.size(); ++i) task.settings.days.at(i) = number_at(*content, kDays.at(i));
  // Its moment may be over: then it is not started, which is no reason not to know it.
  if (auto checked = hierarchy::check_task(task, TimePoint{}); !checked) return fail(std::move(checked.error()));
  return task;
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
  const auto run_id = hierarchy::TaskRunId::parse(text_at(*payload, "run"));
  const auto task = hierarchy::TaskId::parse(text_at(*payload, "task"));
  const auto kind = hierarchy::task_kind_from_string(text_at(*payload, "kind"));
  const auto state = hierarchy::run_state_from_string(text_at(*payload, "state"));
  const auto cause = hierarchy::run_cause_from_string(text_at(*payload, "cause"));
  const auto started = time_at(*payload, "started_at");
  if (!run_id || !task || !kind || !state || !cause || !started) return strange("the result of a run");
  TaskResult result;
  result.server = quotable(text_at(*payload, "server"), limits::kMaxNameBytes);
  result.run = {.id = *run_id,
                .task = *task,
                .task_name = quotable(text_at(*payload, "name"), limits::kMaxNameBytes),
                .kind = *kind,
                .state = *state,
                .cause = *cause,
                .by = quotable(text_at(*payload, "by"), limits::kMaxNameBytes),
                .started_at = *started,
                .ended_at = time_at(*payload, "ended_at"),
                .message = quotable(text_at(*payload, "message"), limits::kMaxRunMessageBytes)};
  return result;
}

}  // namespace daikan::server
