#include "cli/console_pages.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/join_body.h"
#include "api/problem.h"
#include "api/response_headers.h"
#include "base/limits.h"
#include "base/text.h"

namespace daikan::cli {
namespace {

namespace json = boost::json;
using api::Field;

constexpr Field kLookFields[] = {{.name = "address", .presence = api::Presence::required, .max_bytes = api::kMaxAddressTextBytes}};
constexpr Field kServerFields[] = {{.name = "name", .presence = api::Presence::required},
                                   {.name = "address", .presence = api::Presence::required, .max_bytes = api::kMaxAddressTextBytes},
                                   {.name = "fingerprint", .presence = api::Presence::required, .max_bytes = api::kMaxFingerprintBytes}};

awaitable<Result<json::object>> body_of(net::Request& request, std::span<const Field> fields) {
  auto reading = request.body.read_all(limits::kMaxJsonBytes);
  auto text = co_await net::with_deadline<std::string>(std::chrono::steady_clock::now() + limits::kRequestHeaderTime,
                                                       "reading the request's body", std::move(reading));
  if (!text) co_return fail(std::move(text.error()));
  auto value = api::parse_json(*text);
  if (!value) co_return fail(std::move(value.error()));
  if (auto checked = api::check_fields(*value, fields); !checked) co_return fail(std::move(checked.error()));
  co_return std::move(value->as_object());
}

json::object server_json(const Profile& profile) {
  return {{"name", profile.name},
          {"address", profile.server.str()},
          {"fingerprint", profile.fingerprint},
          {"user", profile.user},
          {"logged_in", !profile.secret.empty()}};
}

net::Response redirect(std::string to) { return {303, {{"location", std::move(to)}, {"content-length", "0"}}, {}}; }

net::Response nothing_at(const api::Target& target) {
  return api::problem(Error(Code::not_found, "There is nothing at " + quotable(target.path, 100) + ".", "Open the console's first page."));
}

}  // namespace

ConsolePages::ConsolePages(net::Executor executor, Profiles profiles, ConsoleGate gate, const std::filesystem::path& folder)
    : servers_(executor, std::move(profiles)), joins_(executor), gate_(std::move(gate)), files_(folder) {}

awaitable<> ConsolePages::stop() {
  co_await joins_.stop();
  co_await servers_.close();
}

awaitable<net::Response> ConsolePages::answer(net::Request request) {
  const bool head = request.method == "HEAD";
  auto target = api::parse_target(request.target);
  if (!target) co_return api::problem(target.error(), 400);
  net::Response response;
  bool is_page = false;
  if (const auto ruling = gate_.judge(request, *target); !ruling) {
    response = api::text_answer(403, ruling.error().text() + "\n");
  } else if (*ruling == ConsoleGate::Ruling::enter) {
    response = redirect("/at/");
    response.headers.add("set-cookie", gate_.set_cookie());
  } else {
    const auto& first = target->segments.empty() ? std::string() : target->segments.front();
    is_page = first != "console" &&
              !(first == "at" && target->segments.size() > 2 && (target->segments[2] == "api" || target->segments[2] == "healthz"));
    auto chosen = co_await choose(std::move(request), *target);
    response = std::move(chosen);
  }
  if (head) response.body = net::Body();
  api::secure(response, is_page ? api::Content::page : api::Content::api);
  co_return response;
}

awaitable<net::Response> ConsolePages::choose(net::Request request, const api::Target& target) {
  const auto& segments = target.segments;
  if (segments.empty()) co_return redirect("/at/");
  if (segments[0] == "console") co_return co_await answer_own(std::move(request), target);
  const bool to_server = segments[0] == "at" && segments.size() > 2 && (segments[2] == "api" || segments[2] == "healthz");
  if (to_server) co_return co_await answer_server(std::move(request), target);
  co_return page(request, target);
}

net::Response ConsolePages::page(const net::Request& request, const api::Target& target) const {
  const bool reading = request.method == "GET" || request.method == "HEAD";
  if (auto file = reading ? files_.answer(target, request.headers) : std::nullopt) return std::move(*file);
  return nothing_at(target);
}

// ---- the servers' APIs ----

awaitable<net::Response> ConsolePages::answer_server(net::Request request, const api::Target& target) {
  Place place{target.segments[1], {}, {}};
  // What is passed on is the target as the browser wrote it, from the third segment on.
  const auto behind = target.path.find('/', target.offsets[1]);
  request.target = target.path.substr(behind) + (target.raw_query.empty() ? "" : "?" + target.raw_query);
  auto at = target.segments.begin() + 2;
  if (target.segments.size() > 4 && *at == "api" && at[1] == "v1") {
    at += 2;
    while (target.segments.end() - at > 3 && at[0] == "servers" && at[2] == "relay") {
      place.base += fmt::format("/servers/{}/relay", api::percent_encode(at[1]));
      at += 3;
    }
    place.rest.assign(at, target.segments.end());
    const bool post = request.method == "POST";
    if (post && place.rest == std::vector<std::string>{"joins"}) co_return co_await begin_join(std::move(request), std::move(place));
    if (post && place.rest == std::vector<std::string>{"console_probes"}) co_return co_await look_at_server(std::move(request));
    const bool ours = place.rest.size() >= 2 && place.rest[0] == "operations" && joins_.knows(place.rest[1]);
    if (ours) co_return co_await change_join(std::move(request), std::move(place));
  }
  co_return co_await servers_.pass_on(place.server, std::move(request));
}

Result<std::unique_ptr<joining::ConsoleClient>> ConsolePages::primary_at(const Place& place) const {
  auto client = servers_.client_of(place.server);
  if (client) (*client)->use_base(place.base);
  return client;
}

awaitable<net::Response> ConsolePages::begin_join(net::Request request, Place place) {
  const std::string key(request.headers.find("idempotency-key").value_or(""));
  auto body = co_await body_of(request, api::kJoinFields);
  if (!body) co_return api::problem(body.error());
  auto asked = api::join_request(*body);
  if (!asked) co_return api::problem(asked.error());
  auto primary = primary_at(place);
  if (!primary) co_return api::problem(primary.error());
  auto operation = joins_.begin(std::move(*primary), std::move(*asked), key);
  if (!operation) co_return api::problem(operation.error());
  co_return api::json_answer(202, *operation);
}

awaitable<net::Response> ConsolePages::change_join(net::Request request, Place place) {
  const auto& id = place.rest[1];
  if (request.method == "GET" && place.rest.size() == 2) co_return api::json_answer(200, joins_.show(id));
  const auto verb = place.rest.size() == 3 && request.method == "POST" ? place.rest[2] : std::string();
  Result<json::object> changed = fail(Code::not_found, "There is nothing here.", "Use resume or cancel.");
  if (verb == "cancel") changed = joins_.cancel(id);
  if (verb == "resume") {
    auto body = co_await body_of(request, api::kResumeFields);
    if (!body) co_return api::problem(body.error());
    auto credentials = api::credentials_of(*body);
    if (!credentials) co_return api::problem(credentials.error());
    auto primary = primary_at(place);
    if (!primary) co_return api::problem(primary.error());
    changed = joins_.resume(id, std::move(*primary), std::move(*credentials));
  }
  if (!changed) co_return api::problem(changed.error());
  co_return api::json_answer(202, *changed);
}

// ---- the console's own routes ----

awaitable<net::Response> ConsolePages::answer_own(net::Request request, api::Target target) {
  const auto& segments = target.segments;
  const bool known = segments.size() >= 3 && segments[1] == "v1";
  if (known && segments[2] == "servers" && segments.size() == 3) {
    if (request.method == "GET") co_return list_servers();
    if (request.method == "POST") co_return co_await add_server(std::move(request));
  }
  if (known && segments[2] == "servers" && segments.size() == 4 && request.method == "DELETE") {
    auto removed = servers_.remove(segments[3]);
    co_return removed ? api::no_content() : api::problem(removed.error());
  }
  if (known && segments[2] == "console_probes" && segments.size() == 3 && request.method == "POST") {
    co_return co_await look_at_server(std::move(request));
  }
  co_return nothing_at(target);
}

net::Response ConsolePages::list_servers() const {
  const auto all = servers_.list();
  if (!all) return api::problem(all.error());
  json::array items;
  for (const auto& profile : *all) items.push_back(server_json(profile));
  return api::json_answer(200, json::object{{"items", std::move(items)}});
}

awaitable<net::Response> ConsolePages::look_at_server(net::Request request) {
  auto body = co_await body_of(request, kLookFields);
  if (!body) co_return api::problem(body.error());
  auto console = parse_console_url(api::text_of(*body, "address"));
  if (!console) {
    console.error().field = "address";
    co_return api::problem(console.error());
  }
  auto identity = co_await servers_.look(std::move(*console));
  if (!identity) co_return api::problem(identity.error());
  co_return api::json_answer(200, json::object{{"id", identity->id.str()},
                                               {"name", identity->name},
                                               {"version", identity->version},
                                               {"fingerprint", identity->certificate.fingerprint}});
}

awaitable<net::Response> ConsolePages::add_server(net::Request request) {
  auto body = co_await body_of(request, kServerFields);
  if (!body) co_return api::problem(body.error());
  auto console = parse_console_url(api::text_of(*body, "address"));
  if (!console) {
    console.error().field = "address";
    co_return api::problem(console.error());
  }
  auto fingerprint = api::fingerprint_of(*body, "fingerprint");
  if (!fingerprint) co_return api::problem(fingerprint.error());
  auto added = servers_.add(api::text_of(*body, "name"), *console, *fingerprint);
  if (!added) co_return api::problem(added.error());
  co_return api::json_answer(201, server_json(*added));
}

}  // namespace daikan::cli
