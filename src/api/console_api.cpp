#include "api/console_api.h"

#include <algorithm>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "api/accountability.h"
#include "api/devices.h"
#include "api/idempotency.h"
#include "api/response_headers.h"
#include "api/rolled_up.h"
#include "api/routes.h"
#include "api/static_files.h"
#include "base/text.h"

namespace daikan::api {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kApiPrefix = "/api/v1";
constexpr std::string_view kWelcome =
    "This is a Daikan Administration Server.\n\n"
    "Its console API is at /api/v1; /api/v1/openapi.yaml describes it.\n"
    "On the command line: daikan login https://THIS-SERVER:PORT --as NAME --user USER\n";

std::vector<Route> all_routes() {
  std::vector<Route> all;
  for (const auto routes : {operations_routes(),   sessions_routes(),      server_routes(),    groups_routes(), secondaries_routes(),
                            unrecognised_routes(), primary_routes(),       edits_routes(),     probes_routes(), link_checks_routes(),
                            joins_routes(),        invitations_routes(),   roll_over_routes(), tree_routes(),   relay_routes(),
                            events_routes(),       audit_routes(),         users_routes(),     roles_routes(),  account_routes(),
                            access_rules_routes(), notifications_routes(), backups_routes(),   tasks_routes(),  policy_status_routes(),
                            policies_routes(),     rolled_up_routes(),     reports_routes(),   devices_routes()}) {
    all.insert(all.end(), routes.begin(), routes.end());
  }
  return all;
}

std::vector<RouteKey> keys_of(const std::vector<Route>& routes) {
  std::vector<RouteKey> keys;
  for (const auto& route : routes) keys.push_back({route.method, route.pattern});
  return keys;
}

bool is_loopback(std::string_view ip) { return ip == "::1" || ip.starts_with("127.") || ip.starts_with("::ffff:127."); }

/// "application/json", with nothing or a charset of UTF-8 behind it.
bool is_json(const net::Headers& headers) {
  const auto header = headers.find("content-type");
  if (!header) return false;
  std::string type;
  for (const char c : *header) {
    if (c != ' ') type.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return type == "application/json" || type == "application/json;charset=utf-8" || type == "application/json;charset=\"utf-8\"";
}

/// Whether the dispatcher lets `actor` through to a route (routes.h says what remains for the use case).
std::optional<Error> refusal(const Route& route, const Actor& actor, std::string_view server) {
  const auto right = route.needs.right;
  switch (route.needs.where) {
    case Needs::Where::nothing:
      return std::nullopt;
    case Needs::Where::on_server:
      if (actor.permissions.on_server(right)) return std::nullopt;
      return hierarchy::denied(right, {}, server);
    case Needs::Where::on_group:
    case Needs::Where::anywhere:
      if (actor.permissions.anywhere(right)) return std::nullopt;
      return hierarchy::denied(right, {}, server);
    case Needs::Where::undeclared:
      break;
  }
  return Error(Code::permission_denied, fmt::format("“{}” refuses: nobody may use this yet.", server), "Please report this.");
}

/// The same refusal, when the primary's bound is why.
Error bounded(Error error, hierarchy::PrimaryMay may, std::string_view server) {
  if (may == hierarchy::PrimaryMay::full) return error;
  error.message += fmt::format(" “{}” lets its primary only read.", server);
  error.remedy = fmt::format(
      "Log in at “{}” itself, or let its administrator run: daikan primary set --primary-may full; where a policy says so "
      "(hierarchy.primary_may), change the policy",
      server);
  return error;
}

/// A token with a scope may do what the scope says, and not what its owner may do to the account itself.
bool is_beyond_scope(const Route& route, const Caller& caller) {
  return route.access == Access::own_account && route.needs.where == Needs::Where::nothing && route.method != "GET" && caller.login &&
         caller.login->credential.rights;
}

Note refused_use(const Route& route, Error refused) {
  return {"access.refused", std::string(route.method) + " " + std::string(route.pattern), std::move(refused)};
}

/// Whether the answer of a route is a refusal of this server that nobody wrote down yet. What goes on to another server is recorded by the
/// relay, or by the server that refuses.
bool is_unnoted_refusal(const Route& route, const net::Response& response) {
  return response.status == 403 && route.access != Access::anyone && route.pattern.find("/relay/") == std::string_view::npos;
}

Error no_entry(std::string_view ip, std::string_view server) {
  return Error(Code::permission_denied, fmt::format("“{}” lets nobody in from {}.", server, ip),
               "Come from an address on its list, or change the list on the server itself: daikan access set --from.");
}

}  // namespace

std::string Call::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

struct ConsoleApi::State {
  State(Services services, Options options)
      : context{services, std::move(options), {}, 0, {}, {}, {}, std::make_shared<RelayCounts>()},
        routes(all_routes()),
        router(keys_of(routes)),
        files(context.options.web_folder) {}

  /// What is known of a request besides itself while it is answered.
  struct Attempt {
    std::optional<Actor> relayed;
    std::string request_id;
    std::string_view method = "-";  ///< For the metrics: only words of the table.
    std::string_view route = "(none)";
    bool page = false;
  };

  awaitable<net::Response> serve(net::Request request, std::optional<Actor> relayed);
  awaitable<net::Response> answer(net::Request request, Attempt& attempt);
  awaitable<net::Response> run(const Route& route, Call call, Attempt& attempt);
  awaitable<Result<Caller>> caller_of(const Route& route, const net::Request& request, const Attempt& attempt);
  awaitable<std::optional<net::Response>> read_body(const Route& route, Call& call);
  net::Response answer_page(const net::Request& request, const Target& target, Attempt& attempt) const;

  Context context;
  std::vector<Route> routes;
  Router router;
  StaticFiles files;
};

awaitable<net::Response> ConsoleApi::State::serve(net::Request request, std::optional<Actor> relayed) {
  const auto started = Clock::now();
  const bool head = request.method == "HEAD";
  Attempt attempt;
  attempt.relayed = std::move(relayed);
  attempt.request_id = uuid_to_string(make_uuid(now()));
  net::Response response;
  std::exception_ptr failure;
  try {
    auto answered = attempt.relayed || context.services.access_rules.lets_in(request.remote_ip)
                        ? co_await answer(std::move(request), attempt)
                        : problem(no_entry(request.remote_ip, context.services.facts.name));
    response = std::move(answered);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    const auto state = co_await net::asio::this_coro::cancellation_state;
    // A requester who went away ends its coroutine by an exception: nobody waits for the answer, and it is no bug.
    const bool gone = state.cancelled() != net::asio::cancellation_type::none;
    if (!gone && context.options.on_exception) context.options.on_exception(failure, attempt.request_id);
    response = internal_problem(attempt.request_id);
  }
  if (head) {
    // RFC 9110 section 8.6: the length of a HEAD's answer is that of GET's.
    if (!response.body.is_stream()) response.headers.set("content-length", std::to_string(response.body.text().size()));
    response.body = net::Body();
  }
  response.headers.set("x-request-id", attempt.request_id);
  secure(response, attempt.page ? Content::page : Content::api);
  context.metrics.count(attempt.method, attempt.route, response.status, Clock::now() - started);
  co_return response;
}

awaitable<net::Response> ConsoleApi::State::answer(net::Request request, Attempt& attempt) {
  if (attempt.relayed && !request.target.starts_with(kApiPrefix)) request.target.insert(0, kApiPrefix);
  auto target = parse_target(request.target);
  if (!target) co_return problem(target.error(), 400);
  auto match = router.match(request.method, *target);
  if (match.outcome == Router::Outcome::no_such_method) {
    auto response = problem(Error(Code::method_not_allowed, "This path does not take the method " + quotable(request.method, 20) + ".",
                                  "It takes " + match.allow + "."));
    response.headers.add("allow", match.allow);
    co_return response;
  }
  if (match.outcome == Router::Outcome::no_such_path) co_return answer_page(request, *target, attempt);
  const auto& route = routes[match.route];
  attempt.method = route.method;
  attempt.route = route.pattern;
  if (request.method == "HEAD") request.method = "GET";
  Call call{std::move(request), std::move(*target), std::move(match.parameters), std::move(match.rest), {}, {}};
  co_return co_await run(route, std::move(call), attempt);
}

net::Response ConsoleApi::State::answer_page(const net::Request& request, const Target& target, Attempt& attempt) const {
  const bool api = !target.segments.empty() && target.segments.front() == "api";
  const bool reading = request.method == "GET" || request.method == "HEAD";
  if (!api && reading && !attempt.relayed) {
    attempt.method = "GET";
    attempt.route = "(page)";
    attempt.page = true;
    if (auto file = files.answer(target, request.headers)) return std::move(*file);
    if (files.empty() && target.segments.empty()) return text_answer(200, std::string(kWelcome));
  }
  return problem(Error(Code::not_found, "There is nothing at " + quotable(target.path, 100) + ".", "See /api/v1/openapi.yaml."));
}

awaitable<Result<Caller>> ConsoleApi::State::caller_of(const Route& route, const net::Request& request, const Attempt& attempt) {
  Caller caller;
  if (attempt.relayed) {
    const bool own =
        route.access == Access::own_account || route.pattern.starts_with("/api/v1/sessions") || !route.pattern.starts_with(kApiPrefix);
    if (own) {
      Error refused(Code::permission_denied, "Sessions, tokens and backups of this server cannot be reached from above.",
                    "Log in at this server itself.");
      co_await note(context, *attempt.relayed, refused_use(route, refused));
      co_return fail(std::move(refused));
    }
    caller.actor = *attempt.relayed;
    auto may = co_await context.services.primary.may();
    if (!may) co_return fail(std::move(may.error()));
    const auto& server = context.services.facts.name;
    if (*may == hierarchy::PrimaryMay::none) {  // not noted: every look at the tree above would be a record here
      co_return fail(
          Code::permission_denied, fmt::format("“{}” lets its primary do nothing.", server),
          fmt::format("Log in at “{}” itself, or let its administrator run: daikan primary set --primary-may read; where a policy says so "
                      "(hierarchy.primary_may), change the policy",
                      server));
    }
    caller.actor.permissions = caller.actor.permissions.limited_to(hierarchy::bound_of(*may));
    auto refused = refusal(route, caller.actor, server);
    if (!refused) co_return caller;
    co_await note(context, caller.actor, refused_use(route, *refused));
    co_return fail(bounded(std::move(*refused), *may, server));
  }
  const bool open = route.access == Access::anyone || (route.access == Access::loopback && is_loopback(request.remote_ip));
  if (open) {
    caller.actor.source = request.remote_ip;
    co_return caller;
  }
  auto authenticated = co_await authenticate(context.services.accounts, request);
  if (!authenticated) co_return authenticated;
  const auto& server = context.services.facts.name;
  auto refused = refusal(route, authenticated->actor, server);
  if (is_beyond_scope(route, *authenticated)) {
    refused =
        Error(Code::permission_denied, fmt::format("“{}” refuses: an API token with a scope does not change its owner's account.", server),
              "Log in with the password.");
  }
  if (!refused) co_return authenticated;
  co_await note(context, authenticated->actor, refused_use(route, *refused));
  co_return fail(std::move(*refused));
}

awaitable<std::optional<net::Response>> ConsoleApi::State::read_body(const Route& route, Call& call) {
  if (route.body != Body::json) co_return std::nullopt;
  // Who has no account yet gets no more memory and time than a login needs.
  const auto most = route.access == Access::anyone ? limits::kMaxAnonymousJsonBytes : limits::kMaxJsonBytes;
  auto reading = call.request.body.read_all(most);
  auto text =
      co_await net::with_deadline<std::string>(Clock::now() + context.options.body_time, "reading the request's body", std::move(reading));
  if (!text && text.error().code == Code::too_large) {
    co_return problem(Error(Code::too_large, fmt::format("The body has more than {} KiB.", most / 1024), "Send less at once."));
  }
  if (!text && text.error().code == Code::timed_out) co_return problem(text.error(), 408);
  if (!text) co_return problem(text.error(), 400);
  if (!is_json(call.request.headers)) {
    co_return problem(
        Error(Code::invalid_request, "The Content-Type of the body is not application/json.", "Send JSON, and say so.", "Content-Type"),
        415);
  }
  auto value = parse_json(*text);
  if (!value) co_return problem(value.error(), 400);
  if (auto checked = check_fields(*value, route.fields); !checked) co_return problem(checked.error());
  call.body = std::move(value->as_object());
  co_return std::nullopt;
}

awaitable<net::Response> ConsoleApi::State::run(const Route& route, Call call, Attempt& attempt) {
  auto caller = co_await caller_of(route, call.request, attempt);
  if (!caller) co_return problem(caller.error());
  call.caller = std::move(*caller);
  if (route.query_rule == Route::Query::listed) {
    for (const auto& [name, value] : call.target.query) {
      if (std::find(route.query.begin(), route.query.end(), name) != route.query.end()) continue;
      const auto quoted = quotable(name, 80);
      co_return problem(Error(Code::invalid_request, "The query parameter " + quoted + " is not known here.", "Take it out.", quoted));
    }
  }
  auto refused = co_await read_body(route, call);
  if (refused) co_return std::move(*refused);
  const Actor actor = call.caller.actor;
  auto answering = route.repeat == Repeat::by_key ? answer_once(context, route, std::move(call)) : route.answer(context, std::move(call));
  auto response = co_await std::move(answering);
  if (is_unnoted_refusal(route, response)) {
    co_await note(context, actor, refused_use(route, Error(Code::permission_denied, "Refused by the use case.")));
  }
  co_return response;
}

ConsoleApi::ConsoleApi(Services services, Options options) : state_(std::make_shared<State>(services, std::move(options))) {}
ConsoleApi::~ConsoleApi() = default;

net::Handler ConsoleApi::handler() {
  return [state = state_](net::Request request) { return state->serve(std::move(request), std::nullopt); };
}

server::RelayedHandler ConsoleApi::relayed() {
  return [state = state_](net::Request request, Actor actor) { return state->serve(std::move(request), std::move(actor)); };
}

std::vector<std::string> ConsoleApi::routes() {
  std::vector<std::string> texts;
  for (const auto& route : all_routes()) texts.push_back(std::string(route.method) + " " + std::string(route.pattern));
  return texts;
}

std::map<std::string, std::string> ConsoleApi::needs() {
  std::map<std::string, std::string> all;
  for (const auto& route : all_routes()) {
    const auto right = std::string(to_string(route.needs.right));
    std::string text = "undeclared";
    if (route.needs.where == Needs::Where::nothing) text = "nothing";
    if (route.needs.where == Needs::Where::on_server) text = right + " on_server";
    if (route.needs.where == Needs::Where::on_group) text = right + " on_group";
    if (route.needs.where == Needs::Where::anywhere) text = right + " anywhere";
    all.emplace(std::string(route.method) + " " + std::string(route.pattern), std::move(text));
  }
  return all;
}

}  // namespace daikan::api
