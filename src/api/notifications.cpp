// Notification destinations: where events are told to.
#include "server/notifications.h"

#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/limits.h"
#include "base/limits_notifications.h"
#include "net/http_post.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using hierarchy::Destination;
using hierarchy::DestinationId;
using hierarchy::DestinationKind;
using hierarchy::Transport;

constexpr std::uint16_t kSubmissionPort = 587;  // RFC 6409
constexpr std::uint16_t kMailTlsPort = 465;     // RFC 8314
constexpr std::uint16_t kMailPort = 25;
constexpr std::uint16_t kSyslogPort = 514;      // RFC 5426
constexpr std::uint16_t kSyslogTlsPort = 6514;  // RFC 5425

constexpr std::string_view kKinds[] = {"email", "webhook", "syslog"};
constexpr std::string_view kTransports[] = {"plain", "starttls", "tls", "udp"};
constexpr std::string_view kSeverities[] = {"info", "warning", "error", "critical"};
constexpr Field kFields[] = {{.name = "name", .presence = Presence::required},
                             {.name = "kind", .presence = Presence::required, .choices = kKinds},
                             {.name = "address", .presence = Presence::required, .max_bytes = limits::kMaxWebhookUrlBytes},
                             {.name = "transport", .choices = kTransports},
                             {.name = "fingerprint", .max_bytes = kMaxFingerprintBytes},
                             {.name = "user", .max_bytes = limits::kMaxAddressBytes},
                             {.name = "secret", .max_bytes = limits::kMaxPasswordBytes},
                             {.name = "sender", .max_bytes = limits::kMaxAddressBytes + 1},
                             {.name = "recipients", .max_bytes = limits::kMaxMailRecipients * (limits::kMaxAddressBytes + 2)},
                             {.name = "severity", .choices = kSeverities},
                             {.name = "kinds", .max_bytes = limits::kMaxRuleKinds * (limits::kMaxEventKindBytes + 1)}};

Error no_destination() {
  return Error(Code::not_found, "There is no such notification destination.", "List them with GET /api/v1/notifications.");
}

std::vector<std::string> words_of(const json::object& body, std::string_view name) {
  std::istringstream in(text_of(body, name));
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(std::move(word));
  return words;
}

std::uint16_t usual_port(DestinationKind kind, Transport transport) {
  if (kind == DestinationKind::syslog) return transport == Transport::tls ? kSyslogTlsPort : kSyslogPort;
  if (transport == Transport::starttls) return kSubmissionPort;
  return transport == Transport::tls ? kMailTlsPort : kMailPort;
}

/// A webhook's address is a URL that says the transport; the others have host and port.
Result<> take_address(const json::object& body, Destination& destination) {
  const auto address = text_of(body, "address");
  const auto named = hierarchy::transport_from_string(text_of(body, "transport"));
  if (destination.kind != DestinationKind::webhook) {
    destination.transport = named.value_or(destination.kind == DestinationKind::email ? Transport::starttls : Transport::tls);
    auto endpoint = parse_endpoint(address, usual_port(destination.kind, destination.transport));
    if (!endpoint) return fail(std::move(endpoint.error()));
    destination.endpoint = std::move(*endpoint);
    return {};
  }
  if (named) return fail(Code::invalid_request, "The address of a webhook says its transport.", "Leave transport out.", "transport");
  auto target = net::parse_web_target(address, "address");
  if (!target) return fail(std::move(target.error()));
  destination.transport = target->scheme == net::WebTarget::Scheme::https ? Transport::tls : Transport::plain;
  destination.endpoint = std::move(target->endpoint);
  destination.path = std::move(target->path);
  return {};
}

Result<Destination> destination_of(const json::object& body) {
  Destination destination;
  destination.name = text_of(body, "name");
  destination.kind = hierarchy::destination_kind_from_string(text_of(body, "kind")).value_or(DestinationKind::email);
  if (auto taken = take_address(body, destination); !taken) return fail(std::move(taken.error()));
  auto fingerprint = fingerprint_of(body, "fingerprint");
  if (!fingerprint) return fail(std::move(fingerprint.error()));
  destination.fingerprint = std::move(*fingerprint);
  destination.user = text_of(body, "user");
  destination.secret = text_of(body, "secret");
  destination.sender = text_of(body, "sender");
  destination.recipients = words_of(body, "recipients");
  destination.least = hierarchy::severity_from_string(text_of(body, "severity")).value_or(hierarchy::Severity::warning);
  destination.kinds = words_of(body, "kinds");
  return destination;
}

std::string address_of(const Destination& destination) {
  if (destination.kind != DestinationKind::webhook) return destination.endpoint.str();
  net::WebTarget target;
  target.endpoint = destination.endpoint;
  target.scheme = destination.transport == Transport::tls ? net::WebTarget::Scheme::https : net::WebTarget::Scheme::http;
  target.path = destination.path;
  return target.str();
}

json::object destination_json(const Destination& destination) {
  return {{"id", destination.id.str()},
          {"name", destination.name},
          {"kind", to_string(destination.kind)},
          {"address", address_of(destination)},
          {"transport", to_string(destination.transport)},
          {"fingerprint", text_or_null(destination.fingerprint)},
          {"user", text_or_null(destination.user)},
          {"has_secret", !destination.secret.empty()},
          {"sender", text_or_null(destination.sender)},
          {"recipients", fmt::format("{}", fmt::join(destination.recipients, " "))},
          {"severity", to_string(destination.least)},
          {"kinds", fmt::format("{}", fmt::join(destination.kinds, " "))},
          {"revision", destination.revision},
          {"created_at", to_rfc3339(destination.created_at)},
          {"delivered_through", destination.delivered_through},
          {"last_delivered_at", time_json(destination.last_delivered_at)},
          {"failing_since", time_json(destination.failing_since)},
          {"last_error", text_or_null(destination.last_error)}};
}

awaitable<net::Response> list_destinations(Context& context, Call) {
  auto destinations = co_await context.services.notifications.list();
  if (!destinations) co_return problem(destinations.error());
  json::array items;
  for (const auto& destination : *destinations) items.push_back(destination_json(destination));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> add_destination(Context& context, Call call) {
  auto destination = destination_of(call.body);
  if (!destination) co_return problem(destination.error());
  auto stored = co_await context.services.notifications.add(call.caller.actor, std::move(*destination), std::move(call.once));
  if (!stored) co_return problem(stored.error());
  auto response = json_answer(201, destination_json(*stored));
  response.headers.add("location", "/api/v1/notifications/" + stored->id.str());
  co_return response;
}

awaitable<net::Response> show_destination(Context& context, Call call) {
  const auto id = DestinationId::parse(call.parameter("id"));
  if (!id) co_return problem(no_destination());
  auto destination = co_await context.services.notifications.find(*id);
  if (!destination) co_return problem(destination.error());
  auto response = json_answer(200, destination_json(*destination));
  response.headers.add("etag", etag_of(destination->revision));
  co_return response;
}

awaitable<net::Response> remove_destination(Context& context, Call call) {
  const auto id = DestinationId::parse(call.parameter("id"));
  if (!id) co_return problem(no_destination());
  auto removed = co_await context.services.notifications.remove(call.caller.actor, *id);
  if (!removed) co_return problem(removed.error());
  co_return no_content();
}

/// As a probe: that it failed is the answer, not an error of the request.
awaitable<net::Response> test_destination(Context& context, Call call) {
  const auto id = DestinationId::parse(call.parameter("id"));
  if (!id) co_return problem(no_destination());
  auto sent = co_await context.services.notifications.test(call.caller.actor, *id);
  if (!sent &&
      (sent.error().code == Code::not_found || sent.error().code == Code::rate_limited || sent.error().code == Code::storage_failed)) {
    co_return problem(sent.error());
  }
  std::optional<Error> error;
  if (!sent) error = sent.error();
  co_return json_answer(200, json::object{{"ok", !error}, {"error", reason_or_null(error)}});
}

constexpr Field kEditFields[] = {{.name = "name"},
                                 {.name = "address", .max_bytes = limits::kMaxWebhookUrlBytes},
                                 {.name = "transport", .choices = kTransports},
                                 {.name = "fingerprint", .max_bytes = kMaxFingerprintBytes},
                                 {.name = "user", .max_bytes = limits::kMaxAddressBytes},
                                 {.name = "secret", .max_bytes = limits::kMaxPasswordBytes},
                                 {.name = "sender", .max_bytes = limits::kMaxAddressBytes + 1},
                                 {.name = "recipients", .max_bytes = limits::kMaxMailRecipients * (limits::kMaxAddressBytes + 2)},
                                 {.name = "severity", .choices = kSeverities},
                                 {.name = "kinds", .max_bytes = limits::kMaxRuleKinds * (limits::kMaxEventKindBytes + 1)}};

/// What is absent stays as it is; null takes away what there need not be.
Result<server::DestinationEdit> edit_of(const json::object& body, Destination before) {
  server::DestinationEdit edit{.wanted = std::move(before), .secret = {}, .seen = {}};
  auto& wanted = edit.wanted;
  const auto names = [&](std::string_view field) { return body.if_contains(field) != nullptr; };
  for (const std::string_view field : {"name", "address", "transport", "severity"}) {
    if (!names(field) || !body.at(field).is_null()) continue;
    return fail(Code::invalid_request, fmt::format("The field {} cannot be taken away.", field), "Leave it out, or give a new value.",
                std::string(field));
  }
  if (names("name")) wanted.name = text_of(body, "name");
  if (names("address") || names("transport")) {
    json::object where{{"address", text_of(body, "address", address_of(wanted))}};
    if (wanted.kind != DestinationKind::webhook || names("transport"))
      where["transport"] = text_of(body, "transport", to_string(wanted.transport));
    if (auto taken = take_address(where, wanted); !taken) return fail(std::move(taken.error()));
  }
  auto fingerprint = fingerprint_of(body, "fingerprint");
  if (!fingerprint) return fail(std::move(fingerprint.error()));
  if (names("fingerprint")) wanted.fingerprint = std::move(*fingerprint);
  if (names("user")) wanted.user = text_of(body, "user");
  if (names("secret")) edit.secret = text_of(body, "secret");
  if (names("sender")) wanted.sender = text_of(body, "sender");
  if (names("recipients")) wanted.recipients = words_of(body, "recipients");
  if (names("severity")) wanted.least = hierarchy::severity_from_string(text_of(body, "severity")).value_or(wanted.least);
  if (names("kinds")) wanted.kinds = words_of(body, "kinds");
  return edit;
}

awaitable<net::Response> edit_destination(Context& context, Call call) {
  const auto id = DestinationId::parse(call.parameter("id"));
  if (!id) co_return problem(no_destination());
  auto before = co_await context.services.notifications.find(*id);
  if (!before) co_return problem(before.error());
  const auto revision = before->revision;
  auto edit = edit_of(call.body, std::move(*before));
  if (!edit) co_return problem(edit.error());
  if (auto seen = seen_of(call.request.headers).check(revision, "notification destination"); !seen) co_return problem(seen.error());
  // What is absent is what was read just now: of two who edit at once only one wins, also without If-Match.
  edit->seen = server::Seen({revision});
  auto stored = co_await context.services.notifications.edit(call.caller.actor, std::move(*edit));
  if (!stored) co_return problem(stored.error());
  auto response = json_answer(200, destination_json(*stored));
  response.headers.add("etag", etag_of(stored->revision));
  co_return response;
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/notifications", .answer = list_destinations, .needs = needs::on_server(Right::manage_server)},
    {.method = "POST",
     .pattern = "/api/v1/notifications",
     .answer = add_destination,
     .needs = needs::on_server(Right::manage_server),
     .body = Body::json,
     .fields = kFields,
     .repeat = Repeat::by_key,
     .recall = show_destination},
    {.method = "GET", .pattern = "/api/v1/notifications/{id}", .answer = show_destination, .needs = needs::on_server(Right::manage_server)},
    {.method = "PATCH",
     .pattern = "/api/v1/notifications/{id}",
     .answer = edit_destination,
     .needs = needs::on_server(Right::manage_server),
     .body = Body::json,
     .fields = kEditFields},
    {.method = "DELETE",
     .pattern = "/api/v1/notifications/{id}",
     .answer = remove_destination,
     .needs = needs::on_server(Right::manage_server)},
    {.method = "POST",
     .pattern = "/api/v1/notifications/{id}/test",
     .answer = test_destination,
     .needs = needs::on_server(Right::manage_server)},
};

}  // namespace

std::span<const Route> notifications_routes() { return kRoutes; }

}  // namespace daikan::api
