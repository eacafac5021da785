// Administration groups of this server.
#pragma once

#include <string>
#include <vector>

#include "hierarchy/group_tree.h"
#include "server/history.h"

namespace daikan::server {

struct GroupView {
  hierarchy::Group group;
  std::string path;  ///< "Managed devices/Branches"
  std::size_t secondaries = 0;
};

class Groups {
 public:
  Groups(Storage& storage, History& history);

  /// Those the actor may read.
  awaitable<Result<std::vector<GroupView>>> list(const Actor& actor);
  awaitable<Result<GroupView>> find(const Actor& actor, GroupId id);
  /// Makes the group at `path` and its missing parents; needs edit_groups on the lowest one there is. name_taken (field "path") when it
  /// exists already.
  awaitable<Result<GroupView>> add(const Actor& actor, std::string path);
  /// Fails with group_not_empty (naming what it holds), permission_denied for the root or without edit_groups on it, not_found.
  awaitable<Result<>> remove(const Actor& actor, GroupId id);

 private:
  Storage& storage_;
  History& history_;
};

}  // namespace daikan::server
