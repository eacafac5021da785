#include "link/self.h"

namespace daikan::link {

ServerPath Self::path() const {
  ServerPath path = ancestors;
  path.push_back({id, name});
  return path;
}

Introduction Self::introduce(TimePoint now) const { return {id, name, software, protocol, capabilities, max_depth, now}; }

}  // namespace daikan::link
