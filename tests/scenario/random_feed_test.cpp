// Random trees of up to 200 servers that tell what happens below: events and states, while connections are cut between any two frames,
// servers restart, feeds grow past their bound, older databases are restored, and servers move. Then everything is mended, and the root has
// to know the latest state of every server, and every event once that was not lost with a database or past a bound.
//
// The ends are link/feed.h; what they store is modelled as store/tables_feed.h promises it.
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "link/feed.h"

namespace daikan::link {
namespace {

using hierarchy::FeedCursor;
using hierarchy::FeedKind;
using hierarchy::FeedRecord;
using hierarchy::FeedState;

using EventKey = std::pair<std::size_t, std::uint64_t>;  // who and its sequence
struct Stored {
  std::uint64_t sequence = 0;
  std::string payload;
  std::size_t via = 0;  ///< The secondary it came from; the server itself.
};

/// What is durable on one server.
struct Base {
  FeedState feed;
  std::deque<std::pair<std::uint64_t, FeedRecord>> log;
  std::map<EventKey, unsigned> events;  ///< How often each was stored.
  std::map<std::size_t, Stored> states;
  std::map<std::size_t, FeedCursor> cursors;  ///< By secondary.
};

struct Node {
  ServerId id;
  std::optional<std::size_t> primary;
  Base base;
  std::optional<Base> backup;
};

/// One connection to a secondary: its frames come in order, until it is cut anywhere.
struct Wire {
  FeedUpper upper;
  std::optional<std::uint64_t> sent;  ///< The last position that was sent.
  std::uint64_t epoch = 0;            ///< In which it was asked.
  std::deque<std::string> frames;
};

class Tree {
 public:
  explicit Tree(std::uint64_t seed) : random_(seed) {
    const auto count = random_() % 40 == 0 ? 2 + random_() % 199 : 2 + random_() % 9;
    for (std::size_t i = 0; i < count; ++i) {
      Node node;
      node.id.bytes[14] = static_cast<std::uint8_t>((i + 1) >> 8);
      node.id.bytes[15] = static_cast<std::uint8_t>(i + 1);
      if (i > 0) node.primary = random_() % i;
      nodes_.push_back(std::move(node));
      if (i > 0) begin_epoch(nodes_.back().base);
    }
    for (std::size_t i = 0; i < count; ++i) say_state(i);
  }

  void operate() {
    const auto which = random_() % nodes_.size();
    ++clock_;
    switch (random_() % 12) {
      case 0:
      case 1:
      case 2:
        happen(which);
        break;
      case 3:
        say_state(which);
        break;
      case 4:
      case 5:
        wires_.erase(which);
        break;
      case 6:  // it restarts: every connection of its
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
          if (i == which || nodes_[i].primary == which) wires_.erase(i);
        }
        break;
      case 7:
        if (random_() % 4 == 0) trim(nodes_[which].base);
        break;
      case 8:
        nodes_[which].backup = nodes_[which].base;
        break;
      case 9:
        if (random_() % 4 == 0) restore(which);
        break;
      case 10:
        if (random_() % 4 == 0) move(which);
        break;
      default:
        break;
    }
    for (int i = 0; i < 12; ++i) step(1 + random_() % (nodes_.size() - 1));
  }

  /// Every connection stays; until nothing is sent any more.
  void heal() {
    cuts_ = false;
    wires_.clear();
    // What a restored server says anew of itself; otherwise a restored state stays what it was.
    for (std::size_t i = 0; i < nodes_.size(); ++i) say_state(i);
    for (std::size_t quiet = 0; quiet < 3;) {
      bool moved = false;
      for (std::size_t i = 1; i < nodes_.size(); ++i) {
        while (step(i)) moved = true;
      }
      quiet = moved ? 0 : quiet + 1;
    }
  }

  void expect_whole(std::uint64_t seed) const {
    const auto& root = nodes_[0].base;
    for (const auto& event : made_) {
      const auto found = root.events.find(event);
      if (lost_.contains(event)) continue;
      ASSERT_NE(found, root.events.end()) << "seed " << seed << ": event " << event.second << " of " << event.first << " is lost";
    }
    for (const auto& [event, times] : root.events) {
      ASSERT_EQ(times, 1U) << "seed " << seed << ": event " << event.second << " of " << event.first;
      ASSERT_TRUE(made_.contains(event)) << "seed " << seed;
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const auto found = root.states.find(i);
      ASSERT_NE(found, root.states.end()) << "seed " << seed << ": nothing is known of " << i;
      ASSERT_EQ(found->second.payload, latest_.at(i)) << "seed " << seed << ": of " << i;
    }
    for (const auto& node : nodes_) {
      // Nothing is kept that has been confirmed.
      if (node.primary) {
        ASSERT_TRUE(node.base.log.empty()) << "seed " << seed;
      }
    }
  }

 private:
  std::size_t index_of(const ServerId& id) const { return (std::size_t{id.bytes[14]} << 8 | id.bytes[15]) - 1; }

  void begin_epoch(Base& base) {
    base.feed.epoch = std::max(base.feed.epoch + 1, ++clock_);
    for (auto& [who, state] : base.states) {
      if (&base == &nodes_[who].base) state.sequence = next_sequence(base);
    }
  }

  std::uint64_t next_sequence(Base& base) { return base.feed.sequence = std::max(base.feed.sequence + 1, ++clock_); }

  void append(std::size_t which, const FeedRecord& record) {
    auto& node = nodes_[which];
    if (!node.primary) return;
    node.base.log.emplace_back(++node.base.feed.position, record);
  }

  void happen(std::size_t which) {
    auto& base = nodes_[which].base;
    const EventKey key(which, next_sequence(base));
    made_.insert(key);
    ++base.events[key];
    append(which, {nodes_[which].id, key.second, FeedKind::event, "happened", {}, {}});
  }

  void say_state(std::size_t which) {
    auto& base = nodes_[which].base;
    const auto sequence = next_sequence(base);
    latest_[which] = std::to_string(++said_);
    base.states[which] = {sequence, latest_[which], which};
    append(which, {nodes_[which].id, sequence, FeedKind::server, "self", latest_[which], {}});
  }

  /// Nobody who has not passed it on holds it any more: it went with a database or past a bound. Whoever has it already does not pass it on
  /// once more when it comes again.
  void count_lost() {
    std::map<EventKey, bool> held;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      for (const auto& [position, record] : nodes_[i].base.log) {
        if (record.kind != FeedKind::event) continue;
        const EventKey event(index_of(record.origin), record.origin_sequence);
        held[event] |= !is_known_above(i, event);
      }
    }
    for (const auto& event : made_) {
      if (!nodes_[0].base.events.contains(event) && !held[event]) lost_.insert(event);
    }
  }

  bool is_known_above(std::size_t which, const EventKey& event) const {
    for (auto above = nodes_[which].primary; above; above = nodes_[*above].primary) {
      if (nodes_[*above].base.events.contains(event)) return true;
    }
    return false;
  }

  void trim(Base& base) {
    if (base.log.empty()) return;
    const auto much = 1 + random_() % base.log.size();
    base.feed.removed_through = base.feed.dropped_through = base.log[much - 1].first;
    base.log.erase(base.log.begin(), base.log.begin() + static_cast<std::ptrdiff_t>(much));
    count_lost();
  }

  void restore(std::size_t which) {
    auto& node = nodes_[which];
    if (!node.backup || which == 0) return;  // what the root itself lost is not asked for here
    const auto primary = node.primary;
    node.base = *node.backup;
    // It moved since the backup was made: its administrator joins it again, which begins a feed.
    node.primary = primary;
    begin_epoch(node.base);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (i == which || nodes_[i].primary == which) wires_.erase(i);
    }
    // Secondaries that came or went meanwhile are put right as well.
    std::erase_if(node.base.cursors, [&](const auto& each) { return nodes_[each.first].primary != which; });
    drop_ways(which);
    count_lost();
  }

  /// States that came by a way which is none any more.
  void drop_ways(std::size_t which) {
    auto& base = nodes_[which].base;
    for (auto each = base.states.begin(); each != base.states.end();) {
      const auto& [who, state] = *each;
      if (state.via == which || nodes_[state.via].primary == which) {
        ++each;
        continue;
      }
      append(which, {nodes_[who].id, state.sequence, FeedKind::gone, "self", std::string(hierarchy::kWayEnded), {}});
      each = base.states.erase(each);
    }
  }

  void move(std::size_t which) {
    if (which == 0) return;
    const auto target = random_() % nodes_.size();
    for (std::optional<std::size_t> above = target; above; above = nodes_[*above].primary) {
      if (*above == which) return;
    }
    const auto former = *nodes_[which].primary;
    if (former == target) return;
    nodes_[which].primary = target;
    wires_.erase(which);
    nodes_[former].base.cursors.erase(which);
    drop_ways(former);
    begin_epoch(nodes_[which].base);
  }

  bool step(std::size_t which) {
    auto found = wires_.find(which);
    auto& lower = nodes_[which].base;
    const auto primary = *nodes_[which].primary;
    if (found == wires_.end()) {
      found = wires_.emplace(which, Wire{FeedUpper(nodes_[primary].base.cursors[which]), {}, 0, {}}).first;
      ask(found->second, lower);
      return true;
    }
    auto& wire = found->second;
    if (random_() % 2 == 0 && send(which, wire, lower)) return true;
    if (!wire.frames.empty()) {
      take(which, wire);
      return true;
    }
    return send(which, wire, lower);
  }

  void ask(Wire& wire, Base& lower) {
    auto answer = answer_feed(lower.feed, wire.upper.asks());
    if (answer.first == FeedAnswer::First::begin_epoch) {
      begin_epoch(lower);
      answer = answer_feed(lower.feed, wire.upper.asks());
    }
    wire.sent = answer.begin.from.position;
    wire.epoch = answer.begin.from.epoch;
    wire.frames.push_back(encode(FeedFrame(answer.begin)));
    if (answer.begin.how != FeedBegin::How::with_snapshot) return;
    for (const auto& [who, state] : lower.states) {
      wire.frames.push_back(encode(FeedFrame(FeedItem{0, {nodes_[who].id, state.sequence, FeedKind::server, "self", state.payload, {}}})));
    }
    wire.frames.push_back(encode(FeedFrame(FeedMark{*wire.sent, FeedMark::Ends::the_snapshot})));
  }

  bool send(std::size_t which, Wire& wire, const Base& lower) {
    // Another epoch, or past the bound meanwhile: the stream ends, and it is asked for anew.
    if (wire.epoch != lower.feed.epoch || lower.feed.removed_through > *wire.sent) {
      wires_.erase(which);
      return true;
    }
    for (const auto& [position, record] : lower.log) {
      if (position <= *wire.sent) continue;
      wire.sent = position;
      wire.frames.push_back(encode(FeedFrame(FeedItem{position, record})));
      return true;
    }
    return false;
  }

  void take(std::size_t which, Wire& wire) {
    FeedDecoder decoder;
    decoder.feed(wire.frames.front());
    wire.frames.pop_front();
    auto frame = decoder.next();
    ASSERT_TRUE(frame && *frame);
    const auto taken = wire.upper.take(std::move(**frame));
    ASSERT_TRUE(taken) << taken.error().text();
    while (const auto batch = wire.upper.batch(1 + random_() % 8)) {
      store(which, *batch);
      wire.upper.stored(*batch);
    }
    const auto confirm = wire.upper.to_confirm(from_micros(static_cast<std::int64_t>(++clock_) * 1'000'000'000));
    if (!confirm || (cuts_ && random_() % 3 == 0)) return;
    wire.upper.confirmed(*confirm, from_micros(static_cast<std::int64_t>(clock_) * 1'000'000'000));
    auto& lower = nodes_[which].base;
    if (confirm->epoch != lower.feed.epoch || confirm->position > lower.feed.position) return;
    while (!lower.log.empty() && lower.log.front().first <= confirm->position) lower.log.pop_front();
    lower.feed.removed_through = std::max(lower.feed.removed_through, confirm->position);
  }

  void store(std::size_t which, const FeedUpper::Batch& batch) {
    const auto primary = *nodes_[which].primary;
    auto& base = nodes_[primary].base;
    for (const auto& record : batch.records) {
      const auto who = index_of(record.origin);
      if (record.kind == FeedKind::event) {
        if (base.events.emplace(EventKey(who, record.origin_sequence), 1U).second) append(primary, record);
      } else if (record.kind == FeedKind::gone) {
        const auto there = base.states.find(who);
        if (there == base.states.end() || there->second.via != which || there->second.sequence > record.origin_sequence) continue;
        base.states.erase(there);
        append(primary, record);
      } else if (put_state(primary, which, record)) {
        append(primary, record);
      }
      if (batch.of != FeedUpper::Batch::Of::feed) seen_[which].insert(who);
    }
    if (batch.of == FeedUpper::Batch::Of::snapshot) return;
    if (batch.of == FeedUpper::Batch::Of::snapshot_end) end_snapshot(primary, which);
    base.cursors[which] = batch.cursor;
  }

  bool put_state(std::size_t primary, std::size_t via, const FeedRecord& record) {
    auto& states = nodes_[primary].base.states;
    const auto who = index_of(record.origin);
    if (who == primary) return false;
    auto& there = states[who];
    if (there.sequence > record.origin_sequence || (there.sequence == record.origin_sequence && there.via == via)) return false;
    there = {record.origin_sequence, record.payload, via};
    return true;
  }

  void end_snapshot(std::size_t primary, std::size_t via) {
    auto& base = nodes_[primary].base;
    for (auto each = base.states.begin(); each != base.states.end();) {
      if (each->second.via != via || seen_[via].contains(each->first)) {
        ++each;
        continue;
      }
      append(primary, {nodes_[each->first].id, each->second.sequence, FeedKind::gone, "self", std::string(hierarchy::kWayEnded), {}});
      each = base.states.erase(each);
    }
    seen_[via].clear();
  }

  std::mt19937_64 random_;
  std::vector<Node> nodes_;
  std::map<std::size_t, Wire> wires_;                  ///< By secondary.
  std::map<std::size_t, std::set<std::size_t>> seen_;  ///< Of whom the snapshot that arrives spoke.
  std::set<EventKey> made_, lost_;
  std::map<std::size_t, std::string> latest_;
  std::uint64_t clock_ = 0, said_ = 0;
  bool cuts_ = true;
};

#if __has_feature(thread_sanitizer)
constexpr unsigned long long kRuns = 300;  // there is one thread
#else
constexpr unsigned long long kRuns = 10'000;
#endif

TEST(RandomFeed, AfterTheLastFaultTheRootKnowsEveryStateAndEveryEventOnce) {
  const char* const runs_wanted = std::getenv("DAIKAN_RUNS");
  const char* const seed_wanted = std::getenv("DAIKAN_SEED");
  const auto runs = runs_wanted != nullptr ? std::strtoull(runs_wanted, nullptr, 10) : kRuns;
  const auto first = seed_wanted != nullptr ? std::strtoull(seed_wanted, nullptr, 10) : 1;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    Tree tree(seed);
    for (int i = 0; i < 60; ++i) tree.operate();
    tree.heal();
    tree.expect_whole(seed);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace daikan::link
