// Changes of policies as they are decided and written, inside one transaction: for policies.cpp alone.
//
// A change is planned first (and previewed from the plan), then written. Knows rights and rules; no coroutines.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/access.h"
#include "server/policies.h"

namespace daikan::server {

/// What is there now.
struct PolicyGround {
  hierarchy::GroupTree tree;
  std::vector<hierarchy::Policy> policies;
  std::vector<InheritedPolicy> inherited;
};
PolicyGround policy_ground(store::Transaction&, const PolicyWay& way);

/// `ground` as one application is computed from it; refers to ground's tree.
hierarchy::Landscape landscape_of(const PolicyGround& ground, const hierarchy::Application& application, const Facts& facts);

struct PolicyChange {
  std::optional<hierarchy::Policy> before;
  std::optional<hierarchy::Policy> after;        ///< Nothing: it goes.
  std::optional<hierarchy::Policy> deactivated;  ///< As it will be.
  bool nothing = false;                          ///< What is asked for is so already.
  TimePoint at = {};
};

struct PolicyWish {
  std::optional<PolicyId> id;
  std::optional<PolicyText> text;  ///< Nothing: remove it.
  Seen seen = {};
};
/// The errors of Policies::add(), edit() and remove().
Result<PolicyChange> plan(store::Transaction&, const Actor& actor, const PolicyGround& ground, const PolicyWish& wish);
/// `ground` once the change is made.
std::vector<hierarchy::Policy> policies_after(const PolicyGround& ground, const PolicyChange& change);
/// With revisions, audit record and event, at change.at.
void write(store::Transaction&, const Actor& actor, const hierarchy::GroupTree& tree, const PolicyChange& change);

/// Fails with not_found, naming the applications there are.
Result<const hierarchy::Application*> require_application(std::string_view name);
/// An own or inherited policy that the actor may read, or not_found.
Result<PolicyView> require_policy(store::Transaction&, const Actor& actor, const PolicyGround& ground, const PolicyId& id);

/// What this server was set to itself.
std::vector<hierarchy::PolicySetting> local_settings(store::Transaction&);
void put_local_settings(store::Transaction&, std::span<const hierarchy::PolicySetting> settings);

}  // namespace daikan::server
