// link check: the link doctor.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/check_text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

/// Which link of the session's server.
struct WhichLink {
  std::string secondary_id;  ///< Empty: the link to its own primary.
  std::string peer;
};

json::value request_for(const WhichLink& link) {
  json::object body;
  if (!link.secondary_id.empty()) body["secondary_id"] = link.secondary_id;
  return body;
}

awaitable<Result<WhichLink>> find_link(ApiSession& session, std::string name) {
  auto found = co_await find_secondary(session, name);
  if (found) co_return WhichLink{text_of(*found, "id"), text_of(*found, "name")};
  if (found.error().code != Code::not_found) co_return fail(std::move(found.error()));
  auto primary = co_await session.get("/primary");
  if (!primary) co_return fail(std::move(primary.error()));
  const bool meant = name == "primary" || text_of(*primary, "name") == name || text_of(*primary, "server_id") == name;
  if (meant && truth_of(*primary, "configured")) co_return WhichLink{{}, text_of(*primary, "name")};
  co_return fail(std::move(found.error()));
}

/// The same link on the other server, whose console this person is logged in to: its own check, or why it has none.
awaitable<Result<json::value>> check_at(ApiSession& there, const json::value& own) {
  const auto own_fingerprint = text_of(member(own, "this_end"), "fingerprint");
  json::object body;
  if (text_of(member(own, "this_end"), "role") == "secondary") {
    auto all = co_await there.list("/secondaries");
    if (!all) co_return fail(std::move(all.error()));
    for (const auto& each : *all) {
      if (text_of(each, "fingerprint") == own_fingerprint) body["secondary_id"] = text_of(each, "id");
    }
    if (body.empty()) {
      co_return fail(Code::unknown_to_primary, fmt::format("“{}” has not registered this server.", there.profile().name),
                     fmt::format("Add it there: daikan --server {} unrecognised add {}.", there.profile().name, own_fingerprint));
    }
  }
  co_return co_await there.call("POST", "/link_checks", json::value(std::move(body)));
}

/// Asks the other server at its own console when this person is logged in to it; null otherwise. What it answers is help, not a must.
awaitable<json::value> ask_there(Context& context, const json::value& own) {
  if (!member(own, "other_end").is_null()) co_return nullptr;
  const auto profiles = context.profiles.list();
  if (!profiles) co_return nullptr;
  const auto expected = text_of(member(own, "this_end"), "expects");
  for (const auto& profile : *profiles) {
    if (profile.fingerprint != expected || profile.secret.empty()) continue;
    ApiSession there(context, profile);
    auto answer = co_await check_at(there, own);
    co_await there.close();
    if (answer) co_return std::move(*answer);
    context.terminal.note(fmt::format("{} {}", shown(answer.error().message), shown(answer.error().remedy)));
  }
  co_return nullptr;
}

std::string heading_of(const json::value& check) {
  const auto& end = member(check, "this_end");
  const bool primary = text_of(end, "role") == "secondary";
  const auto peer = text_of(check, "peer");
  return fmt::format("The link of {} to its {}{}", shown(text_of(end, "server")), primary ? "primary" : "secondary",
                     peer.empty() ? "" : " " + shown(peer));
}

/// One link, from both ends where a way exists.
struct Examined {
  json::value check;
  json::value other_check;
};

awaitable<Result<Examined>> examine(Context& context, ApiSession& session, WhichLink link) {
  auto check = co_await session.call("POST", "/link_checks", request_for(link));
  if (!check) co_return fail(std::move(check.error()));
  auto other = co_await ask_there(context, *check);
  co_return Examined{std::move(*check), std::move(other)};
}

void print_examined(Context& context, const Examined& examined) {
  print_check(context.terminal, heading_of(examined.check), examined.check);
  if (!examined.other_check.is_object()) return;
  context.terminal.line("");
  print_check(context.terminal, heading_of(examined.other_check) + " (asked at its console)", examined.other_check);
}

/// A line for each secondary; how many are not connected.
std::size_t print_summary(Context& context, const json::array& secondaries) {
  std::size_t away = 0;
  if (!context.as_json() && !secondaries.empty()) context.terminal.line("\nSecondaries:");
  for (const auto& each : secondaries) {
    const auto state = text_of(each, "state");
    if (state != "connected") ++away;
    if (context.as_json()) continue;
    const auto cell = state_cell(context.terminal, state);
    const auto reason = reason_text(each);
    context.terminal.line(fmt::format("{}  {}{}", context.terminal.coloured(cell.colour, cell.text), shown(text_of(each, "name")),
                                      reason.empty() ? "" : ": " + reason));
  }
  return away;
}

json::value summary_json(const json::array& secondaries) {
  json::array lines;
  for (const auto& each : secondaries) {
    json::object line;
    for (const auto key : {"id", "name", "state", "since", "last_connected_at", "fingerprint", "reason"}) line[key] = member(each, key);
    lines.push_back(std::move(line));
  }
  return lines;
}

Result<> keep_report(Context& context, const std::string& file, const json::value& report) {
  if (context.as_json()) print_json(context.terminal, report);
  if (file.empty()) return {};
  if (auto written = write_file(file, pretty(report), 0600); !written) return written;
  if (!context.as_json()) context.terminal.note(fmt::format("The report is in {}; it holds no passwords.", file));
  return {};
}

json::object report_of(const Examined& examined) {
  auto report = examined.check.is_object() ? examined.check.get_object() : json::object();
  report["other_check"] = examined.other_check;
  return report;
}

Result<> verdict(Context& context, const Examined& examined) {
  auto failure = failure_of(examined.check, examined.other_check);
  if (!failure) return {};
  if (!context.as_json()) print_failure(context.terminal, *failure);
  return fail(std::move(failure->error));
}

/// Without a name: the own primary in full, the secondaries in a line each.
awaitable<Result<>> check_all(Context& context, ApiSession& session, LinkCheckOptions options) {
  auto primary = co_await session.get("/primary");
  if (!primary) co_return fail(std::move(primary.error()));
  auto secondaries = co_await session.list("/secondaries");
  if (!secondaries) co_return fail(std::move(secondaries.error()));
  std::optional<Examined> examined;
  if (truth_of(*primary, "configured")) {
    auto done = co_await examine(context, session, {});
    if (!done) co_return fail(std::move(done.error()));
    examined = std::move(*done);
    if (!context.as_json()) print_examined(context, *examined);
  } else if (!context.as_json()) {
    context.terminal.line("This server has no primary.");
  }
  const auto away = print_summary(context, *secondaries);
  json::object report{{"primary", examined ? json::value(report_of(*examined)) : json::value(nullptr)},
                      {"secondaries", summary_json(*secondaries)}};
  if (auto kept = keep_report(context, options.report, report); !kept) co_return kept;
  if (examined) {
    if (auto judged = verdict(context, *examined); !judged) co_return judged;
  }
  if (away == 0) co_return Result<>{};
  co_return fail(Code::not_connected, fmt::format("{} of {} secondaries are not connected.", away, secondaries->size()),
                 "Check one of them by its name: daikan link check NAME.");
}

}  // namespace

awaitable<Result<>> link_check(Context& context, ApiSession& session, LinkCheckOptions options) {
  if (options.name.empty()) co_return co_await check_all(context, session, std::move(options));
  auto link = co_await find_link(session, options.name);
  if (!link) co_return fail(std::move(link.error()));
  auto examined = co_await examine(context, session, std::move(*link));
  if (!examined) co_return fail(std::move(examined.error()));
  if (!context.as_json()) print_examined(context, *examined);
  if (auto kept = keep_report(context, options.report, report_of(*examined)); !kept) co_return kept;
  co_return verdict(context, *examined);
}

}  // namespace daikan::cli
