// This server's own primary.
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr Field kSetFields[] = {
    {.name = "direction", .choices = kDirections},
    {.name = "address", .max_bytes = kMaxAddressTextBytes},
    {.name = "proxy", .kind = FieldKind::object, .members = kProxyFields},
    {.name = "certificate", .kind = FieldKind::lines, .presence = Presence::required, .max_bytes = kMaxCertificateTextBytes},
    {.name = "server_id", .max_bytes = kUuidBytes},
    {.name = "replace", .kind = FieldKind::boolean}};

Result<server::SetPrimary> set_request(const json::object& body) {
  server::SetPrimary request;
  request.direction = direction_of(body, "direction");
  auto address = endpoint_of(body, "address", limits::kLinkPort);
  if (!address) return fail(std::move(address.error()));
  auto proxy = proxy_of(body, "proxy");
  if (!proxy) return fail(std::move(proxy.error()));
  auto certificate = certificate_of(body, "certificate");
  if (!certificate) return fail(std::move(certificate.error()));
  auto server_id = server_id_of(body, "server_id");
  if (!server_id) return fail(std::move(server_id.error()));
  request.address = std::move(*address);
  request.proxy = std::move(*proxy);
  request.certificate = std::move(*certificate);
  request.server_id = *server_id;
  if (flag_of(body, "replace")) request.if_set = server::SetPrimary::IfSet::replace;
  return request;
}

net::Response primary_answer(const server::PrimaryView& view) {
  auto response = json_answer(200, primary_json(view));
  response.headers.add("etag", etag_of(view.record.revision));
  return response;
}

awaitable<net::Response> show_primary(Context& context, Call) {
  auto view = co_await context.services.primary.find();
  if (!view) co_return problem(view.error());
  if (!*view) co_return json_answer(200, json::object{{"configured", false}});
  co_return primary_answer(**view);
}

awaitable<net::Response> set_primary(Context& context, Call call) {
  auto request = set_request(call.body);
  if (!request) co_return problem(request.error());
  request->seen = seen_of(call.request.headers);
  auto view = co_await context.services.primary.set(call.caller.actor, std::move(*request));
  if (!view) co_return problem(view.error());
  co_return primary_answer(*view);
}

awaitable<net::Response> clear_primary(Context& context, Call call) {
  auto cleared = co_await context.services.primary.clear(call.caller.actor, seen_of(call.request.headers));
  if (!cleared) co_return problem(cleared.error());
  co_return no_content();
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/primary", .answer = show_primary},
    {.method = "PUT", .pattern = "/api/v1/primary", .answer = set_primary, .body = Body::json, .fields = kSetFields},
    {.method = "DELETE", .pattern = "/api/v1/primary", .answer = clear_primary},
};

}  // namespace

std::span<const Route> primary_routes() { return kRoutes; }

}  // namespace daikan::api
