// The secondaries of this server.
#include <algorithm>

#include <fmt/format.h>

#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/text.h"
#include "hierarchy/names.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr Field kAddFields[] = {{.name = "name"},
                                {.name = "group", .max_bytes = kMaxPathBytes},
                                {.name = "direction", .choices = kDirections},
                                {.name = "address", .max_bytes = kMaxAddressTextBytes},
                                {.name = "proxy", .kind = FieldKind::object, .members = kProxyFields},
                                {.name = "certificate", .kind = FieldKind::lines, .max_bytes = kMaxCertificateTextBytes},
                                {.name = "fingerprint", .max_bytes = kMaxFingerprintBytes},
                                {.name = "server_id", .max_bytes = kUuidBytes}};
constexpr std::string_view kListQuery[] = {"group", "state", "limit", "cursor"};
constexpr std::string_view kStates[] = {"never_connected", "connecting", "connected", "disconnected", "refused"};

Error no_secondary() {
  return Error(Code::not_found, "There is no such secondary Administration Server here.", "List the secondaries of this server.");
}

/// Where a page begins: behind this name and id. Names are compared without regard to ASCII case, as they are unique.
struct Position {
  std::string name;
  std::string id;
  friend auto operator<=>(const Position&, const Position&) = default;
};

Position position_of(const server::SecondaryView& view) {
  Position position{view.record.name, view.record.id.str()};
  for (auto& c : position.name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return position;
}

std::string cursor_of(const Position& position) {
  const auto text = position.id + position.name;
  return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::optional<Position> position_from(std::string_view cursor) {
  const auto bytes = from_hex(cursor);
  if (!bytes || bytes->size() < kUuidBytes) return std::nullopt;
  const std::string text(bytes->begin(), bytes->end());
  return Position{text.substr(kUuidBytes), text.substr(0, kUuidBytes)};
}

struct Page {
  std::optional<GroupId> group;
  std::optional<std::string> state;
  std::optional<Position> after;
  unsigned limit = limits::kDefaultPage;
};

Result<Page> page_of(const Target& target) {
  Page page;
  const auto limit = limit_of(target);
  if (!limit) return fail(limit.error());
  page.limit = *limit;
  if (const auto state = target.find_query("state")) {
    if (std::find(std::begin(kStates), std::end(kStates), *state) == std::end(kStates)) {
      return fail(Code::invalid_request, "“" + quotable(*state, 60) + "” is not a state of a link.",
                  "Ask for never_connected, connecting, connected, disconnected or refused.", "state");
    }
    page.state = *state;
  }
  if (const auto cursor = target.find_query("cursor")) {
    page.after = position_from(*cursor);
    if (!page.after) return fail(Code::invalid_request, "The cursor is not one of this list.", "Begin again without one.", "cursor");
  }
  return page;
}

awaitable<Result<GroupId>> group_at(server::Groups& groups, server::Actor actor, std::string path) {
  auto views = co_await groups.list(actor);
  if (!views) co_return fail(std::move(views.error()));
  // Not a tree of its own: groups that the caller may not see are missing.
  const auto wanted = hierarchy::folded(path);
  for (const auto& view : *views) {
    const auto full = hierarchy::folded(view.path);
    const auto below_root = full.substr(std::min(full.size(), full.find('/') + 1));
    const bool is_root = !view.group.parent;
    if (full == wanted || (is_root && wanted.empty()) || (!is_root && below_root == wanted)) co_return view.group.id;
  }
  co_return fail(Code::group_not_found, fmt::format("There is no group “{}” here.", quotable(path, 200)),
                 "List the groups and choose one of those.", "group");
}

bool belongs(const server::SecondaryView& view, const Page& page) {
  if (page.group && view.record.group != *page.group) return false;
  if (page.state && to_string(view.link.state) != *page.state) return false;
  return !page.after || *page.after < position_of(view);
}

awaitable<net::Response> list_secondaries(Context& context, Call call) {
  auto page = page_of(call.target);
  if (!page) co_return problem(page.error());
  if (const auto path = call.target.find_query("group")) {
    auto group = co_await group_at(context.services.groups, call.caller.actor, std::string(*path));
    if (!group && group.error().code == Code::group_not_found) co_return problem(group.error(), 404);
    if (!group) co_return problem(group.error());
    page->group = *group;
  }
  auto views = co_await context.services.secondaries.list(call.caller.actor);
  if (!views) co_return problem(views.error());
  std::erase_if(*views, [&](const server::SecondaryView& view) { return !belongs(view, *page); });
  std::sort(views->begin(), views->end(), [](const auto& a, const auto& b) { return position_of(a) < position_of(b); });
  json::value next = nullptr;
  if (views->size() > page->limit) {
    views->erase(views->begin() + page->limit, views->end());
    next = json::value(cursor_of(position_of(views->back())));
  }
  json::array items;
  for (const auto& view : *views) items.push_back(secondary_json(view));
  co_return json_answer(200, json::object{{"items", std::move(items)}, {"next_cursor", std::move(next)}});
}

Result<server::AddSecondary> add_request(const json::object& body) {
  server::AddSecondary request;
  request.name = text_of(body, "name");
  request.group = text_of(body, "group");
  request.direction = direction_of(body, "direction");
  // A primary dials the link port; otherwise the address is the console's, kept for people to read.
  const bool dials = request.direction == hierarchy::Direction::primary_dials;
  auto address = endpoint_of(body, "address", dials ? limits::kLinkPort : limits::kConsolePort);
  if (!address) return fail(std::move(address.error()));
  auto proxy = proxy_of(body, "proxy");
  if (!proxy) return fail(std::move(proxy.error()));
  auto certificate = certificate_of(body, "certificate");
  if (!certificate) return fail(std::move(certificate.error()));
  auto fingerprint = fingerprint_of(body, "fingerprint");
  if (!fingerprint) return fail(std::move(fingerprint.error()));
  auto server_id = server_id_of(body, "server_id");
  if (!server_id) return fail(std::move(server_id.error()));
  if (certificate->empty() && fingerprint->empty()) {
    return fail(Code::invalid_request, "Neither a certificate nor a fingerprint is given.",
                "Send the secondary's certificate, or the fingerprint of an unrecognised server.", "certificate");
  }
  request.address = std::move(*address);
  request.proxy = std::move(*proxy);
  request.certificate = std::move(*certificate);
  request.fingerprint = std::move(*fingerprint);
  request.server_id = *server_id;
  return request;
}

net::Response secondary_answer(int status, const server::SecondaryView& view) {
  auto response = json_answer(status, secondary_json(view));
  response.headers.add("etag", etag_of(view.record.revision));
  if (status == 201) response.headers.add("location", "/api/v1/secondaries/" + view.record.id.str());
  return response;
}

awaitable<net::Response> add_secondary(Context& context, Call call) {
  auto request = add_request(call.body);
  if (!request) co_return problem(request.error());
  request->once = std::move(call.once);
  auto view = co_await context.services.secondaries.add(call.caller.actor, std::move(*request));
  if (!view) co_return problem(view.error());
  co_return secondary_answer(view->added == server::SecondaryView::Added::made ? 201 : 200, *view);
}

awaitable<net::Response> show_secondary(Context& context, Call call) {
  const auto id = context.services.links.resolve(call.parameter("id"));
  if (!id) co_return problem(no_secondary());
  auto view = co_await context.services.secondaries.find(call.caller.actor, *id);
  if (!view) co_return problem(view.error());
  co_return secondary_answer(200, *view);
}

awaitable<net::Response> remove_secondary(Context& context, Call call) {
  const auto id = context.services.links.resolve(call.parameter("id"));
  if (!id) co_return problem(no_secondary());
  auto removed = co_await context.services.secondaries.remove(call.caller.actor, *id, seen_of(call.request.headers));
  if (!removed) co_return problem(removed.error());
  co_return no_content();
}

constexpr Route kRoutes[] = {
    {.method = "GET",
     .pattern = "/api/v1/secondaries",
     .answer = list_secondaries,
     .needs = needs::anywhere(Right::read),
     .query = kListQuery},
    {.method = "POST",
     .pattern = "/api/v1/secondaries",
     .answer = add_secondary,
     .needs = needs::on_group(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kAddFields,
     .repeat = Repeat::by_key,
     .recall = show_secondary},
    {.method = "GET", .pattern = "/api/v1/secondaries/{id}", .answer = show_secondary, .needs = needs::on_group(Right::read)},
    {.method = "DELETE",
     .pattern = "/api/v1/secondaries/{id}",
     .answer = remove_secondary,
     .needs = needs::on_group(Right::configure_hierarchy)},
};

}  // namespace

std::span<const Route> secondaries_routes() { return kRoutes; }

}  // namespace daikan::api
