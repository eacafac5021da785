// operation list, show, resume, cancel: joins that run on the server.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/link_text.h"
#include "cli/secondary_join.h"

namespace daikan::cli {
namespace {

using namespace std::chrono_literals;

/// How often a running operation is looked at: a step takes a second or so.
constexpr auto kPause = 250ms;

void print_operation(Context& context, const json::value& operation) {
  auto& terminal = context.terminal;
  print_fields(terminal, {{"Operation", shown(text_of(operation, "id"))},
                          {"Kind", shown(text_of(operation, "kind"))},
                          {"State", shown(text_of(operation, "state"))},
                          {"Begun by", shown(text_of(operation, "actor"))},
                          {"Begun", local_time(text_of(operation, "created_at"))},
                          {"Changed", local_time(text_of(operation, "updated_at"))}});
  for (const auto& step : elements(operation, "steps")) {
    const auto state = text_of(step, "state");
    const auto error = error_of(step, "error");
    const auto mark = state == "done"     ? done_mark(terminal)
                      : state == "failed" ? failed_mark(terminal)
                      : state == "undone" ? undone_mark(terminal)
                                          : std::string("-");
    terminal.line(
        fmt::format("{} {} ({}){}", mark, shown(text_of(step, "step")), shown(state),
                    error ? ": " + shown(error->text()) : (text_of(step, "detail").empty() ? "" : ": " + shown(text_of(step, "detail")))));
  }
}

/// Prints the operation as it ended; its error is the command's.
Result<> report(Context& context, const json::value& operation) {
  if (context.as_json()) {
    print_json(context.terminal, operation);
  } else {
    print_operation(context, operation);
  }
  if (text_of(operation, "state") != "failed") return {};
  if (auto error = error_of(operation, "error")) return fail(std::move(*error));
  return fail(Code::internal, "The operation failed.", "daikan operation show tells at which step.");
}

/// The operation once it runs no more, or as it is after `wait`.
awaitable<Result<json::value>> ended(ApiSession& session, json::value operation, std::chrono::seconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  const auto path = "/operations/" + text_of(operation, "id");
  while (text_of(operation, "state") == "running" && std::chrono::steady_clock::now() < until) {
    const bool slept = co_await net::sleep_for(kPause);
    if (!slept)
      co_return fail(Code::cancelled, "Waiting was stopped; the operation goes on.", "daikan operation show tells how far it is.");
    auto again = co_await session.get(path);
    if (!again) co_return fail(std::move(again.error()));
    operation = std::move(*again);
  }
  co_return operation;
}

}  // namespace

awaitable<Result<>> operation_list(Context& context, ApiSession& session, ListOptions options) {
  auto answer = co_await session.get(fmt::format("/operations?limit={}", options.limit));
  if (!answer) co_return fail(std::move(answer.error()));
  const auto& items = elements(*answer, "items");
  if (context.as_json()) {
    print_json(context.terminal, items);
    co_return Result<>{};
  }
  Table table({"ID", "KIND", "STATE", "BEGUN BY", "BEGUN", "CHANGED", "ERROR"});
  for (const auto& item : items) {
    const auto error = error_of(item, "error");
    table.add({shown(text_of(item, "id")), shown(text_of(item, "kind")), shown(text_of(item, "state")), shown(text_of(item, "actor")),
               local_time(text_of(item, "created_at")), local_time(text_of(item, "updated_at")),
               error ? shown(error->message) : std::string()});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> operation_show(Context& context, ApiSession& session, IdOption options) {
  auto operation = co_await session.get("/operations/" + percent_encoded(options.id));
  if (!operation) co_return fail(std::move(operation.error()));
  if (context.as_json()) {
    print_json(context.terminal, *operation);
  } else {
    print_operation(context, *operation);
  }
  co_return Result<>{};
}

awaitable<Result<>> operation_resume(Context& context, ApiSession& session, OperationResume options) {
  SecondaryAdd account;
  account.user = options.user;
  account.password_file = options.password_file;
  account.token_file = options.token_file;
  auto credentials = credentials_of(context, account);
  if (!credentials) co_return fail(std::move(credentials.error()));
  json::object told;
  if (credentials->token.empty()) {
    told["user"] = credentials->user;
    told["password"] = credentials->password;
  } else {
    told["token"] = credentials->token;
  }
  json::object body;
  body["credentials"] = std::move(told);
  auto operation = co_await session.call("POST", "/operations/" + percent_encoded(options.id) + "/resume", json::value(std::move(body)));
  if (!operation) co_return fail(std::move(operation.error()));
  auto last = co_await ended(session, std::move(*operation), std::chrono::seconds(options.wait_seconds));
  if (!last) co_return fail(std::move(last.error()));
  co_return report(context, *last);
}

awaitable<Result<>> operation_cancel(Context& context, ApiSession& session, IdOption options) {
  auto operation = co_await session.call("POST", "/operations/" + percent_encoded(options.id) + "/cancel");
  if (!operation) co_return fail(std::move(operation.error()));
  co_return report(context, *operation);
}

}  // namespace daikan::cli
