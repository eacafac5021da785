// This Administration Server: identity, properties, its certificate as a file.
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kCertificateQuery[] = {"format"};

json::object identity_json(const server::Facts& facts) {
  return {{"id", facts.id.str()},
          {"name", facts.name},
          {"version", facts.version},
          {"api_version", 1},
          {"fingerprint", facts.certificate.fingerprint},
          {"certificate", facts.certificate_pem}};
}

json::array endpoints_json(const std::vector<Endpoint>& endpoints) {
  json::array array;
  for (const auto& endpoint : endpoints) array.push_back(json::value(endpoint.str()));
  return array;
}

awaitable<net::Response> show_identity(Context& context, Call) { co_return json_answer(200, identity_json(context.services.facts)); }

awaitable<net::Response> show_server(Context& context, Call) {
  const auto& facts = context.services.facts;
  auto object = identity_json(facts);
  object["started_at"] = to_rfc3339(facts.started_at);
  object["database"] = facts.database;
  object["link_endpoints"] = endpoints_json(facts.link_endpoints);
  object["console_endpoints"] = endpoints_json(facts.console_endpoints);
  object["max_depth"] = facts.max_depth;
  object["certificate_not_after"] = to_rfc3339(facts.certificate_not_after);
  object["certificate_issuer"] = text_or_null(facts.certificate_issuer);
  object["certificate_chain"] = facts.certificate_chain;
  json::array ancestors;
  for (const auto& ancestor : context.services.links.ancestors()) {
    ancestors.push_back(json::object{{"id", ancestor.id.str()}, {"name", ancestor.name}});
  }
  object["ancestors"] = std::move(ancestors);
  co_return json_answer(200, object);
}

awaitable<net::Response> export_certificate(Context& context, Call call) {
  const auto& facts = context.services.facts;
  const auto format = call.target.find_query("format").value_or("der");
  if (format != "der" && format != "pem") {
    co_return problem(
        Error(Code::invalid_request, "The format of a certificate file is der or pem.", "Ask for ?format=der or ?format=pem.", "format"));
  }
  const bool pem = format == "pem";
  const auto& der = facts.certificate.der;
  auto response = text_answer(200, pem ? facts.certificate_pem : std::string(der.begin(), der.end()),
                              pem ? "application/x-pem-file" : "application/pkix-cert");
  response.headers.add("content-disposition", pem ? "attachment; filename=\"server.pem\"" : "attachment; filename=\"server.cer\"");
  co_return response;
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/server/identity", .answer = show_identity, .needs = needs::nothing(), .access = Access::anyone},
    {.method = "GET", .pattern = "/api/v1/server", .answer = show_server, .needs = needs::anywhere(Right::read)},
    {.method = "GET",
     .pattern = "/api/v1/server/certificate",
     .answer = export_certificate,
     .needs = needs::anywhere(Right::read),
     .query = kCertificateQuery},
};

}  // namespace

std::span<const Route> server_routes() { return kRoutes; }

}  // namespace daikan::api
