#include "net/detail/handshake_slots.h"

#include <algorithm>
#include <utility>

namespace daikan::net::detail {
namespace {

using namespace std::chrono_literals;

constexpr auto kSlow = 2s;  // an honest handshake takes milliseconds and a few round trips
constexpr auto kRemembered = 60s;
constexpr unsigned kManyOfAll = 16;  // of the slots, one part in so many is more than honest servers behind one address leave waiting
constexpr std::size_t kMaxStallers = 64;

}  // namespace

boost::asio::ip::address plain_address(const boost::asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
}

boost::asio::ip::address share_of(const boost::asio::ip::address& source) {
  if (source.is_v4()) return source;
  auto bytes = source.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return boost::asio::ip::address_v6(bytes);
}

HandshakeSlots::Id HandshakeSlots::take(Share share, SteadyTime now, std::function<void()> evict) {
  const Id id{++last_id_};
  entries_.push_back({id, std::move(share), now, std::move(evict)});
  return id;
}

bool HandshakeSlots::give(Id id) {
  return std::erase_if(entries_, [id](const Entry& entry) { return entry.id == id; }) == 1;
}

std::optional<HandshakeSlots::Victim> HandshakeSlots::stalled(SteadyTime now) const {
  std::map<Share, unsigned> held;
  for (const auto& entry : entries_) ++held[entry.share];
  const auto most = std::max_element(held.begin(), held.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == held.end()) return std::nullopt;
  // Of several that hold as many, the one that has waited longest.
  const auto oldest = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return held[entry.share] == most->second; });
  const auto known = stallers_.find(oldest->share);
  const bool caught = known != stallers_.end() && now < known->second;
  if (!caught && now - oldest->since < kSlow) return std::nullopt;
  return Victim{static_cast<std::size_t>(oldest - entries_.begin()), most->second};
}

bool HandshakeSlots::make_room(SteadyTime now) {
  if (has_room()) return true;
  const auto victim = stalled(now);
  if (!victim) return false;
  const auto entry = std::move(entries_[victim->index]);
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(victim->index));
  if (victim->held > most_ / kManyOfAll) remember(entry.share, now);  // one slow handshake is bad luck
  entry.evict();
  return true;
}

void HandshakeSlots::remember(const Share& share, SteadyTime now) {
  std::erase_if(stallers_, [now](const auto& entry) { return entry.second <= now; });
  if (stallers_.size() < kMaxStallers || stallers_.contains(share)) stallers_[share] = now + kRemembered;
}

}  // namespace daikan::net::detail
