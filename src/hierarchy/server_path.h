// A path through the tree of servers, root first: what a hello carries, what loops and depth are judged by, what people are shown.
//
// Values only. Called by link, registration_rules and whoever shows a path.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"

namespace daikan::hierarchy {

struct PathEntry {
  ServerId id;
  std::string name;
  friend bool operator==(const PathEntry&, const PathEntry&) = default;
};

/// Root first. Of a server's ancestors it ends with its primary; as sent in a hello it ends with the sender.
using ServerPath = std::vector<PathEntry>;

/// "hq > branch1 > shop"; empty for an empty path.
std::string in_words(const ServerPath& path);

/// The entry of `id`, or null.
const PathEntry* find_in_path(const ServerPath& path, const ServerId& id);

}  // namespace daikan::hierarchy
