// primary move, and secondary move --to-primary: a secondary and everything below it gets another primary.
#include "cli/commands_reparent.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "cli/link_text.h"
#include "cli/primary_body.h"

namespace daikan::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 300ms;  // between looks at a move that is running
constexpr auto kBeyond = 90s;   // a secondary that went back has to be reached again: its longest pause between attempts, and room
constexpr auto kNoAnswer = "The secondary does not say how its move ended.";

void print_move(Context& context, const json::value& move) {
  if (context.as_json()) return print_json(context.terminal, move);
  const auto text = [&](std::string_view key) { return shown(text_of(move, key)); };
  std::vector<std::pair<std::string, Cell>> fields = {{"Move", text("state")},
                                                      {"From", shown(text_of(member(move, "from"), "name"))},
                                                      {"To", text("to_fingerprint")},
                                                      {"Asked for by", text("by")},
                                                      {"Begun", local_time(text_of(move, "began_at"))},
                                                      {"Ended", local_time(text_of(move, "ended_at"))},
                                                      {"Told", text("message")}};
  std::erase_if(fields, [](const auto& field) { return field.second.text.empty(); });
  print_fields(context.terminal, fields);
}

Error undone(const json::value& move) {
  return {Code::not_connected, fmt::format("The move was undone: {}", text_of(move, "message")),
          "The secondary is with its former primary again. Put right what is named, and move it again."};
}

/// The steps that a person sees, and what they leave to be taken back.
class Reparenting {
 public:
  Reparenting(Context& context, ApiSession& from, ApiSession& to, SecondaryReparent options)
      : context_(context), from_(from), to_(to), options_(std::move(options)) {}

  awaitable<Result<>> run();

 private:
  awaitable<Result<>> look();
  awaitable<Result<>> register_it();
  awaitable<Result<>> tell();
  awaitable<Result<>> wait();
  awaitable<> take_back();
  awaitable<Result<json::value>> move_seen_from(ApiSession& session, std::string id);
  void step(std::string_view mark, std::string words) {
    if (!context_.as_json()) context_.terminal.line(fmt::format("{} {}", mark, words));
  }
  std::string name() const { return shown(text_of(secondary_, "name")); }

  Context& context_;
  ApiSession& from_;
  ApiSession& to_;
  SecondaryReparent options_;
  json::value secondary_;  ///< As its present primary shows it.
  json::value identity_;   ///< The secondary's own.
  json::value primary_;    ///< The new primary's identity.
  std::string address_;
  std::string registered_;  ///< At the new primary; empty: nothing was made there.
  enum class Made : std::uint8_t { nothing, it } made_ = Made::nothing;
};

/// Both ends and the way between them, before anything is changed.
awaitable<Result<>> Reparenting::look() {
  auto found = co_await find_secondary(from_, options_.secondary);
  if (!found) co_return fail(std::move(found.error()));
  secondary_ = std::move(*found);
  auto identity = co_await from_.get(fmt::format("/servers/{}/relay/server/identity", text_of(secondary_, "id")));
  if (!identity) co_return fail(std::move(identity.error()));
  identity_ = std::move(*identity);
  auto primary = co_await to_.get("/server/identity");
  if (!primary) co_return fail(std::move(primary.error()));
  primary_ = std::move(*primary);
  address_ = options_.primary_address;
  if (address_.empty()) {
    auto server = co_await to_.get("/server");
    if (!server) co_return fail(std::move(server.error()));
    auto port = limits::kLinkPort;
    for (const auto& entry : elements(*server, "link_endpoints")) {
      const auto endpoint =
          entry.is_string() ? parse_endpoint(std::string_view(entry.get_string()), limits::kLinkPort) : Result<Endpoint>();
      if (endpoint) port = endpoint->port;
    }
    address_ = Endpoint{to_.profile().server.host, port}.str();
  }
  step(done_mark(context_.terminal), fmt::format("“{}” is reached through “{}”; it goes to “{}” at {}", name(), shown(from_.profile().name),
                                                 shown(text_of(primary_, "name")), shown(address_)));
  co_return Result<>{};
}

awaitable<Result<>> Reparenting::register_it() {
  json::object body{{"name", text_of(secondary_, "name")},
                    {"group", options_.group},
                    {"certificate", text_of(identity_, "certificate")},
                    {"server_id", text_of(identity_, "id")}};
  auto before = co_await to_.list("/secondaries");
  if (!before) co_return fail(std::move(before.error()));
  auto registered = co_await to_.call("POST", "/secondaries", json::value(std::move(body)));
  if (!registered) co_return fail(std::move(registered.error()));
  registered_ = text_of(*registered, "id");
  made_ = Made::it;
  for (const auto& each : *before) {
    if (text_of(each, "id") == registered_) made_ = Made::nothing;
  }
  step(done_mark(context_.terminal), fmt::format("“{}” is registered at “{}”", name(), shown(text_of(primary_, "name"))));
  co_return Result<>{};
}

awaitable<Result<>> Reparenting::tell() {
  json::object body{{"address", address_},
                    {"certificate", text_of(primary_, "certificate")},
                    {"server_id", text_of(primary_, "id")},
                    {"wait_seconds", options_.wait_seconds}};
  auto told =
      co_await from_.call("POST", fmt::format("/servers/{}/relay/primary/move", text_of(secondary_, "id")), json::value(std::move(body)));
  if (!told) co_return fail(std::move(told.error()));
  step(done_mark(context_.terminal),
       fmt::format("“{}” leaves for its new primary, and comes back unless it is connected within {} s", name(), options_.wait_seconds));
  co_return Result<>{};
}

/// null unless the secondary is reached and tells of a move that has ended.
awaitable<Result<json::value>> Reparenting::move_seen_from(ApiSession& session, std::string id) {
  auto move = co_await session.get(fmt::format("/servers/{}/relay/primary/move", id));
  // Not connected there, or not yet: looked at again.
  if (!move || text_of(*move, "state") == "running" || text_of(*move, "to_fingerprint") != text_of(primary_, "fingerprint")) {
    co_return json::value(nullptr);
  }
  co_return std::move(*move);
}

/// The secondary alone knows how it ended; it is asked over whichever link stands.
awaitable<Result<>> Reparenting::wait() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(options_.wait_seconds) + kBeyond;
  while (std::chrono::steady_clock::now() < until) {
    auto seen = co_await move_seen_from(to_, registered_);
    if (!seen || seen->is_null()) seen = co_await move_seen_from(from_, text_of(secondary_, "id"));
    if (seen && !seen->is_null()) {
      if (text_of(*seen, "state") == "undone") co_return fail(undone(*seen));
      step(done_mark(context_.terminal), fmt::format("“{}” is connected to “{}”", name(), shown(text_of(primary_, "name"))));
      co_return Result<>{};
    }
    const bool on = co_await net::sleep_for(kPause);
    if (!on)
      co_return fail(Code::cancelled, "Waiting was stopped; the secondary ends the move by itself.", "Look at it on both primaries.");
  }
  // Neither link stands: what is registered stays on both sides, so that it can come up on either.
  made_ = Made::nothing;
  co_return fail(Code::not_connected, kNoAnswer, "Run the command again once it is connected to either primary; nothing else was changed.");
}

awaitable<> Reparenting::take_back() {
  if (made_ == Made::nothing) co_return;
  auto removed = co_await to_.call("DELETE", "/secondaries/" + registered_);
  step(removed ? undone_mark(context_.terminal) : failed_mark(context_.terminal),
       removed
           ? fmt::format("“{}” is not registered at “{}” any more", name(), shown(text_of(primary_, "name")))
           : fmt::format("“{}” is still registered at “{}”: {}", name(), shown(text_of(primary_, "name")), shown(removed.error().message)));
}

awaitable<Result<>> Reparenting::run() {
  auto outcome = co_await look();
  if (!outcome) co_return outcome;
  outcome = co_await register_it();
  if (!outcome) co_return outcome;
  outcome = co_await tell();
  if (outcome) outcome = co_await wait();
  if (!outcome) {
    step(failed_mark(context_.terminal), shown(outcome.error().message));
    if (outcome.error().code != Code::cancelled) co_await take_back();
    co_return outcome;
  }
  auto removed = co_await from_.call("DELETE", "/secondaries/" + text_of(secondary_, "id"));
  if (!removed) {
    removed.error().message = "The move is done, but the former primary keeps its record: " + removed.error().message;
    co_return fail(std::move(removed.error()));
  }
  step(done_mark(context_.terminal), fmt::format("“{}” is removed from its former primary", name()));
  if (context_.as_json()) {
    auto now_there = co_await to_.get("/secondaries/" + registered_);
    if (now_there) print_json(context_.terminal, *now_there);
  }
  co_return Result<>{};
}

/// The profile of this name, or the one whose console has this address.
Result<Profile> profile_of(const Context& context, const std::string& wanted) {
  auto all = context.profiles.list();
  if (!all) return fail(std::move(all.error()));
  const auto address = parse_console_url(wanted);
  for (auto& profile : *all) {
    if (profile.name != wanted && !(address && profile.server == *address)) continue;
    if (!profile.secret.empty()) return std::move(profile);
    return fail(Code::unauthenticated, fmt::format("You are not logged in to {}.", profile.name),
                fmt::format("Log in: daikan login {} --as {} --user {}.", profile.url(), profile.name, profile.user));
  }
  return fail(Code::not_found, fmt::format("There is no profile “{}”.", shown(wanted)),
              "Log in to the new primary first: daikan login https://ADDRESS --as NAME. When no machine reaches both primaries, move it by "
              "certificate files: daikan primary move --help.",
              "to_primary");
}

}  // namespace

awaitable<Result<>> secondary_reparent(Context& context, ApiSession& session, SecondaryReparent options) {
  auto profile = profile_of(context, options.to_primary);
  if (!profile) co_return fail(std::move(profile.error()));
  ApiSession to(context, std::move(*profile));
  Reparenting reparenting(context, session, to, std::move(options));
  auto outcome = co_await reparenting.run();
  co_await to.close();
  co_return outcome;
}

awaitable<Result<>> primary_move(Context& context, ApiSession& session, PrimaryMoveOptions options) {
  if (options.to.certificate.empty()) {
    co_return fail(Code::invalid_request, "The new primary's certificate is missing.", "Give its file with --certificate.", "certificate");
  }
  auto body = primary_body(options.to);
  if (!body) co_return fail(std::move(body.error()));
  (*body)["wait_seconds"] = options.wait_seconds;
  auto move = co_await session.call("POST", "/primary/move", json::value(std::move(*body)));
  if (!move) co_return fail(std::move(move.error()));
  // Through the relay the link this comes over is left: how it ends shows on either primary.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(options.wait_seconds) + kBeyond;
  while (!session.is_relayed() && text_of(*move, "state") == "running" && std::chrono::steady_clock::now() < until) {
    const bool on = co_await net::sleep_for(kPause);
    if (!on) co_return fail(Code::cancelled, "Waiting was stopped; the move goes on.", "daikan primary move-status tells how it ended.");
    auto again = co_await session.get("/primary/move");
    if (!again) co_return fail(std::move(again.error()));
    move = std::move(*again);
  }
  print_move(context, *move);
  if (text_of(*move, "state") == "undone") co_return fail(undone(*move));
  co_return Result<>{};
}

awaitable<Result<>> primary_move_show(Context& context, ApiSession& session, NoOptions) {
  auto move = co_await session.get("/primary/move");
  if (!move) co_return fail(std::move(move.error()));
  print_move(context, *move);
  co_return Result<>{};
}

}  // namespace daikan::cli
