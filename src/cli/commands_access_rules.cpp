// access: from where the console is reached, and how long passwords are.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/commands_users.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

void print_rules(Context& context, const json::value& rules) {
  if (context.as_json()) {
    print_json(context.terminal, rules);
    return;
  }
  std::string from;
  for (const auto& each : elements(rules, "console_sources")) {
    from += (from.empty() ? "" : ", ") + shown(each.is_string() ? std::string(each.get_string()) : "");
  }
  print_fields(context.terminal, {{"Console reached from", from.empty() ? "everywhere" : from + " (and the server's own machine)"},
                                  {"Passwords have at least", shown(text_of(rules, "password_least")) + " characters"}});
}

}  // namespace

awaitable<Result<>> access_show(Context& context, ApiSession& session, NoOptions) {
  auto rules = co_await session.get("/access_rules");
  if (!rules) co_return fail(std::move(rules.error()));
  print_rules(context, *rules);
  co_return Result<>{};
}

awaitable<Result<>> access_set(Context& context, ApiSession& session, AccessSet options) {
  auto rules = co_await session.get("/access_rules");
  if (!rules) co_return fail(std::move(rules.error()));
  json::object body{{"password_least", member(*rules, "password_least")}, {"console_sources", member(*rules, "console_sources")}};
  if (options.password_least > 0) body["password_least"] = options.password_least;
  if (options.from_anywhere || !options.from.empty()) {
    json::array sources;
    for (const auto& each : options.from) sources.push_back(json::value(each));
    body["console_sources"] = std::move(sources);
  }
  auto set = co_await session.call("PUT", "/access_rules", std::move(body));
  if (!set) co_return fail(std::move(set.error()));
  print_rules(context, *set);
  co_return Result<>{};
}

}  // namespace daikan::cli
