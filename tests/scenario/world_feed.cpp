// What flows up in the world: records of servers, kept until the primary confirmed them, and how the two hosts of a link bring them up.
//
// As store/tables_feed.h keeps them and server/link_feed.cpp sends them; which frame may follow which is the real link/feed.h. What is
// stored while one thing happens is one transaction: a crash comes before or after it.
#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "base/limits_feed.h"
#include "scenario/world.h"

namespace daikan::scenario {
namespace {

using namespace std::chrono_literals;
using hierarchy::FeedCursor;
using hierarchy::FeedKind;
using hierarchy::FeedRecord;

constexpr std::size_t kMost = 3;  // Records in one transaction: few, so that snapshots and batches have seams.

std::uint64_t after(std::uint64_t given, TimePoint at) { return std::max(given + 1, static_cast<std::uint64_t>(to_micros(at))); }

Feed::Key key_of(const FeedRecord& record) { return {record.origin, record.subject, hierarchy::stored_kind(record)}; }
bool same_subject(const Feed::Key& key, const FeedRecord& record) {
  return std::get<0>(key) == record.origin && std::get<1>(key) == record.subject;
}

void begin(Feed& feed, TimePoint at) {
  feed.state.epoch = after(feed.state.epoch, at);
  for (auto& [key, told] : feed.states) {
    if (!told.via) told.record.origin_sequence = feed.state.sequence = after(feed.state.sequence, at);
  }
}

bool end_way(Feed& feed, const FeedRecord& record, const RegistrationId& via) {
  return std::erase_if(feed.states, [&](const auto& each) {
           return same_subject(each.first, record) && each.second.record.kind != FeedKind::gone && each.second.via == via &&
                  each.second.record.origin_sequence <= record.origin_sequence;
         }) > 0;
}

bool take_state(Feed& feed, const FeedRecord& record, const RegistrationId& via, std::uint64_t snapshot) {
  const bool gone = record.kind == FeedKind::gone;
  if (gone && record.payload == hierarchy::kWayEnded) return end_way(feed, record, via);
  for (const auto& [key, told] : feed.states) {
    if (!same_subject(key, record) || (told.record.kind == FeedKind::gone) == gone) continue;
    // A tombstone that is as new; or, for a tombstone, a state that is newer.
    if (gone ? told.record.origin_sequence > record.origin_sequence : told.record.origin_sequence >= record.origin_sequence) return false;
  }
  if (!gone) {
    std::erase_if(feed.states,
                  [&](const auto& each) { return same_subject(each.first, record) && each.second.record.kind == FeedKind::gone; });
  }
  const auto there = feed.states.find(key_of(record));
  if (there != feed.states.end()) {
    auto& told = there->second;
    const bool newer = told.via && (told.record.origin_sequence < record.origin_sequence ||
                                    (told.record.origin_sequence == record.origin_sequence && told.via != via));
    if (!newer) {
      if (told.via == via && snapshot != 0) told.snapshot = snapshot;
      return false;
    }
  }
  if (gone) {
    std::erase_if(feed.states, [&](const auto& each) { return same_subject(each.first, record) && each.second.via; });
  }
  feed.states[key_of(record)] = {record, via, snapshot};
  return true;
}

}  // namespace

// ---- Databases

void World::append(Server& here, const FeedRecord& record) {
  auto& feed = here.feed;
  if (!here.primary) return;
  if (feed.state.epoch == 0) begin(feed, local(here));
  feed.kept.push_back({++feed.state.position, record});
  while (feed.kept.size() > feed.bound) {
    feed.state.removed_through = feed.state.dropped_through = feed.kept.front().position;
    feed.kept.pop_front();
  }
}

void World::say(std::string_view name, FeedRecord record) {
  auto& here = server(name);
  auto& feed = here.feed;
  record.origin = here.id;
  record.at = local(here);
  const auto there = feed.states.find(key_of(record));
  if (there != feed.states.end() && there->second.record.payload == record.payload) return;
  record.origin_sequence = feed.state.sequence = after(feed.state.sequence, record.at);
  if (hierarchy::is_state(record.kind) || record.kind == FeedKind::gone) {
    std::erase_if(feed.states, [&](const auto& each) {
      return same_subject(each.first, record) && (record.kind == FeedKind::gone || each.second.record.kind == FeedKind::gone);
    });
    feed.states[key_of(record)] = {record, std::nullopt, 0};
  } else {
    feed.happened.emplace(std::pair{record.origin, record.origin_sequence}, record);
  }
  append(here, record);
  serve(here);
}

void World::end_snapshot(Server& here, const RegistrationId& via, std::uint64_t snapshot) {
  std::vector<FeedRecord> ended;
  for (const auto& [key, told] : here.feed.states) {
    if (told.via == via && told.snapshot != snapshot && told.record.kind != FeedKind::gone) ended.push_back(told.record);
  }
  for (auto& record : ended) {
    record.kind = FeedKind::gone;
    record.other_kind.clear();
    record.payload = hierarchy::kWayEnded;
    end_way(here.feed, record, via);
    append(here, record);
  }
}

void World::another_feed(Server& here) {
  if (here.primary) {
    begin(here.feed, local(here));
  } else {
    here.feed.state.epoch = 0;
  }
}

void World::forget_feed(Server& here, const RegistrationId& via) {
  here.feed.cursors.erase(via);
  end_snapshot(here, via, ~std::uint64_t{0});
  std::erase_if(here.feed.states, [&](const auto& each) { return each.second.via == via; });
  serve(here);
}

// ---- The upper end

void World::follow(Link& link) {
  if (!feeds_ || link.server->options.old || !link.standing() || !link.upper->lower()) return;
  if (link.following && link.following->connection == *link.standing()) return;
  const auto& words = link.upper->lower()->sender.capabilities;
  if (std::find(words.begin(), words.end(), link::kFeed) == words.end()) return;
  const auto cursor = link.server->feed.cursors[link.registration];
  link.following.emplace(Following{*link.standing(), link::FeedUpper(cursor), {}, ++exchanges_});
  send(*link.standing(), link, Kind::feed_asked, link::encode_confirmed(cursor));
}

void World::follow_later(Link& link) {
  link.following.reset();
  at(now_ + limits::kFeedRetry, [this, server = link.server, serial = link.serial] {
    if (auto* const due = find(*server, serial)) follow(*due);
  });
}

void World::hear_feed(Link& link, link::ConnectionId id, const std::string& bytes) {
  if (!link.following || link.following->connection != id) return;
  auto& [connection, upper, decoder, snapshot] = *link.following;
  auto& here = *link.server;
  if (bytes.empty()) return follow_later(link);
  decoder.feed(bytes);
  for (auto frame = decoder.next();; frame = decoder.next()) {
    if (!frame) throw std::logic_error(frame.error().text());
    if (!*frame) break;
    if (!upper.take(std::move(**frame))) return follow_later(link);
    while (const auto batch = upper.batch(kMost)) {
      store_batch(here, link.registration, *batch, snapshot);
      upper.stored(*batch);
    }
  }
  serve(here);
  const auto stored = upper.to_confirm(local(here));
  if (!stored) return;
  send(id, link, Kind::feed_confirmed, link::encode_confirmed(*stored));
  upper.confirmed(*stored, local(here));
}

void World::store_batch(Server& here, const RegistrationId& via, const link::FeedUpper::Batch& batch, std::uint64_t snapshot) {
  using Of = link::FeedUpper::Batch::Of;
  auto& feed = here.feed;
  for (const auto& record : batch.records) {
    if (record.origin == here.id) continue;
    const bool once = !hierarchy::is_state(record.kind) && record.kind != FeedKind::gone;
    const bool fresh = once ? feed.happened.emplace(std::pair{record.origin, record.origin_sequence}, record).second
                            : take_state(feed, record, via, batch.of == Of::feed ? 0 : snapshot);
    if (fresh) append(here, record);
  }
  if (batch.of == Of::snapshot) return;
  if (batch.of == Of::snapshot_end) {
    end_snapshot(here, via, snapshot);
    if (batch.resynchronised) feed.gaps.push_back(batch.lost);
  }
  feed.cursors[via] = batch.cursor;
}

// ---- The lower end

void World::hear_feed_asked(Link& link, link::ConnectionId id, const std::string& bytes) {
  auto& here = *link.server;
  const auto asked = link::decode_confirmed(bytes).value();
  auto answer = link::answer_feed(here.feed.state, asked);
  if (answer.first == link::FeedAnswer::First::begin_epoch) {
    begin(here.feed, local(here));
    answer = link::answer_feed(here.feed.state, asked);
  }
  const auto& from = answer.begin.from;
  link.serving = Serving{id, from.epoch, from.position};
  send(id, link, Kind::feed, encode(link::FeedFrame(answer.begin)));
  if (answer.begin.how == link::FeedBegin::How::with_snapshot) {
    for (const auto& [key, told] : here.feed.states) {
      if (told.record.kind != FeedKind::gone) send(id, link, Kind::feed, encode(link::FeedFrame(link::FeedItem{0, told.record})));
    }
    send(id, link, Kind::feed, encode(link::FeedFrame(link::FeedMark{from.position, link::FeedMark::Ends::the_snapshot})));
  }
  mark_later(link);
  serve(here);
}

void World::hear_feed_confirmed(Link& link, const std::string& bytes) {
  auto& feed = link.server->feed;
  const auto cursor = link::decode_confirmed(bytes).value();
  if (cursor.epoch != feed.state.epoch || cursor.position > feed.state.position) return;
  while (!feed.kept.empty() && feed.kept.front().position <= cursor.position) feed.kept.pop_front();
  feed.state.removed_through = std::max(feed.state.removed_through, cursor.position);
}

void World::serve(Server& here) {
  for (const auto& [serial, link] : here.links) {
    if (!link->lower || !link->serving) continue;
    auto& [connection, epoch, position] = *link->serving;
    if (link->standing() != connection) continue;
    const auto& feed = here.feed;
    const auto next = std::find_if(feed.kept.begin(), feed.kept.end(), [&](const auto& each) { return each.position > position; });
    const bool missing = next == feed.kept.end() ? feed.state.position > position : next->position != position + 1;
    if (epoch != feed.state.epoch || missing) {
      link->serving.reset();
      send(connection, *link, Kind::feed, {});
      continue;
    }
    if (next == feed.kept.end()) continue;
    for (auto each = next; each != feed.kept.end(); ++each) send(connection, *link, Kind::feed, encode(link::FeedFrame(*each)));
    position = feed.state.position;
    mark_later(*link);
  }
}

void World::mark_later(Link& link) {
  at(now_ + limits::kFeedMarkSoon, [this, server = link.server, serial = link.serial, then = *link.serving] {
    auto* const due = find(*server, serial);
    if (!due || !due->serving || due->serving->connection != then.connection || due->serving->position != then.position) return;
    send(then.connection, *due, Kind::feed, encode(link::FeedFrame(link::FeedMark{then.position})));
  });
}

/// Every third frame is doubled, every fourth overtakes the one before: a server below that does so is no wonder, only wrong.
std::vector<std::string> World::garbled(Wire& line, std::string bytes) {
  std::vector<std::string> out;
  ++frames_;
  if (line.swaps && !line.held && frames_ % 4 == 0) {
    line.held = std::move(bytes);
    return out;
  }
  out.push_back(bytes);
  if (line.doubles && frames_ % 3 == 0) out.push_back(std::move(bytes));
  if (line.held) out.push_back(std::move(*std::exchange(line.held, std::nullopt)));
  return out;
}

void World::garble(std::string_view a, std::string_view b, bool doubles, bool swaps) {
  auto& line = wire(a, b);
  line.doubles = line.doubles || doubles;
  line.swaps = line.swaps || swaps;
}

// ---- Looking

std::size_t World::heard(std::string_view name, const std::string& subject) {
  const auto& happened = server(name).feed.happened;
  return static_cast<std::size_t>(
      std::count_if(happened.begin(), happened.end(), [&](const auto& each) { return each.second.subject == subject; }));
}

std::string World::told(std::string_view name, std::string_view origin, const std::string& subject) {
  for (const auto& [key, told] : server(name).feed.states) {
    if (told.record.origin == server(origin).id && told.record.subject == subject && told.record.kind != FeedKind::gone)
      return told.record.payload;
  }
  return "nothing";
}

}  // namespace daikan::scenario
