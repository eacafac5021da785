// What this server says of itself on its links. One immutable value shared by all ends; a change makes a new one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "link/messages.h"

namespace daikan::link {

struct Self {
  ServerId id;
  std::string name;
  std::string software;  ///< "daikan 0.1.0"
  ServerPath ancestors;  ///< Root first, ending with the own primary; empty for a root. From the lower end's path_changed.
  unsigned max_depth = limits::kDefaultMaxDepth;
  std::vector<std::string> capabilities;
  ProtocolRange protocol = kProtocol;
  /// The key this server uses for new connections, or, while a roll-over is announced, the one it will use.
  std::optional<CertificateRecord> certificate = {};

  /// What is to be said on a connection that was made with the key `own`: nothing when that is the key.
  std::optional<NextIdentity> announcement(const Pin& own) const;
  /// The ancestors and this server itself: what its hello carries.
  ServerPath path() const;
  Introduction introduce(TimePoint now) const;
};

using SelfPtr = std::shared_ptr<const Self>;

}  // namespace daikan::link
