// The words of the feed and their bytes (spec/link.proto): frames behind their lengths, and the payloads this version knows.
//
// Knows the encoding and its bounds, nothing of order or meaning (link/feed.h). Invariant: a decoded value is within the bounds of
// docs/protocol.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "hierarchy/feed.h"
#include "hierarchy/history.h"
#include "hierarchy/records.h"

namespace daikan::link {

inline constexpr std::string_view kFeedPath = "/link/v1/feed";
inline constexpr std::string_view kFeedConfirmedPath = "/link/v1/feed/confirmed";
/// The capability of lower ends that have a feed; others are not asked for one.
inline constexpr std::string_view kFeed = "feed";

struct FeedBegin {
  hierarchy::FeedCursor from;  ///< The records that follow (the snapshot, if there is one) are those behind it.
  enum class How : std::uint8_t { goes_on, with_snapshot } how = How::goes_on;
  std::uint64_t lost = 0;  ///< Records behind the position asked for that are not kept any more.
  friend bool operator==(const FeedBegin&, const FeedBegin&) = default;
};
struct FeedItem {
  std::uint64_t position = 0;  ///< 0: of the snapshot.
  hierarchy::FeedRecord record;
  friend bool operator==(const FeedItem&, const FeedItem&) = default;
};
/// A record whose kind is not even a name: it has a position and nothing else. (One of a later version's kind is a FeedItem.)
struct FeedUnknown {
  std::uint64_t position = 0;
  friend bool operator==(const FeedUnknown&, const FeedUnknown&) = default;
};
struct FeedMark {
  std::uint64_t position = 0;
  enum class Ends : std::uint8_t { nothing, the_snapshot } ends = Ends::nothing;
  friend bool operator==(const FeedMark&, const FeedMark&) = default;
};
using FeedFrame = std::variant<FeedBegin, FeedItem, FeedUnknown, FeedMark>;

/// With its length before it. FeedUnknown has no encoding (throws std::logic_error).
std::string encode(const FeedFrame& frame);
std::string encode_confirmed(const hierarchy::FeedCursor& cursor);
/// Fails with protocol_error.
Result<hierarchy::FeedCursor> decode_confirmed(std::string_view bytes);

/// Cuts a stream of bytes, in pieces of any size, into frames. After an error it stays failed.
class FeedDecoder {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next whole frame; nothing: more bytes are needed. Fails with protocol_error, too_large.
  Result<std::optional<FeedFrame>> next();

 private:
  std::string buffer_;
  std::size_t read_ = 0;
};

std::string event_payload(const hierarchy::Event& event);
/// `record` is of kind event. Its sequence and time are those of the record. Fails with protocol_error.
Result<hierarchy::Event> read_event(const hierarchy::FeedRecord& record);

struct ServerStatus {
  std::string name;
  std::string software;
  std::uint64_t groups = 0;
  std::uint64_t secondaries = 0;
  friend bool operator==(const ServerStatus&, const ServerStatus&) = default;
};
std::string encode(const ServerStatus& status);
Result<ServerStatus> decode_server_status(std::string_view bytes);

struct SecondaryStatus {
  std::optional<ServerId> server_id;
  std::string name;
  hierarchy::LinkState state = hierarchy::LinkState::never_connected;
  TimePoint since;
  std::string reason_code;
  std::string reason;
  std::string software;
  friend bool operator==(const SecondaryStatus&, const SecondaryStatus&) = default;
};
std::string encode(const SecondaryStatus& status);
Result<SecondaryStatus> decode_secondary_status(std::string_view bytes);

}  // namespace daikan::link
