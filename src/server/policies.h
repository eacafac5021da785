// Policies of this server's groups: saved, with every save a revision; what is in force where and why; what a change would change. Every
// change is one transaction with its audit record and event.
//
// The rules are hierarchy/policy.h. What is inherited from above comes from whoever the composition root names (PolicyWay), which also
// hears of every change. Rights: read to see, edit_policies on the group to change, and manage_server besides for the root group, whose
// policy governs this server itself. Invariant: at most one active policy of an application and group; activating another deactivates it
// in the same transaction. An inherited policy is changed on its owner only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hierarchy/policy.h"
#include "server/facts.h"
#include "server/history.h"
#include "server/once.h"
#include "server/seen.h"

namespace daikan::server {

using hierarchy::PolicyId;

/// A policy of a server above, with where it is from.
struct InheritedPolicy {
  hierarchy::Policy policy;  ///< Active; its group is on another server.
  hierarchy::PolicySource source;
};

/// How policies come down to this server and go on down; without one, nothing does.
struct PolicyWay {
  /// The uppermost first, in the order of the cascade.
  std::function<std::vector<InheritedPolicy>(store::Transaction&)> inherited = {};
  /// In the transaction of every change that may make something else come into force here or below.
  std::function<void(store::Transaction&, TimePoint)> changed = {};
};

struct PolicyView {
  hierarchy::Policy policy;
  std::string group_path;
  std::optional<hierarchy::PolicySource> inherited = {};             ///< From whom; nothing: an own one.
  std::optional<std::pair<PolicyId, std::string>> deactivated = {};  ///< By this change: id and name.
};

/// A policy as somebody wants it. In an edit, what is absent stays as it is.
struct PolicyText {
  std::optional<std::string> application;  ///< Of a new one only.
  std::optional<std::string> group;        ///< Path.
  std::optional<std::string> name;
  std::optional<bool> active, inherit, force;
  std::optional<std::vector<hierarchy::PolicySetting>> settings;
};

/// One of a set that is applied at once: the own policy with this application, group and name, made when it is not there.
struct WantedPolicy {
  PolicyText text;                   ///< With a name; application and group as in add().
  std::optional<std::int64_t> seen;  ///< The revision it had when somebody decided on this; 0: it was not there. Nothing: whatever it is.
};
struct AppliedPolicy {
  enum class Change : std::uint8_t { none, made, edited };
  PolicyView view;
  Change change = Change::none;
};

struct EffectiveView {
  const hierarchy::Application* application = nullptr;
  std::string group_path;  ///< Of the group that governs.
  hierarchy::Effective effective;
};

/// What would change where; of a change that is not saved.
struct PolicyPreview {
  struct Place {
    std::optional<GroupId> group;  ///< Nothing: this server itself.
    std::string name;              ///< A path, or this server's name.
    std::vector<hierarchy::EffectiveChange> changes;
    std::vector<std::pair<RegistrationId, std::string>> secondaries;  ///< In the group: it reaches them, and all below them.
  };
  std::vector<Place> places;
  std::size_t left_out = 0;  ///< Places beyond limits::kMaxPreviewPlaces.
};

struct PolicyWish;

class Policies {
 public:
  Policies(Storage& storage, History& history, const Facts& facts) : storage_(storage), history_(history), facts_(facts) {}
  /// Before anything else is called.
  void use(PolicyWay way) { way_ = std::move(way); }

  /// Own ones that the actor may read, then what is inherited.
  awaitable<Result<std::vector<PolicyView>>> list(const Actor& actor);
  awaitable<Result<PolicyView>> find(const Actor& actor, PolicyId id);
  /// Fails with invalid_request, group_not_found, name_taken, permission_denied, or too_large (limits::kMaxPolicies).
  awaitable<Result<PolicyView>> add(const Actor& actor, PolicyText text, std::optional<Once> once);
  /// Fails as add(), with not_found, conflict (`seen`), or permission_denied (also: inherited, naming its owner).
  awaitable<Result<PolicyView>> edit(const Actor& actor, PolicyId id, PolicyText text, Seen seen);
  /// All of them, or none: one transaction. In the order of `wanted`. Fails as add() and edit(), with the field "policies.N" of the one
  /// (from 0) that was refused before the field's own name; also with conflict (`seen`, or two that want to be the active one) and
  /// invalid_request (one named twice).
  awaitable<Result<std::vector<AppliedPolicy>>> apply(const Actor& actor, std::vector<WantedPolicy> wanted);
  /// With its revisions.
  awaitable<Result<>> remove(const Actor& actor, PolicyId id, Seen seen);

  /// Newest first.
  awaitable<Result<std::vector<hierarchy::PolicyRevision>>> revisions(const Actor& actor, PolicyId id);
  /// Name, settings, inherit and force as they were then: a new revision. Group and state stay.
  awaitable<Result<PolicyView>> restore(const Actor& actor, PolicyId id, std::int64_t revision, Seen seen);

  /// Of a group; without one, of this server itself.
  awaitable<Result<EffectiveView>> effective(const Actor& actor, std::string application, std::optional<GroupId> group);
  /// What add() (no id), edit() or remove() (no text) would change. Fails as those, and stores nothing.
  awaitable<Result<PolicyPreview>> preview(const Actor& actor, std::optional<PolicyId> id, std::optional<PolicyText> text);

  /// What this server was set to itself, below every policy: what is given replaces, an absent value takes the setting back to what the
  /// configuration says. Fails with invalid_request, or conflict where a policy above has locked the setting (naming it).
  using LocalEdits = std::vector<std::pair<std::string, std::optional<hierarchy::SettingValue>>>;
  awaitable<Result<EffectiveView>> set_local(const Actor& actor, LocalEdits edits);
  /// What daikand's configuration says besides; before anything else is called.
  void configured(std::vector<hierarchy::PolicySetting> settings) { configured_ = std::move(settings); }

  /// For what governs this server itself.
  awaitable<Result<hierarchy::Effective>> governing();
  hierarchy::Effective governing(store::Transaction& transaction) const;

 private:
  /// Ends a change of policies: tells the way. Fails with conflict when it would lock its author out of this server's console.
  Result<> conclude(store::Transaction& transaction, const Actor& actor) const;
  Result<PolicyView> save(store::Transaction& transaction, const Actor& actor, const PolicyWish& wish) const;

  Storage& storage_;
  History& history_;
  const Facts& facts_;
  PolicyWay way_;
  std::vector<hierarchy::PolicySetting> configured_;
};

}  // namespace daikan::server
