// The people of this server, and everybody's sessions. One's own account is api/account.cpp.
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using State = hierarchy::Account::State;

constexpr Field kAssignmentFields[] = {{.name = "role", .presence = Presence::required, .max_bytes = 2 * limits::kMaxNameBytes + 1},
                                       {.name = "group", .max_bytes = kMaxPathBytes}};
constexpr Field kCreateFields[] = {{.name = "name", .presence = Presence::required},
                                   {.name = "password", .presence = Presence::required, .max_bytes = limits::kMaxPasswordBytes},
                                   {.name = "assignments", .kind = FieldKind::objects, .members = kAssignmentFields}};
constexpr std::string_view kStates[] = {"enabled", "disabled"};
constexpr Field kStateFields[] = {{.name = "state", .presence = Presence::required, .choices = kStates}};
constexpr Field kPasswordFields[] = {{.name = "password", .presence = Presence::required, .max_bytes = limits::kMaxPasswordBytes}};
constexpr Field kAssignFields[] = {
    {.name = "assignments", .kind = FieldKind::objects, .presence = Presence::required, .members = kAssignmentFields}};

Error no_user() { return Error(Code::not_found, "There is no such user.", "List them with GET /api/v1/users."); }
Error no_session() { return Error(Code::not_found, "There is no such session.", "List them with GET /api/v1/sessions."); }

std::vector<server::AssignmentRequest> assignments_of(const json::object& body) {
  std::vector<server::AssignmentRequest> assignments;
  for (const auto& each : objects_of(body, "assignments")) {
    server::AssignmentRequest request{.role = text_of(each, "role"), .group = std::nullopt};
    // An empty path is the root group, as everywhere; the server is no group at all.
    if (const auto* group = each.if_contains("group"); group && group->is_string()) request.group = text_of(each, "group");
    assignments.push_back(std::move(request));
  }
  return assignments;
}

net::Response user_answer(int status, const server::UserView& view) {
  auto response = json_answer(status, user_json(view));
  response.headers.add("etag", etag_of(view.account.revision));
  if (status == 201) response.headers.add("location", "/api/v1/users/" + view.account.id.str());
  return response;
}

awaitable<net::Response> list_users(Context& context, Call) {
  auto views = co_await context.services.users.list();
  if (!views) co_return problem(views.error());
  json::array items;
  for (const auto& view : *views) items.push_back(user_json(view));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> create_user(Context& context, Call call) {
  server::Users::Creation creation{
      .name = text_of(call.body, "name"), .password = text_of(call.body, "password"), .assignments = assignments_of(call.body)};
  auto view = co_await context.services.users.create(call.caller.actor, std::move(creation));
  if (!view) co_return problem(view.error());
  co_return user_answer(201, *view);
}

awaitable<net::Response> show_user(Context& context, Call call) {
  const auto id = AccountId::parse(call.parameter("id"));
  if (!id) co_return problem(no_user());
  auto view = co_await context.services.users.find(*id);
  if (!view) co_return problem(view.error());
  co_return user_answer(200, *view);
}

awaitable<net::Response> change_user(Context& context, Call call) {
  const auto id = AccountId::parse(call.parameter("id"));
  if (!id) co_return problem(no_user());
  const auto state = text_of(call.body, "state") == "disabled" ? State::disabled : State::enabled;
  auto view = co_await context.services.users.set_state(call.caller.actor, *id, state, seen_of(call.request.headers));
  if (!view) co_return problem(view.error());
  co_return user_answer(200, *view);
}

awaitable<net::Response> assign_roles(Context& context, Call call) {
  const auto id = AccountId::parse(call.parameter("id"));
  if (!id) co_return problem(no_user());
  auto view = co_await context.services.users.assign(call.caller.actor, *id, assignments_of(call.body), seen_of(call.request.headers));
  if (!view) co_return problem(view.error());
  co_return user_answer(200, *view);
}

awaitable<net::Response> set_password(Context& context, Call call) {
  const auto id = AccountId::parse(call.parameter("id"));
  if (!id) co_return problem(no_user());
  auto set = co_await context.services.users.set_password(call.caller.actor, *id, text_of(call.body, "password"));
  if (!set) co_return problem(set.error());
  co_return no_content();
}

awaitable<net::Response> clear_two_factor(Context& context, Call call) {
  const auto id = AccountId::parse(call.parameter("id"));
  if (!id) co_return problem(no_user());
  auto cleared = co_await context.services.users.clear_two_factor(call.caller.actor, *id);
  if (!cleared) co_return problem(cleared.error());
  co_return no_content();
}

awaitable<net::Response> remove_user(Context& context, Call call) {
  const auto id = AccountId::parse(call.parameter("id"));
  if (!id) co_return problem(no_user());
  auto removed = co_await context.services.users.remove(call.caller.actor, *id, seen_of(call.request.headers));
  if (!removed) co_return problem(removed.error());
  co_return no_content();
}

awaitable<net::Response> list_sessions(Context& context, Call) {
  auto views = co_await context.services.users.sessions();
  if (!views) co_return problem(views.error());
  json::array items;
  for (const auto& view : *views) {
    auto item = credential_json(view.credential);
    item["account"] = account_json(view.account);
    items.push_back(std::move(item));
  }
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> end_session(Context& context, Call call) {
  const auto id = TokenId::parse(call.parameter("id"));
  if (!id) co_return problem(no_session());
  auto ended = co_await context.services.users.end_session(call.caller.actor, *id);
  if (!ended) co_return problem(ended.error());
  co_return no_content();
}

constexpr Needs kUsers = needs::on_server(Right::manage_users);
constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/users", .answer = list_users, .needs = kUsers},
    {.method = "POST", .pattern = "/api/v1/users", .answer = create_user, .needs = kUsers, .body = Body::json, .fields = kCreateFields},
    {.method = "GET", .pattern = "/api/v1/users/{id}", .answer = show_user, .needs = kUsers},
    {.method = "PATCH",
     .pattern = "/api/v1/users/{id}",
     .answer = change_user,
     .needs = kUsers,
     .body = Body::json,
     .fields = kStateFields},
    {.method = "DELETE", .pattern = "/api/v1/users/{id}", .answer = remove_user, .needs = kUsers},
    {.method = "PUT",
     .pattern = "/api/v1/users/{id}/assignments",
     .answer = assign_roles,
     .needs = kUsers,
     .body = Body::json,
     .fields = kAssignFields},
    {.method = "PUT",
     .pattern = "/api/v1/users/{id}/password",
     .answer = set_password,
     .needs = kUsers,
     .body = Body::json,
     .fields = kPasswordFields},
    {.method = "DELETE", .pattern = "/api/v1/users/{id}/two_factor", .answer = clear_two_factor, .needs = kUsers},
    {.method = "GET", .pattern = "/api/v1/sessions", .answer = list_sessions, .needs = kUsers},
    {.method = "DELETE", .pattern = "/api/v1/sessions/{id}", .answer = end_session, .needs = kUsers},
};

}  // namespace

std::span<const Route> users_routes() { return kRoutes; }

}  // namespace daikan::api
