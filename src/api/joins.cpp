// Joins as long operations: begun, watched, resumed, cancelled.
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr Field kCredentialFields[] = {{.name = "user"},
                                       {.name = "password", .max_bytes = limits::kMaxPasswordBytes},
                                       {.name = "token", .max_bytes = limits::kMaxPasswordBytes}};
constexpr Field kJoinFields[] = {
    {.name = "way", .choices = kDirections},
    {.name = "group", .max_bytes = kMaxPathBytes},
    {.name = "name"},
    {.name = "secondary_console", .presence = Presence::required, .max_bytes = kMaxAddressTextBytes},
    {.name = "fingerprint", .presence = Presence::required, .max_bytes = kMaxFingerprintBytes},
    {.name = "credentials", .kind = FieldKind::object, .presence = Presence::required, .members = kCredentialFields},
    {.name = "primary_address", .max_bytes = kMaxAddressTextBytes},
    {.name = "primary_proxy", .kind = FieldKind::object, .members = kProxyFields},
    {.name = "dmz_address", .max_bytes = kMaxAddressTextBytes},
    {.name = "dmz_proxy", .kind = FieldKind::object, .members = kProxyFields}};
constexpr Field kResumeFields[] = {
    {.name = "credentials", .kind = FieldKind::object, .presence = Presence::required, .members = kCredentialFields}};
constexpr std::string_view kListQuery[] = {"limit"};

Result<joining::Credentials> credentials_of(const json::object& body) {
  joining::Credentials credentials;
  if (const auto* object = object_of(body, "credentials")) {
    credentials.user = text_of(*object, "user");
    credentials.password = text_of(*object, "password");
    credentials.token = text_of(*object, "token");
  }
  const bool by_password = !credentials.user.empty() && !credentials.password.empty() && credentials.token.empty();
  const bool by_token = !credentials.token.empty() && credentials.user.empty() && credentials.password.empty();
  if (!by_password && !by_token) {
    return fail(Code::invalid_request, "The credentials are neither user and password nor an API token.", "Send one of both.",
                "credentials");
  }
  return credentials;
}

/// The addresses and proxies of `body` into `request`; the one that is dialled is mandatory.
Result<> add_addresses(joining::JoinRequest& request, const json::object& body) {
  auto primary_address = endpoint_of(body, "primary_address", limits::kLinkPort);
  if (!primary_address) return fail(std::move(primary_address.error()));
  auto primary_proxy = proxy_of(body, "primary_proxy");
  if (!primary_proxy) return fail(std::move(primary_proxy.error()));
  auto dmz_address = endpoint_of(body, "dmz_address", limits::kLinkPort);
  if (!dmz_address) return fail(std::move(dmz_address.error()));
  auto dmz_proxy = proxy_of(body, "dmz_proxy");
  if (!dmz_proxy) return fail(std::move(dmz_proxy.error()));
  const bool secondary_dials = request.way == joining::Way::secondary_dials;
  if (secondary_dials && !*primary_address) {
    return fail(Code::address_required, "The address under which the secondary reaches this server is missing.",
                "Fill in the address and port of this server's link port, as seen from the secondary.", "primary_address");
  }
  if (!secondary_dials && !*dmz_address) {
    return fail(Code::address_required, "The address under which this server reaches the secondary is missing.",
                "Fill in the address and port of the secondary's link port.", "dmz_address");
  }
  request.primary_address = std::move(*primary_address);
  request.primary_proxy = std::move(*primary_proxy);
  request.dmz_address = std::move(*dmz_address);
  request.dmz_proxy = std::move(*dmz_proxy);
  return {};
}

Result<joining::JoinRequest> join_request(const json::object& body) {
  joining::JoinRequest request;
  request.way =
      direction_of(body, "way") == hierarchy::Direction::primary_dials ? joining::Way::primary_dials : joining::Way::secondary_dials;
  request.group = text_of(body, "group");
  request.name = text_of(body, "name");
  auto console = endpoint_of(body, "secondary_console", limits::kConsolePort);
  if (!console) return fail(std::move(console.error()));
  request.secondary_console = std::move(**console);
  auto fingerprint = fingerprint_of(body, "fingerprint");
  if (!fingerprint) return fail(std::move(fingerprint.error()));
  request.fingerprint = std::move(*fingerprint);
  auto credentials = credentials_of(body);
  if (!credentials) return fail(std::move(credentials.error()));
  request.credentials = std::move(*credentials);
  if (auto added = add_addresses(request, body); !added) return fail(std::move(added.error()));
  return request;
}

net::Response accepted(const hierarchy::OperationRecord& record) {
  auto response = json_answer(202, operation_json(record));
  response.headers.add("location", "/api/v1/operations/" + record.id.str());
  return response;
}

Error no_operation() { return Error(Code::not_found, "There is no such operation.", "List them with GET /api/v1/operations."); }

awaitable<net::Response> begin_join(Context& context, Call call) {
  auto request = join_request(call.body);
  if (!request) co_return problem(request.error());
  auto record = co_await context.services.joins.begin(call.caller.actor, std::move(*request), std::move(call.once));
  if (!record) co_return problem(record.error());
  co_return accepted(*record);
}

awaitable<net::Response> list_operations(Context& context, Call call) {
  const auto limit = limit_of(call.target);
  if (!limit) co_return problem(limit.error());
  auto records = co_await context.services.joins.list(*limit);
  if (!records) co_return problem(records.error());
  json::array items;
  for (const auto& record : *records) items.push_back(operation_json(record));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> show_operation(Context& context, Call call) {
  const auto id = OperationId::parse(call.parameter("id"));
  if (!id) co_return problem(no_operation());
  auto record = co_await context.services.joins.find(*id);
  if (!record) co_return problem(record.error());
  co_return json_answer(200, operation_json(*record));
}

awaitable<net::Response> resume_operation(Context& context, Call call) {
  const auto id = OperationId::parse(call.parameter("id"));
  if (!id) co_return problem(no_operation());
  auto credentials = credentials_of(call.body);
  if (!credentials) co_return problem(credentials.error());
  auto record = co_await context.services.joins.resume(call.caller.actor, *id, std::move(*credentials));
  if (!record) co_return problem(record.error());
  co_return accepted(*record);
}

awaitable<net::Response> cancel_operation(Context& context, Call call) {
  const auto id = OperationId::parse(call.parameter("id"));
  if (!id) co_return problem(no_operation());
  auto record = co_await context.services.joins.cancel(call.caller.actor, *id);
  if (!record) co_return problem(record.error());
  co_return accepted(*record);
}

constexpr Route kRoutes[] = {
    {.method = "POST",
     .pattern = "/api/v1/joins",
     .answer = begin_join,
     .body = Body::json,
     .fields = kJoinFields,
     .repeat = Repeat::by_key,
     .recall = show_operation},
    {.method = "GET", .pattern = "/api/v1/operations", .answer = list_operations, .query = kListQuery},
    {.method = "GET", .pattern = "/api/v1/operations/{id}", .answer = show_operation},
    {.method = "POST",
     .pattern = "/api/v1/operations/{id}/resume",
     .answer = resume_operation,
     .body = Body::json,
     .fields = kResumeFields},
    {.method = "POST", .pattern = "/api/v1/operations/{id}/cancel", .answer = cancel_operation},
};

}  // namespace

std::span<const Route> joins_routes() { return kRoutes; }

}  // namespace daikan::api
