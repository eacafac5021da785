// The register of devices.
#include "api/devices.h"

#include "api/requests.h"
#include "api/views.h"
#include "base/limits_devices.h"
#include "base/text.h"
#include "server/devices.h"
#include "store/tables_devices.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using hierarchy::DeviceRow;
using hierarchy::DeviceStatus;
using server::DeviceView;

constexpr std::string_view kStatuses[] = {"ok", "warning", "critical", "unknown"};
constexpr Field kRowFields[] = {{.name = "name", .presence = Presence::required},
                                {.name = "group", .max_bytes = kMaxPathBytes},
                                {.name = "status", .presence = Presence::required, .choices = kStatuses},
                                {.name = "reason", .max_bytes = limits::kMaxDeviceReasonBytes}};
constexpr Field kFields[] = {{.name = "devices",
                              .kind = FieldKind::objects,
                              .presence = Presence::required,
                              .most = limits::kMaxDevicesAtOnce,
                              .members = kRowFields}};
constexpr std::string_view kListQuery[] = {"group", "status", "text", "name", "limit", "cursor"};
constexpr std::string_view kCountQuery[] = {"group"};

Error no_device() { return Error(Code::not_found, "There is no such device.", "List them with GET /api/v1/devices."); }

json::object device_json(const DeviceView& view) {
  const auto& device = view.device;
  return {{"id", device.id.str()},
          {"name", device.name},
          {"group", view.group_path},
          {"group_id", device.group.str()},
          {"status", to_string(device.status)},
          {"reason", text_or_null(device.reason)},
          {"told_at", to_rfc3339(device.told_at)}};
}

Result<std::optional<std::string>> group_of(const Target& target) {
  const auto path = target.find_query("group");
  if (!path) return std::optional<std::string>();
  if (path->size() > kMaxPathBytes) {
    return fail(Code::invalid_request, "The path in group is too long.", "Give the path of a group, as in GET /api/v1/groups.", "group");
  }
  return std::optional(std::string(*path));
}

Result<server::DeviceQuery> query_of(const Target& target) {
  server::DeviceQuery query;
  auto group = group_of(target);
  if (!group) return fail(std::move(group.error()));
  query.group = std::move(*group);
  if (const auto status = target.find_query("status")) {
    query.status = hierarchy::device_status_from_string(*status);
    if (!query.status) {
      return fail(Code::invalid_request, "“" + quotable(*status, 60) + "” is no status of a device.",
                  "Give ok, warning, critical or unknown.", "status");
    }
  }
  for (const auto& [name, into] : {std::pair("text", &query.begins), std::pair("name", &query.name)}) {
    auto text = filter_text_of(target, name);
    if (!text) return fail(std::move(text.error()));
    *into = std::move(*text);
  }
  const auto limit = limit_of(target);
  if (!limit) return fail(limit.error());
  query.limit = *limit;
  query.after = target.find_query("cursor").value_or("");
  const auto bytes = from_hex(query.after);
  if (!bytes || bytes->size() > limits::kMaxNameBytes || to_hex(*bytes) != query.after) {
    return fail(Code::invalid_request, "The cursor is not one of this list.", "Give next_cursor of the page before, or none.", "cursor");
  }
  return query;
}

awaitable<net::Response> list_devices(Context& context, Call call) {
  auto query = query_of(call.target);
  if (!query) co_return problem(query.error());
  const auto limit = query->limit;
  auto views = co_await server::list_devices(context.services.storage, call.caller.actor, std::move(*query));
  if (!views) co_return problem(views.error());
  json::array items;
  for (const auto& view : *views) items.push_back(device_json(view));
  json::value next = nullptr;
  if (views->size() == limit) next = json::value(store::device_key(views->back().device.name));
  co_return json_answer(200, json::object{{"items", std::move(items)}, {"next_cursor", std::move(next)}});
}

awaitable<net::Response> put_devices(Context& context, Call call) {
  std::vector<DeviceRow> rows;
  for (const auto& each : objects_of(call.body, "devices")) {
    DeviceRow row;
    row.name = text_of(each, "name");
    if (auto group = text_of(each, "group"); !group.empty()) row.group = std::move(group);
    row.status = *hierarchy::device_status_from_string(text_of(each, "status"));
    row.reason = text_of(each, "reason");
    rows.push_back(std::move(row));
  }
  auto& services = context.services;
  const auto imported = co_await server::import_devices(services.storage, services.history, call.caller.actor, std::move(rows));
  if (!imported) co_return problem(imported.error());
  co_return json_answer(200, json::object{{"added", imported->added}, {"changed", imported->changed}, {"unchanged", imported->unchanged}});
}

awaitable<net::Response> remove_device(Context& context, Call call) {
  const auto id = hierarchy::DeviceId::parse(call.parameter("id"));
  if (!id) co_return problem(no_device());
  const auto removed = co_await server::remove_device(context.services.storage, context.services.history, call.caller.actor, *id);
  if (!removed) co_return problem(removed.error());
  co_return no_content();
}

awaitable<net::Response> count_devices(Context& context, Call call) {
  auto group = group_of(call.target);
  if (!group) co_return problem(group.error());
  const auto counts = co_await server::count_devices(context.services.storage, call.caller.actor, std::move(*group));
  if (!counts) co_return problem(counts.error());
  co_return json_answer(200, device_counts_json(*counts));
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/devices", .answer = list_devices, .needs = needs::anywhere(Right::read), .query = kListQuery},
    {.method = "PUT",
     .pattern = "/api/v1/devices",
     .answer = put_devices,
     .needs = needs::on_group(Right::edit_groups),
     .body = Body::json,
     .fields = kFields},
    {.method = "DELETE", .pattern = "/api/v1/devices/{id}", .answer = remove_device, .needs = needs::on_group(Right::edit_groups)},
    {.method = "GET",
     .pattern = "/api/v1/device_counts",
     .answer = count_devices,
     .needs = needs::anywhere(Right::read),
     .query = kCountQuery},
};

}  // namespace

std::span<const Route> devices_routes() { return kRoutes; }

json::object device_counts_json(const hierarchy::DeviceCounts& counts) {
  json::object shown;
  for (const auto status : hierarchy::kDeviceStatuses) shown[to_string(status)] = counts.at(status);
  shown["total"] = counts.total();
  shown["told_at"] = time_json(counts.told_at);
  return shown;
}

}  // namespace daikan::api
