// Policies and their cascade: which value is in force where, from which policy it comes, and what it overrode (P1 to P8 of
// docs/policies.md).
//
// Values and rules only: `store/tables_policies` saves policies, `server/policies` changes them and knows what was inherited. Invariant:
// the same policies give the same effective settings on every server that computes them, so that above can be told what holds below.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "hierarchy/group_tree.h"
#include "hierarchy/setting.h"

namespace daikan::hierarchy {

using PolicyId = Id<struct PolicyTag>;

/// A policy as its owner keeps it. At most one of an application and group is active.
struct Policy {
  PolicyId id;
  std::string application;
  GroupId group;
  std::string name;
  bool active = false;
  bool inherit = true;  ///< Takes what policies above say; false counts only as far as none above forces.
  bool force = false;   ///< Policies below inherit from this one whatever they say themselves.
  std::vector<PolicySetting> settings;
  TimePoint created_at;
  TimePoint changed_at;
  std::string changed_by;
  std::int64_t revision = 1;
};

/// What a policy was after one save.
struct PolicyRevision {
  std::int64_t revision = 1;
  TimePoint at;
  std::string author;
  std::string name;
  std::string group;  ///< Its path then, for people.
  bool active = false;
  bool inherit = true;
  bool force = false;
  std::vector<PolicySetting> settings;
};

/// Fails with invalid_request: a setting the application does not have ("settings.PATH", with what it has), one given twice, a value that
/// check_value refuses; or too_large.
Result<> check_settings(const Application& application, std::span<const PolicySetting> settings);

/// Whose policy says something, and where it stands.
struct PolicySource {
  PolicyId policy;
  std::string policy_name;
  std::string group;  ///< A path on that server.
  ServerId server;
  std::string server_name;
  friend bool operator==(const PolicySource&, const PolicySource&) = default;
};

/// One active policy on the way from the top of the hierarchy down to a place.
struct ChainPolicy {
  PolicySource source;
  bool inherit = true;
  bool force = false;
  std::vector<PolicySetting> settings;
};
using PolicyChain = std::vector<ChainPolicy>;  ///< The uppermost first.

struct Origin {
  enum class Kind : std::uint8_t { initial, local, policy } kind = Kind::initial;  ///< initial: the default of the application.
  PolicySource source = {};                                                        ///< policy
  friend bool operator==(const Origin&, const Origin&) = default;
};

struct Overridden {
  SettingValue value;
  Origin from;
  /// below: a nearer policy says otherwise. locked: this one is below a lock. cut: a policy below does not inherit.
  enum class Why : std::uint8_t { below, locked, cut } why = Why::below;
  friend bool operator==(const Overridden&, const Overridden&) = default;
};

struct EffectiveSetting {
  std::string path;
  SettingValue value;
  Origin from;
  bool locked = false;              ///< By `from`; nothing below may differ.
  std::vector<Origin> merged = {};  ///< The others that items of a merged list come from, the uppermost first.
  std::vector<Overridden> overrode = {};
};

/// A value that a policy has and that this program cannot obey.
struct UnusableSetting {
  std::string path;
  PolicySource source;
  std::string reason;
};

struct Effective {
  std::vector<EffectiveSetting> settings;  ///< Every setting of the application, in its order.
  std::vector<UnusableSetting> unusable;
  const EffectiveSetting* find(std::string_view path) const;
};

/// `local`: what the place itself was set to, below every policy.
Effective effective_settings(const Application& application, std::span<const ChainPolicy> chain, std::span<const PolicySetting> local = {});

/// What policies are computed from on one server.
struct Landscape {
  ServerId server;
  std::string server_name;
  const GroupTree& groups;
  std::vector<Policy> policies;
  PolicyChain inherited;                  ///< Of one application, from the servers above.
  std::vector<PolicySetting> local = {};  ///< Of this server itself.
};

/// The chain of a group: what was inherited, then the active policies of this server from its root group down to `group`.
PolicyChain chain_to(const Landscape& landscape, std::string_view application, const GroupId& group);
/// This server itself stands in its own root group.
Effective effective_on_server(const Landscape& landscape, const Application& application);
Effective effective_in_group(const Landscape& landscape, const Application& application, const GroupId& group);

/// One setting whose value or lock differs.
struct EffectiveChange {
  EffectiveSetting before;
  EffectiveSetting after;
};
std::vector<EffectiveChange> difference(const Effective& before, const Effective& after);

/// A place in a preview: this server itself (no group), or a group.
struct ChangedPlace {
  std::optional<GroupId> group;
  std::vector<EffectiveChange> changes;
};
/// Every place whose effective settings differ: this server first, then groups by path.
std::vector<ChangedPlace> preview(const Application& application, const Landscape& before, const Landscape& after);

/// What differs between two revisions of a policy; a side without the setting has none.
struct SettingDifference {
  std::string path;
  std::optional<PolicySetting> before;
  std::optional<PolicySetting> after;
};
std::vector<SettingDifference> compare(std::span<const PolicySetting> before, std::span<const PolicySetting> after);

}  // namespace daikan::hierarchy
