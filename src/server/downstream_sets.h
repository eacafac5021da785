// What goes to many secondaries alike: a set is put together, hashed and encoded once, however many of a group it is for.
//
// Called by LinkHost within read transactions, on any of their threads. Knows what is kept, not how it travels. Invariant: a set is found
// by its group and the hash that the same transaction says is wanted there, and an encoding by what it is against, so nothing that is kept
// can be out of date; what is not wanted any more goes by itself, and so does what is beyond limits::kMaxKeptSetBytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "link/downstream.h"
#include "server/downstream.h"
#include "store/tables_downstream.h"

namespace daikan::server {

class DownstreamSets {
 public:
  explicit DownstreamSets(const Downstream& downstream) : downstream_(downstream) {}

  /// What the lower end says it has applied, and whether it asked for the full set: which has to be beyond this revision.
  struct Asked {
    RegistrationId id;
    link::DownstreamApplied told = {};
    std::optional<std::uint64_t> full_beyond = {};
  };
  struct Update {
    link::DownstreamUpdate head;                 ///< Without chain and objects.
    std::shared_ptr<const std::string> content;  ///< The encoding of all but the revisions.
    std::shared_ptr<const link::WantedSet> wanted;
    std::string bytes() const { return encode_revisions(head) + *content; }
  };
  /// What has to be sent to the secondary; nothing when it has what is wanted, or is not there any more.
  std::optional<Update> next(store::Transaction& transaction, const Asked& asked);

  /// How many sets were put together and how many encoded since the start: for tests.
  std::uint64_t made() const { return made_.load(); }
  std::uint64_t encoded() const { return encoded_.load(); }

 private:
  struct Content {
    std::string base;  ///< The hash that a difference is against; empty: the full set.
    std::shared_ptr<const std::string> bytes;
  };
  struct Kept {
    GroupId group;
    std::shared_ptr<const link::WantedSet> wanted;
    std::vector<Content> contents = {};
    std::size_t bytes = 0;
  };

  std::shared_ptr<const link::WantedSet> wanted(store::Transaction& transaction, const store::DownstreamPlace& place);
  std::shared_ptr<const std::string> content(const store::DownstreamPlace& place, const link::DownstreamUpdate& head,
                                             const std::shared_ptr<const link::WantedSet>& wanted);
  Kept* find(const GroupId& group, const std::string& hash);
  void keep_within_bound();

  const Downstream& downstream_;
  std::mutex mutex_;      ///< Guards `kept_`.
  std::list<Kept> kept_;  ///< The last used first.
  std::atomic<std::uint64_t> made_{0};
  std::atomic<std::uint64_t> encoded_{0};
};

}  // namespace daikan::server
