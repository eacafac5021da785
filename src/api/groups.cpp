// Administration groups.
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr Field kGroupFields[] = {{.name = "path", .presence = Presence::required, .max_bytes = kMaxPathBytes}};

Error no_group() { return Error(Code::not_found, "There is no such group.", "List the groups with GET /api/v1/groups."); }

awaitable<net::Response> list_groups(Context& context, Call) {
  auto groups = co_await context.services.groups.list();
  if (!groups) co_return problem(groups.error());
  json::array items;
  for (const auto& group : *groups) items.push_back(group_json(group));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> add_group(Context& context, Call call) {
  auto group = co_await context.services.groups.add(call.caller.actor, text_of(call.body, "path"), std::move(call.once));
  if (!group) co_return problem(group.error());
  auto response = json_answer(201, group_json(*group));
  response.headers.add("etag", etag_of(group->group.revision));
  response.headers.add("location", "/api/v1/groups/" + group->group.id.str());
  co_return response;
}

awaitable<net::Response> show_group(Context& context, Call call) {
  const auto id = GroupId::parse(call.parameter("id"));
  if (!id) co_return problem(no_group());
  auto group = co_await context.services.groups.find(*id);
  if (!group) co_return problem(group.error().code == Code::group_not_found ? no_group() : group.error());
  auto response = json_answer(200, group_json(*group));
  response.headers.add("etag", etag_of(group->group.revision));
  co_return response;
}

awaitable<net::Response> remove_group(Context& context, Call call) {
  const auto id = GroupId::parse(call.parameter("id"));
  if (!id) co_return problem(no_group());
  auto removed = co_await context.services.groups.remove(call.caller.actor, *id, seen_of(call.request.headers));
  if (!removed) co_return problem(removed.error().code == Code::group_not_found ? no_group() : removed.error());
  co_return no_content();
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/groups", .answer = list_groups},
    {.method = "POST",
     .pattern = "/api/v1/groups",
     .answer = add_group,
     .body = Body::json,
     .fields = kGroupFields,
     .repeat = Repeat::by_key,
     .recall = show_group},
    {.method = "GET", .pattern = "/api/v1/groups/{id}", .answer = show_group},
    {.method = "DELETE", .pattern = "/api/v1/groups/{id}", .answer = remove_group},
};

}  // namespace

std::span<const Route> groups_routes() { return kRoutes; }

}  // namespace daikan::api
