#include "server/downstream.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "hierarchy/rights.h"
#include "server/history.h"
#include "server/primary_bound.h"
#include "store/tables.h"

namespace daikan::server {

using hierarchy::GroupTree;
using hierarchy::InheritedKind;
using hierarchy::InheritedSet;
using store::Transaction;

namespace {

bool has_kind(const InheritedSet& set, InheritedKind kind) {
  return std::any_of(set.objects.begin(), set.objects.end(), [&](const auto& entry) { return entry.first.first == kind; });
}

}  // namespace

/// What the sets of all groups are made of, read once.
struct Downstream::Ground {
  ServerId self;
  std::string name;
  InheritedSet inherited;
  std::vector<OwnObject> own;
};

Downstream::Ground Downstream::ground(Transaction& transaction) const {
  Ground made;
  made.self = self(transaction);
  made.name = own_name(transaction);
  made.inherited = store::applied_set(transaction).set;
  std::vector<InheritedKind> staying;
  for (const auto& [kind, source] : sources_) {
    if (source.goes_down && !source.goes_down(transaction, made.inherited)) {
      staying.push_back(kind);
      continue;
    }
    if (source.passes_on && has_kind(made.inherited, kind) && !source.passes_on(transaction)) staying.push_back(kind);
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

InheritedSet Downstream::wanted(Transaction& transaction, const GroupTree& tree, const GroupId& group) const {
  return set_for(ground(transaction), tree, group);
}

std::map<GroupId, InheritedSet> Downstream::wanted_by_group(Transaction& transaction) const {
  std::map<GroupId, InheritedSet> sets;
  const auto groups = store::count_secondaries(transaction);
  if (groups.empty()) return sets;
  const GroupTree tree(store::all_groups(transaction));
  const auto from = ground(transaction);
  for (const auto& [group, count] : groups) sets.emplace(group, set_for(from, tree, group));
  return sets;
}

std::map<GroupId, std::string> Downstream::wanted_hashes(Transaction& transaction) const {
  std::map<GroupId, std::string> hashes;
  for (const auto& [group, set] : wanted_by_group(transaction)) hashes.emplace(group, hash_of(set));
  return hashes;
}

std::string Downstream::stamp(Transaction& transaction) {
  const auto applied = store::applied_at(transaction);
  return fmt::format("{} {} {} {} {}", store::audit_chain(transaction).head.hash, applied ? to_micros(*applied) : 0,
                     store::applied_hash(transaction), to_string(primary_may_in_force(transaction)),
                     store::find_setting(transaction, "server_name").value_or(""));
}

void Downstream::refresh(Transaction& transaction, TimePoint at) const {
  for (const auto& [group, hash] : wanted_hashes(transaction)) {
    heard(transaction, store::put_wanted(transaction, group, hash, at), nullptr, at);
  }
}

bool Downstream::is_stale(Transaction& transaction) const {
  const auto hashes = wanted_hashes(transaction);
  return std::any_of(hashes.begin(), hashes.end(),
                     [&](const auto& entry) { return store::is_another_wanted(transaction, entry.first, entry.second); });
}

ServerId Downstream::self(Transaction& transaction) const {
  return ServerId::parse(store::find_setting(transaction, "server_id").value_or("")).value_or(self_);
}

std::string Downstream::own_name(Transaction& transaction) const { return store::find_setting(transaction, "server_name").value_or(name_); }

/// An object from above must not stand in the place of an own one, nor be said to be of somebody who has no say here.
Result<> Downstream::check_owner(Transaction& transaction, const InheritedSet& set, const hierarchy::InheritedObject& object) const {
  const auto refuse = [&](std::string_view why) {
    return fail(Code::conflict,
                fmt::format("“{}” was handed the {} {} of “{}”, {}.", own_name(transaction), to_string(object.kind),
                            uuid_to_string(object.id), owner_name(set, object.owner), why),
                "Look whether a server above was set up from a copy of another one's database, or is not what it says it is.");
  };
  if (object.owner == self(transaction)) return refuse("which it would have to own itself");
  const auto above = [&](const auto& level) { return level.server == object.owner; };
  if (std::none_of(set.chain.begin(), set.chain.end(), above)) return refuse("which is no server above it");
  const auto source = sources_.find(object.kind);
  if (source == sources_.end() || !source->second.has_own || !source->second.has_own(transaction, object.id)) return {};
  return refuse("but has one of its own with that id");
}

Result<> Downstream::check(Transaction& transaction, const InheritedSet& set) const {
  for (const auto& [key, object] : set.objects) {
    if (auto owned = check_owner(transaction, set, object); !owned) return owned;
    const auto source = sources_.find(key.first);
    if (source == sources_.end() || !source->second.check) continue;
    if (auto checked = source->second.check(object); !checked) return checked;
  }
  for (const auto& [kind, source] : sources_) {
    if (!source.fits) continue;
    if (auto fits = source.fits(set); !fits) return fits;
  }
  return {};
}

/// Said when a kind comes that did not come before.
void Downstream::tell_unknown(Transaction& transaction, const InheritedSet& before, const InheritedSet& now, TimePoint at) const {
  const auto unknown_of = [this](const InheritedSet& set) {
    std::set<InheritedKind> kinds;
    for (const auto& [key, object] : set.objects) {
      if (!sources_.contains(key.first)) kinds.insert(key.first);
    }
    return kinds;
  };
  const auto were = unknown_of(before);
  const auto are = unknown_of(now);
  if (std::includes(were.begin(), were.end(), are.begin(), are.end())) return;
  constexpr std::size_t kMostNamed = 10;
  std::string names;
  std::size_t count = 0;
  for (const auto& kind : are) {
    if (++count <= kMostNamed) names += fmt::format("{}“{}”", names.empty() ? "" : ", ", to_string(kind));
  }
  if (count > kMostNamed) names += fmt::format(" and {} more", count - kMostNamed);
  History::record(transaction, {.sequence = 0,
                                .at = at,
                                .severity = hierarchy::Severity::warning,
                                .kind = "inherited_kind_unknown",
                                .message = fmt::format("What is handed down to this server holds objects of kinds that its version does "
                                                       "not know: {}. They have no effect here and go on down; update this server.",
                                                       names),
                                .secondary = std::nullopt});
}

void Downstream::applied(Transaction& transaction, const InheritedSet& before, const InheritedSet& now, TimePoint at) const {
  tell_unknown(transaction, before, now, at);
  for (const auto& [kind, source] : sources_) {
    if (source.applied) source.applied(transaction, before, now, at);
  }
}

void Downstream::left(Transaction& transaction, Inherited inherited, TimePoint at) const {
  const auto set = store::applied_set(transaction).set;
  store::remove_inherited(transaction);
  for (const auto& [kind, source] : sources_) {
    if (source.left) source.left(transaction, set, inherited, at);
  }
  refresh(transaction, at);
}

Downstream::InheritedObjects Downstream::inherited(Transaction& transaction, InheritedKind kind) {
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
