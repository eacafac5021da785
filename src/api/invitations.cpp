// Invitation files: made, listed and revoked on the primary, used on the server that joins.
#include <fmt/format.h>

#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr std::int64_t kLongestSeconds = std::chrono::seconds(limits::kLongestInvitationTime).count();

constexpr Field kMakeFields[] = {
    {.name = "group", .max_bytes = kMaxPathBytes},
    {.name = "name"},
    {.name = "expires_in_seconds", .kind = FieldKind::integer, .least = 1, .most = kLongestSeconds},
    {.name = "addresses", .kind = FieldKind::texts, .max_bytes = kMaxAddressTextBytes, .most = limits::kMaxInvitationAddresses}};
constexpr Field kJoinFields[] = {
    {.name = "invitation", .kind = FieldKind::lines, .presence = Presence::required, .max_bytes = limits::kMaxInvitationFileBytes},
    {.name = "proxy", .kind = FieldKind::object, .members = kProxyFields},
    {.name = "replace", .kind = FieldKind::boolean}};

json::object invitation_json(const server::InvitationView& view) {
  const auto& record = view.record;
  return {{"id", record.id.str()},
          {"state", to_string(hierarchy::state_of(record, now()))},
          {"group", view.group_path},
          {"group_id", record.group.str()},
          {"name", text_or_null(record.name)},
          {"created_by", record.created_by},
          {"created_at", to_rfc3339(record.created_at)},
          {"expires_at", to_rfc3339(record.expires_at)},
          {"revoked_at", time_json(record.revoked_at)},
          {"used_at", time_json(record.used_at)},
          {"secondary_id", record.registration ? json::value(record.registration->str()) : json::value(nullptr)}};
}

Result<std::vector<Endpoint>> addresses_of(const json::object& body) {
  std::vector<Endpoint> addresses;
  for (const auto& text : texts_of(body, "addresses")) {
    auto address = parse_endpoint(text, limits::kLinkPort, "addresses");
    if (!address) return fail(std::move(address.error()));
    addresses.push_back(std::move(*address));
  }
  return addresses;
}

awaitable<net::Response> list_invitations(Context& context, Call) {
  auto views = co_await context.services.invitations.list();
  if (!views) co_return problem(views.error());
  json::array items;
  for (const auto& view : *views) items.push_back(invitation_json(view));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> make_invitation(Context& context, Call call) {
  server::MakeInvitation request;
  request.group = text_of(call.body, "group");
  request.name = text_of(call.body, "name");
  request.valid =
      std::chrono::seconds(integer_of(call.body, "expires_in_seconds").value_or(std::chrono::seconds(limits::kInvitationTime).count()));
  auto addresses = addresses_of(call.body);
  if (!addresses) co_return problem(addresses.error());
  request.addresses = std::move(*addresses);
  auto made = co_await context.services.invitations.make(call.caller.actor, std::move(request));
  if (!made) co_return problem(made.error());
  auto object = invitation_json(made->view);
  object["file"] = made->file;
  auto response = json_answer(201, object);
  response.headers.set("cache-control", "no-store");
  co_return response;
}

awaitable<net::Response> revoke_invitation(Context& context, Call call) {
  const auto id = InvitationId::parse(call.parameter("id"));
  if (!id) co_return problem(Error(Code::not_found, "There is no such invitation.", "List the invitations and choose one of those."));
  auto revoked = co_await context.services.invitations.revoke(call.caller.actor, *id);
  if (!revoked) co_return problem(revoked.error());
  co_return no_content();
}

awaitable<net::Response> join_primary(Context& context, Call call) {
  auto proxy = proxy_of(call.body, "proxy");
  if (!proxy) co_return problem(proxy.error());
  server::JoinByInvitation request;
  request.invitation = text_of(call.body, "invitation");
  request.proxy = std::move(*proxy);
  if (flag_of(call.body, "replace")) request.if_set = server::SetPrimary::IfSet::replace;
  auto view = co_await context.services.invited_join.join(call.caller.actor, std::move(request));
  if (!view) co_return problem(view.error());
  auto response = json_answer(200, primary_json(*view));
  response.headers.add("etag", etag_of(view->record.revision));
  co_return response;
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/invitations", .answer = list_invitations, .needs = needs::on_server(Right::configure_hierarchy)},
    {.method = "POST",
     .pattern = "/api/v1/invitations",
     .answer = make_invitation,
     .needs = needs::on_group(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kMakeFields},
    {.method = "DELETE",
     .pattern = "/api/v1/invitations/{id}",
     .answer = revoke_invitation,
     .needs = needs::on_group(Right::configure_hierarchy)},
    {.method = "POST",
     .pattern = "/api/v1/primary/join",
     .answer = join_primary,
     .needs = needs::on_server(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kJoinFields},
};

}  // namespace

std::span<const Route> invitations_routes() { return kRoutes; }

}  // namespace daikan::api
