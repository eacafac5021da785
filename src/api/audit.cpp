// Who did what.
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kListQuery[] = {"before", "limit"};

awaitable<net::Response> list_audit(Context& context, Call call) {
  const auto limit = limit_of(call.target);
  if (!limit) co_return problem(limit.error());
  const auto before = number_of(call.target, "before", kNewest, {1, kNewest});
  if (!before) co_return problem(before.error());
  auto records = co_await context.services.history.audit_records({.after = 0, .before = *before, .limit = *limit});
  if (!records) co_return problem(records.error());
  json::array items;
  for (const auto& record : *records) items.push_back(audit_json(record));
  json::value next = nullptr;
  if (records->size() == *limit) next = json::value(std::to_string(records->back().sequence));
  co_return json_answer(200, json::object{{"items", std::move(items)}, {"next_cursor", std::move(next)}});
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/audit", .answer = list_audit, .needs = needs::on_server(Right::read_audit), .query = kListQuery}};

}  // namespace

std::span<const Route> audit_routes() { return kRoutes; }

}  // namespace daikan::api
