// policy list, show, create, set, lock, unlock, activate, deactivate, remove, effective, history, compare, restore.
#include "cli/commands_policy.h"

#include <sstream>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/link_text.h"
#include "cli/policy_text.h"

namespace daikan::cli {
namespace {

std::string path_of(const json::value& policy) { return "/policies/" + text_of(policy, "id"); }

/// Of one setting in its application's schema; null: the schema does not know it.
const json::value& schema_of(const json::value& schema, std::string_view path) {
  const auto dot = path.find('.');
  const auto& found = member(member(schema, "properties"), path.substr(0, dot));
  return dot == std::string_view::npos ? found : schema_of(found, path.substr(dot + 1));
}

/// What was typed, as the setting wants it: JSON (true, 30, ["a"]), a list also as a,b, and text as it is. What does not fit is left to
/// the server, which says what it wants.
json::value typed_value(const std::string& text, const json::value& schema) {
  const auto type = text_of(schema, "type");
  boost::system::error_code ec;
  auto value = json::parse(text, ec);
  if (type == "array" && (ec || !value.is_array())) {
    json::array items;
    std::istringstream list(text);
    for (std::string each; std::getline(list, each, ',');) {
      if (const auto item = trim(each); !item.empty()) items.push_back(typed_value(std::string(item), member(schema, "items")));
    }
    return items;
  }
  const bool usable = !ec && (value.is_bool() || value.is_int64() || value.is_double() || value.is_string() || value.is_array());
  return usable && (type != "string" || value.is_string()) ? value : json::value(text);
}

/// The policy's settings with `assignments` in them: {"log.level": {"value": …, "locked": …}}.
Result<json::object> with_settings(const json::value& policy, const json::value& schema, const PolicySet& options) {
  const auto* present = member(policy, "settings").if_object();
  json::object settings = present ? *present : json::object{};
  for (const auto& each : options.settings) {
    const auto equals = each.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(Code::invalid_request, fmt::format("“{}” is not SETTING=VALUE.", shown(each)), "Say, for example, log.level=debug.");
    }
    const auto path = each.substr(0, equals);
    const auto text = each.substr(equals + 1);
    const bool locked = options.lock || truth_of(member(json::value(settings), path), "locked");
    if (text.empty()) {
      settings.erase(path);
    } else {
      settings[path] = json::object{{"value", typed_value(text, schema_of(schema, path))}, {"locked", locked}};
    }
  }
  return settings;
}

awaitable<Result<>> edit(Context& context, ApiSession& session, json::value policy, json::object body) {
  auto edited = co_await session.patch(path_of(policy), policy, std::move(body));
  if (!edited) co_return fail(std::move(edited.error()));
  print_policy(context, *edited);
  co_return Result<>{};
}

/// The lock of each path; what the policy does not say is said as it is in force, so that a lock locks something.
awaitable<Result<>> set_locks(Context& context, ApiSession& session, PolicyPaths options, bool locked) {
  auto policy = co_await find_policy(session, options.name);
  if (!policy) co_return fail(std::move(policy.error()));
  const auto* present = member(*policy, "settings").if_object();
  json::object settings = present ? *present : json::object{};
  auto effective = co_await session.get(fmt::format("/groups/{}/effective_settings?application={}", text_of(*policy, "group_id"),
                                                    percent_encoded(text_of(*policy, "application"))));
  if (!effective) co_return fail(std::move(effective.error()));
  for (const auto& path : options.paths) {
    json::value value = member(member(json::value(settings), path), "value");
    for (const auto& each : elements(*effective, "items")) {
      if (!settings.contains(path) && text_of(each, "path") == path) value = member(each, "value");
    }
    if (value.is_null())
      co_return fail(Code::not_found, fmt::format("There is no setting “{}”.", shown(path)), "daikan policy effective shows them.");
    settings[path] = json::object{{"value", value}, {"locked", locked}};
  }
  json::object body{{"settings", std::move(settings)}};
  co_return co_await edit(context, session, std::move(*policy), std::move(body));
}

awaitable<Result<>> set_active(Context& context, ApiSession& session, PolicyName options, bool active) {
  auto policy = co_await find_policy(session, options.name);
  if (!policy) co_return fail(std::move(policy.error()));
  json::object body{{"active", active}};
  co_return co_await edit(context, session, std::move(*policy), std::move(body));
}

void put_switch(json::object& body, std::string_view name, bool yes, bool no) {
  if (yes || no) body[name] = yes;
}

std::string_view why_words(std::string_view why) {
  if (why == "locked") return "which stands below the lock";
  return why == "not_inherited" ? "which is not inherited" : "which stands above";
}

awaitable<Result<json::value>> revision_of(ApiSession& session, json::value policy, std::int64_t number) {
  auto all = co_await session.get(path_of(policy) + "/revisions");
  if (!all) co_return fail(std::move(all.error()));
  for (const auto& each : elements(*all, "items")) {
    if (text_of(each, "revision") == std::to_string(number)) co_return each;
  }
  co_return fail(Code::not_found, fmt::format("The policy has no revision {}.", number), "daikan policy history shows them.");
}

std::vector<Cell> force_row(const json::value& server) {
  std::string path;
  for (const auto& name : elements(server, "path")) {
    if (!path.empty()) path += " > ";
    if (name.is_string()) path += shown(std::string(name.as_string()));
  }
  const auto state = text_of(server, "state");
  const bool in_force = state == "in_force";
  const auto since = text_of(server, in_force ? "applied_at" : "behind_since");
  std::size_t policies = 0;
  std::size_t met = 0;
  for (const auto& each : elements(server, "policies")) {
    ++policies;
    if (text_of(each, "state") == "in_force") ++met;
  }
  return {path, in_force ? "in force" : shown(state), since.empty() ? "–" : local_time(since), fmt::format("{} of {}", met, policies),
          shown(text_of(server, "reason"))};
}

}  // namespace

awaitable<Result<>> policy_status(Context& context, ApiSession& session, PolicyStatus options) {
  std::string path = "/policies/status";
  if (!options.name.empty()) {
    auto policy = co_await find_policy(session, options.name);
    if (!policy) co_return fail(std::move(policy.error()));
    path += "?policy=" + text_of(*policy, "id");
  }
  auto status = co_await session.get(path);
  if (!status) co_return fail(std::move(status.error()));
  if (context.as_json()) {
    print_json(context.terminal, *status);
    co_return Result<>{};
  }
  Table table({"SERVER", "STATE", "SINCE", "POLICIES", "REASON"});
  for (const auto& each : elements(*status, "items")) table.add(force_row(each));
  if (elements(*status, "items").empty()) {
    context.terminal.line("No server is below this one, or none that the policy reaches.");
    co_return Result<>{};
  }
  table.print(context.terminal);
  const auto& counts = member(*status, "counts");
  context.terminal.line(fmt::format("In force on {}, behind on {}, failed on {}, unknown on {}.", text_of(counts, "in_force"),
                                    text_of(counts, "behind"), text_of(counts, "failed"), text_of(counts, "unknown")));
  co_return Result<>{};
}

awaitable<Result<>> policy_list(Context& context, ApiSession& session, NoOptions) {
  auto all = co_await session.get("/policies");
  if (!all) co_return fail(std::move(all.error()));
  if (context.as_json()) {
    print_json(context.terminal, member(*all, "items"));
    co_return Result<>{};
  }
  Table table({"GROUP", "NAME", "STATE", "OWNER", "SETTINGS", "ID"});
  for (const auto& each : elements(*all, "items")) {
    const auto* settings = member(each, "settings").if_object();
    const auto& from = member(each, "inherited_from");
    table.add({shown(text_of(each, "group")), shown(text_of(each, "name")), truth_of(each, "active") ? "active" : "inactive",
               from.is_null() ? std::string("this server") : shown(text_of(from, "server")),
               std::to_string(settings ? settings->size() : 0), shown(text_of(each, "id"))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> policy_show(Context& context, ApiSession& session, PolicyName options) {
  auto policy = co_await find_policy(session, options.name);
  if (!policy) co_return fail(std::move(policy.error()));
  print_policy(context, *policy);
  co_return Result<>{};
}

awaitable<Result<>> policy_create(Context& context, ApiSession& session, PolicyCreate options) {
  json::object body{{"name", options.name}, {"active", options.active}, {"inherit", !options.no_inherit}, {"force", options.force}};
  if (!options.group.empty()) body["group"] = options.group;
  if (!options.application.empty()) body["application"] = options.application;
  auto made = co_await session.call("POST", "/policies", std::move(body));
  if (!made) co_return fail(std::move(made.error()));
  print_policy(context, *made);
  co_return Result<>{};
}

awaitable<Result<>> policy_set(Context& context, ApiSession& session, PolicySet options) {
  auto policy = co_await find_policy(session, options.name);
  if (!policy) co_return fail(std::move(policy.error()));
  json::object body;
  if (!options.settings.empty()) {
    auto application = co_await session.get("/applications/" + percent_encoded(text_of(*policy, "application")));
    if (!application) co_return fail(std::move(application.error()));
    auto settings = with_settings(*policy, member(*application, "schema"), options);
    if (!settings) co_return fail(std::move(settings.error()));
    body["settings"] = std::move(*settings);
  }
  if (!options.new_name.empty()) body["name"] = options.new_name;
  if (!options.group.empty()) body["group"] = options.group;
  put_switch(body, "inherit", options.inherit, options.no_inherit);
  put_switch(body, "force", options.force, options.no_force);
  if (!options.preview) co_return co_await edit(context, session, std::move(*policy), std::move(body));
  body["policy_id"] = text_of(*policy, "id");
  auto preview = co_await session.call("POST", "/policies/preview", std::move(body));
  if (!preview) co_return fail(std::move(preview.error()));
  print_preview(context, *preview);
  co_return Result<>{};
}

awaitable<Result<>> policy_lock(Context& context, ApiSession& session, PolicyPaths options) {
  return set_locks(context, session, std::move(options), true);
}

awaitable<Result<>> policy_unlock(Context& context, ApiSession& session, PolicyPaths options) {
  return set_locks(context, session, std::move(options), false);
}

awaitable<Result<>> policy_activate(Context& context, ApiSession& session, PolicyName options) {
  return set_active(context, session, std::move(options), true);
}

awaitable<Result<>> policy_deactivate(Context& context, ApiSession& session, PolicyName options) {
  return set_active(context, session, std::move(options), false);
}

awaitable<Result<>> policy_remove(Context& context, ApiSession& session, PolicyName options) {
  auto policy = co_await find_policy(session, options.name);
  if (!policy) co_return fail(std::move(policy.error()));
  auto removed = co_await session.call("DELETE", path_of(*policy));
  if (!removed) co_return fail(std::move(removed.error()));
  if (!context.as_json()) context.terminal.line(fmt::format("The policy “{}” is removed.", shown(text_of(*policy, "name"))));
  co_return Result<>{};
}

awaitable<Result<>> policy_effective(Context& context, ApiSession& session, PolicyEffective options) {
  std::string path = "/server/effective_settings";
  if (!options.group.empty()) {
    auto groups = co_await session.get("/groups");
    if (!groups) co_return fail(std::move(groups.error()));
    path.clear();
    for (const auto& each : elements(*groups, "items")) {
      if (text_of(each, "path") == options.group || text_of(each, "id") == options.group)
        path = "/groups/" + text_of(each, "id") + "/effective_settings";
    }
    if (path.empty())
      co_return fail(Code::group_not_found, fmt::format("There is no group “{}”.", shown(options.group)), "daikan group list shows them.");
  }
  if (!options.application.empty()) path += "?application=" + percent_encoded(options.application);
  auto effective = co_await session.get(path);
  if (!effective) co_return fail(std::move(effective.error()));
  if (context.as_json()) {
    print_json(context.terminal, *effective);
    co_return Result<>{};
  }
  Table table({"SETTING", "VALUE", "LOCK", "FROM"});
  for (const auto& each : elements(*effective, "items")) {
    table.add({shown(text_of(each, "path")), value_words(member(each, "value")), truth_of(each, "locked") ? "locked" : "open",
               origin_words(member(each, "from"))});
  }
  table.print(context.terminal);
  for (const auto& each : elements(*effective, "items")) {
    for (const auto& other : options.reasons ? elements(each, "overrode") : json::array{}) {
      context.terminal.line(fmt::format("{}: not {} of {}, {}", shown(text_of(each, "path")), value_words(member(other, "value")),
                                        origin_words(member(other, "from")), why_words(text_of(other, "why"))));
    }
  }
  for (const auto& each : elements(*effective, "unusable")) {
    context.terminal.note(fmt::format("{} of “{}” has no effect: {}", shown(text_of(each, "path")),
                                      shown(text_of(member(each, "source"), "policy")), shown(text_of(each, "reason"))));
  }
  co_return Result<>{};
}

awaitable<Result<>> policy_history(Context& context, ApiSession& session, PolicyName options) {
  auto policy = co_await find_policy(session, options.name);
  if (!policy) co_return fail(std::move(policy.error()));
  auto all = co_await session.get(path_of(*policy) + "/revisions");
  if (!all) co_return fail(std::move(all.error()));
  if (context.as_json()) {
    print_json(context.terminal, member(*all, "items"));
    co_return Result<>{};
  }
  Table table({"REVISION", "SAVED", "BY", "STATE", "CHANGED"});
  const auto& items = elements(*all, "items");
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::string changed;
    const auto before = i + 1 < items.size() ? member(items[i + 1], "settings") : json::value(nullptr);
    for (const auto& line : difference_lines(before, member(items[i], "settings"))) changed += (changed.empty() ? "" : "; ") + line;
    table.add({shown(text_of(items[i], "revision")), local_time(text_of(items[i], "at")), shown(text_of(items[i], "author")),
               truth_of(items[i], "active") ? "active" : "inactive", changed});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> policy_compare(Context& context, ApiSession& session, PolicyCompare options) {
  auto policy = co_await find_policy(session, options.name);
  if (!policy) co_return fail(std::move(policy.error()));
  auto before = co_await revision_of(session, *policy, options.before);
  if (!before) co_return fail(std::move(before.error()));
  auto after = co_await revision_of(session, *policy, options.after);
  if (!after) co_return fail(std::move(after.error()));
  if (context.as_json()) {
    print_json(context.terminal, json::object{{"before", *before}, {"after", *after}});
    co_return Result<>{};
  }
  auto lines = difference_lines(member(*before, "settings"), member(*after, "settings"));
  for (const std::string_view key : {"name", "inherit", "force", "active"}) {
    if (text_of(*before, key) != text_of(*after, key))
      lines.push_back(fmt::format("{}: {} → {}", key, shown(text_of(*before, key)), shown(text_of(*after, key))));
  }
  if (lines.empty()) lines.emplace_back("The two are the same.");
  for (const auto& line : lines) context.terminal.line(line);
  co_return Result<>{};
}

awaitable<Result<>> policy_restore(Context& context, ApiSession& session, PolicyRestore options) {
  auto policy = co_await find_policy(session, options.name);
  if (!policy) co_return fail(std::move(policy.error()));
  net::Headers headers;
  headers.set("if-match", "\"" + text_of(*policy, "revision") + "\"");
  auto restored = co_await session.call("POST", fmt::format("{}/revisions/{}/restore", path_of(*policy), options.revision), std::nullopt,
                                        std::move(headers));
  if (!restored) co_return fail(std::move(restored.error()));
  print_policy(context, *restored);
  co_return Result<>{};
}

}  // namespace daikan::cli
