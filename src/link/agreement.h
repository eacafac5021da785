// What both ends check of a hello and its answer: versions, loops, depth. Pure; used by upper_end and lower_end only.
#pragma once

#include "base/result.h"
#include "link/effects.h"
#include "link/messages.h"

namespace daikan::link {

/// Whether both speak a common protocol version. Fails with version_unsupported, which names both.
Result<> check_versions(const Introduction& upper, const Introduction& lower);

/// Whether `lower` may stand below `path` (root first, ending with the upper end). Fails with loop when it is on the path itself.
Result<> check_loop(const ServerPath& path, const Introduction& lower);

/// Whether the level of `lower` below `path` is within the bound of both. Fails with too_deep and the path in words.
Result<> check_depth(const ServerPath& path, const Introduction& upper, const Introduction& lower);

/// What an accepted hello or answer of `peer`, on a connection made with the key `own`, says of this server's roll-over.
RollOverNews roll_over_news(const Pin& own, const std::optional<Pin>& confirmed, const Introduction& peer);

}  // namespace daikan::link
