#include "link/self.h"

namespace daikan::link {

ServerPath Self::path() const {
  ServerPath path = ancestors;
  path.push_back({id, name});
  return path;
}

std::optional<NextIdentity> Self::announcement(const Pin& own) const {
  if (!certificate || certificate->pin == own || own == Pin{}) return std::nullopt;
  return NextIdentity{*certificate, {}};
}

Introduction Self::introduce(TimePoint now) const { return {id, name, software, protocol, capabilities, max_depth, now}; }

}  // namespace daikan::link
