#include "link/agreement.h"

#include <algorithm>

#include <fmt/format.h>

namespace daikan::link {
namespace {

std::string speaks(const Introduction& server) {
  const auto& range = server.protocol;
  return fmt::format("“{}” ({}) speaks link protocol {}", server.name, server.software.empty() ? "software unknown" : server.software,
                     range.min == range.max ? std::to_string(range.min) : fmt::format("{} to {}", range.min, range.max));
}

}  // namespace

Result<> check_versions(const Introduction& upper, const Introduction& lower) {
  if (std::max(upper.protocol.min, lower.protocol.min) <= std::min(upper.protocol.max, lower.protocol.max)) return {};
  const auto& older = upper.protocol.max < lower.protocol.max ? upper : lower;
  return fail(Code::version_unsupported, fmt::format("{}, but {}.", speaks(upper), speaks(lower)), fmt::format("Update “{}”.", older.name));
}

Result<> check_loop(const ServerPath& path, const Introduction& lower) {
  if (!hierarchy::find_in_path(path, lower.server_id)) return {};
  const auto& upper = path.back().name;
  if (path.back().id == lower.server_id) {
    return fail(Code::loop, fmt::format("“{}” cannot be its own secondary.", upper),
                "If one of the two is a copy of the other, give the copy an identity of its own.");
  }
  return fail(
      Code::loop,
      fmt::format("“{}” cannot be a secondary of “{}”: it stands above it, {} > {}.", lower.name, upper, in_words(path), lower.name),
      fmt::format("Remove “{}” from the secondaries of “{}”, or clear the primary of one of the servers on the path.", lower.name, upper));
}

Result<> check_depth(const ServerPath& path, const Introduction& upper, const Introduction& lower) {
  const auto& stricter = upper.max_depth < lower.max_depth ? upper : lower;
  const std::size_t level = path.size() + 1;
  if (level <= stricter.max_depth) return {};
  return fail(Code::too_deep,
              fmt::format("“{}” would stand on level {} of the tree, {} > {}; “{}” allows {}.", lower.name, level, in_words(path),
                          lower.name, stricter.name, stricter.max_depth),
              fmt::format("Join it further up, or raise the bound on depth of “{}”.", stricter.name));
}

RollOverNews roll_over_news(const Pin& own, const std::optional<Pin>& confirmed, const Introduction& peer) {
  const auto& words = peer.capabilities;
  const bool understands = std::find(words.begin(), words.end(), kNextIdentity) != words.end();
  return {own, confirmed, understands ? RollOverNews::Peer::understands : RollOverNews::Peer::does_not};
}

}  // namespace daikan::link
