// secondary add, the ways that need no account of the secondary: by certificate file (way 2), an unrecognised server, and the DMZ (way 3)
// by file or by probe. With an account: secondary_join.cpp.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/link_text.h"
#include "cli/secondary_join.h"
#include "net/identity.h"

namespace daikan::cli {
namespace {

tl::unexpected<Error> usage(std::string message, std::string remedy, std::string field = {}) {
  return fail(Code::invalid_request, std::move(message), std::move(remedy), std::move(field));
}

/// What contradicts itself on the command line.
Result<> check(const SecondaryAdd& options) {
  const bool dmz = !options.dmz.empty();
  if (!options.address.empty() && !options.certificate.empty()) {
    return usage("A certificate file and the address of the secondary's console were both given.",
                 "Give the address to join now (way 1), or the file to register only (way 2).", "certificate");
  }
  if (options.address.empty() && !dmz && options.certificate.empty() && options.fingerprint.empty()) {
    return usage("It was not said which server to add.",
                 "Give the ADDRESS of its console (way 1), --certificate FILE (way 2), --dmz ADDRESS:PORT (way 3), or --fingerprint of an "
                 "unrecognised server.",
                 "address");
  }
  if (!options.proxy.empty() && !dmz) {
    return usage("--proxy is for a primary that dials (--dmz).", "For the secondary's proxy to the primary use --primary-proxy.", "proxy");
  }
  if (dmz && (!options.primary_address.empty() || !options.primary_proxy.empty())) {
    return usage("--primary-address and --primary-proxy do not go with --dmz: the secondary never dials there.", "Leave them out.",
                 "primary_address");
  }
  if (!options.fingerprint.empty() && !net::normalise_fingerprint(options.fingerprint)) {
    return usage(fmt::format("“{}” is not a SHA-256 fingerprint.", quotable(options.fingerprint, 100)),
                 "It has 64 hexadecimal digits: AB:CD:….", "fingerprint");
  }
  return {};
}

struct DmzAddress {
  Endpoint endpoint;
  std::optional<Proxy> proxy;
};

Result<DmzAddress> dmz_address(const SecondaryAdd& options) {
  auto endpoint = parse_endpoint(options.dmz, limits::kLinkPort, "dmz");
  if (!endpoint) return fail(std::move(endpoint.error()));
  DmzAddress address{std::move(*endpoint), std::nullopt};
  if (!options.proxy.empty()) {
    auto proxy = read_proxy(options.proxy, options.proxy_password_file, "proxy");
    if (!proxy) return fail(std::move(proxy.error()));
    address.proxy = std::move(*proxy);
  }
  return address;
}

json::object registration(const SecondaryAdd& options) {
  json::object body;
  if (!options.name.empty()) body["name"] = options.name;
  if (!options.group.empty()) body["group"] = options.group;
  if (!options.fingerprint.empty()) body["fingerprint"] = options.fingerprint;
  return body;
}

/// Registers and says what the other administrator has to do next.
awaitable<Result<>> add(Context& context, ApiSession& session, json::object body) {
  const bool dmz = body.contains("direction") && body.at("direction") == "primary_dials";
  auto made = co_await session.call("POST", "/secondaries", std::move(body));
  if (!made) co_return fail(std::move(made.error()));
  if (context.as_json()) {
    print_json(context.terminal, *made);
    co_return Result<>{};
  }
  auto identity = co_await session.get("/server/identity");
  const auto own = identity ? text_of(*identity, "fingerprint") : std::string("(daikan certificate show)");
  auto& terminal = context.terminal;
  terminal.line(fmt::format("Registered {} in {}: {}.", shown(text_of(*made, "name")), shown(text_of(*made, "group")),
                            state_cell(terminal, text_of(*made, "state")).text));
  terminal.line(fmt::format("  its fingerprint:    {}", shown(text_of(*made, "fingerprint"))));
  terminal.line(fmt::format("  this server's:      {}", shown(own)));
  terminal.line("The secondary's administrator, if it is not done yet, does there (file: daikan certificate export primary.cer, here):");
  terminal.line(dmz ? "  daikan primary set --dmz --certificate primary.cer"
                    : "  daikan primary set --address THIS_SERVER:13000 --certificate primary.cer");
  co_return Result<>{};
}

/// The certificate of the server in the DMZ as it shows itself, confirmed by a person or by --fingerprint.
awaitable<Result<std::string>> fetch_certificate(Context& context, ApiSession& session, DmzAddress address, SecondaryAdd options) {
  json::object body;
  body["address"] = address.endpoint.str();
  body["direction"] = "primary_dials";
  if (address.proxy) body["proxy"] = joining::proxy_to_json(address.proxy);
  auto answer = co_await session.call("POST", "/probes", std::move(body));
  if (!answer) co_return fail(std::move(answer.error()));
  if (!context.as_json()) print_probe(context.terminal, *answer);
  if (auto error = error_of(*answer, "error")) co_return fail(std::move(*error));
  const auto seen = text_of(*answer, "fingerprint");
  if (!options.fingerprint.empty()) {
    const auto wanted = net::normalise_fingerprint(options.fingerprint);
    if (*wanted == seen) co_return text_of(*answer, "certificate");
    co_return fail(
        Code::certificate_mismatch,
        fmt::format("{}: the certificate is not the expected one: expected {}, received {}.", address.endpoint.str(), *wanted, seen),
        "Check that this is the right server, and compare the fingerprint with its administrator.", "fingerprint");
  }
  if (!context.terminal.can_ask()) {
    co_return usage(fmt::format("{} shows a certificate nobody has confirmed; its fingerprint is {}.", address.endpoint.str(), seen),
                    "Compare it with the secondary's administrator and give it with --fingerprint, or give the file with --certificate.",
                    "fingerprint");
  }
  context.terminal.note(
      fmt::format("{} shows the certificate with the SHA-256 fingerprint\n\n  {}\n", address.endpoint.str(), shown(seen)));
  auto yes = context.terminal.confirm("Is it what the secondary's administrator reads out?");
  if (!yes) co_return fail(std::move(yes.error()));
  if (!*yes) co_return fail(Code::cancelled, "The certificate was not confirmed; nothing was changed.");
  co_return text_of(*answer, "certificate");
}

awaitable<Result<>> add_in_dmz(Context& context, ApiSession& session, SecondaryAdd options) {
  auto address = dmz_address(options);
  if (!address) co_return fail(std::move(address.error()));
  auto body = registration(options);
  body["direction"] = "primary_dials";
  body["address"] = address->endpoint.str();
  if (address->proxy) body["proxy"] = joining::proxy_to_json(address->proxy);
  if (!options.certificate.empty()) {
    auto file = read_certificate(options.certificate);
    if (!file) co_return fail(std::move(file.error()));
    body["certificate"] = file->text;
  } else {
    auto certificate = co_await fetch_certificate(context, session, *address, options);
    if (!certificate) co_return fail(std::move(certificate.error()));
    body["certificate"] = *certificate;
  }
  auto added = co_await add(context, session, std::move(body));
  co_return added;
}

awaitable<Result<>> add_by_file(Context& context, ApiSession& session, SecondaryAdd options) {
  auto body = registration(options);
  if (!options.certificate.empty()) {
    auto file = read_certificate(options.certificate);
    if (!file) co_return fail(std::move(file.error()));
    body["certificate"] = file->text;
  }
  auto added = co_await add(context, session, std::move(body));
  co_return added;
}

}  // namespace

awaitable<Result<>> secondary_add(Context& context, ApiSession& session, SecondaryAdd options) {
  if (auto checked = check(options); !checked) co_return checked;
  if (!options.address.empty()) {
    auto joined = co_await join_secondary(context, session, std::move(options));
    co_return joined;
  }
  if (!options.dmz.empty()) {
    auto added = co_await add_in_dmz(context, session, std::move(options));
    co_return added;
  }
  auto added = co_await add_by_file(context, session, std::move(options));
  co_return added;
}

}  // namespace daikan::cli
