// The two ends of a join over their console APIs.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "joining/console_client.h"
#include "net/identity.h"

namespace daikan::joining {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string_view direction_of(Way way) { return way == Way::primary_dials ? "primary_dials" : "secondary_dials"; }

tl::unexpected<Error> strange(std::string_view server, std::string_view what) {
  return fail(Code::not_an_administration_server, fmt::format("{}: {} is not what an Administration Server answers.", server, what),
              "Check the address and the port, and that both servers run a version that understands the other.");
}

std::optional<Error> error_at(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  if (!found || !found->is_object()) return std::nullopt;
  const auto& fields = found->get_object();
  return Error(code_from_string(text_at(fields, "code")).value_or(Code::internal), text_at(fields, "message"), text_at(fields, "remedy"),
               text_at(fields, "field"));
}

awaitable<Result<ServerIdentity>> read_identity(ConsoleClient& client) {
  auto answer = co_await client.call("GET", "/server/identity");
  if (!answer) co_return fail(std::move(answer.error()));
  auto identity = identity_from_json(answer->body, client.server().str());
  if (!identity) co_return fail(std::move(identity.error()));
  // A server reached through a relay has its own certificate; its primary vouches for it. One reached directly must show the one it tells.
  const auto& shown = client.certificate();
  if (client.base().empty() && (!shown || shown->fingerprint != identity->certificate.fingerprint)) {
    co_return fail(Code::certificate_mismatch,
                   fmt::format("{}: the connection shows another certificate than the server tells: shown {}, told {}.",
                               client.server().str(), shown ? shown->fingerprint : "none", identity->certificate.fingerprint),
                   "Something stands between this machine and the server; connect to the server itself.", "fingerprint");
  }
  co_return std::move(*identity);
}

/// POST /probes on `client`. `dialled`: whom it is to reach.
struct ProbeTarget {
  Endpoint address;
  std::optional<Proxy> proxy;
  std::string fingerprint;
  Way way;
};

awaitable<Result<>> run_probe(ConsoleClient& client, ProbeTarget target) {
  json::object body;
  body["address"] = target.address.str();
  if (target.proxy) body["proxy"] = proxy_to_json(target.proxy);
  body["expected_fingerprint"] = target.fingerprint;
  body["direction"] = direction_of(target.way);
  auto answer = co_await client.call("POST", "/probes", std::move(body));
  if (!answer) co_return fail(std::move(answer.error()));
  if (!answer->body.is_object()) co_return strange(client.server().str(), "the answer to a probe");
  const auto& told = answer->body.get_object();
  if (auto error = error_at(told, "error")) co_return fail(std::move(*error));
  const auto* ok = told.if_contains("ok");
  if (!ok || !ok->is_bool() || !ok->get_bool()) co_return strange(client.server().str(), "the answer to a probe");
  co_return Result<>{};
}

awaitable<Result<LinkView>> read_link(ConsoleClient& client, std::string path) {
  auto answer = co_await client.call("GET", std::move(path));
  if (!answer) co_return fail(std::move(answer.error()));
  if (!answer->body.is_object()) co_return strange(client.server().str(), "the state of a link");
  const auto& told = answer->body.get_object();
  co_return LinkView{text_at(told, "state"), error_at(told, "reason")};
}

class ConsolePrimary final : public PrimaryEnd {
 public:
  explicit ConsolePrimary(ConsoleClient& client) : client_(client) {}

  awaitable<Result<ServerIdentity>> identity() override { return read_identity(client_); }

  awaitable<Result<>> probe_secondary(const Endpoint& address, const std::optional<Proxy>& proxy,
                                      const CertificateRecord& expected) override {
    return run_probe(client_, {address, proxy, expected.fingerprint, Way::primary_dials});
  }

  awaitable<Result<Registered>> register_secondary(const JoinRequest& request, const ServerIdentity& secondary) override {
    json::object body;
    body["name"] = request.name.empty() ? secondary.name : request.name;
    if (!request.group.empty()) body["group"] = request.group;
    body["direction"] = direction_of(request.way);
    if (request.way == Way::primary_dials) {
      body["address"] = request.dmz_address->str();
      if (request.dmz_proxy) body["proxy"] = proxy_to_json(request.dmz_proxy);
    } else {
      body["address"] = request.secondary_console.str();
    }
    body["certificate"] = to_base64(secondary.certificate.der);
    body["fingerprint"] = secondary.certificate.fingerprint;
    body["server_id"] = secondary.id.str();
    // Sent again after a broken connection it answers as the first did ("made"), so what this join made is undone if need be.
    net::Headers once{{"idempotency-key", key_}};
    auto answer = co_await client_.call("POST", "/secondaries", std::move(body), std::move(once));
    if (!answer) co_return fail(std::move(answer.error()));
    key_ = uuid_to_string(make_uuid(now()));
    const auto id = answer->body.is_object() ? RegistrationId::parse(text_at(answer->body.get_object(), "id")) : std::nullopt;
    if (!id) co_return strange(client_.server().str(), "the answer to a registration");
    co_return Registered{*id, answer->status == 201 ? Registered::Was::made : Registered::Was::there};
  }

  awaitable<Result<>> remove_secondary(const RegistrationId& id) override {
    auto answer = co_await client_.call("DELETE", "/secondaries/" + id.str());
    if (!answer) co_return fail(std::move(answer.error()));
    co_return Result<>{};
  }

  awaitable<Result<LinkView>> link(const RegistrationId& id) override { return read_link(client_, "/secondaries/" + id.str()); }

 private:
  ConsoleClient& client_;
  std::string key_ = uuid_to_string(make_uuid(now()));  ///< Of the next registration; the same until an answer has come.
};

class ConsoleSecondary final : public SecondaryEnd {
 public:
  explicit ConsoleSecondary(ConsoleClient& client) : client_(client) {}

  awaitable<Result<ServerIdentity>> identity() override { return read_identity(client_); }
  awaitable<Result<>> log_in(const Credentials& credentials) override { return client_.log_in(credentials); }

  awaitable<Result<>> probe_primary(const Endpoint& address, const std::optional<Proxy>& proxy,
                                    const CertificateRecord& expected) override {
    return run_probe(client_, {address, proxy, expected.fingerprint, Way::secondary_dials});
  }

  awaitable<Result<Above>> above(const ServerIdentity& primary) override {
    auto told = co_await client_.call("GET", "/primary");
    if (!told) co_return fail(std::move(told.error()));
    co_return above_from(told->body, primary);
  }

  awaitable<Result<>> set_primary(const JoinRequest& request, const ServerIdentity& primary) override {
    json::object body;
    body["direction"] = direction_of(request.way);
    if (request.way == Way::secondary_dials) {
      body["address"] = request.primary_address->str();
      if (request.primary_proxy) body["proxy"] = proxy_to_json(request.primary_proxy);
    }
    body["certificate"] = to_base64(primary.certificate.der);
    body["server_id"] = primary.id.str();
    auto answer = co_await client_.call("PUT", "/primary", std::move(body));
    if (!answer) co_return fail(std::move(answer.error()));
    co_return Result<>{};
  }

  awaitable<Result<>> clear_primary() override {
    auto answer = co_await client_.call("DELETE", "/primary");
    if (!answer) co_return fail(std::move(answer.error()));
    co_return Result<>{};
  }

  awaitable<Result<LinkView>> link() override { return read_link(client_, "/primary"); }

 private:
  /// Any setting that names this primary was there before us, also with another address: undoing may not take it away.
  static Above above_from(const json::value& told, const ServerIdentity& primary) {
    if (!told.is_object()) return Above::nobody;
    const auto& fields = told.get_object();
    const auto* configured = fields.if_contains("configured");
    if (!configured || !configured->is_bool() || !configured->get_bool()) return Above::nobody;
    return text_at(fields, "fingerprint") == primary.certificate.fingerprint ? Above::this_primary : Above::another;
  }

  ConsoleClient& client_;
};

}  // namespace

json::value proxy_to_json(const std::optional<Proxy>& proxy) {
  if (!proxy) return nullptr;
  json::object told;
  told["url"] = proxy->url();
  if (!proxy->password.empty()) told["password"] = proxy->password;
  return told;
}

Result<ServerIdentity> identity_from_json(const json::value& body, std::string_view server) {
  if (!body.is_object()) return strange(server, "the identity");
  const auto& fields = body.get_object();
  const auto id = ServerId::parse(text_at(fields, "id"));
  const auto pem = text_at(fields, "certificate");
  if (!id || pem.empty()) return strange(server, "the identity");
  auto certificate = net::parse_certificate(std::span(reinterpret_cast<const std::uint8_t*>(pem.data()), pem.size()), now());
  if (!certificate) return fail(std::move(certificate.error()));
  return ServerIdentity{*id, text_at(fields, "name"), text_at(fields, "version"), std::move(certificate->record)};
}

std::unique_ptr<PrimaryEnd> make_primary_end(ConsoleClient& client) { return std::make_unique<ConsolePrimary>(client); }
std::unique_ptr<SecondaryEnd> make_secondary_end(ConsoleClient& client) { return std::make_unique<ConsoleSecondary>(client); }

}  // namespace daikan::joining
