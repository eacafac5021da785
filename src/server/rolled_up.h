// What this server knows of every server below it, at any depth, whether or not anybody answers at this moment.
//
// Reads only. Direct secondaries are shown as their links are now; deeper ones as the servers between have told, together with how fresh
// that is. Invariant: what cannot be reached from this server by registrations that stand is not shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hierarchy/device.h"
#include "hierarchy/records.h"
#include "link/feed_messages.h"
#include "server/facts.h"
#include "server/link_host.h"
#include "server/storage.h"

namespace daikan::server {

struct RolledUpServer {
  std::optional<ServerId> id;  ///< Unknown before its first hello.
  RegistrationId registration;
  ServerId primary;
  std::vector<std::string> path;  ///< Names from this server (not in it) down to this one, as their primaries call them.
  hierarchy::LinkState state = hierarchy::LinkState::never_connected;  ///< Of its link, as its primary told last.
  TimePoint since;
  std::string reason;
  std::string software;
  std::optional<link::ServerStatus> says;          ///< What it says of itself.
  std::optional<hierarchy::DeviceCounts> devices;  ///< As it told last; nothing: it never did, which is not none.
  std::optional<TimePoint> heard_at;               ///< Until when what is shown here was known to be so; nothing: it never was connected.
  enum class Now : std::uint8_t { missing, current } now = Now::missing;  ///< current: every link down to it stands.
  std::optional<TimePoint> applied_at;                                    ///< When it last confirmed what is in force.
};

/// Depth first; siblings by name.
awaitable<Result<std::vector<RolledUpServer>>> rolled_up_servers(Storage& storage, const LinkHost& links, const Facts& facts);

}  // namespace daikan::server
