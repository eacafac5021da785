#include "server/policy_json.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits_downstream.h"
#include "base/limits_policies.h"
#include "base/text.h"
#include "hierarchy/names.h"
#include "server/foreign_json.h"

namespace daikan::server {
namespace {

namespace json = boost::json;
using hierarchy::PolicySetting;
using hierarchy::Setting;
using hierarchy::SettingKind;
using hierarchy::SettingValue;

tl::unexpected<Error> wrong(std::string_view path, std::string_view what, std::string remedy) {
  const auto shown = quotable(path, limits::kMaxSettingPathBytes);
  return fail(Code::invalid_request, fmt::format("The setting “{}” {}.", shown, what), std::move(remedy), "settings." + shown);
}

json::value bound_json(const Setting& setting, double bound) {
  return setting.kind == SettingKind::integer ? json::value(static_cast<std::int64_t>(bound)) : json::value(bound);
}

std::string_view type_of(SettingKind kind) {
  switch (kind) {
    case SettingKind::boolean:
      return "boolean";
    case SettingKind::integer:
      return "integer";
    case SettingKind::number:
      return "number";
    case SettingKind::texts:
      return "array";
    case SettingKind::text:
    case SettingKind::choice:
      break;
  }
  return "string";
}

json::object leaf_json(const Setting& setting) {
  json::object leaf{{"title", setting.title},
                    {"description", setting.description},
                    {"type", type_of(setting.kind)},
                    {"default", value_json(setting.initial)}};
  if (setting.minimum) leaf["minimum"] = bound_json(setting, *setting.minimum);
  if (setting.maximum) leaf["maximum"] = bound_json(setting, *setting.maximum);
  if (!setting.choices.empty()) leaf["enum"] = json::value_from(setting.choices);
  const auto most = setting.max_length == 0 ? limits::kMaxSettingTextBytes : setting.max_length;
  if (setting.kind == SettingKind::text) leaf["maxLength"] = most;
  if (setting.kind == SettingKind::texts) {
    auto& items = leaf["items"].emplace_object();
    items = json::object{{"type", "string"}, {"maxLength", most}};
    if (setting.format == Setting::Format::network) items["format"] = "network";
    leaf["maxItems"] = limits::kMaxSettingItems;
    leaf["mergeable"] = setting.lists == Setting::Lists::merge;
  }
  if (!setting.unit.empty()) leaf["unit"] = setting.unit;
  if (setting.change == Setting::Change::after_restart) leaf["needsRestart"] = true;
  return leaf;
}

/// The schema of the object at `path`, made with all above it.
json::object& section_at(json::object& schema, const hierarchy::Application& application, std::string_view path) {
  if (path.empty()) return schema;
  const auto dot = path.rfind('.');
  auto& above = section_at(schema, application, dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot));
  const auto name = dot == std::string_view::npos ? path : path.substr(dot + 1);
  auto& members = above["properties"].is_object() ? above["properties"].get_object() : above["properties"].emplace_object();
  if (auto* found = members.if_contains(name)) return found->get_object();
  auto& made = members[name].emplace_object();
  const auto described =
      std::find_if(application.sections.begin(), application.sections.end(), [&](const auto& each) { return each.path == path; });
  if (described != application.sections.end()) {
    made["title"] = described->title;
    if (!described->description.empty()) made["description"] = described->description;
  }
  made["type"] = "object";
  made["additionalProperties"] = false;
  return made;
}

}  // namespace

json::value value_json(const SettingValue& value) {
  return std::visit(
      [](const auto& held) -> json::value {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::vector<std::string>>) {
          json::array items;
          for (const auto& item : held) items.emplace_back(item);
          return items;
        } else {
          return json::value(held);
        }
      },
      value);
}

Result<SettingValue> value_from_json(std::string_view path, const json::value& value) {
  if (value.is_bool()) return SettingValue(value.get_bool());
  if (value.is_int64()) return SettingValue(value.get_int64());
  if (value.is_double()) return SettingValue(value.get_double());
  if (value.is_string()) return SettingValue(std::string(value.get_string()));
  const auto* list = value.if_array();
  if (!list) return wrong(path, "has a value of no known kind", "Give true or false, a number, a text, or a list of texts.");
  std::vector<std::string> items;
  for (const auto& item : *list) {
    if (!item.is_string()) return wrong(path, "has a list of something else than texts", "Give a list of texts.");
    items.emplace_back(item.get_string());
  }
  return SettingValue(std::move(items));
}

json::object settings_json(std::span<const PolicySetting> settings) {
  std::vector<const PolicySetting*> sorted;
  for (const auto& each : settings) sorted.push_back(&each);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->path < b->path; });
  json::object out;
  for (const auto* each : sorted) {
    out[each->path] = json::object{{"value", value_json(each->value)}, {"locked", each->lock == PolicySetting::Lock::locked}};
  }
  return out;
}

Result<std::vector<PolicySetting>> settings_from_json(const json::object& settings) {
  if (settings.size() > limits::kMaxPolicySettings) {
    return fail(Code::too_large, fmt::format("A policy has at most {} settings.", limits::kMaxPolicySettings), "Leave some out.",
                "settings");
  }
  std::vector<PolicySetting> read;
  for (const auto& member : settings) {
    const std::string path(member.key());
    const auto* said = member.value().if_object();
    const auto* value = said ? said->if_contains("value") : nullptr;
    const auto* locked = said ? said->if_contains("locked") : nullptr;
    if (!hierarchy::is_setting_path(path)) return wrong(path, "has a name that no setting has", "Look at the application's settings.");
    if (!value || said->size() > (locked ? 2U : 1U))
      return wrong(path, "is not {\"value\": …, \"locked\": true or false}", "Write it like that.");
    if (locked && !locked->is_bool()) return wrong(path, "has a lock that is neither true nor false", "Send true or false.");
    auto held = value_from_json(path, *value);
    if (!held) return fail(std::move(held.error()));
    if (auto checked = hierarchy::check_any_value(path, *held); !checked) return fail(std::move(checked.error()));
    const bool closed = locked != nullptr && locked->get_bool();
    read.push_back({path, std::move(*held), closed ? PolicySetting::Lock::locked : PolicySetting::Lock::open});
  }
  return read;
}

json::object schema_json(const hierarchy::Application& application) {
  json::object schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", application.title},
                      {"description", application.description},
                      {"type", "object"},
                      {"additionalProperties", false}};
  for (const auto& setting : application.settings) {
    const auto dot = setting.path.rfind('.');
    const auto section = dot == std::string::npos ? std::string_view{} : std::string_view(setting.path).substr(0, dot);
    auto& parent = section_at(schema, application, section);
    auto& members = parent["properties"].is_object() ? parent["properties"].get_object() : parent["properties"].emplace_object();
    members[dot == std::string::npos ? setting.path : setting.path.substr(dot + 1)] = leaf_json(setting);
  }
  return schema;
}

std::string policy_content(const hierarchy::Policy& policy) {
  return json::serialize(json::object{{"application", policy.application},
                                      {"name", policy.name},
                                      {"inherit", policy.inherit},
                                      {"force", policy.force},
                                      {"settings", settings_json(policy.settings)}});
}

Result<hierarchy::Policy> policy_from_content(std::string_view text) {
  constexpr std::string_view kWhat = "a policy";
  constexpr std::size_t kDepth = 6;  // settings, their paths, a value, its items, and room
  const auto content = ForeignObject::read(text, {.what = kWhat, .most_bytes = limits::kMaxInheritedBytes, .most_depth = kDepth});
  if (!content) return fail(content.error());
  hierarchy::Policy policy;
  policy.application = content->text("application");
  policy.name = content->text("name");
  if (!hierarchy::check_name(policy.application)) return not_understood(kWhat, "its application");
  if (!hierarchy::check_name(policy.name)) return not_understood(kWhat, "its name");
  policy.active = true;
  policy.inherit = content->truth("inherit");
  policy.force = content->truth("force");
  const auto* settings = content->object("settings");
  if (settings == nullptr) return not_understood(kWhat, "its settings");
  auto read = settings_from_json(*settings);
  if (!read) return not_understood(kWhat, "its settings");
  policy.settings = std::move(*read);
  return policy;
}

}  // namespace daikan::server
