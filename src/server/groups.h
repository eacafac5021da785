// Administration groups of this server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hierarchy/group_tree.h"
#include "server/history.h"
#include "server/once.h"
#include "server/seen.h"

namespace daikan::server {

struct GroupView {
  hierarchy::Group group;
  std::string path;  ///< "Managed devices/Branches"
  std::size_t secondaries = 0;
};

/// An edit in place: what is absent stays as it is.
struct EditGroup {
  std::optional<std::string> name;
  std::optional<std::string> parent;  ///< Path of the group it moves to, with all that it holds.
  Seen seen;
};

class Groups {
 public:
  Groups(Storage& storage, History& history);

  /// Those the actor may read.
  awaitable<Result<std::vector<GroupView>>> list(const Actor& actor);
  awaitable<Result<GroupView>> find(const Actor& actor, GroupId id);
  /// Makes the group at `path` and its missing parents; needs edit_groups on the lowest one there is. name_taken (field "path") when it
  /// exists already.
  awaitable<Result<GroupView>> add(const Actor& actor, std::string path, std::optional<Once> once = {});
  /// Renames or moves a group with its subgroups and secondaries. Errors: hierarchy/group_tree.h check_place() (name_taken, conflict for
  /// the root and for a group below itself, too deep), group_not_found on "parent", not_found, conflict (`seen`).
  awaitable<Result<GroupView>> edit(const Actor& actor, GroupId id, EditGroup edit);
  /// Fails with group_not_empty (naming what it holds), permission_denied for the root or without edit_groups on it, not_found.
  awaitable<Result<>> remove(const Actor& actor, GroupId id, Seen seen = {});

 private:
  Storage& storage_;
  History& history_;
};

}  // namespace daikan::server
