// Roles, and the rights they are made of.
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using hierarchy::RoleId;

constexpr std::size_t kMaxDescriptionBytes = 512;
constexpr Field kRoleFields[] = {{.name = "name", .presence = Presence::required},
                                 {.name = "description", .max_bytes = kMaxDescriptionBytes},
                                 {.name = "rights", .kind = FieldKind::texts, .presence = Presence::required}};

Error no_role() { return Error(Code::not_found, "There is no such role.", "List them with GET /api/v1/roles."); }

server::Roles::Text role_text(const json::object& body) {
  return {.name = text_of(body, "name"), .description = text_of(body, "description"), .rights = texts_of(body, "rights")};
}

net::Response role_answer(int status, const server::RoleView& view) {
  auto response = json_answer(status, role_json(view));
  response.headers.add("etag", etag_of(view.known.role.revision));
  if (status == 201) response.headers.add("location", "/api/v1/roles/" + view.known.role.id.str());
  return response;
}

awaitable<net::Response> list_rights(Context&, Call) {
  json::array items;
  for (const auto& each : hierarchy::all_rights()) {
    items.push_back(json::object{{"name", each.name},
                                 {"title", each.title},
                                 {"reaches", each.reach == hierarchy::Reach::groups ? "groups" : "server"},
                                 {"description", each.sentence}});
  }
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> list_roles(Context& context, Call) {
  auto views = co_await context.services.roles.list();
  if (!views) co_return problem(views.error());
  json::array items;
  for (const auto& view : *views) items.push_back(role_json(view));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> create_role(Context& context, Call call) {
  auto view = co_await context.services.roles.create(call.caller.actor, role_text(call.body));
  if (!view) co_return problem(view.error());
  co_return role_answer(201, *view);
}

awaitable<net::Response> show_role(Context& context, Call call) {
  const auto id = RoleId::parse(call.parameter("id"));
  if (!id) co_return problem(no_role());
  auto view = co_await context.services.roles.find(*id);
  if (!view) co_return problem(view.error());
  co_return role_answer(200, *view);
}

awaitable<net::Response> edit_role(Context& context, Call call) {
  const auto id = RoleId::parse(call.parameter("id"));
  if (!id) co_return problem(no_role());
  auto view = co_await context.services.roles.edit(call.caller.actor, *id, role_text(call.body), seen_of(call.request.headers));
  if (!view) co_return problem(view.error());
  co_return role_answer(200, *view);
}

awaitable<net::Response> remove_role(Context& context, Call call) {
  const auto id = RoleId::parse(call.parameter("id"));
  if (!id) co_return problem(no_role());
  auto removed = co_await context.services.roles.remove(call.caller.actor, *id);
  if (!removed) co_return problem(removed.error());
  co_return no_content();
}

constexpr Needs kUsers = needs::on_server(Right::manage_users);
constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/rights", .answer = list_rights, .needs = needs::nothing()},
    {.method = "GET", .pattern = "/api/v1/roles", .answer = list_roles, .needs = kUsers},
    {.method = "POST", .pattern = "/api/v1/roles", .answer = create_role, .needs = kUsers, .body = Body::json, .fields = kRoleFields},
    {.method = "GET", .pattern = "/api/v1/roles/{id}", .answer = show_role, .needs = kUsers},
    {.method = "PUT", .pattern = "/api/v1/roles/{id}", .answer = edit_role, .needs = kUsers, .body = Body::json, .fields = kRoleFields},
    {.method = "DELETE", .pattern = "/api/v1/roles/{id}", .answer = remove_role, .needs = kUsers},
};

}  // namespace

std::span<const Route> roles_routes() { return kRoutes; }

}  // namespace daikan::api
