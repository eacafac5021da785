#include "server/policy_records.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits_policies.h"
#include "base/text.h"
#include "hierarchy/names.h"
#include "server/access_rules.h"
#include "server/event.h"
#include "store/tables_policies.h"

namespace daikan::server {
namespace {

using hierarchy::Policy;
using hierarchy::PolicySetting;

constexpr std::string_view kLocalSettings = "local_settings";
constexpr std::size_t kMaxWordsBytes = 800;  // of what a change did, in an event

tl::unexpected<Error> no_policy() {
  return fail(Code::not_found, "There is no such policy.", "List the policies and choose one of those.");
}

tl::unexpected<Error> inherited_policy(const InheritedPolicy& found) {
  return fail(Code::permission_denied,
              fmt::format("The policy “{}” is inherited from “{}” and is changed there only.", found.policy.name, found.source.server_name),
              fmt::format("Change it on “{}”, in its group “{}”; or make a policy of your own for what it leaves open.",
                          found.source.server_name, found.source.group));
}

/// A policy of the root group governs this server itself.
Result<> require_change(store::Transaction& transaction, const Actor& actor, const hierarchy::GroupTree& tree, const GroupId& group) {
  if (auto allowed = require(transaction, actor, Right::edit_policies, {tree, group}); !allowed) return allowed;
  return group == tree.root().id ? require_on_server(transaction, actor, Right::manage_server) : Result<>{};
}

/// `before` with what `text` says; not checked against others yet.
Result<Policy> written(const PolicyGround& ground, Policy policy, const PolicyText& text) {
  if (text.group) {
    auto group = ground.tree.at_path(*text.group);
    if (!group) return fail(std::move(group.error()));
    policy.group = group->id;
  }
  if (text.name) policy.name = *text.name;
  if (text.active) policy.active = *text.active;
  if (text.inherit) policy.inherit = *text.inherit;
  if (text.force) policy.force = *text.force;
  if (auto checked = hierarchy::check_name(policy.name); !checked) return fail(std::move(checked.error()));
  if (!text.settings) return policy;
  policy.settings = *text.settings;
  std::sort(policy.settings.begin(), policy.settings.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  auto application = require_application(policy.application);
  if (!application) return fail(std::move(application.error()));
  if (auto checked = hierarchy::check_settings(**application, policy.settings); !checked) return fail(std::move(checked.error()));
  return policy;
}

Result<Policy> new_policy(const PolicyGround& ground, const PolicyText& text) {
  if (ground.policies.size() >= limits::kMaxPolicies) {
    return fail(Code::too_large, fmt::format("This server has {} policies, and cannot have more.", ground.policies.size()),
                "Remove those that are not used.");
  }
  Policy policy;
  policy.application = text.application.value_or(std::string(hierarchy::kServerApplication));
  policy.group = ground.tree.root().id;
  if (auto known = require_application(policy.application); !known) return fail(std::move(known.error()));
  return policy;
}

Result<> check_names(const PolicyGround& ground, const Policy& policy) {
  for (const auto& other : ground.policies) {
    if (other.id == policy.id || other.group != policy.group || other.application != policy.application) continue;
    if (!hierarchy::same_name(other.name, policy.name)) continue;
    return fail(Code::name_taken, fmt::format("The group “{}” has a policy “{}” already.", ground.tree.path_of(policy.group), other.name),
                "Choose another name, or edit that one.", "name");
  }
  return {};
}

std::optional<Policy> other_active(const PolicyGround& ground, const Policy& policy) {
  if (!policy.active) return std::nullopt;
  for (auto other : ground.policies) {
    if (!other.active || other.id == policy.id || other.group != policy.group || other.application != policy.application) continue;
    other.active = false;
    other.revision += 1;
    return other;
  }
  return std::nullopt;
}

bool same(const Policy& a, const Policy& b) {
  return a.group == b.group && a.name == b.name && a.active == b.active && a.inherit == b.inherit && a.force == b.force &&
         a.settings == b.settings;
}

std::string setting_words(const std::optional<PolicySetting>& setting) {
  if (!setting) return "not set";
  return hierarchy::shown_value(setting->value) + (setting->lock == PolicySetting::Lock::locked ? " (locked)" : "");
}

/// "active, log.level: not set → debug (locked)"
std::string words_of(const PolicyChange& change) {
  static const Policy none;
  const auto& before = change.before ? *change.before : none;
  const auto& after = *change.after;
  std::string words;
  const auto add = [&](std::string_view more) { words.append(words.empty() ? "" : ", ").append(more); };
  if (before.name != after.name && change.before) add(fmt::format("name: {} → {}", before.name, after.name));
  if (before.active != after.active) add(after.active ? "active" : "inactive");
  if (before.inherit != after.inherit) add(after.inherit ? "inherits" : "does not inherit");
  if (before.force != after.force) add(after.force ? "forces inheritance" : "does not force inheritance");
  for (const auto& each : hierarchy::compare(before.settings, after.settings)) {
    add(fmt::format("{}: {} → {}", each.path, setting_words(each.before), setting_words(each.after)));
  }
  return words.empty() ? "nothing is set" : quotable(words, kMaxWordsBytes);
}

void keep_revision(store::Transaction& transaction, const hierarchy::GroupTree& tree, const Policy& policy) {
  store::append_policy_revision(transaction, policy.id,
                                {.revision = policy.revision,
                                 .at = policy.changed_at,
                                 .author = policy.changed_by,
                                 .name = policy.name,
                                 .group = tree.path_of(policy.group),
                                 .active = policy.active,
                                 .inherit = policy.inherit,
                                 .force = policy.force,
                                 .settings = policy.settings},
                                limits::kMaxPolicyRevisions);
}

struct Told {
  TimePoint at;
  std::string_view verb;
  std::string words;
};

void tell(store::Transaction& transaction, const Actor& actor, const Told& told) {
  const auto& [at, verb, words] = told;
  History::audit(transaction, actor, at, fmt::format("policy.{}", verb), words);
  const auto past = fmt::format("{}{}", verb, verb.ends_with('e') ? "d" : "ed");
  History::record(transaction, info_event(at, "policy_" + past, fmt::format("A policy was {} by {}: {}", past, actor.name, words)));
}

}  // namespace

PolicyGround policy_ground(store::Transaction& transaction, const PolicyWay& way) {
  return {hierarchy::GroupTree(store::all_groups(transaction)), store::all_policies(transaction),
          way.inherited ? way.inherited(transaction) : std::vector<InheritedPolicy>{}};
}

hierarchy::Landscape landscape_of(const PolicyGround& ground, const hierarchy::Application& application, const Facts& facts) {
  hierarchy::Landscape landscape{
      .server = facts.id, .server_name = facts.name, .groups = ground.tree, .policies = ground.policies, .inherited = {}};
  for (const auto& each : ground.inherited) {
    if (each.policy.application != application.name) continue;
    landscape.inherited.push_back({each.source, each.policy.inherit, each.policy.force, each.policy.settings});
  }
  return landscape;
}

Result<PolicyChange> plan(store::Transaction& transaction, const Actor& actor, const PolicyGround& ground, const PolicyWish& wish) {
  PolicyChange change;
  if (wish.id) {
    for (const auto& each : ground.inherited) {
      if (each.policy.id == *wish.id) return inherited_policy(each);
    }
    const auto found =
        std::find_if(ground.policies.begin(), ground.policies.end(), [&](const Policy& each) { return each.id == *wish.id; });
    if (found == ground.policies.end()) return no_policy();
    change.before = *found;
    if (auto checked = wish.seen.check(found->revision, "policy"); !checked) return fail(std::move(checked.error()));
    if (auto allowed = require_change(transaction, actor, ground.tree, found->group); !allowed) return fail(std::move(allowed.error()));
  }
  if (!wish.text) return change;
  auto start = change.before ? Result<Policy>(*change.before) : new_policy(ground, *wish.text);
  if (!start) return fail(std::move(start.error()));
  auto after = written(ground, std::move(*start), *wish.text);
  if (!after) return fail(std::move(after.error()));
  if (auto allowed = require_change(transaction, actor, ground.tree, after->group); !allowed) return fail(std::move(allowed.error()));
  if (auto checked = check_names(ground, *after); !checked) return fail(std::move(checked.error()));
  change.nothing = change.before && same(*change.before, *after);
  change.deactivated = other_active(ground, *after);
  change.after = std::move(*after);
  return change;
}

std::vector<Policy> policies_after(const PolicyGround& ground, const PolicyChange& change) {
  std::vector<Policy> policies;
  for (const auto& each : ground.policies) {
    if (change.before && each.id == change.before->id) continue;
    policies.push_back(change.deactivated && each.id == change.deactivated->id ? *change.deactivated : each);
  }
  if (change.after) policies.push_back(*change.after);
  return policies;
}

void write(store::Transaction& transaction, const Actor& actor, const hierarchy::GroupTree& tree, const PolicyChange& change) {
  const auto& policy = change.after ? *change.after : *change.before;
  const auto what = fmt::format("“{}” of the group “{}”", policy.name, tree.path_of(policy.group));
  if (!change.after) {
    store::remove_policy(transaction, policy.id);
    tell(transaction, actor, {change.at, "remove", fmt::format("{} ({})", what, policy.id.str())});
    return;
  }
  std::string words = words_of(change);
  if (change.deactivated) {
    auto other = *change.deactivated;
    other.changed_at = change.at;
    other.changed_by = actor.name;
    store::update_policy(transaction, other);
    keep_revision(transaction, tree, other);
    words += fmt::format(", “{}” is inactive now", other.name);
  }
  change.before ? store::update_policy(transaction, policy) : store::insert_policy(transaction, policy);
  keep_revision(transaction, tree, policy);
  tell(transaction, actor, {change.at, change.before ? "edit" : "create", fmt::format("{} ({}): {}", what, policy.id.str(), words)});
}

Result<const hierarchy::Application*> require_application(std::string_view name) {
  if (const auto* found = hierarchy::find_application(name)) return found;
  std::string words;
  for (const auto& each : hierarchy::applications()) words += (words.empty() ? "" : ", ") + each.name;
  return fail(Code::not_found, fmt::format("There is no application “{}”.", quotable(name, 60)), fmt::format("There is {}.", words),
              "application");
}

Result<PolicyView> require_policy(store::Transaction& transaction, const Actor& actor, const PolicyGround& ground, const PolicyId& id) {
  for (const auto& each : ground.policies) {
    if (each.id != id) continue;
    if (auto allowed = require(transaction, actor, Right::read, {ground.tree, each.group}); !allowed)
      return fail(std::move(allowed.error()));
    return PolicyView{.policy = each, .group_path = ground.tree.path_of(each.group)};
  }
  for (const auto& each : ground.inherited) {
    if (each.policy.id == id && actor.permissions.anywhere(Right::read)) return PolicyView{each.policy, each.source.group, each.source};
  }
  return no_policy();
}

std::vector<PolicySetting> local_settings(store::Transaction& transaction) {
  auto settings = own_access_settings(transaction);
  const auto text = store::find_setting(transaction, kLocalSettings);
  if (!text) return settings;
  auto stored = hierarchy::settings_from_text(*text);
  if (stored) settings.insert(settings.end(), stored->begin(), stored->end());
  return settings;
}

void put_local_settings(store::Transaction& transaction, std::span<const PolicySetting> settings) {
  put_own_access_settings(transaction, settings);
  std::vector<PolicySetting> others;
  for (const auto& each : settings) {
    if (!is_access_setting(each.path)) others.push_back(each);
  }
  store::put_setting(transaction, kLocalSettings, hierarchy::to_text(others));
}

}  // namespace daikan::server
