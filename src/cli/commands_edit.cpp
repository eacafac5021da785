// secondary edit, secondary move, primary edit: changes in place.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

Result<> add_address(json::object& body, const DialOptions& options, std::uint16_t port) {
  if (options.address.empty()) return {};
  auto address = parse_endpoint(options.address, port);
  if (!address) return fail(std::move(address.error()));
  body["address"] = address->str();
  return {};
}

Result<json::object> dial_body(const DialOptions& options, std::uint16_t port) {
  json::object body;
  if (options.dmz) body["direction"] = "primary_dials";
  if (options.no_dmz) body["direction"] = "secondary_dials";
  if (auto added = add_address(body, options, port); !added) return fail(std::move(added.error()));
  if (options.no_proxy) body["proxy"] = nullptr;
  if (!options.proxy.empty()) {
    auto proxy = read_proxy(options.proxy, options.proxy_password_file, "proxy");
    if (!proxy) return fail(std::move(proxy.error()));
    body["proxy"] = joining::proxy_to_json(*proxy);
  }
  if (!options.certificate.empty()) {
    auto certificate = read_certificate(options.certificate);
    if (!certificate) return fail(std::move(certificate.error()));
    body["certificate"] = certificate->text;
  }
  return body;
}

tl::unexpected<Error> nothing_to_change() {
  return fail(Code::invalid_request, "It was not said what to change.", "Give at least one of the options; --help lists them.");
}

void print_secondary(Context& context, const json::value& secondary) {
  if (context.as_json()) {
    print_json(context.terminal, secondary);
    return;
  }
  const auto address = text_of(secondary, "address");
  context.terminal.line(fmt::format("{} in {}{}{}: {}", shown(text_of(secondary, "name")), shown(text_of(secondary, "group")),
                                    address.empty() ? "" : ", ", shown(address),
                                    state_cell(context.terminal, text_of(secondary, "state")).text));
}

}  // namespace

awaitable<Result<>> secondary_edit(Context& context, ApiSession& session, SecondaryEdit options) {
  auto found = co_await find_secondary(session, options.secondary);
  if (!found) co_return fail(std::move(found.error()));
  const bool primary_dials = options.dial.dmz || (!options.dial.no_dmz && text_of(*found, "direction") == "primary_dials");
  auto body = dial_body(options.dial, primary_dials ? limits::kLinkPort : limits::kConsolePort);
  if (!body) co_return fail(std::move(body.error()));
  if (!options.name.empty()) (*body)["name"] = options.name;
  if (!options.group.empty()) (*body)["group"] = options.group;
  if (body->empty()) co_return nothing_to_change();
  if (options.dial.untested) (*body)["untested"] = true;
  auto edited = co_await session.patch("/secondaries/" + text_of(*found, "id"), *found, std::move(*body));
  if (!edited) co_return fail(std::move(edited.error()));
  print_secondary(context, *edited);
  co_return Result<>{};
}

awaitable<Result<>> secondary_move(Context& context, ApiSession& session, SecondaryMove options) {
  return secondary_edit(context, session, SecondaryEdit{std::move(options.secondary), {}, std::move(options.group), {}});
}

awaitable<Result<>> primary_edit(Context& context, ApiSession& session, DialOptions options) {
  auto primary = co_await session.get("/primary");
  if (!primary) co_return fail(std::move(primary.error()));
  if (!truth_of(*primary, "configured")) {
    co_return fail(Code::not_found, "This server has no primary.",
                   "Set one with: daikan primary set --address ADDRESS:13000 --certificate primary.cer.");
  }
  auto body = dial_body(options, limits::kLinkPort);
  if (!body) co_return fail(std::move(body.error()));
  if (body->empty()) co_return nothing_to_change();
  if (options.untested) (*body)["untested"] = true;
  auto edited = co_await session.patch("/primary", *primary, std::move(*body));
  if (!edited) co_return fail(std::move(edited.error()));
  if (context.as_json()) {
    print_json(context.terminal, *edited);
    co_return Result<>{};
  }
  const auto address = text_of(*edited, "address");
  context.terminal.line(fmt::format("{}: {}, {}", address.empty() ? std::string("waits for the primary") : shown(address),
                                    direction_words(text_of(*edited, "direction")),
                                    state_cell(context.terminal, text_of(*edited, "state")).text));
  co_return Result<>{};
}

}  // namespace daikan::cli
