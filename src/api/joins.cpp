// Joins as long operations: begun, watched, resumed, cancelled.
#include "api/join_body.h"
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kListQuery[] = {"limit"};

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
  auto records = co_await context.services.joins.list(call.caller.actor, *limit);
  if (!records) co_return problem(records.error());
  json::array items;
  for (const auto& record : *records) items.push_back(operation_json(record));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> show_operation(Context& context, Call call) {
  const auto id = OperationId::parse(call.parameter("id"));
  if (!id) co_return problem(no_operation());
  auto record = co_await context.services.joins.find(call.caller.actor, *id);
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
     .needs = needs::on_group(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kJoinFields,
     .repeat = Repeat::by_key,
     .recall = show_operation},
    {.method = "GET",
     .pattern = "/api/v1/operations",
     .answer = list_operations,
     .needs = needs::anywhere(Right::read),
     .query = kListQuery},
    {.method = "GET", .pattern = "/api/v1/operations/{id}", .answer = show_operation, .needs = needs::anywhere(Right::read)},
    {.method = "POST",
     .pattern = "/api/v1/operations/{id}/resume",
     .answer = resume_operation,
     .needs = needs::anywhere(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kResumeFields},
    {.method = "POST",
     .pattern = "/api/v1/operations/{id}/cancel",
     .answer = cancel_operation,
     .needs = needs::anywhere(Right::configure_hierarchy)},
};

}  // namespace

std::span<const Route> joins_routes() { return kRoutes; }

}  // namespace daikan::api
