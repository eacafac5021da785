#include "server/policy_inheritance.h"

#include <algorithm>

#include <fmt/format.h>

#include "hierarchy/names.h"
#include "server/policy_json.h"
#include "server/policy_records.h"
#include "store/tables_policies.h"

namespace daikan::server {
namespace {

using hierarchy::InheritedKind;
using hierarchy::Policy;

std::vector<OwnObject> own_policies(store::Transaction& transaction) {
  std::vector<OwnObject> objects;
  for (const auto& policy : store::all_policies(transaction)) {
    if (!policy.active) continue;
    OwnObject own{.object = {}, .group = policy.group};
    own.object.kind = InheritedKind::policy;
    own.object.id = policy.id.bytes;
    own.object.revision = policy.revision;
    own.object.content = policy_content(policy);
    objects.push_back(std::move(own));
  }
  return objects;
}

std::vector<InheritedPolicy> policies_in(const hierarchy::InheritedSet& set,
                                         const std::vector<const hierarchy::InheritedObject*>& objects) {
  std::vector<InheritedPolicy> policies;
  for (const auto* object : objects) {
    auto policy = policy_from_content(object->content);
    if (!policy) continue;  // check() let nothing of that kind in
    policy->id = PolicyId{object->id};
    policy->revision = object->revision;
    hierarchy::PolicySource source{policy->id, policy->name, object->group, object->owner, Downstream::owner_name(set, object->owner)};
    policies.push_back({std::move(*policy), std::move(source)});
  }
  return policies;
}

/// What the inherited policies and the own one of the root group said together, as settings of one policy.
std::vector<hierarchy::PolicySetting> in_force(const hierarchy::Application& application, const PolicyGround& ground, const Facts& facts) {
  std::vector<hierarchy::PolicySetting> settings;
  for (const auto& each : effective_in_group(landscape_of(ground, application, facts), application, ground.tree.root().id).settings) {
    if (each.from.kind != hierarchy::Origin::Kind::policy) continue;
    settings.push_back(
        {each.path, each.value, each.locked ? hierarchy::PolicySetting::Lock::locked : hierarchy::PolicySetting::Lock::open});
  }
  return settings;
}

/// A name that no other policy of the root group has.
std::string free_name(const PolicyGround& ground, const std::string& application, std::string_view primary) {
  for (unsigned number = 1;; ++number) {
    auto name = number == 1 ? fmt::format("Kept from {}", primary) : fmt::format("Kept from {} ({})", primary, number);
    const bool taken = std::any_of(ground.policies.begin(), ground.policies.end(), [&](const Policy& each) {
      return each.group == ground.tree.root().id && each.application == application &&
             hierarchy::folded(each.name) == hierarchy::folded(name);
    });
    if (!taken) return name;
  }
}

/// The primary is being left.
struct Leaving {
  std::string_view primary;  ///< Its name.
  const PolicyGround& ground;
  const Facts& facts;
  TimePoint at;
};

void keep_application(store::Transaction& transaction, const Leaving& leaving, const hierarchy::Application& application) {
  const auto& [primary, ground, facts, at] = leaving;
  const auto root = ground.tree.root().id;
  const auto found = std::find_if(ground.policies.begin(), ground.policies.end(), [&](const Policy& each) {
    return each.active && each.group == root && each.application == application.name;
  });
  PolicyChange change;
  Policy policy;
  if (found != ground.policies.end()) {
    change.before = *found;
    policy = *found;
    policy.revision += 1;
  } else {
    policy.id = PolicyId::make(at);
    policy.application = application.name;
    policy.group = root;
    policy.name = free_name(ground, application.name, primary);
    policy.active = true;
    policy.created_at = at;
  }
  policy.settings = in_force(application, ground, facts);
  // What was forced from above stays forced, also on what is below.
  policy.force |= std::any_of(ground.inherited.begin(), ground.inherited.end(), [&](const InheritedPolicy& each) {
    return each.policy.application == application.name && each.policy.force;
  });
  policy.changed_at = at;
  policy.changed_by = system_actor().name;
  change.after = std::move(policy);
  change.at = at;
  write(transaction, system_actor(), ground.tree, change);
}

}  // namespace

InheritedSource policy_source(const Facts& facts) {
  InheritedSource source;
  source.own = own_policies;
  source.check = [](const hierarchy::InheritedObject& object) -> Result<> {
    auto policy = policy_from_content(object.content);
    if (!policy) return fail(std::move(policy.error()));
    return {};
  };
  source.has_own = [](store::Transaction& transaction, const Uuid& id) {
    return store::find_policy(transaction, PolicyId{id}).has_value();
  };
  source.left = [&facts](store::Transaction& transaction, const hierarchy::InheritedSet& set, Inherited inherited, TimePoint at) {
    if (inherited == Inherited::removed) return;
    PolicyGround ground = policy_ground(transaction, {});
    ground.inherited = inherited_policies(set);
    for (const auto& application : hierarchy::applications()) {
      const auto of_it = [&](const InheritedPolicy& each) { return each.policy.application == application.name; };
      if (std::any_of(ground.inherited.begin(), ground.inherited.end(), of_it))
        keep_application(transaction, {set.chain.empty() ? "above" : std::string_view(set.chain.back().name), ground, facts, at},
                         application);
    }
  };
  return source;
}

std::vector<InheritedPolicy> inherited_policies(const hierarchy::InheritedSet& set) {
  std::vector<const hierarchy::InheritedObject*> objects;
  for (const auto* each : hierarchy::in_order(set)) {
    if (each->kind == InheritedKind::policy) objects.push_back(each);
  }
  return policies_in(set, objects);
}

PolicyWay policy_way(const Downstream& downstream) {
  return {.inherited =
              [](store::Transaction& transaction) {
                const auto found = Downstream::inherited(transaction, InheritedKind::policy);
                return policies_in(found.set, found.objects);
              },
          .changed = [&downstream](store::Transaction& transaction, TimePoint at) { downstream.refresh(transaction, at); }};
}

}  // namespace daikan::server
