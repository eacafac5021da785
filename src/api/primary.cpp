// This server's own primary.
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"
#include "server/primary_move.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kPrimaryMay[] = {"full", "read", "none"};
constexpr Field kSetFields[] = {
    {.name = "direction", .choices = kDirections},
    {.name = "address", .max_bytes = kMaxAddressTextBytes},
    {.name = "proxy", .kind = FieldKind::object, .members = kProxyFields},
    {.name = "certificate", .kind = FieldKind::lines, .presence = Presence::required, .max_bytes = kMaxCertificateTextBytes},
    {.name = "server_id", .max_bytes = kUuidBytes},
    {.name = "replace", .kind = FieldKind::boolean},
    {.name = "primary_may", .choices = kPrimaryMay}};
constexpr std::int64_t kLeastWait = 5;
constexpr std::int64_t kMostWait = 600;
constexpr std::int64_t kUsualWait = 60;
constexpr Field kMoveFields[] = {
    {.name = "direction", .choices = kDirections},
    {.name = "address", .max_bytes = kMaxAddressTextBytes},
    {.name = "proxy", .kind = FieldKind::object, .members = kProxyFields},
    {.name = "certificate", .kind = FieldKind::lines, .presence = Presence::required, .max_bytes = kMaxCertificateTextBytes},
    {.name = "server_id", .max_bytes = kUuidBytes},
    {.name = "primary_may", .choices = kPrimaryMay},
    {.name = "wait_seconds", .kind = FieldKind::integer, .least = kLeastWait, .most = kMostWait}};
constexpr Field kRightsFields[] = {{.name = "primary_may", .presence = Presence::required, .choices = kPrimaryMay}};

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
  request.may = hierarchy::primary_may_from_string(text_of(body, "primary_may"));
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

awaitable<net::Response> set_primary_rights(Context& context, Call call) {
  const auto may = hierarchy::primary_may_from_string(text_of(call.body, "primary_may")).value_or(hierarchy::PrimaryMay::none);
  auto view = co_await context.services.primary.set_may(call.caller.actor, may);
  if (!view) co_return problem(view.error());
  co_return primary_answer(*view);
}

awaitable<net::Response> clear_primary(Context& context, Call call) {
  const auto said = call.target.find_query("inherited").value_or("keep");
  if (said != "keep" && said != "remove") {
    co_return problem(
        Error(Code::invalid_request, "What becomes of what was inherited is either “keep” or “remove”.", "Send one of them.", "inherited"));
  }
  const auto inherited = said == "keep" ? server::Inherited::kept : server::Inherited::removed;
  auto cleared = co_await context.services.primary.clear(call.caller.actor, seen_of(call.request.headers), inherited);
  if (!cleared) co_return problem(cleared.error());
  co_return no_content();
}

json::object move_json(const hierarchy::PrimaryMove& move) {
  const auto& former = move.former;
  return {{"state", to_string(move.state)},
          {"by", move.by},
          {"from", json::object{{"name", text_or_null(former.name)},
                                {"address", former.address ? json::value(former.address->str()) : json::value(nullptr)},
                                {"fingerprint", former.certificate.fingerprint}}},
          {"to_fingerprint", move.to_fingerprint},
          {"began_at", to_rfc3339(move.began_at)},
          {"wait_seconds", move.wait.count()},
          {"ended_at", time_json(move.ended_at)},
          {"message", text_or_null(move.message)}};
}

awaitable<net::Response> begin_move(Context& context, Call call) {
  auto request = set_request(call.body);
  if (!request) co_return problem(request.error());
  const std::chrono::seconds wait(integer_of(call.body, "wait_seconds").value_or(kUsualWait));
  auto move = co_await context.services.primary.moves().begin(call.caller.actor, std::move(*request), wait);
  if (!move) co_return problem(move.error());
  co_return json_answer(202, move_json(*move));
}

awaitable<net::Response> show_move(Context& context, Call) {
  auto move = co_await context.services.primary.moves().find();
  if (!move) co_return problem(move.error());
  co_return json_answer(200, move_json(*move));
}

constexpr std::string_view kInherited[] = {"inherited"};
constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/primary", .answer = show_primary, .needs = needs::on_server(Right::read)},
    {.method = "PUT",
     .pattern = "/api/v1/primary",
     .answer = set_primary,
     .needs = needs::on_server(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kSetFields},
    {.method = "PUT",
     .pattern = "/api/v1/primary/rights",
     .answer = set_primary_rights,
     .needs = needs::on_server(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kRightsFields},
    {.method = "GET", .pattern = "/api/v1/primary/move", .answer = show_move, .needs = needs::on_server(Right::read)},
    {.method = "POST",
     .pattern = "/api/v1/primary/move",
     .answer = begin_move,
     .needs = needs::on_server(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kMoveFields},
    {.method = "DELETE",
     .pattern = "/api/v1/primary",
     .answer = clear_primary,
     .needs = needs::on_server(Right::configure_hierarchy),
     .query = kInherited},
};

}  // namespace

std::span<const Route> primary_routes() { return kRoutes; }

}  // namespace daikan::api
