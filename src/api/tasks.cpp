// Tasks and their runs.
#include "server/tasks.h"

#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/limits_tasks.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using hierarchy::Task;
using hierarchy::TaskId;
using hierarchy::TaskKind;
using server::TaskRun;
using server::TaskText;
using server::TaskView;

constexpr std::string_view kKinds[] = {"backup", "event_cleanup", "link_check", "report"};
constexpr std::string_view kFormats[] = {"text", "csv"};
constexpr std::string_view kDays[] = {"info_days", "warning_days", "error_days", "critical_days"};
constexpr Field kSettingsFields[] = {{.name = "folder", .max_bytes = limits::kMaxFolderBytes},
                                     {.name = "keep", .kind = FieldKind::integer, .least = 1, .most = limits::kMostFilesKept},
                                     {.name = "passphrase", .max_bytes = limits::kMaxPasswordBytes},
                                     {.name = "format", .choices = kFormats},
                                     {.name = "destination"},
                                     {.name = "info_days", .kind = FieldKind::integer, .most = limits::kMostDaysKept},
                                     {.name = "warning_days", .kind = FieldKind::integer, .most = limits::kMostDaysKept},
                                     {.name = "error_days", .kind = FieldKind::integer, .most = limits::kMostDaysKept},
                                     {.name = "critical_days", .kind = FieldKind::integer, .most = limits::kMostDaysKept}};
constexpr std::int64_t kMostDelay = std::chrono::minutes(limits::kLongestRandomDelay).count();
constexpr Field kEditFields[] = {{.name = "name"},
                                 {.name = "schedule", .max_bytes = limits::kMaxScheduleBytes},
                                 {.name = "random_delay_minutes", .kind = FieldKind::integer, .most = kMostDelay},
                                 {.name = "run_missed", .kind = FieldKind::boolean},
                                 {.name = "enabled", .kind = FieldKind::boolean},
                                 {.name = "distribute", .kind = FieldKind::boolean},
                                 {.name = "settings", .kind = FieldKind::object, .members = kSettingsFields}};
constexpr Field kFields[] = {{.name = "name", .presence = Presence::required},
                             {.name = "kind", .presence = Presence::required, .choices = kKinds},
                             {.name = "group", .max_bytes = kMaxPathBytes},
                             {.name = "schedule", .max_bytes = limits::kMaxScheduleBytes},
                             {.name = "random_delay_minutes", .kind = FieldKind::integer, .most = kMostDelay},
                             {.name = "run_missed", .kind = FieldKind::boolean},
                             {.name = "enabled", .kind = FieldKind::boolean},
                             {.name = "distribute", .kind = FieldKind::boolean},
                             {.name = "settings", .kind = FieldKind::object, .members = kSettingsFields}};

Error no_task() { return Error(Code::not_found, "There is no such task.", "List them with GET /api/v1/tasks."); }

/// Present and not null.
bool is_given(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  return value != nullptr && !value->is_null();
}

std::optional<std::string> maybe_text(const json::object& body, std::string_view name) {
  return is_given(body, name) ? std::optional(text_of(body, name)) : std::nullopt;
}

template <class Enum>
std::optional<Enum> maybe_choice(const json::object& body, std::string_view name, Enum no, Enum yes) {
  if (!is_given(body, name)) return std::nullopt;
  return flag_of(body, name) ? yes : no;
}

TaskText text_from(const json::object& body) {
  TaskText text;
  text.name = maybe_text(body, "name");
  text.kind = hierarchy::task_kind_from_string(text_of(body, "kind"));
  text.group = maybe_text(body, "group");
  text.schedule = maybe_text(body, "schedule");
  if (const auto minutes = integer_of(body, "random_delay_minutes")) text.random_delay = std::chrono::minutes(*minutes);
  text.missed = maybe_choice(body, "run_missed", hierarchy::MissedStarts::skip, hierarchy::MissedStarts::run);
  text.state = maybe_choice(body, "enabled", Task::State::disabled, Task::State::enabled);
  text.distribute = maybe_choice(body, "distribute", hierarchy::Distribute::no, hierarchy::Distribute::to_secondaries);
  const auto* settings = object_of(body, "settings");
  if (settings == nullptr) return text;
  text.folder = maybe_text(*settings, "folder");
  text.passphrase = maybe_text(*settings, "passphrase");
  text.format = maybe_text(*settings, "format");
  text.destination = maybe_text(*settings, "destination");
  text.keep = integer_of(*settings, "keep");
  for (std::size_t i = 0; i < text.days.size(); ++i) text.days.at(i) = integer_of(*settings, kDays[i]);
  return text;
}

json::object run_json(const TaskRun& run, std::string_view server = {}) {
  return {{"id", run.id.str()},
          {"server", text_or_null(server)},
          {"task_id", run.task.str()},
          {"task_name", run.task_name},
          {"kind", to_string(run.kind)},
          {"state", to_string(run.state)},
          {"cause", to_string(run.cause)},
          {"by", text_or_null(run.by)},
          {"started_at", to_rfc3339(run.started_at)},
          {"ended_at", time_json(run.ended_at)},
          {"message", run.message}};
}

json::object settings_json(const Task& task) {
  const auto& settings = task.settings;
  json::object shown;
  if (reach_of(task.kind) == hierarchy::TaskReach::server) {
    shown["folder"] = text_or_null(settings.folder);
    shown["keep"] = settings.keep;
  }
  if (task.kind == TaskKind::report) {
    shown["format"] = settings.format;
    shown["destination"] = text_or_null(settings.destination);
  }
  for (std::size_t i = 0; task.kind == TaskKind::event_cleanup && i < settings.days.size(); ++i) {
    const auto& days = settings.days.at(i);
    shown[kDays[i]] = days ? json::value(*days) : json::value(nullptr);
  }
  return shown;
}

json::object task_json(const TaskView& view) {
  const auto& task = view.task;
  return {
      {"id", task.id.str()},
      {"name", task.name},
      {"kind", to_string(task.kind)},
      {"group", text_or_null(view.group_path)},
      {"owner", view.owner ? json::value(json::object{{"id", view.owner->id.str()}, {"name", view.owner->name}}) : json::value(nullptr)},
      {"schedule", to_text(task.schedule)},
      {"random_delay_minutes", std::chrono::floor<std::chrono::minutes>(task.random_delay).count()},
      {"run_missed", task.missed == hierarchy::MissedStarts::run},
      {"enabled", task.state == Task::State::enabled},
      {"distribute", task.distribute == hierarchy::Distribute::to_secondaries},
      {"settings", settings_json(task)},
      {"next_start", time_json(view.next_start)},
      {"last_run", view.last_run ? json::value(run_json(*view.last_run)) : json::value(nullptr)},
      {"created_at", to_rfc3339(task.created_at)},
      {"revision", task.revision}};
}

net::Response task_answer(int status, const TaskView& view) {
  auto response = json_answer(status, task_json(view));
  response.headers.add("etag", etag_of(view.task.revision));
  if (status == 201) response.headers.add("location", "/api/v1/tasks/" + view.task.id.str());
  return response;
}

awaitable<net::Response> list_tasks(Context& context, Call call) {
  auto views = co_await context.services.tasks.list(call.caller.actor);
  if (!views) co_return problem(views.error());
  json::array items;
  for (const auto& view : *views) items.push_back(task_json(view));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> create_task(Context& context, Call call) {
  auto view = co_await context.services.tasks.add(call.caller.actor, text_from(call.body), std::move(call.once));
  if (!view) co_return problem(view.error());
  co_return task_answer(201, *view);
}

awaitable<net::Response> show_task(Context& context, Call call) {
  const auto id = TaskId::parse(call.parameter("id"));
  if (!id) co_return problem(no_task());
  auto view = co_await context.services.tasks.find(call.caller.actor, *id);
  if (!view) co_return problem(view.error());
  co_return task_answer(200, *view);
}

awaitable<net::Response> edit_task(Context& context, Call call) {
  const auto id = TaskId::parse(call.parameter("id"));
  if (!id) co_return problem(no_task());
  auto view = co_await context.services.tasks.edit(call.caller.actor, *id, text_from(call.body), seen_of(call.request.headers));
  if (!view) co_return problem(view.error());
  co_return task_answer(200, *view);
}

awaitable<net::Response> remove_task(Context& context, Call call) {
  const auto id = TaskId::parse(call.parameter("id"));
  if (!id) co_return problem(no_task());
  auto removed = co_await context.services.tasks.remove(call.caller.actor, *id, seen_of(call.request.headers));
  if (!removed) co_return problem(removed.error());
  co_return no_content();
}

awaitable<net::Response> start_task(Context& context, Call call) {
  const auto id = TaskId::parse(call.parameter("id"));
  if (!id) co_return problem(no_task());
  auto view = co_await context.services.tasks.start(call.caller.actor, *id);
  if (!view) co_return problem(view.error());
  co_return task_answer(202, *view);
}

awaitable<net::Response> cancel_task(Context& context, Call call) {
  const auto id = TaskId::parse(call.parameter("id"));
  if (!id) co_return problem(no_task());
  auto view = co_await context.services.tasks.cancel(call.caller.actor, *id);
  if (!view) co_return problem(view.error());
  co_return task_answer(202, *view);
}

awaitable<net::Response> list_runs(Context& context, Call call) {
  const auto id = TaskId::parse(call.parameter("id"));
  if (!id) co_return problem(no_task());
  auto limit = limit_of(call.target);
  if (!limit) co_return problem(limit.error());
  auto runs = co_await context.services.tasks.runs(call.caller.actor, *id, *limit);
  if (!runs) co_return problem(runs.error());
  json::array items;
  for (const auto& run : *runs) items.push_back(run_json(run.run, run.server));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

constexpr std::string_view kLimit[] = {"limit"};
constexpr Needs kSee = needs::anywhere(Right::read);
constexpr Needs kChange = needs::on_group(Right::manage_tasks);
constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/tasks", .answer = list_tasks, .needs = kSee},
    {.method = "POST",
     .pattern = "/api/v1/tasks",
     .answer = create_task,
     .needs = kChange,
     .body = Body::json,
     .fields = kFields,
     .repeat = Repeat::by_key,
     .recall = show_task},
    {.method = "GET", .pattern = "/api/v1/tasks/{id}", .answer = show_task, .needs = needs::on_group(Right::read)},
    {.method = "PATCH", .pattern = "/api/v1/tasks/{id}", .answer = edit_task, .needs = kChange, .body = Body::json, .fields = kEditFields},
    {.method = "DELETE", .pattern = "/api/v1/tasks/{id}", .answer = remove_task, .needs = kChange},
    {.method = "POST", .pattern = "/api/v1/tasks/{id}/start", .answer = start_task, .needs = kChange},
    {.method = "POST", .pattern = "/api/v1/tasks/{id}/cancel", .answer = cancel_task, .needs = kChange},
    {.method = "GET", .pattern = "/api/v1/tasks/{id}/runs", .answer = list_runs, .needs = needs::on_group(Right::read), .query = kLimit},
};

}  // namespace

std::span<const Route> tasks_routes() { return kRoutes; }

}  // namespace daikan::api
