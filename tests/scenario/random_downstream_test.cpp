// Random trees of up to 200 servers, random edits and random faults of the wires; then everything is mended, and every server has to have
// applied what its primary computes. Wires lose, delay, duplicate and reorder messages and answers.
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "link/downstream.h"

namespace daikan::link {
namespace {

struct Node {
  ServerId id;
  std::optional<std::size_t> primary;
  std::string group = "Managed devices";     // on the primary
  std::map<ObjectKey, InheritedObject> own;  // stored
  AppliedSet applied;                        // stored
  ConfirmedSet confirmed;                    // stored by the primary, about this server
  DownstreamApplied told;                    // the primary's memory
  std::optional<std::uint64_t> full_beyond;  // the primary's memory: the full set was asked for
};

struct Message {
  std::size_t to;
  std::string bytes;
};

class Tree {
 public:
  explicit Tree(std::uint64_t seed) : random_(seed) {
    const auto count = seed % 1000 == 0 ? 2 + random_() % 199 : 2 + random_() % 5;  // small trees are quick, and find as much
    for (std::size_t i = 0; i < count; ++i) {
      Node node;
      node.id.bytes[14] = static_cast<std::uint8_t>((i + 1) >> 8);
      node.id.bytes[15] = static_cast<std::uint8_t>(i + 1);
      if (i > 0) node.primary = random_() % i;
      nodes_.push_back(std::move(node));
    }
  }

  void operate() {
    auto& node = nodes_[random_() % nodes_.size()];
    switch (random_() % 9) {
      case 0:
      case 1:
      case 2:
        edit(node);
        break;
      case 3:
        if (!node.own.empty()) node.own.erase(std::next(node.own.begin(), static_cast<std::ptrdiff_t>(random_() % node.own.size())));
        break;
      case 4:
        node.group = node.group.size() > 16 ? "Managed devices" : "Managed devices/Branches";
        break;
      case 5:  // a restart of its primary: memory is lost, what is stored stays
        node.told = {node.applied.revision, node.applied.hash};
        node.full_beyond.reset();
        break;
      case 6:  // a backup that is older is restored, above or below
        if (random_() % 2 == 0)
          node.confirmed = {};
        else
          node.applied = {};
        break;
      case 7:
        move(node);
        break;
      default:
        break;
    }
    for (int i = 0; i < 6; ++i) step(random_() % nodes_.size());
    deliver_some();
  }

  /// Every wire is whole; as many rounds as the tree can be deep.
  void heal() {
    lossy_ = false;
    wire_.clear();
    for (auto& node : nodes_) {  // a new connection, a new hello
      node.told = {node.applied.revision, node.applied.hash};
      node.full_beyond.reset();
    }
    for (std::size_t round = 0; round < nodes_.size() + 3; ++round) {
      bool sent = false;
      for (std::size_t i = 0; i < nodes_.size(); ++i) sent |= step(i);
      while (!wire_.empty()) deliver(0);
      if (!sent) return;
    }
  }

  void expect_agreement(std::uint64_t seed) {
    for (auto& node : nodes_) {
      if (!node.primary) continue;
      const auto wanted = wanted_of(node);
      ASSERT_EQ(node.applied.hash, hash_of(wanted)) << "seed " << seed;
      ASSERT_EQ(node.applied.set, wanted) << "seed " << seed;
      ASSERT_EQ(node.confirmed.hash, node.applied.hash) << "seed " << seed;
      ASSERT_EQ(node.confirmed.revision, node.applied.revision) << "seed " << seed;
    }
  }

 private:
  void edit(Node& node) {
    InheritedObject object;
    object.id[15] = static_cast<std::uint8_t>(random_() % 4 + 1);
    object.id[14] = node.id.bytes[15];
    object.id[13] = node.id.bytes[14];
    object.owner = node.id;
    object.group = random_() % 2 == 0 ? "Managed devices" : "Managed devices/Branches";
    object.revision = static_cast<std::int64_t>(++edits_);
    object.content = "{\"edit\":" + std::to_string(edits_) + "}";
    node.own.insert_or_assign(object.key(), object);
  }

  /// Another primary: what it inherited stays in force, and it has applied nothing of the new one.
  void move(Node& node) {
    const auto self = static_cast<std::size_t>(&node - nodes_.data());
    const auto target = random_() % nodes_.size();
    for (std::optional<std::size_t> above = target; above; above = nodes_[*above].primary) {
      if (*above == self) return;
    }
    if (!node.primary) return;
    node.primary = target;
    node.confirmed = {};
    node.applied.revision = 0;
    node.applied.hash.clear();
    node.told = {};
    node.full_beyond.reset();
    std::erase_if(wire_, [&](const Message& message) { return message.to == self; });  // its connections are closed
  }

  InheritedSet wanted_of(const Node& node) const {
    const auto& above = nodes_[*node.primary];
    InheritedSet wanted = above.applied.set;
    wanted.chain.push_back({above.id, "server", node.group});
    for (const auto& [key, object] : above.own) {
      if (node.group.starts_with(object.group)) wanted.put(object);
    }
    return wanted;
  }

  bool step(std::size_t index) {
    auto& node = nodes_[index];
    if (!node.primary) return false;
    const auto wanted = wanted_of(node);
    auto update = node.full_beyond ? std::optional(full_update(wanted, std::max(*node.full_beyond, node.confirmed.revision)))
                                   : update_for(wanted, node.confirmed, node.told);
    if (!update) return false;
    sent_[index] = {*update, wanted};
    if (lossy_ && random_() % 4 == 0) return true;
    wire_.push_back({index, encode(*update)});
    if (lossy_ && random_() % 4 == 0) wire_.push_back(wire_.back());
    return true;
  }

  void deliver_some() {
    for (int i = 0; i < 8 && !wire_.empty(); ++i) deliver(random_() % wire_.size());
    if (wire_.size() > 200) wire_.erase(wire_.begin(), wire_.begin() + 100);
  }

  void deliver(std::size_t which) {
    const auto message = wire_[which];
    if (!lossy_ || random_() % 8 != 0) wire_.erase(wire_.begin() + static_cast<std::ptrdiff_t>(which));  // or it will come once more
    auto& node = nodes_[message.to];
    auto verdict = judge(node.applied, *decode_downstream_update(message.bytes), node.id);
    if (verdict.store) node.applied = std::move(*verdict.store);
    if (lossy_ && random_() % 4 == 0) return;  // the answer is lost
    hear(node, sent_.at(message.to), *decode_downstream_answer(encode(verdict.answer)));
  }

  static void hear(Node& node, const std::pair<DownstreamUpdate, InheritedSet>& sent, const DownstreamAnswer& answer) {
    if (const auto* needed = std::get_if<FullNeeded>(&answer)) {
      node.full_beyond = needed->revision;
    } else if (const auto* applied = std::get_if<DownstreamApplied>(&answer)) {
      const auto confirmed = confirmed_by(*applied, sent.first, sent.second);
      if (!confirmed) return;  // the answer to an older message
      node.confirmed = *confirmed;
      node.told = *applied;
      node.full_beyond.reset();
    }
  }

  std::mt19937_64 random_;
  std::vector<Node> nodes_;
  std::deque<Message> wire_;
  std::map<std::size_t, std::pair<DownstreamUpdate, InheritedSet>> sent_;
  std::uint64_t edits_ = 0;
  bool lossy_ = true;
};

#if __has_feature(thread_sanitizer)
constexpr unsigned long long kRuns = 100;  // there is one thread
#else
constexpr unsigned long long kRuns = 4'000;
#endif

TEST(RandomDownstream, AfterTheLastFaultEveryServerHasAppliedWhatItsPrimaryComputes) {
  const char* const runs_wanted = std::getenv("DAIKAN_RUNS");
  const char* const seed_wanted = std::getenv("DAIKAN_SEED");
  const auto runs = runs_wanted != nullptr ? std::strtoull(runs_wanted, nullptr, 10) : kRuns;
  const auto first = seed_wanted != nullptr ? std::strtoull(seed_wanted, nullptr, 10) : 1;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    Tree tree(seed);
    for (int i = 0; i < 30; ++i) tree.operate();
    tree.heal();
    tree.expect_agreement(seed);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace daikan::link
