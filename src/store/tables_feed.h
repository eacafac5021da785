// The feed: what this server keeps for its primary until it is confirmed, and what came up from the servers below. Functions on a
// Transaction, like tables.h.
//
// Knows which record is new (origin and origin sequence), not what is in its payload. Records that came from below are appended to the own
// feed in the transaction that stores them, as long as this server has a primary.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "hierarchy/feed.h"
#include "hierarchy/history.h"
#include "store/tables.h"

namespace daikan::store {

/// Makes the next epoch at once: after a primary was set, or a database turned out to be older than what its primary has seen. States that
/// this server appended get new sequences. Records that nobody confirmed stay and are sent in the next epoch.
void begin_feed(Transaction&, TimePoint at);
/// This server has no primary any more: nothing is appended from now on.
void end_feed(Transaction&);
hierarchy::FeedState feed_state(Transaction&);

/// Appends a record of this server itself. Its origin and sequence are given here; it joins the own feed when this server has a primary. A
/// state that says what is said already is left out. Kind event: see append_feed_event.
void append_feed(Transaction&, const hierarchy::FeedRecord& record);
/// The same for states that are known to say something else than before, in few statements however many they are.
void append_feed_states(Transaction&, std::span<const hierarchy::FeedRecord> states, TimePoint at);
/// The same for an event; `record` has its payload, `event` what the payload says.
void append_feed_event(Transaction&, const hierarchy::FeedRecord& record, const hierarchy::Event& event);

struct FeedEntry {
  std::uint64_t position = 0;
  hierarchy::FeedRecord record;
};
/// Those after `position`, in order; fewer than `limit` when `bytes` of payload are reached, at least one when there is any.
std::vector<FeedEntry> feed_page(Transaction&, std::uint64_t after, unsigned limit, std::size_t bytes);
/// The states that a snapshot is made of, in the order of (origin, subject, kind), behind `after`.
std::vector<hierarchy::FeedRecord> feed_snapshot(Transaction&, const std::optional<hierarchy::FeedRecord>& after, unsigned limit);
/// The primary has stored everything up to `position`: it is removed. False when `epoch` is not the present one or the position is beyond
/// what there is.
bool confirm_feed(Transaction&, hierarchy::FeedCursor confirmed);
struct FeedBound {
  TimePoint oldest;  ///< Appended before: goes.
  std::uint64_t bytes = 0;
};
/// Drops what is past the bound. Returns how many records went.
std::int64_t trim_feed(Transaction&, const FeedBound& bound);

// What came from below.
std::optional<hierarchy::FeedCursor> feed_cursor(Transaction&, const RegistrationId&);
/// When its feed last brought something here; by this server's clock.
std::optional<TimePoint> feed_heard_at(Transaction&, const RegistrationId&);

struct ArrivedRecord {
  hierarchy::FeedRecord record;
  std::optional<hierarchy::Event> event = {};  ///< What the payload of an event says.
};
struct Arrival {
  RegistrationId via;         ///< The secondary that sent it.
  TimePoint at;               ///< By this server's clock.
  std::int64_t snapshot = 0;  ///< Not 0: the records are states of this snapshot; see end_snapshot.
};
/// Stores what is new and appends that to the own feed. Returns how many were new.
std::size_t take_feed(Transaction&, const Arrival&, std::span<const ArrivedRecord>);
/// What came from one secondary, and how far that is in its feed: nothing within a snapshot.
struct ArrivedFeed {
  Arrival arrival;
  std::vector<ArrivedRecord> records;
  std::optional<hierarchy::FeedCursor> cursor;
};
/// The same for what came from many, with their cursors. Of a secondary that was removed nothing is stored; says of which something was.
std::vector<bool> take_feeds(Transaction&, std::span<const ArrivedFeed>);
/// States that came from `arrival.via` and are not in the snapshot do not come that way any more: gone here and, by that way, above.
std::size_t end_snapshot(Transaction&, const Arrival&);
/// A secondary was removed: its cursor and the states that came from it go, here and above (that it is gone itself is a record of this
/// server).
void forget_feed(Transaction&, const RegistrationId&, TimePoint at);

struct RolledUpState {
  hierarchy::FeedRecord record;
  std::optional<RegistrationId> via;  ///< Nothing: this server said it.
  TimePoint received_at;
};
/// By origin and subject.
std::vector<RolledUpState> rolled_up_states(Transaction&, hierarchy::FeedKind);
std::optional<RolledUpState> find_rolled_up_state(Transaction&, hierarchy::FeedKind, const ServerId& origin, std::string_view subject);

struct RolledUpEvent {
  ServerId origin;
  std::uint64_t origin_sequence = 0;
  hierarchy::Event event;  ///< `sequence` is the position here: rises in the order of arrival.
  TimePoint received_at;
};
/// Of this server and all below; query.after and .before are positions. Without `origin`: of all.
std::vector<RolledUpEvent> rolled_up_events(Transaction&, const EventQuery&, const hierarchy::EventFilter&,
                                            const std::optional<ServerId>& origin = {});
std::int64_t trim_rolled_up_events(Transaction&, hierarchy::Severity, TimePoint received_before);

struct RolledUpResult {
  hierarchy::FeedRecord record;
  std::int64_t position = 0;
};
/// Newest arrivals first.
std::vector<RolledUpResult> rolled_up_results(Transaction&, unsigned limit);
/// Of one subject (a task), without those that `self` told.
std::vector<RolledUpResult> rolled_up_results_of(Transaction&, std::string_view subject, const ServerId& self, unsigned limit);
std::int64_t trim_rolled_up_results(Transaction&, TimePoint received_before);
/// Tombstones that are older, and that records of kinds unknown here came.
std::int64_t trim_tombstones(Transaction&, TimePoint received_before);

}  // namespace daikan::store
