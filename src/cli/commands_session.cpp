// login, logout, profiles, version, init: what works without a session.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/link_text.h"
#include "net/identity.h"
#include "server/initialise.h"

namespace daikan::cli {
namespace {

Result<std::string> given_password(Context& context, const std::string& file, std::string_view question) {
  if (!file.empty()) return read_secret(file);
  if (context.terminal.can_ask()) return context.terminal.ask_secret(question);
  return fail(Code::invalid_request, "The password is missing.", "Name a file with --password-file, or - for standard input.", "password");
}

/// Settles which certificate this login trusts: the one given, the one pinned before, or the one a person confirms now.
Result<> settle_pin(Context& context, const joining::ServerIdentity& identity, const Endpoint& server) {
  const auto& seen = identity.certificate.fingerprint;
  if (!context.terminal.can_ask()) {
    return fail(Code::invalid_request,
                fmt::format("The certificate of {} ({}) is not known yet; its fingerprint is {}.", identity.name, server.str(), seen),
                "Compare it with the server's administrator and give it with --fingerprint.", "fingerprint");
  }
  context.terminal.note(
      fmt::format("The certificate of {} ({}) is not known yet. Its SHA-256 fingerprint:\n\n  {}\n\n"
                  "Compare it with what the server shows (daikan init prints it, and so does the server's log).",
                  shown(identity.name), server.str(), seen));
  auto yes = context.terminal.confirm("Is it the same?");
  if (!yes) return fail(std::move(yes.error()));
  if (!*yes) return fail(Code::cancelled, "The certificate was not confirmed; nothing was sent to the server.");
  return {};
}

/// The pin to start with; empty: to be asked.
Result<std::string> known_pin(Context& context, const LoginOptions& options, const Endpoint& server) {
  if (!options.fingerprint.empty()) {
    const auto normal = net::normalise_fingerprint(options.fingerprint);
    if (normal) return *normal;
    return fail(Code::invalid_request, fmt::format("“{}” is not a SHA-256 fingerprint.", quotable(options.fingerprint, 100)),
                "It has 64 hexadecimal digits: AB:CD:….", "fingerprint");
  }
  auto before = context.profiles.list();
  if (!before) return fail(std::move(before.error()));
  for (const auto& profile : *before) {
    if (profile.name == options.as && profile.server == server) return profile.fingerprint;
  }
  return std::string();
}

awaitable<Result<Profile>> log_in(Context& context, joining::ConsoleClient& client, LoginOptions options, std::string pin) {
  const auto end = joining::make_primary_end(client);
  auto identity = co_await end->identity();
  if (!identity) co_return fail(std::move(identity.error()));
  if (pin.empty()) {
    if (auto settled = settle_pin(context, *identity, client.server()); !settled) co_return fail(std::move(settled.error()));
  }
  if (options.user.empty()) {
    auto user = context.terminal.ask("User");
    if (!user) co_return fail(std::move(user.error()));
    options.user = std::move(*user);
  }
  auto password = given_password(context, options.password_file, fmt::format("Password of {} on {}", options.user, shown(identity->name)));
  if (!password) co_return fail(std::move(password.error()));
  joining::Credentials credentials{.user = options.user, .password = std::move(*password), .token = {}};
  if (!options.code_file.empty()) {
    auto code = read_secret(options.code_file);
    if (!code) co_return fail(std::move(code.error()));
    credentials.code = std::move(*code);
  }
  auto logged_in = co_await client.log_in(credentials);
  if (!logged_in && logged_in.error().code == Code::two_factor_required && credentials.code.empty()) {
    auto code = asked_code(context.terminal, std::move(logged_in.error()), credentials.user);
    if (!code) co_return fail(std::move(code.error()));
    credentials.code = std::move(*code);
    logged_in = co_await client.log_in(credentials);
  }
  if (!logged_in) co_return fail(std::move(logged_in.error()));
  auto session = co_await client.call("GET", "/sessions/current");
  const auto expires = session ? text_of(session->body, "expires_at") : std::string();
  co_return Profile{options.as, client.server(), identity->certificate.fingerprint, options.user, client.secret(), expires};
}

json::object profile_json(const Profile& profile) {
  json::object told;
  told["name"] = profile.name;
  told["url"] = profile.url();
  told["user"] = profile.user;
  told["fingerprint"] = profile.fingerprint;
  told["logged_in"] = !profile.secret.empty();
  told["expires_at"] = profile.expires_at.empty() ? json::value(nullptr) : json::value(profile.expires_at);
  return told;
}

}  // namespace

awaitable<Result<>> login(Context& context, LoginOptions options) {
  auto server = parse_console_url(options.url);
  if (!server) co_return fail(std::move(server.error()));
  if (options.as.empty()) options.as = server->host;
  if (auto named = check_profile_name(options.as); !named) co_return named;
  if (options.user.empty() && !context.terminal.can_ask()) {
    co_return fail(Code::invalid_request, "The user is missing.", "Give it with --user.", "user");
  }
  auto pin = known_pin(context, options, *server);
  if (!pin) co_return fail(std::move(pin.error()));
  joining::ConsoleClient client(context.executor, *server, *pin);
  auto profile = co_await log_in(context, client, options, *pin);
  co_await client.close();
  if (!profile) co_return fail(std::move(profile.error()));
  if (auto saved = context.profiles.put(*profile); !saved) co_return saved;
  if (context.as_json()) {
    print_json(context.terminal, profile_json(*profile));
  } else {
    context.terminal.line(fmt::format("Logged in to {} as {}; use it with --server {}.", profile->url(), profile->user, profile->name));
  }
  co_return Result<>{};
}

awaitable<Result<>> logout(Context& context, NoOptions) {
  auto profile = context.profiles.find(context.globals.server);
  if (!profile) co_return fail(std::move(profile.error()));
  Result<> told;
  if (!profile->secret.empty()) {
    joining::ConsoleClient client(context.executor, profile->server, profile->fingerprint);
    client.use_secret(profile->secret);
    auto ended = co_await client.call("DELETE", "/sessions/current");
    if (!ended && ended.error().code != Code::unauthenticated && ended.error().code != Code::not_found)
      told = fail(std::move(ended.error()));
    co_await client.close();
  }
  // The secret is forgotten here whatever the server said; a session that could not be ended there expires by itself.
  profile->secret.clear();
  profile->expires_at.clear();
  if (auto saved = context.profiles.put(*profile); !saved) co_return saved;
  if (told && !context.as_json()) context.terminal.line(fmt::format("Logged out of {}.", profile->name));
  co_return told;
}

awaitable<Result<>> profiles_list(Context& context, NoOptions) {
  auto profiles = context.profiles.list();
  if (!profiles) co_return fail(std::move(profiles.error()));
  if (context.as_json()) {
    json::array all;
    for (const auto& profile : *profiles) all.push_back(profile_json(profile));
    print_json(context.terminal, all);
    co_return Result<>{};
  }
  Table table({"NAME", "URL", "USER", "SESSION UNTIL", "FINGERPRINT"});
  for (const auto& profile : *profiles) {
    const auto until = profile.secret.empty() ? "logged out" : profile.expires_at.empty() ? "unknown" : local_time(profile.expires_at);
    table.add({profile.name, profile.url(), shown(profile.user), until, profile.fingerprint});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> profiles_remove(Context& context, ProfileName options) { co_return context.profiles.remove(options.name); }

awaitable<Result<>> version(Context& context, NoOptions) {
  if (context.as_json()) {
    json::object told;
    told["version"] = DAIKAN_VERSION;
    told["api_version"] = 1;
    print_json(context.terminal, told);
  } else {
    context.terminal.line("daikan " DAIKAN_VERSION);
  }
  co_return Result<>{};
}

awaitable<Result<>> init(Context& context, InitOptions options) {
  auto password = given_password(context, options.password_file, "Password of the first administrator");
  if (!password) co_return fail(std::move(password.error()));
  if (options.password_file.empty()) {
    auto again = context.terminal.ask_secret("The same again");
    if (!again) co_return fail(std::move(again.error()));
    if (*again != *password) co_return fail(Code::invalid_request, "The two passwords differ.", "Type the same twice.", "password");
  }
  server::InitialiseRequest request{
      .data = options.data, .database = options.database, .server_name = options.name, .user = options.user, .password = *password};
  auto made = server::initialise(request, now());
  if (!made) co_return fail(std::move(made.error()));
  if (context.as_json()) {
    json::object told;
    told["id"] = made->id.str();
    told["name"] = made->server_name;
    told["fingerprint"] = made->fingerprint;
    told["user"] = made->user;
    print_json(context.terminal, told);
    co_return Result<>{};
  }
  context.terminal.line(
      fmt::format("{} is ready in {}; {} is its administrator.", shown(made->server_name), options.data, shown(made->user)));
  print_fields(context.terminal, {{"Server id", made->id.str()}, {"Fingerprint", made->fingerprint}});
  context.terminal.line(fmt::format("Start it with: daikand --data {}", options.data));
  co_return Result<>{};
}

}  // namespace daikan::cli
