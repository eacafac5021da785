// What each secondary of this server inherits: what this server itself inherited, and its own objects on the way to the secondary's group.
//
// Works inside transactions and knows no kind of object: policies, tasks and roles are each provided by whoever owns them. LinkHost has
// one, sends what is wanted and asks before it applies what came from above. refresh() belongs into every transaction that changes an
// object; what else changes sets (groups, secondaries, names) LinkHost notices by itself, a moment later. Invariant: a wanted hash is
// computed from one view of the database, so it never stands for a set that never was.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "hierarchy/group_tree.h"
#include "hierarchy/inherited.h"
#include "server/inheritance.h"
#include "store/database.h"
#include "store/tables_downstream.h"

namespace daikan::server {

/// An object of this server. Owner and group path of `object` are filled in.
struct OwnObject {
  hierarchy::InheritedObject object;
  GroupId group;
};

/// One kind of objects; what is absent is not asked.
struct InheritedSource {
  /// Those that flow down, of all groups.
  std::function<std::vector<OwnObject>(store::Transaction&)> own = {};
  /// Whether this server can have it in force. Its error is told to the primary, and nothing of the set is applied.
  std::function<Result<>(const hierarchy::InheritedObject&)> check = {};
  /// `now` was applied in the place of `before`.
  std::function<void(store::Transaction&, const hierarchy::InheritedSet& before, const hierarchy::InheritedSet& now, TimePoint at)>
      applied = {};
  /// The primary was left; `set` is what was inherited. Nothing of it is inherited any more afterwards.
  std::function<void(store::Transaction&, const hierarchy::InheritedSet& set, Inherited, TimePoint at)> left = {};
  /// Whether anything of the kind goes down from here, own or inherited; absent: it does. `inherited` is what this server has from above.
  std::function<bool(store::Transaction&, const hierarchy::InheritedSet& inherited)> goes_down = {};
  /// Whether an object of this server has the id, whether it flows down or not.
  std::function<bool(store::Transaction&, const Uuid&)> has_own = {};
  /// Whether the whole set fits here, as `check`.
  std::function<Result<>(const hierarchy::InheritedSet&)> fits = {};
  /// Whether what is inherited of the kind goes on down; own objects do all the same. Absent: it does.
  std::function<bool(store::Transaction&)> passes_on = {};
};

class Downstream {
 public:
  /// What this server is called until its database says otherwise.
  void introduce(ServerId self, std::string name) {
    self_ = self;
    name_ = std::move(name);
  }
  /// Before anything runs; replaces what was provided for the kind.
  void provide(hierarchy::InheritedKind kind, InheritedSource source) { sources_[kind] = std::move(source); }
  /// In its transaction, of all secondaries whose state is another one: they `confirmed` a set just now (null: it failed, or something else
  /// is wanted).
  using Heard =
      std::function<void(store::Transaction&, std::span<const RegistrationId>, const hierarchy::InheritedSet* confirmed, TimePoint)>;
  void on_state(Heard heard) { heard_ = std::move(heard); }

  /// The set of the secondaries in `group`.
  hierarchy::InheritedSet wanted(store::Transaction&, const hierarchy::GroupTree& tree, const GroupId& group) const;
  /// Of every group that has secondaries, from one reading.
  std::map<GroupId, hierarchy::InheritedSet> wanted_by_group(store::Transaction&) const;
  /// Another text whenever what wanted sets are made of may have changed: every use case that changes it leaves an audit record. Far
  /// cheaper than the sets.
  static std::string stamp(store::Transaction&);
  /// Computes what every secondary is to have, and since when it is behind.
  void refresh(store::Transaction&, TimePoint at) const;
  /// Whether refresh() would change anything; for a reader.
  bool is_stale(store::Transaction&) const;
  /// Whether this server can have it in force: what it knows of it can be read, and nothing of it is of this server itself or of one that
  /// is not above it. Objects of kinds that nobody provided are let through: they have no effect here, and go on down.
  Result<> check(store::Transaction&, const hierarchy::InheritedSet& set) const;
  /// In the transaction that applies `now`.
  void applied(store::Transaction&, const hierarchy::InheritedSet& before, const hierarchy::InheritedSet& now, TimePoint at) const;
  /// The primary was left: in the transaction that forgets it.
  void left(store::Transaction&, Inherited inherited, TimePoint at) const;
  void heard(store::Transaction& transaction, std::span<const RegistrationId> ids, const hierarchy::InheritedSet* confirmed,
             TimePoint at) const {
    if (heard_ && !ids.empty()) heard_(transaction, ids, confirmed, at);
  }

  /// The objects of one kind that this server inherits, in the order in which they take effect, and the set they are from.
  struct InheritedObjects {
    hierarchy::InheritedSet set;
    std::vector<const hierarchy::InheritedObject*> objects;  ///< Into `set`.
    InheritedObjects() = default;
    InheritedObjects(InheritedObjects&&) = default;
    InheritedObjects& operator=(InheritedObjects&&) = default;
  };
  static InheritedObjects inherited(store::Transaction&, hierarchy::InheritedKind kind);
  /// What the owner is called in `set`; its id when it is not in the chain.
  static std::string owner_name(const hierarchy::InheritedSet& set, const ServerId& owner);

 private:
  struct Ground;
  Result<> check_owner(store::Transaction&, const hierarchy::InheritedSet& set, const hierarchy::InheritedObject& object) const;
  ServerId self(store::Transaction&) const;
  std::string own_name(store::Transaction&) const;
  void tell_unknown(store::Transaction&, const hierarchy::InheritedSet& before, const hierarchy::InheritedSet& now, TimePoint at) const;
  Ground ground(store::Transaction&) const;
  static hierarchy::InheritedSet set_for(const Ground& ground, const hierarchy::GroupTree& tree, const GroupId& group);
  std::map<GroupId, std::string> wanted_hashes(store::Transaction&) const;

  ServerId self_;
  std::string name_ = "this server";
  std::map<hierarchy::InheritedKind, InheritedSource> sources_;
  Heard heard_;
};

}  // namespace daikan::server
