#include "hierarchy/policy.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/limits_policies.h"
#include "base/text.h"

namespace daikan::hierarchy {
namespace {

using Values = std::map<std::string, EffectiveSetting, std::less<>>;
using Texts = std::vector<std::string>;

/// What a chain has said down to one of its policies.
struct Walk {
  Values values;
  std::map<std::string, std::vector<Overridden>, std::less<>> dropped;  ///< By a policy that does not inherit.
};

/// Items of `above` stay, in their order; those of `below` that are not among them follow.
Texts merged_items(const Texts& above, const Texts& below) {
  Texts items = above;
  for (const auto& item : below) {
    if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
  }
  return items;
}

bool merges(const Setting& setting) { return setting.kind == SettingKind::texts && setting.lists == Setting::Lists::merge; }

/// Everything above that nothing forces is forgotten, and remembered as overridden.
void cut(Walk& walk, const Values& forced) {
  for (const auto& [path, value] : walk.values) {
    const auto kept = forced.find(path);
    if (kept != forced.end() && kept->second.from == value.from) continue;
    walk.dropped[path].push_back({value.value, value.from, Overridden::Why::cut});
  }
  walk.values = forced;
}

void apply(Walk& walk, const Setting& setting, const PolicySetting& said, const Origin& from) {
  const auto found = walk.values.find(setting.path);
  if (found != walk.values.end() && found->second.locked) {
    found->second.overrode.push_back({said.value, from, Overridden::Why::locked});
    return;
  }
  EffectiveSetting next{.path = setting.path, .value = said.value, .from = from, .locked = said.lock == PolicySetting::Lock::locked};
  if (found != walk.values.end()) {
    auto& above = found->second;
    next.overrode = std::move(above.overrode);
    if (merges(setting)) {
      next.value = merged_items(std::get<Texts>(above.value), std::get<Texts>(said.value));
      next.merged = std::move(above.merged);
      next.merged.push_back(above.from);
    } else {
      next.overrode.push_back({std::move(above.value), above.from, Overridden::Why::below});
    }
  }
  walk.values.insert_or_assign(setting.path, std::move(next));
}

void apply_policy(Walk& walk, const Application& application, const ChainPolicy& policy, std::vector<UnusableSetting>& unusable) {
  const Origin from{Origin::Kind::policy, policy.source};
  for (const auto& said : policy.settings) {
    const auto* setting = application.find(said.path);
    if (!setting) {
      unusable.push_back({said.path, policy.source, "This version does not know the setting."});
    } else if (auto checked = check_value(*setting, said.value); !checked) {
      unusable.push_back({said.path, policy.source, checked.error().message});
    } else {
      apply(walk, *setting, said, from);
    }
  }
}

const Policy* active_policy(const Landscape& landscape, std::string_view application, const GroupId& group) {
  for (const auto& policy : landscape.policies) {
    if (policy.active && policy.group == group && policy.application == application) return &policy;
  }
  return nullptr;
}

std::string known_settings(const Application& application) {
  std::string words;
  for (const auto& each : application.settings) words += (words.empty() ? "" : ", ") + each.path;
  return words;
}

}  // namespace

Result<> check_settings(const Application& application, std::span<const PolicySetting> settings) {
  std::set<std::string_view> seen;
  for (const auto& each : settings) {
    const auto field = fmt::format("settings.{}", quotable(each.path, limits::kMaxSettingPathBytes));
    const auto* setting = application.find(each.path);
    if (!setting) {
      return fail(
          Code::invalid_request,
          fmt::format("The application “{}” has no setting “{}”.", application.name, quotable(each.path, limits::kMaxSettingPathBytes)),
          fmt::format("It has {}.", known_settings(application)), field);
    }
    if (!seen.insert(each.path).second) {
      return fail(Code::invalid_request, fmt::format("The setting “{}” is given twice.", each.path), "Give it once.", field);
    }
    if (auto checked = check_value(*setting, each.value); !checked) return checked;
  }
  if (const auto bytes = to_text(settings).size(); bytes > limits::kMaxPolicyTextBytes) {
    return fail(Code::too_large,
                fmt::format("The settings of the policy take {} bytes; at most {} are allowed.", bytes, limits::kMaxPolicyTextBytes),
                "Shorten its lists.", "settings");
  }
  return {};
}

const EffectiveSetting* Effective::find(std::string_view path) const {
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const EffectiveSetting& each) { return each.path == path; });
  return found == settings.end() ? nullptr : &*found;
}

Effective effective_settings(const Application& application, std::span<const ChainPolicy> chain, std::span<const PolicySetting> local) {
  Effective effective;
  Walk walk;
  Values forced;  // as of the lowest policy so far that forces
  for (const auto& policy : chain) {
    if (!policy.inherit) cut(walk, forced);
    apply_policy(walk, application, policy, effective.unusable);
    if (policy.force) forced = walk.values;
  }
  for (const auto& own : local) {
    const auto* setting = application.find(own.path);
    if (setting && check_value(*setting, own.value)) apply(walk, *setting, own, {Origin::Kind::local, {}});
  }
  for (const auto& setting : application.settings) {
    EffectiveSetting value{.path = setting.path, .value = setting.initial, .from = {}};
    if (const auto found = walk.values.find(setting.path); found != walk.values.end()) value = std::move(found->second);
    if (const auto dropped = walk.dropped.find(setting.path); dropped != walk.dropped.end()) {
      value.overrode.insert(value.overrode.begin(), dropped->second.begin(), dropped->second.end());
    }
    effective.settings.push_back(std::move(value));
  }
  return effective;
}

PolicyChain chain_to(const Landscape& landscape, std::string_view application, const GroupId& group) {
  auto chain = landscape.inherited;
  const auto add = [&](const GroupId& at) {
    const auto* policy = active_policy(landscape, application, at);
    if (!policy) return;
    chain.push_back({.source = {.policy = policy->id,
                                .policy_name = policy->name,
                                .group = landscape.groups.path_of(at),
                                .server = landscape.server,
                                .server_name = landscape.server_name},
                     .inherit = policy->inherit,
                     .force = policy->force,
                     .settings = policy->settings});
  };
  for (const auto& above : landscape.groups.ancestors(group)) add(above.id);
  if (landscape.groups.find(group)) add(group);
  return chain;
}

Effective effective_on_server(const Landscape& landscape, const Application& application) {
  return effective_settings(application, chain_to(landscape, application.name, landscape.groups.root().id), landscape.local);
}

Effective effective_in_group(const Landscape& landscape, const Application& application, const GroupId& group) {
  return effective_settings(application, chain_to(landscape, application.name, group));
}

std::vector<EffectiveChange> difference(const Effective& before, const Effective& after) {
  std::vector<EffectiveChange> changes;
  for (const auto& now : after.settings) {
    const auto* then = before.find(now.path);
    if (then && (then->value != now.value || then->locked != now.locked)) changes.push_back({*then, now});
  }
  return changes;
}

std::vector<ChangedPlace> preview(const Application& application, const Landscape& before, const Landscape& after) {
  std::vector<ChangedPlace> places;
  auto here = difference(effective_on_server(before, application), effective_on_server(after, application));
  if (!here.empty()) places.push_back({std::nullopt, std::move(here)});
  std::vector<Group> left{after.groups.root()};
  while (!left.empty()) {
    const auto group = std::move(left.back());
    left.pop_back();
    auto changes = difference(effective_in_group(before, application, group.id), effective_in_group(after, application, group.id));
    if (!changes.empty()) places.push_back({group.id, std::move(changes)});
    auto children = after.groups.children(group.id);
    left.insert(left.end(), children.rbegin(), children.rend());
  }
  return places;
}

std::vector<SettingDifference> compare(std::span<const PolicySetting> before, std::span<const PolicySetting> after) {
  std::map<std::string, SettingDifference> found;
  for (const auto& each : before) found[each.path].before = each;
  for (const auto& each : after) found[each.path].after = each;
  std::vector<SettingDifference> differences;
  for (auto& [path, each] : found) {
    if (each.before == each.after) continue;
    each.path = path;
    differences.push_back(std::move(each));
  }
  return differences;
}

}  // namespace daikan::hierarchy
