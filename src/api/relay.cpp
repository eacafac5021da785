// Requests to lower servers: handed to the link, answered as they come.
#include <algorithm>
#include <array>

#include <boost/json/parse.hpp>

#include "api/accountability.h"
#include "api/guarded_source.h"
#include "api/routes.h"

namespace daikan::api {
namespace {

/// What a relayed request takes along; everything else, credentials before all, stays here.
constexpr std::array<std::string_view, 8> kPassedDown{"accept",          "accept-language", "content-type",  "if-match",
                                                      "idempotency-key", "if-none-match",   "last-event-id", "priority"};
/// What an answer brings along. Security headers and the request id are this server's own.
constexpr std::array<std::string_view, 9> kPassedUp{"content-type",    "content-disposition", "etag",          "retry-after",
                                                    "allow",           "idempotent-replayed", "last-modified", "x-daikan-through",
                                                    "content-language"};

/// How many servers `rest` goes through besides the first: the "servers/{id}/relay" prefixes it begins with.
std::size_t further_levels(const std::vector<std::string>& segments) {
  // /api/v1/servers/{id}/relay/<rest>: the rest begins at segment 5.
  std::size_t levels = 0;
  for (std::size_t i = 5; i + 2 < segments.size() && segments[i] == "servers" && segments[i + 2] == "relay"; i += 3) ++levels;
  return levels;
}

/// A lower server's /sessions, /tokens and /account are about its own accounts; its end refuses them too.
bool is_about_sessions(const std::vector<std::string>& segments) {
  const auto first = 5 + 3 * further_levels(segments);
  return first < segments.size() && (segments[first] == "sessions" || segments[first] == "tokens" || segments[first] == "account");
}

net::Request request_below(Call& call) {
  net::Request request;
  request.method = call.request.method;
  request.target = "/" + call.rest + (call.target.raw_query.empty() ? "" : "?" + call.target.raw_query);
  for (const auto& [name, value] : call.request.headers.fields()) {
    if (std::find(kPassedDown.begin(), kPassedDown.end(), name) != kPassedDown.end()) request.headers.add(name, value);
  }
  request.body = std::move(call.request.body);
  request.remote_ip = call.request.remote_ip;
  return request;
}

net::Response answer_from_below(net::Response below, const std::string& id, const std::string& prefix) {
  net::Response response;
  response.status = below.status;
  for (const auto& [name, value] : below.headers.fields()) {
    if (std::find(kPassedUp.begin(), kPassedUp.end(), name) != kPassedUp.end()) response.headers.add(name, value);
  }
  const auto further = response.headers.find("x-daikan-through");
  response.headers.set("x-daikan-through", further ? id + ", " + std::string(*further) : id);
  // A place on the lower server is reached through this one.
  constexpr std::string_view kApi = "/api/v1/";
  if (const auto location = below.headers.find("location"); location && location->starts_with(kApi)) {
    response.headers.set("location", prefix + std::string(location->substr(kApi.size())));
  }
  response.body = std::move(below.body);
  return response;
}

/// Counts one relayed request while it lives; null when the link has as many as it may have.
class RelaySlot {
 public:
  static std::unique_ptr<RelaySlot> take(const std::shared_ptr<RelayCounts>& counts, const std::string& id) {
    if (const auto found = counts->find(id); found != counts->end() && found->second >= limits::kMaxRelayedPerLink) return nullptr;
    return std::unique_ptr<RelaySlot>(new RelaySlot(counts, id));
  }
  ~RelaySlot() {
    const auto found = counts_->find(id_);
    if (--found->second == 0) counts_->erase(found);
  }
  RelaySlot(const RelaySlot&) = delete;
  RelaySlot& operator=(const RelaySlot&) = delete;

 private:
  RelaySlot(const std::shared_ptr<RelayCounts>& counts, const std::string& id) : counts_(counts), id_(id) { ++(*counts_)[id_]; }
  std::shared_ptr<RelayCounts> counts_;
  std::string id_;
};

/// The body of a relayed answer; its slot is free when it is read or dropped.
class CountedSource final : public net::BodySource {
 public:
  CountedSource(std::unique_ptr<RelaySlot> slot, std::unique_ptr<net::BodySource> inner)
      : slot_(std::move(slot)), inner_(std::move(inner)) {}
  awaitable<Result<std::string>> next() override { return inner_->next(); }

 private:
  std::unique_ptr<RelaySlot> slot_;
  std::unique_ptr<net::BodySource> inner_;
};

/// The error of a problem document that came from below; the body is there again afterwards.
awaitable<std::optional<Error>> error_from_below(net::Response& response) {
  if (response.status < 400) co_return std::nullopt;
  auto text = co_await response.body.read_all(limits::kMaxJsonBytes);
  boost::system::error_code bad;
  auto error = error_from_json(text ? boost::json::parse(*text, bad) : boost::json::value());
  response.body = text ? std::move(*text) : std::string();
  co_return error;
}

/// What changes something below is recorded here too: who, through which of our secondaries, and how it ended.
awaitable<> note_relayed(Context& context, const Call& call, std::string secondary, std::optional<Error> error) {
  if (call.request.method == "GET") co_return;
  co_await note(context, call.caller.actor,
                {"relay", call.request.method + " " + call.rest + " on secondary " + std::move(secondary), std::move(error)});
}

bool may_relay(const hierarchy::Permissions& permissions) { return permissions.anywhere(Right::relay); }

awaitable<net::Response> relay(Context& context, Call call) {
  const auto& segments = call.target.segments;
  if (call.caller.actor.through.size() + 1 + further_levels(segments) > context.services.facts.max_depth) {
    co_return problem(Error(Code::too_deep, "The request goes through more servers than a hierarchy may be deep.",
                            "Address a server nearer to this one."));
  }
  if (is_about_sessions(segments)) {
    co_return problem(Error(Code::permission_denied, "Sessions and tokens of a lower server cannot be reached from above.",
                            "Log in at that server itself."));
  }
  const auto id = context.services.links.resolve(call.parameter("id"));
  if (!id) {
    co_return problem(
        Error(Code::not_found, "There is no such secondary Administration Server here.", "List the secondaries of this server."));
  }
  auto rights = co_await context.services.secondaries.rights_below(call.caller.actor, *id);
  if (!rights) {
    if (rights.error().code == Code::permission_denied) co_await note_relayed(context, call, id->str(), rights.error());
    co_return problem(rights.error());
  }
  auto actor = call.caller.actor;
  actor.permissions = hierarchy::Permissions::of(*rights);
  auto slot = RelaySlot::take(context.relaying, id->str());
  if (!slot) {
    co_return problem(Error(Code::unavailable, "Too many requests to this secondary Administration Server are in progress.",
                            "Wait until some have ended, or close live tails of its events."));
  }
  const auto prefix = "/api/v1/servers/" + call.parameter("id") + "/relay/";
  auto below = co_await context.services.links.relay(*id, request_below(call), actor);
  if (!below) {
    co_await note_relayed(context, call, id->str(), below.error());
    co_return problem(below.error());
  }
  auto response = answer_from_below(std::move(*below), id->str(), prefix);
  auto error = co_await error_from_below(response);
  co_await note_relayed(context, call, id->str(), std::move(error));
  if (response.body.is_stream()) {
    response.body = std::unique_ptr<net::BodySource>(std::make_unique<CountedSource>(std::move(slot), response.body.into_source()));
  }
  const auto type = response.headers.find("content-type");
  if (type && type->starts_with("text/event-stream")) {
    auto inner = response.body.into_source();
    response.body = call.caller.secret.empty() ? guard_relayed_stream(std::move(inner), context.services.primary)
                                               : guard_stream(std::move(inner), context.services.accounts, call.caller.secret, may_relay);
  }
  co_return response;
}

constexpr Route relay_route(std::string_view method) {
  return {.method = method,
          .pattern = "/api/v1/servers/{id}/relay/{rest...}",
          .answer = relay,
          .needs = needs::on_group(Right::relay),
          .body = Body::streamed,
          .query_rule = Route::Query::any};
}
constexpr Route kRoutes[] = {relay_route("GET"), relay_route("POST"), relay_route("PUT"), relay_route("PATCH"), relay_route("DELETE")};

}  // namespace

std::span<const Route> relay_routes() { return kRoutes; }

}  // namespace daikan::api
