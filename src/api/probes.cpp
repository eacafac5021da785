// Trying to reach another server's link port or console, without changing anything.
#include <fmt/format.h>

#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"
#include "server/console_identity.h"

namespace daikan::api {
namespace {

constexpr Field kProbeFields[] = {{.name = "address", .presence = Presence::required, .max_bytes = kMaxAddressTextBytes},
                                  {.name = "proxy", .kind = FieldKind::object, .members = kProxyFields},
                                  {.name = "expected_fingerprint", .max_bytes = kMaxFingerprintBytes},
                                  {.name = "direction", .choices = kDirections}};

/// Marks somebody's probe as running while it lives.
class Probing {
 public:
  Probing(std::set<std::string>& running, const server::Actor& actor)
      : running_(running), entry_(running.insert(actor.name + "\n" + actor.source)) {}
  ~Probing() {
    if (entry_.second) running_.erase(entry_.first);
  }
  Probing(const Probing&) = delete;
  Probing& operator=(const Probing&) = delete;
  bool alone() const { return entry_.second; }

 private:
  std::set<std::string>& running_;
  std::pair<std::set<std::string>::iterator, bool> entry_;
};

/// People compare the certificate's fingerprint, links the pin of its key: the fingerprint is compared here, after the dial.
void expect_fingerprint(server::ProbeAnswer& answer, const Endpoint& address, const std::string& expected) {
  if (expected.empty() || answer.error || !answer.certificate || answer.certificate->fingerprint == expected) return;
  answer.error = Error(Code::certificate_mismatch,
                       fmt::format("{}: the certificate is another one: expected {}, received {}.", address.str(), expected,
                                   answer.certificate->fingerprint),
                       "Compare both with the server's administrator; somebody may stand in between.", "expected_fingerprint");
  for (auto& entry : answer.trace.entries) {
    if (entry.step == net::DialStep::certificate) entry.error = answer.error;
  }
}

awaitable<net::Response> probe(Context& context, Call call) {
  auto address = endpoint_of(call.body, "address", limits::kLinkPort);
  if (!address) co_return problem(address.error());
  auto proxy = proxy_of(call.body, "proxy");
  if (!proxy) co_return problem(proxy.error());
  auto expected = fingerprint_of(call.body, "expected_fingerprint");
  if (!expected) co_return problem(expected.error());
  const Probing probing(context.probing, call.caller.actor);
  if (!probing.alone()) {
    co_return problem(Error(Code::rate_limited, "A probe of yours is still running.", "Wait up to 20 seconds for it."));
  }
  server::ProbeRequest request;
  request.address = **address;
  request.proxy = std::move(*proxy);
  request.direction = direction_of(call.body, "direction");
  auto answer = co_await context.services.primary.probe(std::move(request));
  expect_fingerprint(answer, **address, *expected);
  co_return json_answer(200, probe_json(answer));
}

awaitable<net::Response> probe_console(Context& context, Call call) {
  auto address = endpoint_of(call.body, "address", limits::kConsolePort);
  if (!address) co_return problem(address.error());
  const Probing probing(context.probing, call.caller.actor);
  if (!probing.alone() || context.probing.size() > limits::kMaxProbesAtOnce) {
    co_return problem(Error(Code::rate_limited, "Another probe is still running.", "Wait up to 20 seconds for it."));
  }
  const auto identity = co_await server::read_console_identity(context.services.facts, std::move(**address));
  if (!identity) co_return problem(identity.error());
  co_return json_answer(200, boost::json::object{{"id", identity->id.str()},
                                                 {"name", identity->name},
                                                 {"version", identity->version},
                                                 {"fingerprint", identity->certificate.fingerprint}});
}

constexpr Field kConsoleProbeFields[] = {{.name = "address", .presence = Presence::required, .max_bytes = kMaxAddressTextBytes}};

constexpr Route kRoutes[] = {
    {.method = "POST",
     .pattern = "/api/v1/probes",
     .answer = probe,
     .needs = needs::anywhere(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kProbeFields},
    {.method = "POST",
     .pattern = "/api/v1/console_probes",
     .answer = probe_console,
     .needs = needs::anywhere(Right::configure_hierarchy),
     .body = Body::json,
     .fields = kConsoleProbeFields},
};

}  // namespace

std::span<const Route> probes_routes() { return kRoutes; }

}  // namespace daikan::api
