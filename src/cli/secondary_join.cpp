#include "cli/secondary_join.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "cli/files.h"
#include "cli/join_runner.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

using joining::JoinRequest;
using joining::Way;

/// Every option that would have to be asked and cannot.
Result<> check_complete(const Context& context, const SecondaryAdd& options) {
  if (context.terminal.can_ask()) return {};
  std::string missing;
  std::string first;
  const auto need = [&](bool given, std::string_view option, std::string_view field) {
    if (given) return;
    if (first.empty()) first = field;
    missing += fmt::format("{}{}", missing.empty() ? "" : ", ", option);
  };
  const bool token = !options.token_file.empty();
  need(!options.fingerprint.empty(), "--fingerprint", "fingerprint");
  need(!options.user.empty() || token, "--user", "user");
  need(!options.password_file.empty() || token, "--password-file", "password");
  need(!options.primary_address.empty() || !options.dmz.empty(), "--primary-address", "primary_address");
  if (missing.empty()) return {};
  return fail(Code::invalid_request, fmt::format("Missing: {}.", missing), "There is no terminal to ask at; give them as options.", first);
}

/// Asks whether the secondary is the one with this fingerprint.
awaitable<Result<std::string>> confirmed_fingerprint(Context& context, joining::ConsoleClient& client, SecondaryAdd options) {
  if (!options.fingerprint.empty()) co_return options.fingerprint;
  const auto end = joining::make_secondary_end(client);
  auto identity = co_await end->identity();
  if (!identity) co_return fail(std::move(identity.error()));
  context.terminal.note(fmt::format("{} is the server {} ({}). SHA-256 fingerprint of its certificate:\n\n  {}\n", client.server().str(),
                                    shown(identity->name), shown(identity->version), identity->certificate.fingerprint));
  auto yes = context.terminal.confirm("Is it what the secondary's administrator reads out?");
  if (!yes) co_return fail(std::move(yes.error()));
  if (!*yes) co_return fail(Code::cancelled, "The certificate was not confirmed; nothing was sent to the server.");
  co_return identity->certificate.fingerprint;
}

/// The address to offer: the host this console reaches the primary under, and the port its links really come to.
awaitable<Result<std::string>> offered_primary_address(ApiSession& session) {
  auto server = co_await session.get("/server");
  if (!server) co_return fail(std::move(server.error()));
  if (session.is_relayed()) co_return std::string();
  auto port = limits::kLinkPort;
  for (const auto& entry : elements(*server, "link_endpoints")) {
    if (!entry.is_string()) continue;
    const auto endpoint = parse_endpoint(std::string_view(entry.get_string()), limits::kLinkPort);
    if (endpoint) port = endpoint->port;
  }
  co_return Endpoint{session.profile().server.host, port}.str();
}

awaitable<Result<Endpoint>> primary_address_of(Context& context, ApiSession& session, SecondaryAdd options) {
  auto text = options.primary_address;
  if (text.empty()) {
    auto offered = co_await offered_primary_address(session);
    if (!offered) co_return fail(std::move(offered.error()));
    auto answer = context.terminal.ask("Address under which the secondary reaches the primary", *offered);
    if (!answer) co_return fail(std::move(answer.error()));
    text = std::move(*answer);
  }
  co_return parse_endpoint(text, limits::kLinkPort, "primary_address");
}

awaitable<Result<JoinRequest>> complete(Context& context, ApiSession& session, joining::ConsoleClient& below, SecondaryAdd options) {
  JoinRequest request;
  request.group = options.group;
  request.name = options.name;
  request.secondary_console = below.server();
  request.link_time = std::chrono::seconds(options.wait_seconds);
  if (!options.dmz.empty()) {
    request.way = Way::primary_dials;
    auto address = parse_endpoint(options.dmz, limits::kLinkPort, "dmz");
    if (!address) co_return fail(std::move(address.error()));
    request.dmz_address = std::move(*address);
  }
  const bool dmz = request.way == Way::primary_dials;
  const auto& proxy_url = dmz ? options.proxy : options.primary_proxy;
  if (!proxy_url.empty()) {
    auto proxy =
        read_proxy(proxy_url, dmz ? options.proxy_password_file : options.primary_proxy_password_file, dmz ? "proxy" : "primary_proxy");
    if (!proxy) co_return fail(std::move(proxy.error()));
    (dmz ? request.dmz_proxy : request.primary_proxy) = std::move(*proxy);
  }
  auto fingerprint = co_await confirmed_fingerprint(context, below, options);
  if (!fingerprint) co_return fail(std::move(fingerprint.error()));
  request.fingerprint = std::move(*fingerprint);
  auto credentials = credentials_of(context, options);
  if (!credentials) co_return fail(std::move(credentials.error()));
  request.credentials = std::move(*credentials);
  if (!dmz) {
    auto address = co_await primary_address_of(context, session, options);
    if (!address) co_return fail(std::move(address.error()));
    request.primary_address = std::move(*address);
  }
  co_return request;
}

awaitable<Result<>> join(Context& context, ApiSession& session, joining::ConsoleClient& below, JoinRequest request) {
  const auto primary = joining::make_primary_end(session.client());
  const auto secondary = joining::make_secondary_end(below);
  auto run = std::make_shared<JoinRun>(context, *primary, *secondary, std::move(request));
  auto joined = co_await join_or_undo(context, run);
  if (!joined) co_return joined;
  auto record = co_await session.get("/secondaries/" + run->progress.registration->str());
  if (!record) co_return fail(std::move(record.error()));
  if (context.as_json()) {
    print_json(context.terminal, *record);
  } else {
    context.terminal.line(
        fmt::format("{} is a secondary of this server now, in {}.", shown(text_of(*record, "name")), shown(text_of(*record, "group"))));
  }
  co_return Result<>{};
}

}  // namespace

Result<joining::Credentials> credentials_of(Context& context, const SecondaryAdd& options) {
  joining::Credentials credentials;
  if (!options.token_file.empty()) {
    auto token = read_secret(options.token_file);
    if (!token) return fail(std::move(token.error()));
    credentials.token = std::move(*token);
    return credentials;
  }
  credentials.user = options.user;
  if (credentials.user.empty()) {
    auto user = context.terminal.ask("Administrator of the secondary");
    if (!user) return fail(std::move(user.error()));
    credentials.user = std::move(*user);
  }
  auto password = options.password_file.empty()
                      ? context.terminal.ask_secret(fmt::format("Password of {} on the secondary", credentials.user))
                      : read_secret(options.password_file);
  if (!password) return fail(std::move(password.error()));
  credentials.password = std::move(*password);
  if (!options.code_file.empty()) {
    auto code = read_secret(options.code_file);
    if (!code) return fail(std::move(code.error()));
    credentials.code = std::move(*code);
  }
  return credentials;
}

awaitable<Result<>> join_secondary(Context& context, ApiSession& session, SecondaryAdd options) {
  if (auto checked = check_complete(context, options); !checked) co_return checked;
  auto console = parse_console_url(options.address);
  if (!console) {
    console.error().field = "address";
    co_return fail(std::move(console.error()));
  }
  joining::ConsoleClient below(context.executor, *console, options.fingerprint);
  auto request = co_await complete(context, session, below, options);
  Result<> outcome;
  if (request) {
    outcome = co_await join(context, session, below, *request);
    // The account there has a second factor: nothing was changed yet, so it is begun again with a code.
    if (!outcome && outcome.error().code == Code::two_factor_required && request->credentials.code.empty()) {
      auto code = asked_code(context.terminal, std::move(outcome.error()), request->credentials.user);
      if (code) {
        request->credentials.code = std::move(*code);
        outcome = co_await join(context, session, below, std::move(*request));
      } else {
        outcome = fail(std::move(code.error()));
      }
    }
    co_await below.log_out();
  } else {
    outcome = fail(std::move(request.error()));
  }
  co_await below.close();
  co_return outcome;
}

}  // namespace daikan::cli
