#include "cli/policy_text.h"

#include <set>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/link_text.h"

namespace daikan::cli {
namespace {

std::string setting_words(const json::value& setting) {
  if (setting.is_null()) return "not set";
  return value_words(member(setting, "value")) + (truth_of(setting, "locked") ? " (locked)" : "");
}

}  // namespace

std::string value_words(const json::value& value) {
  if (value.is_string()) return shown(std::string(value.get_string()));
  const auto* list = value.if_array();
  if (!list) return shown(json::serialize(value));
  std::string words;
  for (const auto& each : *list) words += (words.empty() ? "" : ", ") + value_words(each);
  return words.empty() ? "none" : words;
}

std::string origin_words(const json::value& origin) {
  const auto kind = text_of(origin, "kind");
  if (kind == "default") return "the default";
  if (kind == "local") return "the server itself";
  const auto& source = member(origin, "source");
  return fmt::format("“{}” of “{}” on “{}”", shown(text_of(source, "policy")), shown(text_of(source, "group")),
                     shown(text_of(source, "server")));
}

awaitable<Result<json::value>> find_policy(ApiSession& session, std::string name) {
  auto all = co_await session.get("/policies");
  if (!all) co_return fail(std::move(all.error()));
  std::string names;
  std::vector<json::value> found;
  for (const auto& each : elements(*all, "items")) {
    const auto full = text_of(each, "group") + ":" + text_of(each, "name");
    if (text_of(each, "id") == name || full == name) co_return each;
    if (text_of(each, "name") == name) found.push_back(each);
    names += (names.empty() ? "" : ", ") + text_of(each, "name");
  }
  if (found.size() == 1) co_return found.front();
  if (!found.empty()) {
    co_return fail(Code::conflict, fmt::format("There are {} policies “{}”.", found.size(), shown(name)),
                   "Say GROUP:NAME, or the id that policy list shows.");
  }
  co_return fail(Code::not_found,
                 fmt::format("There is no policy “{}” (there are: {}).", shown(name), names.empty() ? "none" : shown(names)),
                 "daikan policy list shows them.");
}

void print_policy(Context& context, const json::value& policy) {
  if (context.as_json()) return print_json(context.terminal, policy);
  const auto& from = member(policy, "inherited_from");
  print_fields(context.terminal,
               {{"Policy", shown(text_of(policy, "name"))},
                {"Group", shown(text_of(policy, "group"))},
                {"Application", shown(text_of(policy, "application"))},
                {"Owner", from.is_null() ? std::string("this server") : shown(text_of(from, "server")) + "; it is changed there only"},
                {"State", truth_of(policy, "active") ? "active" : "inactive"},
                {"Inherits", truth_of(policy, "inherit") ? "yes" : "no"},
                {"Forces", truth_of(policy, "force") ? "yes" : "no"},
                {"Revision", shown(text_of(policy, "revision"))},
                {"Id", shown(text_of(policy, "id"))}});
  const auto& deactivated = member(policy, "deactivated");
  if (!deactivated.is_null()) context.terminal.note(fmt::format("“{}” is inactive now.", shown(text_of(deactivated, "name"))));
  const auto* settings = member(policy, "settings").if_object();
  if (!settings || settings->empty()) return;
  Table table({"SETTING", "VALUE", "LOCK"});
  for (const auto& each : *settings) {
    table.add(
        {shown(std::string(each.key())), value_words(member(each.value(), "value")), truth_of(each.value(), "locked") ? "locked" : "open"});
  }
  table.print(context.terminal);
}

std::vector<std::string> difference_lines(const json::value& before, const json::value& after) {
  std::set<std::string> paths;
  for (const auto* side : {&before, &after}) {
    if (const auto* object = side->if_object()) {
      for (const auto& each : *object) paths.emplace(each.key());
    }
  }
  std::vector<std::string> lines;
  for (const auto& path : paths) {
    const auto was = setting_words(member(before, path));
    const auto is = setting_words(member(after, path));
    if (was != is) lines.push_back(fmt::format("{}: {} → {}", shown(path), was, is));
  }
  return lines;
}

void print_preview(Context& context, const json::value& preview) {
  if (context.as_json()) return print_json(context.terminal, preview);
  const auto& places = elements(preview, "items");
  if (places.empty()) context.terminal.line("Nothing would change.");
  for (const auto& place : places) {
    const bool is_group = text_of(place, "kind") == "group";
    context.terminal.line(fmt::format("{} “{}”", is_group ? "Group" : "This server", shown(text_of(place, "name"))));
    for (const auto& each : elements(place, "changes")) {
      context.terminal.line(fmt::format("  {}: {} → {}", shown(text_of(each, "path")), setting_words(member(each, "before")),
                                        setting_words(member(each, "after"))));
    }
    std::string names;
    for (const auto& each : elements(place, "secondaries")) names += (names.empty() ? "" : ", ") + shown(text_of(each, "name"));
    if (!names.empty()) context.terminal.line("  and what is below: " + names);
  }
}

}  // namespace daikan::cli
