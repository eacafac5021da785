// Who did what.
#include "api/history_export.h"
#include "api/history_filters.h"
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kListQuery[] = {"before", "limit", "actor", "action", "object", "from", "until"};
constexpr std::string_view kExportQuery[] = {"format", "actor", "action", "object", "from", "until"};

awaitable<net::Response> list_audit(Context& context, Call call) {
  const auto limit = limit_of(call.target);
  if (!limit) co_return problem(limit.error());
  const auto before = number_of(call.target, "before", kNewest, {1, kNewest});
  if (!before) co_return problem(before.error());
  auto filter = audit_filter(call.target);
  if (!filter) co_return problem(filter.error());
  auto records = co_await context.services.history.audit_records({.after = 0, .before = *before, .limit = *limit}, std::move(*filter));
  if (!records) co_return problem(records.error());
  json::array items;
  for (const auto& record : *records) items.push_back(audit_json(record));
  json::value next = nullptr;
  if (records->size() == *limit) next = json::value(std::to_string(records->back().sequence));
  co_return json_answer(200, json::object{{"items", std::move(items)}, {"next_cursor", std::move(next)}});
}

awaitable<net::Response> export_audit(Context& context, Call call) {
  auto filter = audit_filter(call.target);
  if (!filter) co_return problem(filter.error());
  const auto format = export_format(call.target);
  if (!format) co_return problem(format.error());
  auto chain = co_await context.services.history.audit_chain();
  if (!chain) co_return problem(chain.error());
  co_return export_answer(context, make_audit_pages(context, std::move(*filter), chain->head.sequence),
                          {call.caller, *format, Right::read_audit});
}

json::object link_json(const hierarchy::AuditLink& link) { return {{"sequence", link.sequence}, {"hash", link.hash}}; }

awaitable<net::Response> show_chain(Context& context, Call) {
  auto chain = co_await context.services.history.audit_chain();
  if (!chain) co_return problem(chain.error());
  co_return json_answer(200, json::object{{"anchor", link_json(chain->anchor)}, {"head", link_json(chain->head)}});
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/audit", .answer = list_audit, .needs = needs::on_server(Right::read_audit), .query = kListQuery},
    {.method = "GET",
     .pattern = "/api/v1/audit/export",
     .answer = export_audit,
     .needs = needs::on_server(Right::read_audit),
     .query = kExportQuery},
    {.method = "GET", .pattern = "/api/v1/audit/chain", .answer = show_chain, .needs = needs::on_server(Right::read_audit)}};

}  // namespace

std::span<const Route> audit_routes() { return kRoutes; }

}  // namespace daikan::api
