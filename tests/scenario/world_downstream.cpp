// What flows down in the world: objects of servers, the sets of their secondaries, and how a host brings them there.
//
// As server/link_downstream.cpp does it: one update at a time for each secondary, looked at again when something changed, when a hello was
// accepted, and a while after a failure. What was sent is kept, so that a story can have it come once more.
#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "base/text.h"
#include "scenario/world.h"

namespace daikan::scenario {
namespace {

using namespace std::chrono_literals;
using hierarchy::InheritedObject;
using hierarchy::InheritedSet;

constexpr auto kLookAgain = 5s;
constexpr auto kApplyTime = 20s;
constexpr std::string_view kRootGroup = "Managed devices";

bool on_the_way(std::string_view group, std::string_view to) {
  return to == group || (to.starts_with(group) && to.substr(group.size()).starts_with("/"));
}

std::string raw_hash(const std::string& hex) {
  const auto bytes = from_hex(hex);
  return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

std::string hex_of(const std::string& raw) { return to_hex(std::vector<std::uint8_t>(raw.begin(), raw.end())); }

bool understands(const Link& link) {
  if (!link.upper->lower()) return false;
  const auto& words = link.upper->lower()->sender.capabilities;
  return std::find(words.begin(), words.end(), link::kDownstream) != words.end();
}

}  // namespace

// ---- Administrators

void World::put_object(std::string_view owner, const std::string& object, const std::string& group, const hierarchy::InheritedKind& kind) {
  auto& here = server(owner);
  auto& kept = here.flow.own[object];
  if (kept.revision == 0) {
    const auto number = ++next_id_;
    for (std::size_t i = 0; i < 8; ++i) kept.id[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    kept.owner = here.id;
    kept.kind = kind;
  }
  kept.group = group.empty() ? std::string(kRootGroup) : group;
  kept.revision = static_cast<std::int64_t>(++edits_);
  kept.content = fmt::format("{{\"name\":\"{}\",\"edit\":{}}}", object, kept.revision);
  flow_changed(here);
}

void World::drop_object(std::string_view owner, const std::string& object) {
  auto& here = server(owner);
  if (here.flow.own.erase(object) == 0) throw std::invalid_argument(here.key + " has no object " + object);
  flow_changed(here);
}

void World::move_secondary(std::string_view upper, std::string_view lower, const std::string& group) {
  auto& here = server(upper);
  for (const auto& record : here.secondaries) {
    if (record.name == lower) here.groups[record.id] = group;
  }
  flow_changed(here);
}

void World::end_inheritance(std::string_view lower, Inherited inherited) {
  auto& here = server(lower);
  if (inherited == Inherited::kept) {
    for (const auto& [key, object] : here.flow.applied.set.objects) {
      auto& copy = here.flow.own["copy of " + uuid_to_string(object.id)];
      copy = object;
      copy.id[0] = 0xc0;  // Its own object from now on.
      copy.owner = here.id;
      copy.group = kRootGroup;
    }
  }
  here.flow.applied = {};
  flow_changed(here);
}

void World::back_up(std::string_view name) {
  server(name).backup = server(name).flow;
  server(name).feed_backup = server(name).feed;
}

void World::restore(std::string_view name) {
  auto& here = server(name);
  crash(name);
  here.flow = here.backup;
  here.feed = here.feed_backup;
  start(name);
}

void World::replay(std::string_view lower) {
  const auto found = updates_.find(lower);
  if (found == updates_.end()) throw std::invalid_argument("nothing was sent to " + std::string(lower));
  const auto old = found->second;
  for (auto bytes = old.rbegin(); bytes != old.rend(); ++bytes) {
    auto& here = server(lower);
    if (!here.running || !lower_link(lower) || !lower_link(lower)->standing()) throw std::invalid_argument("it is not connected");
    take(here, link::decode_downstream_update(*bytes).value());
  }
  tell_progress(*lower_link(lower));
  flow_changed(server(lower));
}

void World::upgrade(std::string_view name) {
  crash(name);
  server(name).options.old = false;
  start(name);
}

// ---- Above

InheritedSet World::wanted(const Server& here, const RegistrationId& id) const {
  const auto found = here.groups.find(id);
  const auto group = found == here.groups.end() ? std::string(kRootGroup) : found->second;
  InheritedSet set = here.flow.applied.set;
  set.chain.push_back({here.id, here.options.name, group});
  for (const auto& [word, object] : here.flow.own) {
    if (on_the_way(object.group, group)) set.put(object);
  }
  return set;
}

void World::flow_changed(Server& here) {
  if (!here.running) return;
  std::vector<std::uint64_t> serials;
  for (const auto& [serial, link] : here.links) {
    if (link->upper) serials.push_back(serial);
  }
  for (const auto serial : serials) {
    if (auto* link = find(here, serial)) bring_down(*link);
  }
}

/// An accepted hello: the lower end said how far it is.
void World::heard_progress(Link& link) {
  const auto& progress = link.upper->lower()->progress;
  link.bringing.told = {progress.downstream_revision, hex_of(progress.downstream_hash)};
  link.bringing.full_beyond.reset();
  bring_down(link);
}

void World::bring_later(Link& link) {
  if (link.bringing.later) return;
  link.bringing.later = true;
  at(now_ + kLookAgain, [this, server = link.server, serial = link.serial] {
    auto* const due = find(*server, serial);
    if (!due) return;
    due->bringing.later = false;
    bring_down(*due);
  });
}

void World::bring_down(Link& link) {
  auto& bringing = link.bringing;
  if (!link.standing()) return;                                                // The next hello looks again.
  if (bringing.sent && bringing.sent->connection == *link.standing()) return;  // Its answer looks again.
  if (!understands(link)) {
    bringing.failure = Error(Code::version_unsupported, "The secondary does not understand policies.", "Install a newer version there.");
    return;
  }
  auto& here = *link.server;
  auto set = wanted(here, link.registration);
  const auto& confirmed = here.flow.confirmed[link.registration];
  const auto update = bringing.full_beyond ? std::optional(link::full_update(set, std::max(*bringing.full_beyond, confirmed.revision)))
                                           : link::update_for(set, confirmed, bringing.told);
  if (!update) {
    bringing.failure.reset();
    return;
  }
  const auto exchange = ++exchanges_;
  bringing.sent = Bringing::Sent{exchange, *link.standing(), *update, std::move(set)};
  const auto bytes = encode(*update);
  for (const auto& record : here.secondaries) {
    if (record.id == link.registration) updates_[record.name].push_back(bytes);
  }
  send(*link.standing(), link, Kind::update, fmt::format("{}\n{}", exchange, bytes));
  at(now_ + kApplyTime, [this, server = link.server, serial = link.serial, exchange] {
    auto* const due = find(*server, serial);
    if (!due || !due->bringing.sent || due->bringing.sent->exchange != exchange) return;
    due->bringing.sent.reset();
    due->bringing.failure = Error(Code::timed_out, "The secondary did not answer what it inherits.");
    bring_later(*due);
  });
}

void World::hear_verdict(Link& link, const std::string& bytes) {
  auto& bringing = link.bringing;
  const auto end = bytes.find('\n');
  if (!bringing.sent || bringing.sent->exchange != std::stoull(bytes.substr(0, end))) return;  // It was given up.
  const auto sent = std::move(*bringing.sent);
  bringing.sent.reset();
  const auto answer = link::decode_downstream_answer(bytes.substr(end + 1)).value();
  if (const auto* needed = std::get_if<link::FullNeeded>(&answer)) {
    bringing.full_beyond = needed->revision;
  } else if (const auto* refused = std::get_if<Error>(&answer)) {
    bringing.failure = *refused;
    bring_later(link);
    return;
  } else {
    const auto& applied = std::get<link::DownstreamApplied>(answer);
    auto confirmed = link::confirmed_by(applied, sent.update, sent.wanted);
    if (!confirmed) {
      bringing.failure = confirmed.error();
      bring_later(link);
      return;
    }
    link.server->flow.confirmed[link.registration] = std::move(*confirmed);
    bringing.told = applied;
    bringing.full_beyond.reset();
    bringing.failure.reset();
  }
  bring_down(link);
}

// ---- Below

void World::tell_progress(Link& link) {
  link::Progress progress;
  progress.downstream_revision = link.server->flow.applied.revision;
  progress.downstream_hash = raw_hash(link.server->flow.applied.hash);
  link.lower->set_progress(std::move(progress));
}

link::DownstreamAnswer World::take(Server& here, const link::DownstreamUpdate& update) {
  auto verdict = link::judge(here.flow.applied, update, here.id);
  if (verdict.store) here.flow.applied = std::move(*verdict.store);
  return std::move(verdict.answer);
}

void World::hear_update(Link& link, link::ConnectionId id, const std::string& bytes) {
  auto& here = *link.server;
  if (&link != lower_link(here.key) || !link.lower->serves(id)) return;  // A former primary, or not yet: as if it was lost.
  const auto end = bytes.find('\n');
  const auto answer = take(here, link::decode_downstream_update(std::string_view(bytes).substr(end + 1)).value());
  tell_progress(link);
  send(id, link, Kind::verdict, bytes.substr(0, end + 1) + encode(answer));
  flow_changed(here);
}

// ---- Looking

InheritedSet World::wanted(std::string_view upper, std::string_view lower) {
  auto& here = server(upper);
  for (const auto& record : here.secondaries) {
    if (record.name == lower) return wanted(here, record.id);
  }
  throw std::invalid_argument(here.key + " has no secondary " + std::string(lower));
}

std::string World::disagreement(std::string_view upper, std::string_view lower) {
  const auto& here = server(upper);
  const auto& there = server(lower).flow.applied;
  const auto set = wanted(upper, lower);
  if (there.set != set) {
    return fmt::format("{} has {} objects of revision {}, {} wants {}", lower, there.set.objects.size(), there.revision, upper,
                       set.objects.size());
  }
  if (there.hash != hash_of(set)) return fmt::format("{} has the objects, but not under their hash", lower);
  for (const auto& record : here.secondaries) {
    if (record.name != lower) continue;
    const auto confirmed = here.flow.confirmed.find(record.id);
    if (confirmed == here.flow.confirmed.end() || confirmed->second.hash != there.hash || confirmed->second.revision != there.revision) {
      return fmt::format("{} does not know that {} has applied revision {}", upper, lower, there.revision);
    }
  }
  return {};
}

World::Traffic World::traffic(std::string_view lower) const {
  Traffic traffic;
  const auto found = updates_.find(lower);
  if (found == updates_.end()) return traffic;
  for (const auto& bytes : found->second) {
    const auto update = link::decode_downstream_update(bytes).value();
    ++traffic.updates;
    if (update.extent == link::DownstreamUpdate::Extent::full) ++traffic.full;
    traffic.objects += update.changed.size();
  }
  return traffic;
}

}  // namespace daikan::scenario
