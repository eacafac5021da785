// invite, invitation list and revoke, join: joining with one file.
#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/link_text.h"
#include "joining/invitation_file.h"

namespace daikan::cli {
namespace {

/// "90s", "30m", "12h", "7d".
Result<std::int64_t> seconds_of(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const std::int64_t factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86400 : 0;
  if (bad != std::errc() || number < 1 || number > 1'000'000'000 || factor == 0) {
    return fail(Code::invalid_request, fmt::format("“{}” is no time an invitation can be valid for.", quotable(text, 40)),
                "Write a number and s, m, h or d, like 7d.", "expires");
  }
  return number * factor;
}

/// Where other servers reach this one, when nobody said it: the host of its console, where it listens for links on every address.
awaitable<Result<json::array>> known_addresses(ApiSession& session) {
  json::array addresses;
  if (session.is_relayed()) co_return addresses;
  auto server = co_await session.get("/server");
  if (!server) co_return fail(std::move(server.error()));
  for (const auto& entry : elements(*server, "link_endpoints")) {
    const auto endpoint = parse_endpoint(std::string_view(entry.get_string()), limits::kLinkPort);
    if (!endpoint || (endpoint->host != "0.0.0.0" && endpoint->host != "::")) continue;
    addresses.push_back(json::value(Endpoint{session.profile().server.host, endpoint->port}.str()));
    break;
  }
  co_return addresses;
}

std::string text_or(std::string text, std::string otherwise) { return text.empty() ? std::move(otherwise) : std::move(text); }

}  // namespace

awaitable<Result<>> invite(Context& context, ApiSession& session, InviteOptions options) {
  auto seconds = seconds_of(options.expires);
  if (!seconds) co_return fail(std::move(seconds.error()));
  json::object body;
  body["expires_in_seconds"] = *seconds;
  if (!options.group.empty()) body["group"] = options.group;
  if (!options.name.empty()) body["name"] = options.name;
  json::array addresses;
  for (const auto& address : options.addresses) addresses.push_back(json::value(address));
  if (addresses.empty()) {
    auto known = co_await known_addresses(session);
    if (!known) co_return fail(std::move(known.error()));
    addresses = std::move(*known);
  }
  if (!addresses.empty()) body["addresses"] = std::move(addresses);
  auto made = co_await session.call("POST", "/invitations", std::move(body));
  if (!made) co_return fail(std::move(made.error()));
  const auto text = text_of(*made, "file");
  const auto file = joining::parse_invitation(text);
  if (!file) co_return fail(file.error());
  if (options.file == "-") {
    context.terminal.out() << text << std::flush;
    co_return Result<>{};
  }
  if (auto written = write_file(options.file, text, 0600); !written) co_return written;
  if (context.as_json()) {
    made->as_object().erase("file");
    made->as_object()["written_to"] = options.file;
    print_json(context.terminal, *made);
    co_return Result<>{};
  }
  std::string list;
  for (const auto& address : file->addresses) list += (list.empty() ? "" : ", ") + address.str();
  context.terminal.line(
      fmt::format("Written to {}. Whoever has this file can join once: hand it over as you would a password.", options.file));
  print_fields(context.terminal, {{"Group", shown(file->group)},
                                  {"Name", text_or(shown(file->name), "(what the server calls itself)")},
                                  {"Addresses", shown(list)},
                                  {"Valid until", local_time(text_of(*made, "expires_at"))},
                                  {"Fingerprint", file->certificate.fingerprint},
                                  {"Invitation", text_of(*made, "id")}});
  context.terminal.line("The secondary's administrator does there:\n  daikan join FILE");
  co_return Result<>{};
}

awaitable<Result<>> invitation_list(Context& context, ApiSession& session, NoOptions) {
  auto invitations = co_await session.get("/invitations");
  if (!invitations) co_return fail(std::move(invitations.error()));
  if (context.as_json()) {
    print_json(context.terminal, elements(*invitations, "items"));
    co_return Result<>{};
  }
  Table table({"INVITATION", "STATE", "GROUP", "NAME", "MADE BY", "VALID UNTIL"});
  for (const auto& each : elements(*invitations, "items")) {
    table.add({text_of(each, "id"), text_of(each, "state"), shown(text_of(each, "group")), shown(text_of(each, "name")),
               shown(text_of(each, "created_by")), local_time(text_of(each, "expires_at"))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> invitation_revoke(Context& context, ApiSession& session, InvitationRevoke options) {
  auto revoked = co_await session.call("DELETE", "/invitations/" + options.id);
  if (!revoked) co_return fail(std::move(revoked.error()));
  if (!context.as_json()) context.terminal.line("Revoked. Whoever comes with its file is refused.");
  co_return Result<>{};
}

awaitable<Result<>> join(Context& context, ApiSession& session, JoinOptions options) {
  auto text = read_file(options.file, limits::kMaxInvitationFileBytes);
  if (!text) co_return fail(std::move(text.error()));
  const auto file = joining::parse_invitation(*text);
  if (!file) {
    auto error = file.error();
    error.message = quotable(options.file) + ": " + error.message;
    co_return fail(std::move(error));
  }
  json::object body;
  body["invitation"] = *text;
  if (!options.proxy.empty()) {
    auto proxy = read_proxy(options.proxy, options.proxy_password_file, "proxy");
    if (!proxy) co_return fail(std::move(proxy.error()));
    body["proxy"] = joining::proxy_to_json(*proxy);
  }
  if (options.replace) body["replace"] = true;
  auto primary = co_await session.call("POST", "/primary/join", std::move(body));
  if (!primary) co_return fail(std::move(primary.error()));
  if (context.as_json()) {
    print_json(context.terminal, *primary);
    co_return Result<>{};
  }
  context.terminal.line(fmt::format("This server is a secondary of “{}” now, in the group {}.", shown(file->primary), shown(file->group)));
  print_fields(context.terminal, {{"Address", shown(text_of(*primary, "address"))},
                                  {"Fingerprint", shown(text_of(*primary, "fingerprint"))},
                                  {"State", state_cell(context.terminal, text_of(*primary, "state"))}});
  co_return Result<>{};
}

}  // namespace daikan::cli
