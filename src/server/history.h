// Events and audit records: written with the change they belong to, and told to live listeners once they are durable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hierarchy/history.h"
#include "net/async.h"
#include "server/storage.h"
#include "store/tables.h"

namespace daikan::server {

using hierarchy::Actor;

class History {
 public:
  explicit History(Storage& storage);

  /// Inside a unit of work: appends and remembers to wake listeners. `at` is the moment of the change.
  static void record(store::Transaction&, const hierarchy::Event&);
  /// Actions whose use case records no event of its own (a login, a token) become one here (audit_events.h).
  static void audit(store::Transaction&, const Actor& actor, TimePoint at, std::string action, std::string object,
                    std::string outcome = "done");

  /// After a unit of work that recorded events has committed.
  void committed();
  /// Events that belong to no other change (a link came up).
  awaitable<Result<>> append(std::vector<hierarchy::Event> events);
  /// A refusal or login that changed nothing. Of refused logins every one is a record, and at most limits::kMaxRefusalEventsPerMinute are
  /// events; the next one after that tells how many were not.
  awaitable<Result<>> append_audit(hierarchy::AuditRecord record);

  awaitable<Result<std::vector<hierarchy::Event>>> events(store::EventQuery query);
  awaitable<Result<std::vector<hierarchy::Event>>> events(store::EventQuery query, hierarchy::EventFilter filter);
  awaitable<Result<std::vector<hierarchy::AuditRecord>>> audit_records(store::EventQuery query, hierarchy::AuditFilter filter = {});
  /// Where the chain of audit records begins and ends now.
  awaitable<Result<hierarchy::AuditChain>> audit_chain();
  /// Returns at the next committed(), at `until`, or when cancelled. A commit before the call wakes nobody: compare news_count() taken
  /// before reading with the one after it, and wait only when they are equal.
  awaitable<> wait_for_news(net::SteadyTime until);
  /// How often committed() was called (append() calls it too).
  std::uint64_t news_count() const { return news_count_; }

  /// The status of policies (in_force.h) says something else now. Recorded nowhere: whoever shows it reads it again.
  void policy_status_changed();
  /// How often that was.
  std::uint64_t policy_status_changes() const { return policy_status_changes_; }
  /// As wait_for_news(), and returns at the next policy_status_changed() too.
  awaitable<> wait_for_stream_news(net::SteadyTime until);

 private:
  bool may_be_event(hierarchy::Event& event);

  Storage& storage_;
  net::Signal news_;
  std::uint64_t news_count_ = 0;  ///< One more with every committed().
  net::Signal stream_news_;       ///< Of live streams alone: what is no event wakes nobody else.
  std::uint64_t policy_status_changes_ = 0;
  struct Refusals {
    TimePoint minute;
    unsigned events = 0;  ///< In this minute.
    std::uint64_t untold = 0;
  } refusals_;
};

}  // namespace daikan::server
