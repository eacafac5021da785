// secondary list, show, remove. `secondary add` has files of its own.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

std::string optional_time(const json::value& value, std::string_view key) {
  const auto text = text_of(value, key);
  return text.empty() ? "never" : local_time(text);
}

}  // namespace

awaitable<Result<>> secondary_list(Context& context, ApiSession& session, SecondaryList options) {
  std::string path = "/secondaries";
  const char* glue = "?";
  if (!options.group.empty()) path += std::exchange(glue, "&") + ("group=" + percent_encoded(options.group));
  if (!options.state.empty()) path += std::exchange(glue, "&") + ("state=" + percent_encoded(options.state));
  auto all = co_await session.list(std::move(path));
  if (!all) co_return fail(std::move(all.error()));
  if (context.as_json()) {
    print_json(context.terminal, *all);
    co_return Result<>{};
  }
  if (all->empty()) {
    context.terminal.line("No secondaries. Add one with: daikan secondary add --group \"Managed devices\" ADDRESS");
    co_return Result<>{};
  }
  Table table({"NAME", "STATE", "GROUP", "ADDRESS", "VERSION", "LAST CONNECTED", "REASON"});
  for (const auto& secondary : *all) {
    table.add({shown(text_of(secondary, "name")), state_cell(context.terminal, text_of(secondary, "state")),
               shown(text_of(secondary, "group")), shown(text_of(secondary, "address")), shown(text_of(secondary, "version")),
               optional_time(secondary, "last_connected_at"), reason_text(secondary)});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> secondary_show(Context& context, ApiSession& session, SecondaryName options) {
  auto found = co_await find_secondary(session, options.name);
  if (!found) co_return fail(std::move(found.error()));
  if (context.as_json()) {
    print_json(context.terminal, *found);
    co_return Result<>{};
  }
  const auto text = [&](std::string_view key) { return shown(text_of(*found, key)); };
  std::vector<std::pair<std::string, Cell>> fields = {{"Name", text("name")},
                                                      {"State", state_cell(context.terminal, text_of(*found, "state"))},
                                                      {"Since", local_time(text_of(*found, "since"))},
                                                      {"Group", text("group")},
                                                      {"Address", text("address")},
                                                      {"Direction", direction_words(text_of(*found, "direction"))},
                                                      {"Proxy", text("proxy")},
                                                      {"Version", text("version")},
                                                      {"Last connected", optional_time(*found, "last_connected_at")},
                                                      {"Round trip (ms)", text("round_trip_ms")},
                                                      {"Clock skew (ms)", text("clock_skew_ms")},
                                                      {"Peer address", text("peer_address")},
                                                      {"Next attempt", local_time(text_of(*found, "next_attempt_at"))},
                                                      {"Fingerprint", text("fingerprint")},
                                                      {"Registration id", text("id")},
                                                      {"Server id", text("server_id")}};
  if (const auto reason = error_of(*found, "reason")) {
    fields.insert(fields.begin() + 3, {"Reason", shown(reason->message)});
  }
  fields.emplace_back("Next step", text("next_step"));
  std::erase_if(fields, [](const auto& field) { return field.second.text.empty(); });
  print_fields(context.terminal, fields);
  co_return Result<>{};
}

awaitable<Result<>> secondary_remove(Context& context, ApiSession& session, SecondaryName options) {
  auto found = co_await find_secondary(session, options.name);
  if (!found) co_return fail(std::move(found.error()));
  auto removed = co_await session.call("DELETE", "/secondaries/" + text_of(*found, "id"));
  if (!removed) co_return fail(std::move(removed.error()));
  if (!context.as_json()) context.terminal.line(fmt::format("Removed {}.", shown(text_of(*found, "name"))));
  co_return Result<>{};
}

}  // namespace daikan::cli
