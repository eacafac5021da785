// task list, show, create, edit, remove, start, cancel, runs.
#include "cli/commands_task.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/files.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 250ms;  // between looks at a run that is waited for

/// The fields that were given; the same words for a new task and for an edit.
Result<json::object> body_of(const TaskOptions& options) {
  json::object body;
  json::object settings;
  const auto text = [](json::object& into, std::string_view name, const std::string& value) {
    if (!value.empty()) into[name] = value;
  };
  const auto number = [](json::object& into, std::string_view name, const std::optional<int>& value) {
    if (value) into[name] = *value;
  };
  const auto choice = [&](std::string_view name, bool yes, bool no) {
    if (yes || no) body[name] = yes;
  };
  text(body, "name", options.name);
  text(body, "schedule", options.schedule);
  number(body, "random_delay_minutes", options.random_delay_minutes);
  choice("run_missed", options.run_missed, options.skip_missed);
  choice("enabled", options.enable, options.disable);
  choice("distribute", options.distribute, options.keep_here);
  text(settings, "folder", options.folder);
  text(settings, "format", options.format);
  text(settings, "destination", options.destination);
  number(settings, "keep", options.keep);
  number(settings, "info_days", options.info_days);
  number(settings, "warning_days", options.warning_days);
  number(settings, "error_days", options.error_days);
  number(settings, "critical_days", options.critical_days);
  if (!options.passphrase_file.empty()) {
    auto passphrase = read_secret(options.passphrase_file);
    if (!passphrase) return fail(std::move(passphrase.error()));
    settings["passphrase"] = *passphrase;
  }
  if (!settings.empty()) body["settings"] = std::move(settings);
  return body;
}

awaitable<Result<json::value>> find_task(ApiSession& session, std::string name) {
  auto all = co_await session.get("/tasks");
  if (!all) co_return fail(std::move(all.error()));
  std::string names;
  for (const auto& each : elements(*all, "items")) {
    if (text_of(each, "id") == name || text_of(each, "name") == name) co_return each;
    names += (names.empty() ? "" : ", ") + text_of(each, "name");
  }
  co_return fail(Code::not_found, fmt::format("There is no task “{}” (there are: {}).", shown(name), names.empty() ? "none" : shown(names)),
                 "daikan task list shows them.");
}

Cell run_cell(const json::value& run) {
  const auto state = text_of(run, "state");
  if (state.empty()) return "never ran";
  const bool good = state == "done" || state == "running";
  return {shown(state), good ? Colour::green : Colour::red};
}

std::string cause_words(const json::value& run) {
  const auto by = text_of(run, "by");
  return shown(text_of(run, "cause") + (by.empty() ? "" : ": " + by));
}

void print_run(Context& context, const json::value& run) {
  print_fields(context.terminal, {{"Last run", run_cell(run)},
                                  {"Begun", local_time(text_of(run, "started_at"))},
                                  {"Because of", cause_words(run)},
                                  {"Ended", local_time(text_of(run, "ended_at"))},
                                  {"Told", shown(text_of(run, "message"))}});
}

void print_task(Context& context, const json::value& task) {
  if (context.as_json()) return print_json(context.terminal, task);
  const auto text = [&](std::string_view key) { return shown(text_of(task, key)); };
  const auto owner = text_of(member(task, "owner"), "name");
  const auto group = text("group");
  std::vector<std::pair<std::string, Cell>> fields = {
      {"Name", text("name")},
      {"Kind", text("kind")},
      {"Of", !owner.empty()  ? "inherited from " + shown(owner)
             : group.empty() ? std::string("this server")
                             : group},
      {"Schedule", text("schedule")},
      {"Random delay", text("random_delay_minutes") == "0" ? std::string() : text("random_delay_minutes") + " minutes"},
      {"Missed starts", truth_of(task, "run_missed") ? "made up for" : "skipped"},
      {"State", truth_of(task, "enabled") ? "enabled" : "disabled"},
      {"To secondaries", truth_of(task, "distribute") ? "distributed" : "not distributed"},
      {"Next start", local_time(text_of(task, "next_start"))}};
  if (const auto* settings = member(task, "settings").if_object()) {
    for (const auto& [key, value] : *settings) fields.emplace_back(shown(key), shown(text_of(member(task, "settings"), key)));
  }
  fields.emplace_back("Id", text("id"));
  std::erase_if(fields, [](const auto& field) { return field.second.text.empty(); });
  print_fields(context.terminal, fields);
  if (!member(task, "last_run").is_null()) print_run(context, member(task, "last_run"));
}

/// The task once `run` has ended, or as it is after `wait`.
awaitable<Result<json::value>> ended(ApiSession& session, json::value task, std::chrono::seconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  const auto path = "/tasks/" + text_of(task, "id");
  while (text_of(member(task, "last_run"), "state") == "running" && std::chrono::steady_clock::now() < until) {
    const bool slept = co_await net::sleep_for(kPause);
    if (!slept) co_return fail(Code::cancelled, "Waiting was stopped; the task goes on.", "daikan task show tells how it ended.");
    auto again = co_await session.get(path);
    if (!again) co_return fail(std::move(again.error()));
    task = std::move(*again);
  }
  co_return task;
}

}  // namespace

awaitable<Result<>> task_list(Context& context, ApiSession& session, NoOptions) {
  auto all = co_await session.get("/tasks");
  if (!all) co_return fail(std::move(all.error()));
  if (context.as_json()) {
    print_json(context.terminal, member(*all, "items"));
    co_return Result<>{};
  }
  Table table({"NAME", "KIND", "OF", "SCHEDULE", "NEXT START", "LAST RUN"});
  for (const auto& each : elements(*all, "items")) {
    const auto owner = text_of(member(each, "owner"), "name");
    const auto group = text_of(each, "group");
    const auto of = !owner.empty() ? "from " + owner : group.empty() ? std::string("this server") : group;
    const auto next = truth_of(each, "enabled") ? local_time(text_of(each, "next_start")) : std::string("disabled");
    table.add({shown(text_of(each, "name")), shown(text_of(each, "kind")), shown(of), shown(text_of(each, "schedule")), next,
               run_cell(member(each, "last_run"))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> task_show(Context& context, ApiSession& session, TaskName options) {
  auto task = co_await find_task(session, std::move(options.name));
  if (!task) co_return fail(std::move(task.error()));
  print_task(context, *task);
  co_return Result<>{};
}

awaitable<Result<>> task_create(Context& context, ApiSession& session, TaskOptions options) {
  auto body = body_of(options);
  if (!body) co_return fail(std::move(body.error()));
  (*body)["kind"] = options.kind;
  if (!options.group.empty()) (*body)["group"] = options.group;
  auto task = co_await session.call("POST", "/tasks", json::value(std::move(*body)));
  if (!task) co_return fail(std::move(task.error()));
  print_task(context, *task);
  co_return Result<>{};
}

awaitable<Result<>> task_edit(Context& context, ApiSession& session, TaskOptions options) {
  auto body = body_of(options);
  if (!body) co_return fail(std::move(body.error()));
  auto task = co_await find_task(session, options.target);
  if (!task) co_return fail(std::move(task.error()));
  auto edited = co_await session.patch("/tasks/" + text_of(*task, "id"), *task, std::move(*body));
  if (!edited) co_return fail(std::move(edited.error()));
  print_task(context, *edited);
  co_return Result<>{};
}

awaitable<Result<>> task_remove(Context& context, ApiSession& session, TaskName options) {
  auto task = co_await find_task(session, std::move(options.name));
  if (!task) co_return fail(std::move(task.error()));
  auto removed = co_await session.call("DELETE", "/tasks/" + text_of(*task, "id"));
  if (!removed) co_return fail(std::move(removed.error()));
  if (!context.as_json()) context.terminal.line(fmt::format("The task “{}” is removed.", shown(text_of(*task, "name"))));
  co_return Result<>{};
}

awaitable<Result<>> task_start(Context& context, ApiSession& session, TaskStart options) {
  auto task = co_await find_task(session, std::move(options.name));
  if (!task) co_return fail(std::move(task.error()));
  auto started = co_await session.call("POST", fmt::format("/tasks/{}/start", text_of(*task, "id")));
  if (!started) co_return fail(std::move(started.error()));
  auto last = co_await ended(session, std::move(*started), std::chrono::seconds(options.wait_seconds));
  if (!last) co_return fail(std::move(last.error()));
  const auto& run = member(*last, "last_run");
  if (context.as_json()) {
    print_json(context.terminal, *last);
  } else if (run.is_null()) {
    context.terminal.line("Started; it runs on the secondary Administration Servers of its group.");
  } else {
    print_run(context, run);
  }
  if (text_of(run, "state") != "failed") co_return Result<>{};
  co_return fail(Code::internal, "The task failed: " + shown(text_of(run, "message")), "daikan task runs shows its history.");
}

awaitable<Result<>> task_cancel(Context& context, ApiSession& session, TaskName options) {
  auto task = co_await find_task(session, std::move(options.name));
  if (!task) co_return fail(std::move(task.error()));
  auto cancelled = co_await session.call("POST", fmt::format("/tasks/{}/cancel", text_of(*task, "id")));
  if (!cancelled) co_return fail(std::move(cancelled.error()));
  if (context.as_json()) {
    print_json(context.terminal, *cancelled);
  } else {
    print_run(context, member(*cancelled, "last_run"));
  }
  co_return Result<>{};
}

awaitable<Result<>> task_runs(Context& context, ApiSession& session, TaskRuns options) {
  auto task = co_await find_task(session, std::move(options.name));
  if (!task) co_return fail(std::move(task.error()));
  auto runs = co_await session.get(fmt::format("/tasks/{}/runs?limit={}", text_of(*task, "id"), options.limit));
  if (!runs) co_return fail(std::move(runs.error()));
  if (context.as_json()) {
    print_json(context.terminal, member(*runs, "items"));
    co_return Result<>{};
  }
  Table table({"BEGUN", "ENDED", "SERVER", "BECAUSE OF", "STATE", "TOLD"});
  for (const auto& each : elements(*runs, "items")) {
    const auto server = text_of(each, "server");
    table.add({local_time(text_of(each, "started_at")), local_time(text_of(each, "ended_at")),
               server.empty() ? std::string("this one") : shown(server), cause_words(each), run_cell(each),
               shown(text_of(each, "message"))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

}  // namespace daikan::cli
