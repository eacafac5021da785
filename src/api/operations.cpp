// What those who run this server ask: health, metrics, and the specification itself.
#include "api/openapi_text.h"
#include "api/routes.h"
#include "api/shared_text.h"

namespace daikan::api {
namespace {

double seconds_since_1970(TimePoint at) { return static_cast<double>(to_micros(at)) / 1e6; }

awaitable<net::Response> show_health(Context&, Call) { co_return text_answer(200, "ok\n"); }

awaitable<net::Response> show_metrics(Context& context, Call) {
  const auto& facts = context.services.facts;
  Metrics::Sources sources;
  sources.links = context.services.links.counters();
  sources.store = context.services.storage.database().statistics();
  sources.event_streams = context.event_streams;
  sources.version = facts.version;
  sources.started_at = seconds_since_1970(facts.started_at);
  sources.certificate_not_after = seconds_since_1970(facts.certificate_not_after);
  co_return text_answer(200, context.metrics.text(sources), "text/plain; version=0.0.4; charset=utf-8");
}

awaitable<net::Response> show_specification(Context&, Call) {
  static const SharedText text = std::make_shared<const std::string>(specification());
  net::Response response{200, {{"content-type", "application/yaml"}}, {}};
  serve_shared(response, text);
  co_return response;
}

constexpr Route kRoutes[] = {
    {.method = "GET",
     .pattern = "/healthz",
     .answer = show_health,
     .needs = needs::nothing(),
     .access = Access::anyone,
     .query_rule = Route::Query::any},
    {.method = "GET",
     .pattern = "/metrics",
     .answer = show_metrics,
     .needs = needs::on_server(Right::read),
     .access = Access::loopback,
     .query_rule = Route::Query::any},
    {.method = "GET", .pattern = "/api/v1/openapi.yaml", .answer = show_specification, .needs = needs::nothing(), .access = Access::anyone},
};

}  // namespace

std::string specification() {
  std::string text;
  for (const auto part : kSpecificationParts) text += part;
  return text;
}

std::span<const Route> operations_routes() { return kRoutes; }

}  // namespace daikan::api
