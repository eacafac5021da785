// Proof of force: what every server below has confirmed of the policies that are to be in force there.
#include <map>

#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/time_text.h"
#include "server/in_force.h"
#include "server/policies.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using hierarchy::PolicyId;

json::value time_or_null(const std::optional<TimePoint>& time) { return time ? json::value(to_rfc3339(*time)) : json::value(nullptr); }

json::object force_json(const server::ForceView& view) {
  json::array policies;
  for (const auto& each : view.policies) {
    policies.push_back(json::object{{"id", each.id.str()},
                                    {"name", each.name},
                                    {"revision", each.revision},
                                    {"in_force_revision", each.in_force ? json::value(*each.in_force) : json::value(nullptr)},
                                    {"state", server::to_string(each.force)}});
  }
  const auto& server = view.server;
  json::array path(server.path.begin(), server.path.end());
  return {{"server_id", server.id ? json::value(server.id->str()) : json::value(nullptr)},
          {"registration_id", server.registration.str()},
          {"name", server.path.back()},
          {"path", std::move(path)},
          {"state", server::to_string(view.force)},
          {"behind_since", time_or_null(view.behind_since)},
          {"reason", text_or_null(view.reason)},
          {"applied_at", time_or_null(view.report.applied_at)},
          {"hash", text_or_null(view.report.hash)},
          {"current", server.now == server::RolledUpServer::Now::current},
          {"heard_at", time_or_null(server.heard_at)},
          {"policies", std::move(policies)}};
}

awaitable<net::Response> policy_status(Context& context, Call call) {
  server::InForceQuery query;
  if (const auto text = call.target.find_query("policy")) {
    query.policy = PolicyId::parse(*text);
    if (!query.policy) co_return problem(Error(Code::not_found, "There is no such policy.", "List them with GET /api/v1/policies."));
    auto view = co_await context.services.policies.find(call.caller.actor, *query.policy);
    if (!view) co_return problem(view.error());
  }
  const auto& services = context.services;
  auto views = co_await server::in_force(services.storage, services.links, services.facts, query);
  if (!views) co_return problem(views.error());
  std::map<server::Force, std::uint64_t> counts;
  json::array items;
  for (const auto& view : *views) {
    ++counts[view.force];
    items.push_back(force_json(view));
  }
  json::object sums;
  for (const auto force : {server::Force::in_force, server::Force::behind, server::Force::failed, server::Force::unknown}) {
    sums[server::to_string(force)] = counts[force];
  }
  co_return json_answer(200, json::object{{"items", std::move(items)}, {"counts", std::move(sums)}});
}

constexpr std::string_view kPolicy[] = {"policy"};
constexpr Route kRoutes[] = {
    {.method = "GET",
     .pattern = "/api/v1/policies/status",
     .answer = policy_status,
     .needs = needs::on_server(Right::read),
     .query = kPolicy},
};

}  // namespace

std::span<const Route> policy_status_routes() { return kRoutes; }

}  // namespace daikan::api
