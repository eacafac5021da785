// The administration groups of this server as a tree: found by id or by path, and what may be added, renamed or moved where.
//
// A snapshot: built from the records of one transaction, asked, thrown away. It changes nothing and knows neither database nor rights;
// use cases in `server` ask it before they write. Invariant: exactly one root, every parent exists, no cycle.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "hierarchy/records.h"

namespace daikan::hierarchy {

/// What `daikan group add PATH` has to create: `names[0]` below `existing`, each further one below the one before. Never empty.
struct GroupPlan {
  GroupId existing;
  std::vector<std::string> names;
};

class GroupTree {
 public:
  /// Throws std::invalid_argument when `groups` is no tree with one root (a bug or a damaged database).
  explicit GroupTree(std::vector<Group> groups);

  const Group& root() const { return groups_[root_]; }
  std::size_t size() const { return groups_.size(); }

  /// Null when there is none.
  const Group* find(const GroupId& id) const;
  /// find(), or group_not_found on field "group".
  Result<Group> require(const GroupId& id) const;

  /// The group at "Managed devices/Branches/North". The root's name may be left out, "" and the root's name are the root; ASCII case does
  /// not matter. Fails with group_not_found on field "group", which names the part that is missing.
  Result<Group> at_path(std::string_view path) const;

  /// "Managed devices/Branches/North"; empty for an unknown id.
  std::string path_of(const GroupId& id) const;

  /// Direct subgroups by name; empty for an unknown id.
  std::vector<Group> children(const GroupId& id) const;
  /// From the root down to the parent; empty for the root and an unknown id.
  std::vector<Group> ancestors(const GroupId& id) const;

  /// Which groups must be created so that `path` exists. Fails with name_taken (it exists already), invalid_request (a name that
  /// check_name refuses, or deeper than limits::kMaxGroupDepth) or too_large (more than limits::kMaxGroups), all on `field`.
  Result<GroupPlan> plan_path(std::string_view path, std::string_view field = "path") const;

  /// Whether a group called `name` may stand directly below `parent`. `moved` is the group itself when it is renamed or moved, and is
  /// then not in its own way. Fails with group_not_found ("group"), invalid_request or name_taken ("name"), conflict (a group below
  /// itself, or the root moved), or invalid_request ("group": too deep).
  Result<> check_place(const GroupId& parent, std::string_view name, std::optional<GroupId> moved = std::nullopt) const;

 private:
  std::optional<std::size_t> child_named(std::size_t parent, std::string_view name) const;
  std::size_t depth(std::size_t group) const;
  std::size_t height(std::size_t group) const;
  std::string path_at(std::size_t group) const;

  std::vector<Group> groups_;
  std::unordered_map<GroupId, std::size_t> index_;
  std::vector<std::string> keys_;  ///< Folded names.
  std::vector<std::optional<std::size_t>> parents_;
  std::vector<std::vector<std::size_t>> children_;  ///< By key.
  std::size_t root_ = 0;
};

}  // namespace daikan::hierarchy
