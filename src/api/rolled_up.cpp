// Every server at any depth and the events of all of them, from what they told: answers also when some of them are away.
#include "api/rolled_up.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/devices.h"
#include "api/problem.h"
#include "api/views.h"
#include "base/time_text.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

json::value time_or_null(const std::optional<TimePoint>& time) { return time ? json::value(to_rfc3339(*time)) : json::value(nullptr); }
json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

awaitable<net::Response> list_servers(Context& context, Call) {
  auto servers = co_await server::rolled_up_servers(context.services.storage, context.services.links, context.services.facts);
  if (!servers) co_return problem(servers.error());
  json::array items;
  for (const auto& each : *servers) items.push_back(rolled_up_server_json(each));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/rolled_up/servers", .answer = list_servers, .needs = needs::on_server(Right::read)}};

}  // namespace

json::object rolled_up_server_json(const server::RolledUpServer& server) {
  json::array path(server.path.begin(), server.path.end());
  const auto count = [&](std::uint64_t link::ServerStatus::* field) {
    return server.says ? json::value((*server.says).*field) : json::value(nullptr);
  };
  return {{"id", server.id ? json::value(server.id->str()) : json::value(nullptr)},
          {"registration_id", server.registration.str()},
          {"primary_id", server.primary.str()},
          {"name", server.path.back()},
          {"path", std::move(path)},
          {"depth", server.path.size()},
          {"state", hierarchy::to_string(server.state)},
          {"since", to_rfc3339(server.since)},
          {"reason", text_or_null(server.reason)},
          {"version", text_or_null(server.says ? server.says->software : server.software)},
          {"groups", count(&link::ServerStatus::groups)},
          {"secondaries", count(&link::ServerStatus::secondaries)},
          {"devices", server.devices ? json::value(device_counts_json(*server.devices)) : json::value(nullptr)},
          {"current", server.now == server::RolledUpServer::Now::current},
          {"heard_at", time_or_null(server.heard_at)},
          {"applied_at", time_or_null(server.applied_at)}};
}

std::string path_in_words(const server::RolledUpServer& server, const std::string& own_name) {
  return fmt::format("{} > {}", own_name, fmt::join(server.path, " > "));
}

std::map<ServerId, std::string> server_paths(Context& context, const std::vector<server::RolledUpServer>& servers) {
  const auto& facts = context.services.facts;
  std::map<ServerId, std::string> paths = {{facts.id, facts.name}};
  for (const auto& each : servers) {
    if (each.id) paths.emplace(*each.id, path_in_words(each, facts.name));
  }
  return paths;
}

json::object rolled_up_event_json(const store::RolledUpEvent& event, const std::map<ServerId, std::string>& paths) {
  auto shown = event_json(event.event);
  const auto path = paths.find(event.origin);
  shown["origin"] = json::object{{"id", event.origin.str()},
                                 {"sequence", event.origin_sequence},
                                 {"path", path == paths.end() ? json::value(nullptr) : json::value(path->second)}};
  return shown;
}

awaitable<net::Response> subtree_events(Context& context, store::EventQuery query, hierarchy::EventFilter filter) {
  auto servers = co_await server::rolled_up_servers(context.services.storage, context.services.links, context.services.facts);
  if (!servers) co_return problem(servers.error());
  using Events = std::vector<store::RolledUpEvent>;
  std::function<Result<Events>(store::Transaction&)> work =
      [query, filter = std::move(filter)](store::Transaction& transaction) -> Result<Events> {
    return store::rolled_up_events(transaction, query, filter);
  };
  auto events = co_await context.services.storage.read<Events>(std::move(work));
  if (!events) co_return problem(events.error());
  const auto paths = server_paths(context, *servers);
  json::array items;
  for (const auto& event : *events) items.push_back(rolled_up_event_json(event, paths));
  json::value next = nullptr;
  if (events->size() == query.limit) next = json::value(std::to_string(events->back().event.sequence));
  co_return json_answer(200, json::object{{"items", std::move(items)}, {"next_cursor", std::move(next)}});
}

std::span<const Route> rolled_up_routes() { return kRoutes; }

}  // namespace daikan::api
