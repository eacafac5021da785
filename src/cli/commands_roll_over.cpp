// certificate roll begin, status, finish, cancel.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

std::string words_of(std::string_view state) {
  if (state == "seen") return "uses the new key";
  if (state == "confirmed") return "accepts the new key";
  if (state == "by_file") return "older version: needs the certificate as a file";
  return "has not answered yet";
}

void print_roll_over(Context& context, const json::value& roll) {
  if (context.as_json()) {
    print_json(context.terminal, roll);
    return;
  }
  const auto phase = text_of(roll, "phase");
  if (phase == "none") {
    context.terminal.line("No roll-over is under way.");
    return;
  }
  print_fields(context.terminal, {{"Phase", phase == "announcing" ? "announced; the old key is used" : "the new key is used"},
                                  {"New fingerprint", shown(text_of(roll, "fingerprint"))},
                                  {"Begun", local_time(text_of(roll, "started_at"))},
                                  {"By", shown(text_of(roll, "started_by"))}});
  Table table({"PEER", "ROLE", "LINK", "STATE"});
  for (const auto& peer : elements(roll, "peers")) {
    table.add({shown(text_of(peer, "name")), text_of(peer, "role"), state_cell(context.terminal, text_of(peer, "link")),
               words_of(text_of(peer, "state"))});
  }
  if (!table.empty()) table.print(context.terminal);
}

awaitable<Result<>> call(Context& context, ApiSession& session, std::string method, std::string path) {
  auto roll = co_await session.call(std::move(method), std::move(path));
  if (!roll) co_return fail(std::move(roll.error()));
  print_roll_over(context, *roll);
  co_return Result<>{};
}

}  // namespace

awaitable<Result<>> roll_begin(Context& context, ApiSession& session, NoOptions) {
  return call(context, session, "POST", "/server/roll_over");
}
awaitable<Result<>> roll_status(Context& context, ApiSession& session, NoOptions) {
  return call(context, session, "GET", "/server/roll_over");
}
awaitable<Result<>> roll_finish(Context& context, ApiSession& session, NoOptions) {
  return call(context, session, "POST", "/server/roll_over/finish");
}
awaitable<Result<>> roll_cancel(Context& context, ApiSession& session, NoOptions) {
  return call(context, session, "DELETE", "/server/roll_over");
}

}  // namespace daikan::cli
