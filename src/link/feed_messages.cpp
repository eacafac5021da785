#include "link/feed_messages.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_feed.h"
#include "base/text.h"
#include "link.pb.h"

namespace daikan::link {
namespace {

using hierarchy::FeedCursor;
using hierarchy::FeedRecord;
using hierarchy::LinkState;

constexpr std::int64_t kLatest = 253402300799999999;  // the year 9999
constexpr std::array kStates = {LinkState::never_connected, LinkState::connecting, LinkState::connected, LinkState::disconnected,
                                LinkState::refused};

tl::unexpected<Error> malformed(std::string_view what, std::string_view why) {
  return fail(Code::protocol_error, fmt::format("The other server sent a feed whose {} {}.", what, why),
              "Both servers must run a version of this software that keeps to docs/protocol.md.");
}

Result<std::string> text(const std::string& from, std::size_t max, std::string_view what) {
  if (from.size() > max) return malformed(what, fmt::format("is longer than {} bytes", max));
  const bool plain =
      is_utf8(from) && std::none_of(from.begin(), from.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!plain) return malformed(what, "is not plain UTF-8 text");
  return from;
}

template <class Id>
Result<Id> id(const std::string& bytes, std::string_view what) {
  Id made;
  if (bytes.size() != made.bytes.size()) return malformed(what, fmt::format("has {} bytes instead of 16", bytes.size()));
  std::copy(bytes.begin(), bytes.end(), made.bytes.begin());
  if (!made) return malformed(what, "is all zero");
  return made;
}

Result<TimePoint> time(std::int64_t micros, std::string_view what) {
  if (micros < 0 || micros > kLatest) return malformed(what, "is not between 1970 and 9999");
  return from_micros(micros);
}

Result<> number(std::uint64_t value, std::string_view what) {
  if (value > limits::kMaxFeedNumber) return malformed(what, "is too large");
  return {};
}

/// At most `max` bytes, cut between two characters; other bytes than text become '?'.
std::string fitting(std::string_view from, std::size_t max) {
  std::string out(from.substr(0, max));
  while (!out.empty() && !is_utf8(out) && from.size() > max) out.pop_back();
  if (!is_utf8(out)) out = "?";
  std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

template <class Id>
std::string bytes_of(const Id& of) {
  return {of.bytes.begin(), of.bytes.end()};
}

template <class Message>
Result<Message> parse(std::string_view bytes, std::string_view what) {
  static const auto quiet = google::protobuf::SetLogHandler(nullptr);
  (void)quiet;
  Message message;
  if (bytes.size() > limits::kMaxFeedFrameBytes || !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return malformed("content", fmt::format("is no {}", what));
  }
  return message;
}

template <class Message>
std::string serialised(const Message& message) {
  std::string out;
  if (!message.SerializeToString(&out) || out.size() > limits::kMaxFeedFrameBytes)
    throw std::logic_error("a feed's frame is out of bounds");
  return out;
}

Result<FeedFrame> read_begin(const v1::FeedBegin& from) {
  if (from.epoch() == 0) return malformed("epoch", "is 0");
  for (const auto value : {from.epoch(), from.position(), from.lost()}) {
    if (auto checked = number(value, "beginning"); !checked) return fail(checked.error());
  }
  return FeedBegin{{from.epoch(), from.position()}, from.snapshot() ? FeedBegin::How::with_snapshot : FeedBegin::How::goes_on, from.lost()};
}

Result<FeedFrame> read_item(const v1::FeedRecord& from) {
  if (auto checked = number(from.position(), "position"); !checked) return fail(checked.error());
  FeedItem item{from.position(), {}};
  auto& record = item.record;
  if (const auto kind = hierarchy::feed_kind_from_string(from.kind())) {
    record.kind = *kind;
  } else if (hierarchy::is_kind_name(from.kind())) {
    // Of a later version: this server has nothing to do with it, but a server above may.
    record.kind = from.state() ? hierarchy::FeedKind::other_state : hierarchy::FeedKind::other_once;
    record.other_kind = from.kind();
  } else {
    return FeedUnknown{from.position()};
  }
  auto origin = id<ServerId>(from.origin(), "origin");
  if (!origin) return fail(origin.error());
  record.origin = *origin;
  record.origin_sequence = from.origin_sequence();
  if (record.origin_sequence == 0 || record.origin_sequence > limits::kMaxFeedNumber)
    return malformed("origin sequence", "is out of range");
  auto subject = text(from.subject(), limits::kMaxFeedSubjectBytes, "subject");
  if (!subject) return fail(subject.error());
  record.subject = std::move(*subject);
  if (from.payload().size() > limits::kMaxFeedPayloadBytes) return malformed("payload", "is too long");
  record.payload = from.payload();
  auto at = time(from.at_micros(), "time");
  if (!at) return fail(at.error());
  record.at = *at;
  return item;
}

void write(const FeedBegin& from, v1::FeedFrame& to) {
  auto& begin = *to.mutable_begin();
  begin.set_epoch(from.from.epoch);
  begin.set_position(from.from.position);
  begin.set_snapshot(from.how == FeedBegin::How::with_snapshot);
  begin.set_lost(from.lost);
}

void write(const FeedItem& from, v1::FeedFrame& to) {
  auto& record = *to.mutable_record();
  record.set_origin(bytes_of(from.record.origin));
  record.set_origin_sequence(from.record.origin_sequence);
  record.set_kind(from.record.other_kind.empty() ? std::string(hierarchy::to_string(from.record.kind)) : from.record.other_kind);
  record.set_state(hierarchy::is_state(from.record.kind));
  record.set_subject(from.record.subject);
  record.set_payload(from.record.payload);
  record.set_at_micros(to_micros(from.record.at));
  record.set_position(from.position);
}

void write(const FeedUnknown&, v1::FeedFrame&) { throw std::logic_error("an unknown record has no encoding"); }

void write(const FeedMark& from, v1::FeedFrame& to) {
  to.mutable_mark()->set_position(from.position);
  to.mutable_mark()->set_snapshot_end(from.ends == FeedMark::Ends::the_snapshot);
}

Result<FeedFrame> read(const v1::FeedFrame& from) {
  switch (from.frame_case()) {
    case v1::FeedFrame::kBegin:
      return read_begin(from.begin());
    case v1::FeedFrame::kRecord:
      return read_item(from.record());
    case v1::FeedFrame::kMark:
      if (auto checked = number(from.mark().position(), "mark"); !checked) return fail(checked.error());
      return FeedMark{from.mark().position(), from.mark().snapshot_end() ? FeedMark::Ends::the_snapshot : FeedMark::Ends::nothing};
    case v1::FeedFrame::FRAME_NOT_SET:
      break;
  }
  return FeedUnknown{0};  // a kind of frame of a later version: it says nothing to this one
}

}  // namespace

std::string encode(const FeedFrame& frame) {
  v1::FeedFrame message;
  std::visit([&](const auto& each) { write(each, message); }, frame);
  const auto body = serialised(message);
  std::string out;
  for (auto left = body.size();; left >>= 7U) {
    const auto low = static_cast<unsigned char>(left & 0x7fU);
    if (left < 0x80) {
      out.push_back(static_cast<char>(low));
      break;
    }
    out.push_back(static_cast<char>(low | 0x80U));
  }
  return out + body;
}

Result<std::optional<FeedFrame>> FeedDecoder::next() {
  std::size_t length = 0;
  std::size_t at = read_;
  for (unsigned shift = 0;; shift += 7) {
    if (shift > 14) return malformed("frame", "has a length that is out of bounds");
    if (at == buffer_.size()) return std::optional<FeedFrame>();
    const auto byte = static_cast<unsigned char>(buffer_[at++]);
    length |= static_cast<std::size_t>(byte & 0x7fU) << shift;
    if ((byte & 0x80U) == 0) break;
  }
  if (length > limits::kMaxFeedFrameBytes) return malformed("frame", fmt::format("has {} bytes", length));
  if (buffer_.size() - at < length) return std::optional<FeedFrame>();
  auto message = parse<v1::FeedFrame>(std::string_view(buffer_).substr(at, length), "frame");
  if (!message) return fail(message.error());
  auto frame = link::read(*message);
  if (!frame) return fail(frame.error());
  read_ = at + length;
  if (read_ == buffer_.size() || read_ >= limits::kMaxFeedFrameBytes) {
    buffer_.erase(0, read_);
    read_ = 0;
  }
  return std::optional<FeedFrame>(std::move(*frame));
}

std::string encode_confirmed(const FeedCursor& cursor) {
  v1::FeedConfirmed message;
  message.set_epoch(cursor.epoch);
  message.set_position(cursor.position);
  return serialised(message);
}

Result<FeedCursor> decode_confirmed(std::string_view bytes) {
  auto message = parse<v1::FeedConfirmed>(bytes, "confirmation");
  if (!message) return fail(message.error());
  for (const auto value : {message->epoch(), message->position()}) {
    if (auto checked = number(value, "confirmation"); !checked) return fail(checked.error());
  }
  return FeedCursor{message->epoch(), message->position()};
}

std::string event_payload(const hierarchy::Event& event) {
  v1::EventPayload message;
  message.set_severity(std::string(hierarchy::to_string(event.severity)));
  message.set_message(fitting(event.message, limits::kMaxLinkTextBytes));
  if (event.secondary) message.set_secondary(bytes_of(*event.secondary));
  return serialised(message);
}

Result<hierarchy::Event> read_event(const FeedRecord& record) {
  auto message = parse<v1::EventPayload>(record.payload, "event");
  if (!message) return fail(message.error());
  hierarchy::Event event;
  event.at = record.at;
  event.kind = record.subject;
  // A severity of a later version is worth being seen.
  event.severity = hierarchy::severity_from_string(message->severity()).value_or(hierarchy::Severity::error);
  auto words = text(message->message(), limits::kMaxLinkTextBytes, "event");
  if (!words) return fail(words.error());
  event.message = std::move(*words);
  if (message->secondary().empty()) return event;
  auto secondary = id<RegistrationId>(message->secondary(), "event's secondary");
  if (!secondary) return fail(secondary.error());
  event.secondary = *secondary;
  return event;
}

std::string encode(const ServerStatus& status) {
  v1::ServerPayload message;
  message.set_name(status.name);
  message.set_software(status.software);
  message.set_groups(status.groups);
  message.set_secondaries(status.secondaries);
  return serialised(message);
}

Result<ServerStatus> decode_server_status(std::string_view bytes) {
  auto message = parse<v1::ServerPayload>(bytes, "server's status");
  if (!message) return fail(message.error());
  auto name = text(message->name(), limits::kMaxNameBytes, "server name");
  if (!name) return fail(name.error());
  auto software = text(message->software(), limits::kMaxNameBytes, "software version");
  if (!software) return fail(software.error());
  return ServerStatus{std::move(*name), std::move(*software), message->groups(), message->secondaries()};
}

std::string encode(const SecondaryStatus& status) {
  v1::SecondaryPayload message;
  if (status.server_id) message.set_server_id(bytes_of(*status.server_id));
  message.set_name(status.name);
  message.set_state(std::string(hierarchy::to_string(status.state)));
  message.set_since_micros(to_micros(status.since));
  message.set_reason_code(status.reason_code);
  message.set_reason(fitting(status.reason, limits::kMaxLinkTextBytes));
  message.set_software(status.software);
  return serialised(message);
}

Result<SecondaryStatus> decode_secondary_status(std::string_view bytes) {
  auto message = parse<v1::SecondaryPayload>(bytes, "secondary's status");
  if (!message) return fail(message.error());
  SecondaryStatus status;
  if (!message->server_id().empty()) {
    auto server = id<ServerId>(message->server_id(), "secondary's id");
    if (!server) return fail(server.error());
    status.server_id = *server;
  }
  const std::array<std::pair<const std::string*, std::string*>, 4> texts = {{{&message->name(), &status.name},
                                                                             {&message->reason_code(), &status.reason_code},
                                                                             {&message->reason(), &status.reason},
                                                                             {&message->software(), &status.software}}};
  for (const auto& [from, to] : texts) {
    auto read = text(*from, limits::kMaxLinkTextBytes, "secondary's status");
    if (!read) return fail(read.error());
    *to = std::move(*read);
  }
  const auto state =
      std::find_if(kStates.begin(), kStates.end(), [&](LinkState each) { return hierarchy::to_string(each) == message->state(); });
  if (state == kStates.end()) return malformed("secondary's state", "is unknown");
  status.state = *state;
  auto since = time(message->since_micros(), "time of a state");
  if (!since) return fail(since.error());
  status.since = *since;
  return status;
}

}  // namespace daikan::link
