#include "server/downstream_sets.h"

#include <algorithm>
#include <utility>

#include "base/limits_downstream.h"
#include "store/tables.h"

namespace daikan::server {
namespace {

std::size_t size_of(const hierarchy::InheritedSet& set) {
  constexpr std::size_t kAround = 512;  // ids, digests and nodes of maps beside the texts
  std::size_t bytes = kAround;
  for (const auto& level : set.chain) bytes += kAround + level.name.size() + level.group.size();
  for (const auto& [key, object] : set.objects) bytes += kAround + object.content.size() + object.group.size();
  return bytes;
}

}  // namespace

std::optional<DownstreamSets::Update> DownstreamSets::next(store::Transaction& transaction, const Asked& asked) {
  const auto place = store::find_downstream_place(transaction, asked.id);
  if (!place) return std::nullopt;
  auto set = wanted(transaction, *place);
  const auto& confirmed = place->state.confirmed;
  auto head = asked.full_beyond ? std::optional(link::full_head(*set, std::max(*asked.full_beyond, confirmed.revision)))
                                : link::head_for(*set, confirmed, asked.told);
  if (!head) return std::nullopt;
  auto bytes = content(*place, *head, set);
  return Update{std::move(*head), std::move(bytes), std::move(set)};
}

DownstreamSets::Kept* DownstreamSets::find(const GroupId& group, const std::string& hash) {
  const auto found =
      std::find_if(kept_.begin(), kept_.end(), [&](const Kept& each) { return each.group == group && each.wanted->hash == hash; });
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return &kept_.front();
}

std::shared_ptr<const link::WantedSet> DownstreamSets::wanted(store::Transaction& transaction, const store::DownstreamPlace& place) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto* kept = find(place.group, place.state.wanted_hash)) return kept->wanted;
  }
  // Where the database does not say yet that another set is wanted (LinkHost notices a moment later), the one of now is sent and kept by
  // its own hash.
  const hierarchy::GroupTree tree(store::all_groups(transaction));
  auto made = std::make_shared<const link::WantedSet>(downstream_.wanted(transaction, tree, place.group));
  ++made_;
  const std::lock_guard lock(mutex_);
  if (const auto* kept = find(place.group, made->hash)) return kept->wanted;
  kept_.push_front({.group = place.group, .wanted = made, .bytes = size_of(made->set)});
  keep_within_bound();
  return made;
}

std::shared_ptr<const std::string> DownstreamSets::content(const store::DownstreamPlace& place, const link::DownstreamUpdate& head,
                                                           const std::shared_ptr<const link::WantedSet>& wanted) {
  const bool full = head.extent == link::DownstreamUpdate::Extent::full;
  const auto base = full ? std::string() : place.state.confirmed.hash;
  const auto in = [&](const Kept& kept) {
    return std::find_if(kept.contents.begin(), kept.contents.end(), [&](const Content& each) { return each.base == base; });
  };
  {
    const std::lock_guard lock(mutex_);
    if (const auto* kept = find(place.group, wanted->hash)) {
      if (const auto found = in(*kept); found != kept->contents.end()) return found->bytes;
    }
  }
  auto bytes = std::make_shared<const std::string>(encode_content(link::filled(head, *wanted, place.state.confirmed.manifest)));
  ++encoded_;
  const std::lock_guard lock(mutex_);
  auto* kept = find(place.group, wanted->hash);
  if (kept == nullptr || in(*kept) != kept->contents.end()) return bytes;
  kept->contents.push_back({base, bytes});
  kept->bytes += bytes->size();
  keep_within_bound();
  return bytes;
}

void DownstreamSets::keep_within_bound() {
  std::size_t bytes = 0;
  auto each = kept_.begin();
  while (each != kept_.end() && (bytes += each->bytes) <= limits::kMaxKeptSetBytes) ++each;
  kept_.erase(each, kept_.end());
}

}  // namespace daikan::server
