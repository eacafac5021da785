// The roll-over of this server's key.
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using Phase = link::RollOver::Phase;

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::none:
      return "none";
    case Phase::announcing:
      return "announcing";
    case Phase::switched:
      return "switched";
  }
  return "none";
}

/// What a person has to know of one peer.
std::string_view state_of(const server::RollOverView::Peer& peer) {
  if (peer.seen_at) return "seen";
  if (peer.confirmed_at) return "confirmed";
  return peer.understands ? "waiting" : "by_file";
}

json::object roll_over_json(const server::RollOverView& view) {
  json::array peers;
  for (const auto& peer : view.peers) {
    peers.push_back(json::object{{"role", peer.id ? "secondary" : "primary"},
                                 {"id", peer.id ? json::value(peer.id->str()) : json::value(nullptr)},
                                 {"name", text_or_null(peer.name)},
                                 {"state", state_of(peer)},
                                 {"link", to_string(peer.link)},
                                 {"confirmed_at", time_json(peer.confirmed_at)},
                                 {"seen_at", time_json(peer.seen_at)}});
  }
  const bool none = view.phase == Phase::none;
  return {{"phase", name_of(view.phase)},
          {"fingerprint", text_or_null(view.fingerprint)},
          {"started_at", none ? json::value(nullptr) : json::value(to_rfc3339(view.started_at))},
          {"started_by", text_or_null(view.started_by)},
          {"peers", std::move(peers)}};
}

net::Response answer_with(const Result<server::RollOverView>& view, int status) {
  if (!view) return problem(view.error());
  return json_answer(status, roll_over_json(*view));
}

awaitable<net::Response> show_roll_over(Context& context, Call) {
  auto view = co_await context.services.roll_over.view();
  co_return answer_with(view, 200);
}

awaitable<net::Response> begin_roll_over(Context& context, Call call) {
  auto view = co_await context.services.roll_over.begin(call.caller.actor);
  co_return answer_with(view, 202);
}

awaitable<net::Response> finish_roll_over(Context& context, Call call) {
  auto view = co_await context.services.roll_over.finish(call.caller.actor);
  co_return answer_with(view, 200);
}

awaitable<net::Response> cancel_roll_over(Context& context, Call call) {
  auto view = co_await context.services.roll_over.cancel(call.caller.actor);
  co_return answer_with(view, 200);
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/server/roll_over", .answer = show_roll_over, .needs = needs::on_server(Right::read)},
    {.method = "POST", .pattern = "/api/v1/server/roll_over", .answer = begin_roll_over, .needs = needs::on_server(Right::manage_server)},
    {.method = "DELETE",
     .pattern = "/api/v1/server/roll_over",
     .answer = cancel_roll_over,
     .needs = needs::on_server(Right::manage_server)},
    {.method = "POST",
     .pattern = "/api/v1/server/roll_over/finish",
     .answer = finish_roll_over,
     .needs = needs::on_server(Right::manage_server)},
};

}  // namespace

std::span<const Route> roll_over_routes() { return kRoutes; }

}  // namespace daikan::api
