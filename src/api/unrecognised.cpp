// Servers that dialled without being registered: listed, ignored, forgotten. One is added by POST /secondaries with its fingerprint.
#include "server/unrecognised.h"

#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kListQuery[] = {"ignored"};

awaitable<net::Response> list(Context& context, Call call) {
  auto which = server::Unrecognised::shown;
  if (const auto ignored = call.target.find_query("ignored")) {
    if (*ignored != "true" && *ignored != "false") {
      co_return problem(Error(Code::invalid_request, "The query parameter ignored is neither true nor false.",
                              "Ask for ignored=true, or leave it out.", "ignored"));
    }
    if (*ignored == "true") which = server::Unrecognised::ignored;
  }
  auto records = co_await server::list_unrecognised(context.services.storage, which);
  if (!records) co_return problem(records.error());
  json::array items;
  for (const auto& record : *records) items.push_back(unrecognised_json(record));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

/// A path that cannot be a fingerprint is a path that is not there.
net::Response answer_of(Result<> done) {
  if (done) return no_content();
  if (done.error().code != Code::invalid_request) return problem(done.error());
  return problem(
      Error(Code::not_found, "No unrecognised server has this fingerprint.", "List them with GET /api/v1/unrecognised_servers."));
}

awaitable<net::Response> mark(Context& context, Call call, server::Unrecognised which) {
  auto marked = co_await server::mark_unrecognised(context.services.storage, call.caller.actor, call.parameter("fingerprint"), which);
  co_return answer_of(std::move(marked));
}

awaitable<net::Response> ignore(Context& context, Call call) { return mark(context, std::move(call), server::Unrecognised::ignored); }

awaitable<net::Response> unignore(Context& context, Call call) { return mark(context, std::move(call), server::Unrecognised::shown); }

awaitable<net::Response> forget(Context& context, Call call) {
  auto forgotten = co_await server::forget_unrecognised(context.services.storage, call.caller.actor, call.parameter("fingerprint"));
  co_return answer_of(std::move(forgotten));
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/unrecognised_servers", .answer = list, .query = kListQuery},
    {.method = "DELETE", .pattern = "/api/v1/unrecognised_servers/{fingerprint}", .answer = forget},
    {.method = "PUT", .pattern = "/api/v1/unrecognised_servers/{fingerprint}/ignored", .answer = ignore},
    {.method = "DELETE", .pattern = "/api/v1/unrecognised_servers/{fingerprint}/ignored", .answer = unignore},
};

}  // namespace

std::span<const Route> unrecognised_routes() { return kRoutes; }

}  // namespace daikan::api
