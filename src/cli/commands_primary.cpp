// primary set, show, clear; probe.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/link_text.h"
#include "cli/primary_body.h"
#include "net/identity.h"

namespace daikan::cli {
namespace {

void print_primary(Context& context, const json::value& primary) {
  if (context.as_json()) {
    print_json(context.terminal, primary);
    return;
  }
  if (!truth_of(primary, "configured")) {
    context.terminal.line("This server has no primary. Set one with: daikan primary set --address ADDRESS:13000 --certificate primary.cer");
    return;
  }
  const auto text = [&](std::string_view key) { return shown(text_of(primary, key)); };
  std::vector<std::pair<std::string, Cell>> fields = {{"Primary", text("name")},
                                                      {"State", state_cell(context.terminal, text_of(primary, "state"))},
                                                      {"Since", local_time(text_of(primary, "since"))},
                                                      {"Reason", reason_text(primary)},
                                                      {"Next step", text("next_step")},
                                                      {"Direction", direction_words(text_of(primary, "direction"))},
                                                      {"Address", text("address")},
                                                      {"Proxy", text("proxy")},
                                                      {"Version", text("version")},
                                                      {"Last connected", local_time(text_of(primary, "last_connected_at"))},
                                                      {"Round trip (ms)", text("round_trip_ms")},
                                                      {"Next attempt", local_time(text_of(primary, "next_attempt_at"))},
                                                      {"Fingerprint", text("fingerprint")},
                                                      {"Server id", text("server_id")},
                                                      {"Primary may", text("primary_may")}};
  std::erase_if(fields, [](const auto& field) { return field.second.text.empty(); });
  print_fields(context.terminal, fields);
}

}  // namespace

Result<json::object> primary_body(const PrimarySet& options) {
  json::object body;
  if (options.dmz && !options.address.empty()) {
    return fail(Code::invalid_request, "--address does not go with --dmz: the primary dials, and this server waits.",
                "Leave one of the two out.", "address");
  }
  if (!options.dmz && options.address.empty()) {
    return fail(Code::address_required, "The address of the primary is missing.",
                "Give it with --address, or say --dmz when the primary dials this server.", "address");
  }
  body["direction"] = options.dmz ? "primary_dials" : "secondary_dials";
  if (!options.dmz) {
    auto address = parse_endpoint(options.address, limits::kLinkPort);
    if (!address) return fail(std::move(address.error()));
    body["address"] = address->str();
  }
  if (!options.proxy.empty()) {
    if (options.dmz) {
      return fail(Code::invalid_request, "--proxy does not go with --dmz: this server does not dial.", "Set the proxy on the primary.",
                  "proxy");
    }
    auto proxy = read_proxy(options.proxy, options.proxy_password_file, "proxy");
    if (!proxy) return fail(std::move(proxy.error()));
    body["proxy"] = joining::proxy_to_json(*proxy);
  }
  auto certificate = read_certificate(options.certificate);
  if (!certificate) return fail(std::move(certificate.error()));
  body["certificate"] = certificate->text;
  if (options.replace) body["replace"] = true;
  if (!options.primary_may.empty()) body["primary_may"] = options.primary_may;
  return body;
}

awaitable<Result<>> primary_set(Context& context, ApiSession& session, PrimarySet options) {
  if (!options.primary_may.empty() && options.certificate.empty() && options.address.empty() && !options.dmz) {
    auto told = co_await session.call("PUT", "/primary/rights", json::object{{"primary_may", options.primary_may}});
    if (!told) co_return fail(std::move(told.error()));
    print_primary(context, *told);
    co_return Result<>{};
  }
  if (options.certificate.empty()) {
    co_return fail(Code::invalid_request, "The primary's certificate is missing.", "Give its file with --certificate.", "certificate");
  }
  auto body = primary_body(options);
  if (!body) co_return fail(std::move(body.error()));
  auto primary = co_await session.call("PUT", "/primary", std::move(*body));
  if (!primary) co_return fail(std::move(primary.error()));
  print_primary(context, *primary);
  if (context.as_json()) co_return Result<>{};
  auto identity = co_await session.get("/server/identity");
  if (identity) {
    context.terminal.line(
        fmt::format("The primary's administrator compares this server's fingerprint:\n  {}", shown(text_of(*identity, "fingerprint"))));
  }
  co_return Result<>{};
}

awaitable<Result<>> primary_show(Context& context, ApiSession& session, NoOptions) {
  auto primary = co_await session.get("/primary");
  if (!primary) co_return fail(std::move(primary.error()));
  print_primary(context, *primary);
  co_return Result<>{};
}

awaitable<Result<>> primary_clear(Context& context, ApiSession& session, PrimaryClear options) {
  auto cleared = co_await session.call("DELETE", options.remove_inherited ? "/primary?inherited=remove" : "/primary");
  if (!cleared) co_return fail(std::move(cleared.error()));
  if (!context.as_json()) {
    context.terminal.line(options.remove_inherited
                              ? "This server has no primary any more, and nothing of what it inherited."
                              : "This server has no primary any more. What it inherited stays as its own: see daikan policy list.");
  }
  co_return Result<>{};
}

awaitable<Result<>> probe(Context& context, ApiSession& session, ProbeOptions options) {
  auto address = parse_endpoint(options.address, limits::kLinkPort);
  if (!address) co_return fail(std::move(address.error()));
  json::object body;
  body["address"] = address->str();
  body["direction"] = options.dmz ? "primary_dials" : "secondary_dials";
  if (!options.proxy.empty()) {
    auto proxy = read_proxy(options.proxy, options.proxy_password_file, "proxy");
    if (!proxy) co_return fail(std::move(proxy.error()));
    body["proxy"] = joining::proxy_to_json(*proxy);
  }
  if (!options.fingerprint.empty()) body["expected_fingerprint"] = options.fingerprint;
  if (!options.certificate.empty()) {
    auto certificate = read_certificate(options.certificate);
    if (!certificate) co_return fail(std::move(certificate.error()));
    body["expected_fingerprint"] = certificate->record.fingerprint;
  }
  auto answer = co_await session.call("POST", "/probes", std::move(body));
  if (!answer) co_return fail(std::move(answer.error()));
  if (context.as_json()) {
    print_json(context.terminal, *answer);
  } else {
    print_probe(context.terminal, *answer);
    const auto seen = text_of(*answer, "fingerprint");
    if (!seen.empty()) context.terminal.line(fmt::format("Fingerprint: {}", shown(seen)));
  }
  if (auto error = error_of(*answer, "error")) co_return fail(std::move(*error));
  co_return Result<>{};
}

}  // namespace daikan::cli
