#include "hierarchy/server_path.h"

#include <algorithm>

namespace daikan::hierarchy {

std::string in_words(const ServerPath& path) {
  std::string words;
  for (const auto& entry : path) {
    if (!words.empty()) words += " > ";
    words += entry.name;
  }
  return words;
}

const PathEntry* find_in_path(const ServerPath& path, const ServerId& id) {
  const auto found = std::find_if(path.begin(), path.end(), [&](const PathEntry& entry) { return entry.id == id; });
  return found == path.end() ? nullptr : &*found;
}

}  // namespace daikan::hierarchy
