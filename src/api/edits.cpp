// Edits in place: of a secondary, of this server's primary, and of a group. A field that is absent stays as it is; null takes it away.
#include <fmt/format.h>

#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using hierarchy::Direction;

constexpr Field kSecondaryFields[] = {{.name = "name"},
                                      {.name = "group", .max_bytes = kMaxPathBytes},
                                      {.name = "direction", .choices = kDirections},
                                      {.name = "address", .max_bytes = kMaxAddressTextBytes},
                                      {.name = "proxy", .kind = FieldKind::object, .members = kProxyFields},
                                      {.name = "certificate", .kind = FieldKind::lines, .max_bytes = kMaxCertificateTextBytes},
                                      {.name = "untested", .kind = FieldKind::boolean}};
constexpr Field kPrimaryFields[] = {{.name = "direction", .choices = kDirections},
                                    {.name = "address", .max_bytes = kMaxAddressTextBytes},
                                    {.name = "proxy", .kind = FieldKind::object, .members = kProxyFields},
                                    {.name = "certificate", .kind = FieldKind::lines, .max_bytes = kMaxCertificateTextBytes},
                                    {.name = "untested", .kind = FieldKind::boolean}};
constexpr Field kGroupFields[] = {{.name = "name"}, {.name = "parent", .max_bytes = kMaxPathBytes}};

bool names(const json::object& body, std::string_view field) { return body.if_contains(field) != nullptr; }

/// A name or a path is there or it is not mentioned: null would say that there is to be none.
Result<std::optional<std::string>> given_text(const json::object& body, std::string_view field) {
  const auto* value = body.if_contains(field);
  if (!value) return std::nullopt;
  if (value->is_null()) {
    return fail(Code::invalid_request, fmt::format("The field {} cannot be taken away.", field), "Leave it out, or give a new value.",
                std::string(field));
  }
  return text_of(body, field);
}

Result<server::DialEdit> dial_edit_of(const json::object& body, std::uint16_t default_port) {
  server::DialEdit edit;
  auto direction = given_text(body, "direction");
  if (!direction) return fail(std::move(direction.error()));
  if (*direction) edit.direction = hierarchy::direction_from_string(**direction);
  if (names(body, "address")) {
    auto address = endpoint_of(body, "address", default_port);
    if (!address) return fail(std::move(address.error()));
    edit.address = std::move(*address);
  }
  if (names(body, "proxy")) {
    auto proxy = proxy_of(body, "proxy");
    if (!proxy) return fail(std::move(proxy.error()));
    edit.proxy = std::move(*proxy);
  }
  auto certificate = certificate_of(body, "certificate");
  if (!certificate) return fail(std::move(certificate.error()));
  edit.certificate = std::move(*certificate);
  if (flag_of(body, "untested")) edit.test = server::DialEdit::Test::no;
  return edit;
}

net::Response edited(json::object body, std::int64_t revision) {
  auto response = json_answer(200, body);
  response.headers.add("etag", etag_of(revision));
  return response;
}

Error no_secondary() {
  return Error(Code::not_found, "There is no such secondary Administration Server here.", "List the secondaries of this server.");
}

awaitable<net::Response> edit_secondary(Context& context, Call call) {
  auto& secondaries = context.services.secondaries;
  const auto id = context.services.links.resolve(call.parameter("id"));
  if (!id) co_return problem(no_secondary());
  auto view = co_await secondaries.find(call.caller.actor, *id);
  if (!view) co_return problem(view.error());
  // A primary dials the link port; otherwise the address is the console's, kept for people to read.
  const auto direction = hierarchy::direction_from_string(text_of(call.body, "direction")).value_or(view->record.direction);
  auto dial = dial_edit_of(call.body, direction == Direction::primary_dials ? limits::kLinkPort : limits::kConsolePort);
  if (!dial) co_return problem(dial.error());
  auto name = given_text(call.body, "name");
  if (!name) co_return problem(name.error());
  auto group = given_text(call.body, "group");
  if (!group) co_return problem(group.error());
  server::EditSecondary edit{std::move(*name), std::move(*group), std::move(*dial), seen_of(call.request.headers)};
  auto changed = co_await secondaries.edit(call.caller.actor, *id, std::move(edit));
  if (!changed) co_return problem(changed.error());
  co_return edited(secondary_json(*changed), changed->record.revision);
}

awaitable<net::Response> edit_primary(Context& context, Call call) {
  auto dial = dial_edit_of(call.body, limits::kLinkPort);
  if (!dial) co_return problem(dial.error());
  server::EditPrimary edit{std::move(*dial), seen_of(call.request.headers)};
  auto changed = co_await context.services.primary.edit(call.caller.actor, std::move(edit));
  if (!changed) co_return problem(changed.error());
  co_return edited(primary_json(*changed), changed->record.revision);
}

Error no_group() { return Error(Code::not_found, "There is no such group.", "List the groups with GET /api/v1/groups."); }

awaitable<net::Response> edit_group(Context& context, Call call) {
  const auto id = GroupId::parse(call.parameter("id"));
  if (!id) co_return problem(no_group());
  auto name = given_text(call.body, "name");
  if (!name) co_return problem(name.error());
  auto parent = given_text(call.body, "parent");
  if (!parent) co_return problem(parent.error());
  server::EditGroup edit{std::move(*name), std::move(*parent), seen_of(call.request.headers)};
  auto changed = co_await context.services.groups.edit(call.caller.actor, *id, std::move(edit));
  if (!changed) co_return problem(changed.error());
  co_return edited(group_json(*changed), changed->group.revision);
}

constexpr Route kRoutes[] = {
    {.method = "PATCH",
     .pattern = "/api/v1/secondaries/{id}",
     .answer = edit_secondary,
     .needs = needs::on_group(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kSecondaryFields},
    {.method = "PATCH",
     .pattern = "/api/v1/primary",
     .answer = edit_primary,
     .needs = needs::on_server(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kPrimaryFields},
    {.method = "PATCH",
     .pattern = "/api/v1/groups/{id}",
     .answer = edit_group,
     .needs = needs::on_group(Right::edit_groups),
     .body = Body::json,
     .fields = kGroupFields},
};

}  // namespace

std::span<const Route> edits_routes() { return kRoutes; }

}  // namespace daikan::api
