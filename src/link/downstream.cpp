#include "link/downstream.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace daikan::link {

using Extent = DownstreamUpdate::Extent;

WantedSet::WantedSet(InheritedSet from) : set(std::move(from)), manifest(manifest_of(set)), hash(hash_of(set.chain, manifest)) {}

DownstreamUpdate full_head(const WantedSet& wanted, std::uint64_t beyond) {
  return {.from = 0, .to = beyond + 1, .extent = Extent::full, .hash = wanted.hash};
}

std::optional<DownstreamUpdate> head_for(const WantedSet& wanted, const ConfirmedSet& confirmed, const DownstreamApplied& told) {
  const bool agreed = confirmed.revision > 0 && told.revision == confirmed.revision && told.hash == confirmed.hash;
  // A lower end that has something else (a restored database, a lost answer) is given everything, beyond both.
  if (!agreed) return full_head(wanted, std::max(told.revision, confirmed.revision));
  if (confirmed.hash == wanted.hash) return std::nullopt;
  return DownstreamUpdate{.from = confirmed.revision, .to = confirmed.revision + 1, .hash = wanted.hash};
}

DownstreamUpdate filled(DownstreamUpdate head, const WantedSet& wanted, const hierarchy::Manifest& confirmed) {
  const bool full = head.extent == Extent::full;
  head.chain = wanted.set.chain;
  for (const auto& [key, object] : wanted.set.objects) {
    const auto had = confirmed.find(key);
    if (full || had == confirmed.end() || had->second != wanted.manifest.at(key)) head.changed.push_back(object);
  }
  for (const auto& [key, digest] : confirmed) {
    if (!full && !wanted.manifest.contains(key)) head.removed.push_back(key);
  }
  return head;
}

DownstreamUpdate full_update(const WantedSet& wanted, std::uint64_t beyond) { return filled(full_head(wanted, beyond), wanted, {}); }

std::optional<DownstreamUpdate> update_for(const WantedSet& wanted, const ConfirmedSet& confirmed, const DownstreamApplied& told) {
  auto head = head_for(wanted, confirmed, told);
  if (!head) return std::nullopt;
  return filled(std::move(*head), wanted, confirmed.manifest);
}

Result<ConfirmedSet> confirmed_by(const DownstreamApplied& applied, const DownstreamUpdate& sent, const WantedSet& wanted) {
  if (applied.revision != sent.to || applied.hash != sent.hash) {
    return fail(Code::protocol_error,
                fmt::format("The secondary applied revision {} instead of {}, or something else than was sent.", applied.revision, sent.to),
                "Both servers must keep to docs/protocol.md; it is sent again.");
  }
  return ConfirmedSet{applied.revision, applied.hash, wanted.manifest};
}

Verdict judge(const AppliedSet& applied, const DownstreamUpdate& update, const ServerId& self) {
  const bool loops =
      std::any_of(update.chain.begin(), update.chain.end(), [&](const InheritedLevel& level) { return level.server == self; });
  if (loops) {
    return {std::nullopt, Error(Code::loop, "What this server should inherit came by way of itself.",
                                "Two servers of this hierarchy are above each other: clear one of the primaries.")};
  }
  if (update.to == applied.revision && update.hash == applied.hash) {  // the answer was lost, or the message came twice
    return {std::nullopt, DownstreamApplied{applied.revision, applied.hash}};
  }
  // Old never beats what is there already.
  if (update.to <= applied.revision) return {std::nullopt, FullNeeded{applied.revision}};
  if (update.extent == Extent::difference && (update.from != applied.revision || applied.revision == 0)) {
    return {std::nullopt, FullNeeded{applied.revision}};
  }
  AppliedSet next{update.to, update.hash, {}};
  if (update.extent == Extent::difference) next.set.objects = applied.set.objects;
  next.set.chain = update.chain;
  for (const auto& key : update.removed) next.set.objects.erase(key);
  for (const auto& object : update.changed) next.set.put(object);
  if (hash_of(next.set) != update.hash) {
    if (update.extent == Extent::difference) return {std::nullopt, FullNeeded{applied.revision}};
    return {std::nullopt, Error(Code::protocol_error, "The set's content does not have the hash it was sent with.",
                                "Both servers must keep to docs/protocol.md.")};
  }
  const DownstreamApplied answer{next.revision, next.hash};
  return {std::move(next), answer};
}

}  // namespace daikan::link
