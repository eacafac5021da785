// What flows up a hierarchy: records of servers below, each with the server it came from and that server's own count of it.
//
// Values only. `store` keeps them, `link` sends them, `server` makes and reads them. Invariant: origin and origin sequence name one record
// for good, however often and on whatever way it arrives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"

namespace daikan::hierarchy {

enum class FeedKind : std::uint8_t {
  server,       ///< State. What a server says of itself; the subject is its server id.
  secondary,    ///< State. What a primary says of one of its secondaries; the subject is the registration's id.
  devices,      ///< State. How many devices a server has of each status; the subject is its server id.
  applied,      ///< State. What a primary's secondary has confirmed as applied; the subject is that one's server id.
  event,        ///< Happened once. The subject is the event's kind.
  task_result,  ///< Happened once. The subject is the task's id.
  gone,         ///< Ends the states of this origin and subject: nothing older brings them back.
  other_state,  ///< State of a kind that this version does not know; kept and passed on under the name it came with.
  other_once,   ///< The same, of what happened once.
};
/// The payload of a `gone` that a server on the way says: the state does not come by this way any more, but may by another one. Any other
/// `gone` is its origin's own word and a tombstone.
inline constexpr std::string_view kWayEnded = "way";
/// Empty for the kinds without a name of their own.
std::string_view to_string(FeedKind);
std::optional<FeedKind> feed_kind_from_string(std::string_view);
/// Of a state only the latest counts; what happened once is kept.
bool is_state(FeedKind kind);

struct FeedRecord {
  ServerId origin;                    ///< Nothing: this server (store::append_feed fills it in).
  std::uint64_t origin_sequence = 0;  ///< Rises with every record of its origin, for good. 0: given when it is appended.
  FeedKind kind = FeedKind::server;
  std::string subject;          ///< At most limits::kMaxFeedSubjectBytes of text.
  std::string payload;          ///< Any bytes, at most limits::kMaxFeedPayloadBytes.
  TimePoint at;                 ///< By the clock of its origin.
  std::string other_kind = {};  ///< The name of a kind that this version does not know.
  friend bool operator==(const FeedRecord&, const FeedRecord&) = default;
};

/// Whether a kind of a later version may have this name.
bool is_kind_name(std::string_view text);
/// How the record's kind is written in the database: its name; "state:" or "once:" before one that this version does not know.
std::string stored_kind(const FeedRecord& record);
/// The reverse, into kind and other_kind; false when the text is neither. A name that was unknown when it was stored is read as what it is.
bool read_stored_kind(std::string_view text, FeedRecord& record);

/// How far a primary has come in the feed of a secondary.
struct FeedCursor {
  std::uint64_t epoch = 0;  ///< 0: nothing was read yet.
  std::uint64_t position = 0;
  friend bool operator==(const FeedCursor&, const FeedCursor&) = default;
};

/// What a server has to offer its primary.
struct FeedState {
  std::uint64_t epoch = 0;            ///< Another one after a database was restored or another primary was set. 0: no feed.
  std::uint64_t position = 0;         ///< Of the last record.
  std::uint64_t removed_through = 0;  ///< Records up to here are not kept any more: they were confirmed or dropped.
  std::uint64_t dropped_through = 0;  ///< Records up to here are not kept although nobody confirmed the last of them: past the bound.
  std::uint64_t sequence = 0;         ///< The last origin sequence this server gave.
  std::uint64_t bytes = 0;            ///< Kept, about.
};

}  // namespace daikan::hierarchy
