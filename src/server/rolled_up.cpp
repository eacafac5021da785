#include "server/rolled_up.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/limits.h"
#include "link/device_counts.h"
#include "store/tables_feed.h"

namespace daikan::server {
namespace {

using hierarchy::FeedKind;
using hierarchy::LinkState;
using Now = RolledUpServer::Now;

struct Told {
  RegistrationId registration;
  link::SecondaryStatus status;
};

struct Known {
  std::vector<hierarchy::SecondaryRecord> direct;
  std::map<ServerId, std::vector<Told>> below;  ///< By the primary that told it.
  std::map<ServerId, link::ServerStatus> servers;
  std::map<ServerId, hierarchy::DeviceCounts> devices;
  std::map<ServerId, TimePoint> applied;
  std::map<RegistrationId, TimePoint> heard;  ///< When the feeds of direct secondaries last brought something.
};

Result<Known> load(store::Transaction& transaction) {
  Known known{store::all_secondaries(transaction), {}, {}, {}, {}, {}};
  for (const auto& record : known.direct) {
    if (const auto heard = store::feed_heard_at(transaction, record.id)) known.heard[record.id] = *heard;
  }
  for (const auto& state : store::rolled_up_states(transaction, FeedKind::secondary)) {
    auto status = link::decode_secondary_status(state.record.payload);
    const auto registration = RegistrationId::parse(state.record.subject);
    if (status && registration) known.below[state.record.origin].push_back({*registration, std::move(*status)});
  }
  for (const auto& state : store::rolled_up_states(transaction, FeedKind::server)) {
    if (auto status = link::decode_server_status(state.record.payload)) known.servers[state.record.origin] = std::move(*status);
  }
  for (const auto& state : store::rolled_up_states(transaction, FeedKind::devices)) {
    if (state.record.subject != state.record.origin.str()) continue;
    if (const auto counts = link::decode_device_counts(state.record.payload)) known.devices[state.record.origin] = *counts;
  }
  for (const auto& state : store::rolled_up_states(transaction, FeedKind::applied)) {
    if (const auto server = ServerId::parse(state.record.subject)) {
      auto& at = known.applied.try_emplace(*server, state.record.at).first->second;
      at = std::max(at, state.record.at);
    }
  }
  for (auto& [primary, told] : known.below) {
    std::sort(told.begin(), told.end(), [](const Told& a, const Told& b) { return a.status.name < b.status.name; });
  }
  return known;
}

/// Walks down from this server. A server that moved may be told of by two primaries for a moment: each of its links is shown, what is below
/// it only once.
class Walk {
 public:
  explicit Walk(const Known& known) : known_(known) {}

  void below(const RolledUpServer& primary, const ServerId& id) {
    const auto told = known_.below.find(id);
    if (told == known_.below.end() || primary.path.size() >= limits::kHighestMaxDepth || !seen_.insert(id).second) return;
    for (const auto& each : told->second) add(primary, id, each);
  }

  void add(const RolledUpServer& primary, const ServerId& primary_id, const Told& told) {
    if (servers.size() >= limits::kMaxTreeNodes) return;
    RolledUpServer server;
    const auto& status = told.status;
    server.id = status.server_id;
    server.registration = told.registration;
    server.primary = primary_id;
    server.path = primary.path;
    server.path.push_back(status.name);
    server.state = status.state;
    server.since = status.since;
    server.reason = status.reason;
    server.software = status.software;
    const bool up = status.state == LinkState::connected;
    if (up && primary.now == Now::current) server.now = Now::current;
    if (primary.heard_at && status.server_id) server.heard_at = up ? *primary.heard_at : std::min(*primary.heard_at, status.since);
    if (server.id) {
      if (const auto says = known_.servers.find(*server.id); says != known_.servers.end()) server.says = says->second;
      if (const auto devices = known_.devices.find(*server.id); devices != known_.devices.end()) server.devices = devices->second;
      if (const auto applied = known_.applied.find(*server.id); applied != known_.applied.end()) server.applied_at = applied->second;
    }
    servers.push_back(server);
    if (server.id) below(server, *server.id);
  }

  void see(const ServerId& id) { seen_.insert(id); }

  std::vector<RolledUpServer> servers;

 private:
  const Known& known_;
  std::set<ServerId> seen_;
};

/// As the link is now; since when it is down as was told above, because each attempt to come back begins a state anew.
Told direct(const hierarchy::SecondaryRecord& record, hierarchy::LinkStatus link, const Known& known, const Facts& facts) {
  if (link.state == LinkState::connecting) link.state = record.last_connected_at ? LinkState::disconnected : LinkState::never_connected;
  Told told{record.id, {record.server_id, record.name, link.state, std::max(link.since, from_micros(0)), {}, {}, record.version}};
  if (link.reason && link.state != LinkState::connected) told.status.reason = link.reason->message;
  if (link.state != LinkState::connected && record.last_connected_at && *record.last_connected_at < facts.started_at) {
    // Not since this process began, and the one before may have died without seeing the end of the link.
    auto last = *record.last_connected_at;
    if (const auto heard = known.heard.find(record.id); heard != known.heard.end()) last = std::max(last, heard->second);
    told.status.since = std::min(told.status.since, last);
  }
  const auto own = known.below.find(facts.id);
  if (own == known.below.end() || link.state == LinkState::connected) return told;
  for (const auto& each : own->second) {
    if (each.registration == record.id && each.status.state != LinkState::connected)
      told.status.since = std::min(told.status.since, each.status.since);
  }
  return told;
}

}  // namespace

awaitable<Result<std::vector<RolledUpServer>>> rolled_up_servers(Storage& storage, const LinkHost& links, const Facts& facts) {
  std::function<Result<Known>(store::Transaction&)> work = load;
  auto known = co_await storage.read<Known>(std::move(work));
  if (!known) co_return fail(std::move(known.error()));
  RolledUpServer self;
  self.now = Now::current;
  self.heard_at = now();
  Walk walk(*known);
  walk.see(facts.id);
  std::sort(known->direct.begin(), known->direct.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const auto& record : known->direct) walk.add(self, facts.id, direct(record, links.status(record.id), *known, facts));
  co_return std::move(walk.servers);
}

}  // namespace daikan::server
