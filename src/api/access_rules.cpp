// This server's own rules for everybody: how long passwords are, and from where the console is reached.
#include "api/requests.h"
#include "api/routes.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr Field kFields[] = {
    {.name = "password_least", .kind = FieldKind::integer, .presence = Presence::required, .least = 1, .most = 1000},
    {.name = "console_sources", .kind = FieldKind::texts, .presence = Presence::required}};

net::Response rules_answer(const server::AccessRules::Rules& rules) {
  json::array sources;
  for (const auto& each : rules.console_sources) sources.push_back(json::value(each));
  return json_answer(200, json::object{{"password_least", rules.password_least}, {"console_sources", std::move(sources)}});
}

awaitable<net::Response> show_rules(Context& context, Call) {
  auto own = co_await context.services.access_rules.own();
  if (!own) co_return problem(own.error());
  co_return rules_answer(*own);
}

awaitable<net::Response> set_rules(Context& context, Call call) {
  server::AccessRules::Rules rules;
  rules.password_least = static_cast<unsigned>(integer_of(call.body, "password_least").value_or(0));
  rules.console_sources = texts_of(call.body, "console_sources");
  auto set = co_await context.services.access_rules.set(call.caller.actor, std::move(rules));
  if (!set) co_return problem(set.error());
  co_return rules_answer(*set);
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/access_rules", .answer = show_rules, .needs = needs::on_server(Right::manage_server)},
    {.method = "PUT",
     .pattern = "/api/v1/access_rules",
     .answer = set_rules,
     .needs = needs::on_server(Right::manage_server),
     .body = Body::json,
     .fields = kFields},
};

}  // namespace

std::span<const Route> access_rules_routes() { return kRoutes; }

}  // namespace daikan::api
