// Policies, their revisions, applications, effective settings and previews.
#include "server/policies.h"

#include <charconv>

#include <fmt/format.h>

#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/limits_policies.h"
#include "base/text.h"
#include "server/policy_json.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using hierarchy::EffectiveSetting;
using hierarchy::Origin;
using hierarchy::PolicyId;
using server::PolicyText;
using server::PolicyView;

constexpr Field kEditFields[] = {{.name = "group", .max_bytes = kMaxPathBytes},  {.name = "name"},
                                 {.name = "active", .kind = FieldKind::boolean}, {.name = "inherit", .kind = FieldKind::boolean},
                                 {.name = "force", .kind = FieldKind::boolean},  {.name = "settings", .kind = FieldKind::members}};
constexpr Field kFields[] = {{.name = "application"},
                             {.name = "group", .max_bytes = kMaxPathBytes},
                             {.name = "name", .presence = Presence::required},
                             {.name = "active", .kind = FieldKind::boolean},
                             {.name = "inherit", .kind = FieldKind::boolean},
                             {.name = "force", .kind = FieldKind::boolean},
                             {.name = "settings", .kind = FieldKind::members}};
constexpr Field kPreviewFields[] = {{.name = "policy_id", .max_bytes = kUuidBytes},
                                    {.name = "remove", .kind = FieldKind::boolean},
                                    {.name = "application"},
                                    {.name = "group", .max_bytes = kMaxPathBytes},
                                    {.name = "name"},
                                    {.name = "active", .kind = FieldKind::boolean},
                                    {.name = "inherit", .kind = FieldKind::boolean},
                                    {.name = "force", .kind = FieldKind::boolean},
                                    {.name = "settings", .kind = FieldKind::members}};
constexpr Field kWantedFields[] = {{.name = "application"},
                                   {.name = "group", .max_bytes = kMaxPathBytes},
                                   {.name = "name", .presence = Presence::required},
                                   {.name = "active", .kind = FieldKind::boolean},
                                   {.name = "inherit", .kind = FieldKind::boolean},
                                   {.name = "force", .kind = FieldKind::boolean},
                                   {.name = "settings", .kind = FieldKind::members},
                                   {.name = "revision", .kind = FieldKind::integer}};
constexpr Field kApplyFields[] = {{.name = "policies",
                                   .kind = FieldKind::objects,
                                   .presence = Presence::required,
                                   .most = limits::kMaxPolicies,
                                   .members = kWantedFields}};
constexpr Field kLocalFields[] = {{.name = "settings", .kind = FieldKind::members, .presence = Presence::required}};

Error no_policy() { return Error(Code::not_found, "There is no such policy.", "List them with GET /api/v1/policies."); }

bool is_given(const json::object& body, std::string_view name) {
  const auto* value = body.if_contains(name);
  return value != nullptr && !value->is_null();
}

Result<PolicyText> text_from(const json::object& body) {
  const auto text = [&](std::string_view name) { return is_given(body, name) ? std::optional(text_of(body, name)) : std::nullopt; };
  const auto flag = [&](std::string_view name) { return is_given(body, name) ? std::optional(flag_of(body, name)) : std::nullopt; };
  PolicyText read{text("application"), text("group"), text("name"), flag("active"), flag("inherit"), flag("force"), std::nullopt};
  const auto* settings = object_of(body, "settings");
  if (!settings) return read;
  auto said = server::settings_from_json(*settings);
  if (!said) return fail(std::move(said.error()));
  read.settings = std::move(*said);
  return read;
}

json::value source_json(const hierarchy::PolicySource& source) {
  return json::object{{"policy_id", source.policy.str()},
                      {"policy", source.policy_name},
                      {"group", source.group},
                      {"server_id", source.server.str()},
                      {"server", source.server_name}};
}

json::object origin_json(const Origin& origin) {
  constexpr std::string_view kKinds[] = {"default", "local", "policy"};
  return {{"kind", kKinds[static_cast<std::size_t>(origin.kind)]},
          {"source", origin.kind == Origin::Kind::policy ? source_json(origin.source) : json::value(nullptr)}};
}

json::object effective_json(const EffectiveSetting& setting) {
  constexpr std::string_view kWhys[] = {"below", "locked", "not_inherited"};
  json::array merged;
  for (const auto& each : setting.merged) merged.push_back(origin_json(each));
  json::array overrode;
  for (const auto& each : setting.overrode) {
    overrode.push_back(json::object{
        {"value", server::value_json(each.value)}, {"from", origin_json(each.from)}, {"why", kWhys[static_cast<std::size_t>(each.why)]}});
  }
  return {{"path", setting.path},        {"value", server::value_json(setting.value)},
          {"locked", setting.locked},    {"from", origin_json(setting.from)},
          {"merged", std::move(merged)}, {"overrode", std::move(overrode)}};
}

json::object policy_json(const PolicyView& view) {
  const auto& policy = view.policy;
  return {{"id", policy.id.str()},
          {"application", policy.application},
          {"group_id", view.inherited ? json::value(nullptr) : json::value(policy.group.str())},
          {"group", view.group_path},
          {"name", policy.name},
          {"active", policy.active},
          {"inherit", policy.inherit},
          {"force", policy.force},
          {"settings", server::settings_json(policy.settings)},
          {"inherited_from", view.inherited ? source_json(*view.inherited) : json::value(nullptr)},
          {"changed_at", view.inherited ? json::value(nullptr) : json::value(to_rfc3339(policy.changed_at))},
          {"changed_by", text_or_null(policy.changed_by)},
          {"deactivated", view.deactivated
                              ? json::value(json::object{{"id", view.deactivated->first.str()}, {"name", view.deactivated->second}})
                              : json::value(nullptr)},
          {"revision", policy.revision}};
}

net::Response policy_answer(int status, const PolicyView& view) {
  auto response = json_answer(status, policy_json(view));
  response.headers.add("etag", etag_of(view.policy.revision));
  if (status == 201) response.headers.add("location", "/api/v1/policies/" + view.policy.id.str());
  return response;
}

net::Response effective_answer(const server::EffectiveView& view) {
  json::array settings;
  for (const auto& each : view.effective.settings) settings.push_back(effective_json(each));
  json::array unusable;
  for (const auto& each : view.effective.unusable) {
    unusable.push_back(json::object{{"path", each.path}, {"source", source_json(each.source)}, {"reason", each.reason}});
  }
  return json_answer(200, json::object{{"application", view.application->name},
                                       {"group", view.group_path},
                                       {"items", std::move(settings)},
                                       {"unusable", std::move(unusable)}});
}

awaitable<net::Response> list_applications(Context&, Call) {
  json::array items;
  for (const auto& each : hierarchy::applications()) {
    items.push_back(json::object{{"name", each.name}, {"title", each.title}, {"description", each.description}, {"version", each.version}});
  }
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> show_application(Context&, Call call) {
  const auto* found = hierarchy::find_application(call.parameter("name"));
  if (!found) co_return problem(Error(Code::not_found, "There is no such application.", "List them with GET /api/v1/applications."));
  co_return json_answer(200, json::object{{"name", found->name},
                                          {"title", found->title},
                                          {"description", found->description},
                                          {"version", found->version},
                                          {"schema", server::schema_json(*found)}});
}

awaitable<net::Response> list_policies(Context& context, Call call) {
  auto views = co_await context.services.policies.list(call.caller.actor);
  if (!views) co_return problem(views.error());
  json::array items;
  for (const auto& view : *views) items.push_back(policy_json(view));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> create_policy(Context& context, Call call) {
  auto text = text_from(call.body);
  if (!text) co_return problem(text.error());
  auto view = co_await context.services.policies.add(call.caller.actor, std::move(*text), std::move(call.once));
  if (!view) co_return problem(view.error());
  co_return policy_answer(201, *view);
}

awaitable<net::Response> apply_policies(Context& context, Call call) {
  std::vector<server::WantedPolicy> wanted;
  for (const auto& each : objects_of(call.body, "policies")) {
    auto text = text_from(each);
    if (!text) {
      text.error().field = fmt::format("policies.{}.{}", wanted.size(), text.error().field);
      co_return problem(text.error());
    }
    wanted.push_back({.text = std::move(*text), .seen = integer_of(each, "revision")});
  }
  auto applied = co_await context.services.policies.apply(call.caller.actor, std::move(wanted));
  if (!applied) co_return problem(applied.error());
  constexpr std::string_view kChanges[] = {"none", "made", "edited"};
  json::array items;
  for (const auto& each : *applied) {
    items.push_back(json::object{{"change", kChanges[static_cast<std::size_t>(each.change)]}, {"policy", policy_json(each.view)}});
  }
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> show_policy(Context& context, Call call) {
  const auto id = PolicyId::parse(call.parameter("id"));
  if (!id) co_return problem(no_policy());
  auto view = co_await context.services.policies.find(call.caller.actor, *id);
  if (!view) co_return problem(view.error());
  co_return policy_answer(200, *view);
}

awaitable<net::Response> edit_policy(Context& context, Call call) {
  const auto id = PolicyId::parse(call.parameter("id"));
  if (!id) co_return problem(no_policy());
  auto text = text_from(call.body);
  if (!text) co_return problem(text.error());
  auto view = co_await context.services.policies.edit(call.caller.actor, *id, std::move(*text), seen_of(call.request.headers));
  if (!view) co_return problem(view.error());
  co_return policy_answer(200, *view);
}

awaitable<net::Response> remove_policy(Context& context, Call call) {
  const auto id = PolicyId::parse(call.parameter("id"));
  if (!id) co_return problem(no_policy());
  auto removed = co_await context.services.policies.remove(call.caller.actor, *id, seen_of(call.request.headers));
  if (!removed) co_return problem(removed.error());
  co_return no_content();
}

awaitable<net::Response> list_revisions(Context& context, Call call) {
  const auto id = PolicyId::parse(call.parameter("id"));
  if (!id) co_return problem(no_policy());
  auto revisions = co_await context.services.policies.revisions(call.caller.actor, *id);
  if (!revisions) co_return problem(revisions.error());
  json::array items;
  for (const auto& each : *revisions) {
    items.push_back(json::object{{"revision", each.revision},
                                 {"at", to_rfc3339(each.at)},
                                 {"author", each.author},
                                 {"name", each.name},
                                 {"group", each.group},
                                 {"active", each.active},
                                 {"inherit", each.inherit},
                                 {"force", each.force},
                                 {"settings", server::settings_json(each.settings)}});
  }
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> restore_revision(Context& context, Call call) {
  const auto id = PolicyId::parse(call.parameter("id"));
  const auto text = call.parameter("revision");
  std::int64_t revision = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), revision);
  if (!id || ec != std::errc{} || end != text.data() + text.size()) co_return problem(no_policy());
  auto view = co_await context.services.policies.restore(call.caller.actor, *id, revision, seen_of(call.request.headers));
  if (!view) co_return problem(view.error());
  co_return policy_answer(200, *view);
}

json::object place_json(const server::PolicyPreview::Place& place) {
  json::array changes;
  for (const auto& each : place.changes) {
    changes.push_back(
        json::object{{"path", each.after.path}, {"before", effective_json(each.before)}, {"after", effective_json(each.after)}});
  }
  json::array secondaries;
  for (const auto& [id, name] : place.secondaries) secondaries.push_back(json::object{{"id", id.str()}, {"name", name}});
  return {{"kind", place.group ? "group" : "server"},
          {"group_id", place.group ? json::value(place.group->str()) : json::value(nullptr)},
          {"name", place.name},
          {"changes", std::move(changes)},
          {"secondaries", std::move(secondaries)}};
}

awaitable<net::Response> preview_policy(Context& context, Call call) {
  std::optional<PolicyId> id;
  if (is_given(call.body, "policy_id")) {
    id = PolicyId::parse(text_of(call.body, "policy_id"));
    if (!id) co_return problem(no_policy());
  }
  auto text = text_from(call.body);
  if (!text) co_return problem(text.error());
  const bool remove = flag_of(call.body, "remove");
  if (remove && !id) co_return problem(Error(Code::invalid_request, "What is to be removed is not named.", "Send policy_id.", "policy_id"));
  auto wish = remove ? std::optional<PolicyText>() : std::optional(std::move(*text));
  auto preview = co_await context.services.policies.preview(call.caller.actor, id, std::move(wish));
  if (!preview) co_return problem(preview.error());
  json::array places;
  for (const auto& each : preview->places) places.push_back(place_json(each));
  co_return json_answer(200, json::object{{"items", std::move(places)}, {"left_out", preview->left_out}});
}

std::string application_of(const Call& call) {
  return std::string(call.target.find_query("application").value_or(hierarchy::kServerApplication));
}

awaitable<net::Response> group_settings(Context& context, Call call) {
  const auto id = GroupId::parse(call.parameter("id"));
  if (!id) co_return problem(Error(Code::not_found, "There is no such group.", "List the groups with GET /api/v1/groups."));
  auto view = co_await context.services.policies.effective(call.caller.actor, application_of(call), id);
  if (!view)
    co_return problem(view.error().code == Code::group_not_found ? Error(Code::not_found, view.error().message, view.error().remedy)
                                                                 : view.error());
  co_return effective_answer(*view);
}

awaitable<net::Response> server_settings(Context& context, Call call) {
  auto view = co_await context.services.policies.effective(call.caller.actor, application_of(call), std::nullopt);
  if (!view) co_return problem(view.error());
  co_return effective_answer(*view);
}

awaitable<net::Response> set_local(Context& context, Call call) {
  server::Policies::LocalEdits edits;
  const auto* settings = object_of(call.body, "settings");
  for (const auto& member : settings ? *settings : json::object{}) {
    const std::string path(member.key());
    if (!hierarchy::server_application().find(path)) {
      co_return problem(Error(Code::invalid_request,
                              fmt::format("The server has no setting “{}”.", quotable(path, limits::kMaxSettingPathBytes)),
                              "Look at GET /api/v1/server/effective_settings.", "settings"));
    }
    if (member.value().is_null()) {
      edits.emplace_back(path, std::nullopt);
      continue;
    }
    auto value = server::value_from_json(path, member.value());
    if (!value) co_return problem(value.error());
    edits.emplace_back(path, std::move(*value));
  }
  auto view = co_await context.services.policies.set_local(call.caller.actor, std::move(edits));
  if (!view) co_return problem(view.error());
  co_return effective_answer(*view);
}

constexpr std::string_view kApplication[] = {"application"};
constexpr Needs kSee = needs::anywhere(Right::read);
constexpr Needs kChange = needs::on_group(Right::edit_policies);
constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/applications", .answer = list_applications, .needs = kSee},
    {.method = "GET", .pattern = "/api/v1/applications/{name}", .answer = show_application, .needs = kSee},
    {.method = "GET", .pattern = "/api/v1/policies", .answer = list_policies, .needs = kSee},
    {.method = "POST",
     .pattern = "/api/v1/policies",
     .answer = create_policy,
     .needs = kChange,
     .body = Body::json,
     .fields = kFields,
     .repeat = Repeat::by_key,
     .recall = show_policy},
    {.method = "POST",
     .pattern = "/api/v1/policies/apply",
     .answer = apply_policies,
     .needs = kChange,
     .body = Body::json,
     .fields = kApplyFields},
    {.method = "POST",
     .pattern = "/api/v1/policies/preview",
     .answer = preview_policy,
     .needs = kChange,
     .body = Body::json,
     .fields = kPreviewFields},
    {.method = "GET", .pattern = "/api/v1/policies/{id}", .answer = show_policy, .needs = needs::on_group(Right::read)},
    {.method = "PATCH",
     .pattern = "/api/v1/policies/{id}",
     .answer = edit_policy,
     .needs = kChange,
     .body = Body::json,
     .fields = kEditFields},
    {.method = "DELETE", .pattern = "/api/v1/policies/{id}", .answer = remove_policy, .needs = kChange},
    {.method = "GET", .pattern = "/api/v1/policies/{id}/revisions", .answer = list_revisions, .needs = needs::on_group(Right::read)},
    {.method = "POST", .pattern = "/api/v1/policies/{id}/revisions/{revision}/restore", .answer = restore_revision, .needs = kChange},
    {.method = "GET",
     .pattern = "/api/v1/groups/{id}/effective_settings",
     .answer = group_settings,
     .needs = needs::on_group(Right::read),
     .query = kApplication},
    {.method = "GET",
     .pattern = "/api/v1/server/effective_settings",
     .answer = server_settings,
     .needs = needs::on_server(Right::read),
     .query = kApplication},
    {.method = "PATCH",
     .pattern = "/api/v1/server/settings",
     .answer = set_local,
     .needs = needs::on_server(Right::manage_server),
     .body = Body::json,
     .fields = kLocalFields},
};

}  // namespace

std::span<const Route> policies_routes() { return kRoutes; }

}  // namespace daikan::api
