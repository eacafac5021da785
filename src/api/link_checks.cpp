// The link doctor: one link examined from this end, and from the other over the link when it stands.
#include <fmt/format.h>

#include "api/check_answer.h"
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"
#include "server/link_check.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr Field kCheckFields[] = {{.name = "secondary_id", .max_bytes = kUuidBytes}};

/// Marks somebody's check as running while it lives.
class Checking {
 public:
  Checking(std::set<std::string>& running, const server::Actor& actor)
      : running_(running), entry_(running.insert(actor.name + "\n" + actor.source)) {}
  ~Checking() {
    if (entry_.second) running_.erase(entry_.first);
  }
  Checking(const Checking&) = delete;
  Checking& operator=(const Checking&) = delete;
  bool alone() const { return entry_.second; }

 private:
  std::set<std::string>& running_;
  std::pair<std::set<std::string>::iterator, bool> entry_;
};

json::value milliseconds_or_null(const std::optional<Duration>& duration) {
  if (!duration) return nullptr;
  return static_cast<double>(duration->count()) / 1000.0;
}

json::object end_json(const server::LinkSight& sight) {
  json::array listens;
  for (const auto& endpoint : sight.listens_on) listens.push_back(json::value(endpoint.str()));
  json::array refused;
  const auto add = [&refused](const server::Refusal& refusal) {
    refused.push_back(json::object{{"at", to_rfc3339(refusal.at)},
                                   {"source", refusal.source},
                                   {"code", to_string(refusal.reason.code)},
                                   {"message", refusal.reason.message}});
  };
  if (sight.refused_peer) add(*sight.refused_peer);
  for (const auto& refusal : sight.refused_strangers) add(refusal);
  json::array unrecognised;
  for (const auto& record : sight.unrecognised) unrecognised.push_back(unrecognised_json(record));
  const auto& status = sight.status;
  return {{"server", sight.self},
          {"version", sight.software},
          {"role", sight.role == link::Role::upper ? "primary" : "secondary"},
          {"dials", sight.we_dial},
          {"fingerprint", sight.own_fingerprint},
          {"expects", sight.expected_fingerprint},
          {"address", sight.address ? json::value(sight.address->str()) : json::value(nullptr)},
          {"proxy", sight.proxy ? json::value(sight.proxy->url()) : json::value(nullptr)},
          {"state", to_string(status.state)},
          {"since", status.since == TimePoint() ? json::value(nullptr) : json::value(to_rfc3339(status.since))},
          {"reason", reason_or_null(status.reason)},
          {"peer_address", text_or_null(status.peer_address)},
          {"last_connected_at", time_json(sight.last_connected_at)},
          {"next_attempt_at", time_json(status.next_attempt)},
          {"round_trip_ms", milliseconds_or_null(status.round_trip)},
          {"clock_skew_ms", milliseconds_or_null(status.clock_skew)},
          {"listens_on", std::move(listens)},
          {"refused", std::move(refused)},
          {"unrecognised", std::move(unrecognised)}};
}

/// The secondary's own check of the same link, asked over it.
awaitable<Result<OtherEnd>> ask_below(server::LinkHost& links, RegistrationId id, server::Actor actor) {
  net::Request request;
  request.method = "POST";
  request.target = "/link_checks";
  request.headers.add("accept", "application/json");
  request.headers.add("content-type", "application/json");
  request.body = std::string("{}");
  auto response = co_await links.relay(id, std::move(request), actor);
  if (!response) co_return fail(std::move(response.error()));
  auto body = co_await response->body.read_all(limits::kMaxCheckAnswerBytes);
  if (!body) co_return fail(std::move(body.error()));
  co_return other_end_from(response->status, *body);
}

awaitable<Result<OtherEnd>> ask_other_end(Context& context, const server::LinkSight& sight, std::optional<RegistrationId> id,
                                          server::Actor actor) {
  if (!id) {
    co_return fail(Code::not_connected, "A secondary can ask nothing of its primary over the link.",
                   "Check the same link on the primary as well: daikan link check with this server's name.");
  }
  if (!sight.stands) {
    co_return fail(Code::not_connected, fmt::format("“{}” is not connected, so it could not be asked what it sees.", sight.peer),
                   "Run daikan link check on that server.");
  }
  const auto deadline = std::chrono::steady_clock::now() + limits::kCheckOtherEndTime;
  const auto what = fmt::format("asking “{}” what it sees", sight.peer);
  auto asking = ask_below(context.services.links, *id, std::move(actor));
  co_return co_await net::with_deadline<OtherEnd>(deadline, what, std::move(asking));
}

json::object check_json(server::LinkCheck check, Result<OtherEnd> other) {
  auto steps = std::move(check.steps);
  if (other) steps = server::merge(std::move(steps), other->steps, check.sight.we_dial);
  const auto failure = server::first_failure(steps);
  json::array list;
  for (const auto& step : steps) list.push_back(check_step_json(step));
  return {{"at", to_rfc3339(now())},
          {"ok", !failure},
          {"peer", text_or_null(check.sight.peer)},
          {"steps", std::move(list)},
          {"error", reason_or_null(failure)},
          {"this_end", end_json(check.sight)},
          {"other_end", other ? json::value(std::move(other->end)) : json::value(nullptr)},
          {"other_end_missing", other ? json::value(nullptr) : json::value(reason_json(other.error()))}};
}

awaitable<net::Response> check(Context& context, Call call) {
  auto& services = context.services;
  std::optional<RegistrationId> id;
  if (const auto named = text_of(call.body, "secondary_id"); !named.empty()) {
    id = services.links.resolve(named);
    if (!id) {
      co_return problem(
          Error(Code::not_found, "There is no such secondary Administration Server here.", "List the secondaries of this server."));
    }
  }
  auto actor = call.caller.actor;
  Result<OtherEnd> no_rights = fail(Code::not_connected, "The other end was not asked.");
  bool may_ask = true;
  if (id) {
    auto seen = co_await services.secondaries.find(actor, *id);
    if (!seen) co_return problem(seen.error());
    auto rights = co_await services.secondaries.rights_below(actor, *id);
    may_ask = rights.has_value();
    if (rights) actor.permissions = hierarchy::Permissions::of(*rights);
    if (!rights) no_rights = fail(std::move(rights.error()));
  } else if (!actor.permissions.on_server(Right::read)) {
    co_return problem(hierarchy::denied(Right::read, {}, services.facts.name));
  }
  if (context.checking.size() >= limits::kMaxLinkChecksAtOnce) {
    co_return problem(Error(Code::rate_limited, "Too many links are checked at this moment.", "Try again in 10 seconds."));
  }
  const Checking checking(context.checking, call.caller.actor);
  if (!checking.alone()) {
    co_return problem(Error(Code::rate_limited, "A link check of yours is still running.", "Wait up to 75 seconds for it."));
  }
  auto checked = co_await server::check_link(services.links, services.storage, id);
  if (!checked) co_return problem(checked.error());
  if (!call.caller.actor.permissions.anywhere(Right::configure_hierarchy)) {
    // As on the list of unrecognised servers: strangers are the business of those who could let them in.
    checked->sight.unrecognised.clear();
    checked->sight.refused_strangers.clear();
  }
  auto other = may_ask ? co_await ask_other_end(context, checked->sight, id, std::move(actor)) : std::move(no_rights);
  co_return json_answer(200, check_json(std::move(*checked), std::move(other)));
}

constexpr Route kRoutes[] = {
    {.method = "POST",
     .pattern = "/api/v1/link_checks",
     .answer = check,
     .needs = needs::anywhere(Right::read),
     .body = Body::json,
     .fields = kCheckFields},
};

}  // namespace

std::span<const Route> link_checks_routes() { return kRoutes; }

}  // namespace daikan::api
