#include "server/downstream.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "hierarchy/rights.h"
#include "store/tables.h"

namespace daikan::server {

using hierarchy::GroupTree;
using hierarchy::InheritedKind;
using hierarchy::InheritedSet;

/// What the sets of all groups are made of, read once.
struct Downstream::Ground {
  ServerId self;
  std::string name;
  InheritedSet inherited;
  std::vector<OwnObject> own;
};

Downstream::Ground Downstream::ground(store::Transaction& transaction) const {
  Ground made;
  made.self = ServerId::parse(store::find_setting(transaction, "server_id").value_or("")).value_or(self_);
  made.name = store::find_setting(transaction, "server_name").value_or(name_);
  made.inherited = store::applied_set(transaction).set;
  std::vector<InheritedKind> staying;
  for (const auto& [kind, source] : sources_) {
    if (source.goes_down && !source.goes_down(transaction, made.inherited)) {
      staying.push_back(kind);
      continue;
    }
    if (!source.own) continue;
    for (auto& each : source.own(transaction)) {
      each.object.kind = kind;
      made.own.push_back(std::move(each));
    }
  }
  std::erase_if(made.inherited.objects,
                [&](const auto& entry) { return std::find(staying.begin(), staying.end(), entry.first.first) != staying.end(); });
  return made;
}

InheritedSet Downstream::set_for(const Ground& ground, const GroupTree& tree, const GroupId& group) {
  auto set = ground.inherited;
  set.chain.push_back({ground.self, ground.name, tree.path_of(group)});
  const auto path = hierarchy::path_to(tree, group);
  for (const auto& [object, home] : ground.own) {
    if (std::find(path.begin(), path.end(), home) == path.end()) continue;
    auto placed = object;
    placed.owner = ground.self;
    placed.group = tree.path_of(home);
    set.put(std::move(placed));
  }
  return set;
}

InheritedSet Downstream::wanted(store::Transaction& transaction, const GroupTree& tree, const GroupId& group) const {
  return set_for(ground(transaction), tree, group);
}

std::map<GroupId, std::string> Downstream::wanted_hashes(store::Transaction& transaction) const {
  std::map<GroupId, std::string> hashes;
  const auto groups = store::count_secondaries(transaction);
  if (groups.empty()) return hashes;
  const GroupTree tree(store::all_groups(transaction));
  const auto from = ground(transaction);
  for (const auto& [group, count] : groups) hashes.emplace(group, hash_of(set_for(from, tree, group)));
  return hashes;
}

void Downstream::refresh(store::Transaction& transaction, TimePoint at) const {
  for (const auto& [group, hash] : wanted_hashes(transaction)) {
    heard(transaction, store::put_wanted(transaction, group, hash, at), nullptr, at);
  }
}

bool Downstream::is_stale(store::Transaction& transaction) const {
  const auto hashes = wanted_hashes(transaction);
  return std::any_of(hashes.begin(), hashes.end(),
                     [&](const auto& entry) { return store::is_another_wanted(transaction, entry.first, entry.second); });
}

Result<> Downstream::check(const InheritedSet& set) const {
  for (const auto& [key, object] : set.objects) {
    const auto source = sources_.find(key.first);
    if (source == sources_.end() || !source->second.check) continue;
    if (auto checked = source->second.check(object); !checked) return checked;
  }
  return {};
}

void Downstream::applied(store::Transaction& transaction, const InheritedSet& before, const InheritedSet& now, TimePoint at) const {
  for (const auto& [kind, source] : sources_) {
    if (source.applied) source.applied(transaction, before, now, at);
  }
}

void Downstream::left(store::Transaction& transaction, Inherited inherited, TimePoint at) const {
  const auto set = store::applied_set(transaction).set;
  store::remove_inherited(transaction);
  for (const auto& [kind, source] : sources_) {
    if (source.left) source.left(transaction, set, inherited, at);
  }
  refresh(transaction, at);
}

Downstream::InheritedObjects Downstream::inherited(store::Transaction& transaction, InheritedKind kind) {
  InheritedObjects found;
  found.set = store::applied_set(transaction).set;
  for (const auto* object : in_order(found.set)) {
    if (object->kind == kind) found.objects.push_back(object);
  }
  return found;
}

std::string Downstream::owner_name(const InheritedSet& set, const ServerId& owner) {
  for (const auto& level : set.chain) {
    if (level.server == owner) return level.name;
  }
  return owner.str();
}

}  // namespace daikan::server
