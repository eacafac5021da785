#include "hierarchy/group_tree.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "hierarchy/names.h"

namespace daikan::hierarchy {
namespace {

/// The parts between the slashes; none for an empty path.
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  if (path.empty()) return parts;
  for (;;) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

GroupTree::GroupTree(std::vector<Group> groups) : groups_(std::move(groups)), parents_(groups_.size()), children_(groups_.size()) {
  std::size_t roots = 0;
  keys_.reserve(groups_.size());
  for (const auto& group : groups_) keys_.push_back(folded(group.name));
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (!index_.emplace(groups_[i].id, i).second) throw std::invalid_argument("two groups have one id");
  }
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (!groups_[i].parent) {
      root_ = i;
      ++roots;
      continue;
    }
    const auto parent = index_.find(*groups_[i].parent);
    if (parent == index_.end()) throw std::invalid_argument("the parent of group " + groups_[i].id.str() + " does not exist");
    parents_[i] = parent->second;
    children_[parent->second].push_back(i);
  }
  if (roots != 1) throw std::invalid_argument(fmt::format("there are {} root groups", roots));
  std::size_t reached = 0;
  std::vector<std::size_t> open{root_};
  while (!open.empty()) {
    const std::size_t group = open.back();
    open.pop_back();
    ++reached;
    auto& below_it = children_[group];
    std::sort(below_it.begin(), below_it.end(), [&](auto a, auto b) { return keys_[a] < keys_[b]; });
    open.insert(open.end(), below_it.begin(), below_it.end());
  }
  if (reached != groups_.size()) throw std::invalid_argument("some groups stand below themselves");
}

const Group* GroupTree::find(const GroupId& id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &groups_[found->second];
}

Result<Group> GroupTree::require(const GroupId& id) const {
  if (const auto* group = find(id)) return *group;
  return fail(Code::group_not_found, fmt::format("There is no group {}.", id.str()), "It may have been removed; choose another group.",
              "group");
}

std::optional<std::size_t> GroupTree::child_named(std::size_t parent, std::string_view name) const {
  const auto& siblings = children_[parent];
  const auto key = folded(name);
  const auto found =
      std::lower_bound(siblings.begin(), siblings.end(), key, [&](std::size_t group, const std::string& k) { return keys_[group] < k; });
  if (found == siblings.end() || keys_[*found] != key) return std::nullopt;
  return *found;
}

std::size_t GroupTree::depth(std::size_t group) const {
  std::size_t levels = 1;
  for (auto at = parents_[group]; at; at = parents_[*at]) ++levels;
  return levels;
}

std::size_t GroupTree::height(std::size_t group) const {
  std::size_t tallest = 0;
  std::vector<std::pair<std::size_t, std::size_t>> open{{group, 1}};
  while (!open.empty()) {
    const auto [at, levels] = open.back();
    open.pop_back();
    tallest = std::max(tallest, levels);
    for (const auto child : children_[at]) open.emplace_back(child, levels + 1);
  }
  return tallest;
}

std::string GroupTree::path_at(std::size_t group) const {
  std::string path = groups_[group].name;
  for (auto at = parents_[group]; at; at = parents_[*at]) path = groups_[*at].name + "/" + path;
  return path;
}

std::string GroupTree::path_of(const GroupId& id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? std::string() : path_at(found->second);
}

std::vector<Group> GroupTree::children(const GroupId& id) const {
  std::vector<Group> out;
  const auto found = index_.find(id);
  if (found == index_.end()) return out;
  for (const auto child : children_[found->second]) out.push_back(groups_[child]);
  return out;
}

std::vector<Group> GroupTree::ancestors(const GroupId& id) const {
  std::vector<Group> out;
  const auto found = index_.find(id);
  if (found == index_.end()) return out;
  for (auto at = parents_[found->second]; at; at = parents_[*at]) out.push_back(groups_[*at]);
  std::reverse(out.begin(), out.end());
  return out;
}

Result<Group> GroupTree::at_path(std::string_view path) const {
  auto parts = split(path);
  if (!parts.empty() && same_name(parts.front(), root().name)) parts.erase(parts.begin());
  std::size_t at = root_;
  for (const auto part : parts) {
    const auto child = child_named(at, part);
    if (!child) {
      return fail(Code::group_not_found, fmt::format("There is no group “{}” in “{}”.", quotable(part, 80), path_at(at)),
                  fmt::format("Create it with daikan group add \"{}\", or choose another group.", quotable(path, 200)), "group");
    }
    at = *child;
  }
  return groups_[at];
}

Result<GroupPlan> GroupTree::plan_path(std::string_view path, std::string_view field) const {
  auto parts = split(path);
  if (!parts.empty() && same_name(parts.front(), root().name)) parts.erase(parts.begin());
  std::size_t at = root_;
  std::size_t known = 0;
  for (; known < parts.size(); ++known) {
    const auto child = child_named(at, parts[known]);
    if (!child) break;
    at = *child;
  }
  if (known == parts.size()) {
    return fail(Code::name_taken, fmt::format("The group “{}” exists already.", path_at(at)), "Use it, or choose another name.",
                std::string(field));
  }
  GroupPlan plan{groups_[at].id, {}};
  for (; known < parts.size(); ++known) {
    if (auto checked = check_name(parts[known], field); !checked) return fail(checked.error());
    plan.names.emplace_back(parts[known]);
    if (depth(at) + plan.names.size() > limits::kMaxGroupDepth) {
      return fail(Code::invalid_request, fmt::format("“{}” would be more than {} groups deep.", quotable(path, 80), limits::kMaxGroupDepth),
                  "Use a flatter structure.", std::string(field));
    }
  }
  if (groups_.size() + plan.names.size() > limits::kMaxGroups) {
    return fail(Code::too_large, fmt::format("This server has {} groups; it can have at most {}.", groups_.size(), limits::kMaxGroups),
                "Remove groups that are not needed.", std::string(field));
  }
  return plan;
}

Result<> GroupTree::check_place(const GroupId& parent, std::string_view name, std::optional<GroupId> moved) const {
  if (auto there = require(parent); !there) return fail(there.error());
  if (auto checked = check_name(name); !checked) return checked;
  const std::size_t to = index_.at(parent);
  std::optional<std::size_t> self;
  if (moved) {
    if (auto there = require(*moved); !there) return fail(there.error());
    self = index_.at(*moved);
    if (*self == root_) {
      return fail(Code::conflict, fmt::format("The root group “{}” stays where it is.", root().name), "Choose another group to move.",
                  "group");
    }
    for (std::optional<std::size_t> at = to; at; at = parents_[*at]) {
      if (at == self) {
        return fail(Code::conflict, fmt::format("“{}” cannot be moved below itself.", path_at(*self)), "Choose a group outside of it.",
                    "group");
      }
    }
  }
  const auto holder = child_named(to, name);
  // A child of the root called like the root could not be written as a path.
  if ((holder && holder != self) || (to == root_ && same_name(name, root().name))) {
    return fail(Code::name_taken, fmt::format("“{}” already has a group “{}”.", path_at(to), name), "Choose another name.", "name");
  }
  if (depth(to) + (self ? height(*self) : 1) > limits::kMaxGroupDepth) {
    return fail(Code::invalid_request,
                fmt::format("“{}” in “{}” would be more than {} groups deep.", name, path_at(to), limits::kMaxGroupDepth),
                "Use a flatter structure.", "group");
  }
  return {};
}

}  // namespace daikan::hierarchy
