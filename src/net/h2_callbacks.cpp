#include "net/h2_callbacks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/limits.h"
#include "base/text.h"

namespace daikan::net {
namespace {

constexpr std::size_t kBulkFrameBytes = 8 * 1024;  // so that a request waits behind little
constexpr std::size_t kSmallestPieceBytes = 1024;  // a frame is not cut smaller to fill up a record
constexpr std::size_t kFrameHeadBytes = 9;
constexpr std::size_t kFieldOverheadBytes = 32;  // RFC 9113 section 6.5.2
constexpr unsigned kBytesPerToken = 1024;        // of DATA sent: earns the peer its WINDOW_UPDATEs
constexpr std::uint32_t kStreamsBeforeSettings = 100;

std::string_view view(const std::uint8_t* text, std::size_t size) { return {reinterpret_cast<const char*>(text), size}; }

void take_field(H2Head& head, std::string_view name, std::string_view value) {
  head.bytes += name.size() + value.size() + kFieldOverheadBytes;
  if (head.bytes > limits::kMaxHeaderListBytes) {
    head.too_large = true;
  } else if (name == ":method") {
    head.method = value;
  } else if (name == ":path") {
    head.target = value;
  } else if (name == ":authority") {
    head.authority = value;
  } else if (name == ":status") {
    std::from_chars(value.data(), value.data() + value.size(), head.status);
  } else if (name == "cookie") {
    head.headers.join(name, value, "; ");
  } else if (!name.starts_with(':')) {
    head.headers.add(std::string(name), std::string(value));
  }
}

}  // namespace

H2Session& H2Session::Callbacks::self(void* user) { return *static_cast<H2Session*>(user); }

int H2Session::Callbacks::begin_headers(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) {
  auto& me = self(user);
  const auto id = frame->hd.stream_id;
  if (me.role_ == H2Role::server && frame->headers.cat == NGHTTP2_HCAT_REQUEST) me.streams_[id] = std::make_unique<Stream>();
  if (auto* stream = me.find(id); stream != nullptr && !stream->head_done) stream->head = std::make_unique<H2Head>();
  return 0;
}

int H2Session::Callbacks::header(nghttp2_session* /*session*/, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                                 const std::uint8_t* value, std::size_t value_size, std::uint8_t /*flags*/, void* user) {
  auto* stream = self(user).find(frame->hd.stream_id);
  if (stream != nullptr && stream->head) take_field(*stream->head, view(name, name_size), view(value, value_size));
  return 0;  // without a head to fill these are trailers, which nobody needs
}

int H2Session::Callbacks::frame_received(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) {
  auto& me = self(user);
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
      me.head_received(frame->hd.stream_id);
      [[fallthrough]];
    case NGHTTP2_DATA:
      if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) me.end_received(frame->hd.stream_id);
      break;
    case NGHTTP2_SETTINGS:
      if ((frame->hd.flags & NGHTTP2_FLAG_ACK) == 0 && !std::exchange(me.settings_seen_, true)) me.push(H2Event::Kind::settings, 0);
      break;
    case NGHTTP2_PING:
      if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) {
        auto& event = me.push(H2Event::Kind::pong, 0);
        std::memcpy(&event.number, frame->ping.opaque_data, sizeof event.number);
      }
      break;
    case NGHTTP2_GOAWAY:
      me.push(H2Event::Kind::goaway, 0).code = frame->goaway.error_code;
      break;
    default:
      break;
  }
  return 0;
}

int H2Session::Callbacks::data_chunk(nghttp2_session* session, std::uint8_t /*flags*/, std::int32_t id, const std::uint8_t* bytes,
                                     std::size_t size, void* user) {
  auto& me = self(user);
  auto* stream = me.find(id);
  if (stream == nullptr || stream->discarded) return nghttp2_session_consume_connection(session, size);
  const bool continues = !me.events_.empty() && me.events_.back().kind == H2Event::Kind::data && me.events_.back().stream == id;
  auto& event = continues ? me.events_.back() : me.push(H2Event::Kind::data, id);
  event.data.append(view(bytes, size));
  return 0;
}

int H2Session::Callbacks::stream_closed(nghttp2_session* /*session*/, std::int32_t id, std::uint32_t code, void* user) {
  self(user).forget(id, code);
  return 0;
}

int H2Session::Callbacks::frame_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) {
  auto& me = self(user);
  auto* stream = me.find(frame->hd.stream_id);
  const bool carries_end = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
  if (carries_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 && stream != nullptr) {
    stream->out_ended = true;
    if (stream->discarded) me.discard(frame->hd.stream_id);
  }
  if (frame->hd.type == NGHTTP2_DATA) me.budget_.give(static_cast<unsigned>(frame->hd.length) / kBytesPerToken);
  // A reset that we did not ask for is one that the peer provoked (CVE-2025-8671).
  if (frame->hd.type == NGHTTP2_RST_STREAM && (stream == nullptr || !stream->self_reset)) me.spend(1);
  if (frame->hd.type == NGHTTP2_GOAWAY) me.goaway_sent(frame->goaway.error_code);
  return 0;
}

int H2Session::Callbacks::frame_not_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame, int /*error*/, void* user) {
  if (frame->hd.type == NGHTTP2_HEADERS) self(user).forget(frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
  return 0;
}

int H2Session::Callbacks::complaint(nghttp2_session* /*session*/, int /*code*/, const char* text, std::size_t size, void* user) {
  self(user).complaint_ = quotable({text, size});
  return 0;
}

ssize_t H2Session::Callbacks::read_body(nghttp2_session* /*session*/, std::int32_t id, std::uint8_t* /*buffer*/, std::size_t length,
                                        std::uint32_t* flags, nghttp2_data_source* /*source*/, void* user) {
  auto& me = self(user);
  auto* stream = me.find(id);
  if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  if (!stream->sendable()) return NGHTTP2_ERR_DEFERRED;
  if (stream->bulk && me.bulk_turn_ != id) {
    me.queue_bulk(id, *stream);
    return NGHTTP2_ERR_DEFERRED;
  }
  me.bulk_turn_ = 0;
  const auto used = me.out_->size() + kFrameHeadBytes;
  auto room = std::max(me.out_limit_ > used ? me.out_limit_ - used : 0, kSmallestPieceBytes);
  if (stream->bulk) room = std::min(room, kBulkFrameBytes);
  const auto size = std::min({length, stream->unsent(), room});
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (size == stream->unsent() && stream->next.empty() && stream->last_given) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(size);
}

int H2Session::Callbacks::send_body(nghttp2_session* /*session*/, nghttp2_frame* frame, const std::uint8_t* frame_head, std::size_t length,
                                    nghttp2_data_source* /*source*/, void* user) {
  auto& me = self(user);
  if (me.out_->size() >= me.out_limit_) return NGHTTP2_ERR_WOULDBLOCK;  // asked again in the next fill()
  auto* stream = me.find(frame->hd.stream_id);
  if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  me.out_->append(view(frame_head, kFrameHeadBytes));
  me.out_->append(stream->current, stream->sent, length);
  stream->sent += length;
  stream->sent_in_all += length;
  me.body_bytes_sent_ += length;
  me.body_sent(frame->hd.stream_id, *stream);
  return 0;
}

nghttp2_session_callbacks* H2Session::Callbacks::make_callbacks() {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame_received);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data_chunk);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, stream_closed);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frame_sent);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, frame_not_sent);
  nghttp2_session_callbacks_set_error_callback2(callbacks, complaint);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, send_body);
  return callbacks;
}

nghttp2_option* H2Session::Callbacks::make_options() {
  nghttp2_option* options = nullptr;
  nghttp2_option_new(&options);
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_option_set_no_closed_streams(options, 1);
  nghttp2_option_set_max_deflate_dynamic_table_size(options, 0);  // an idle link gains nothing from a table
  nghttp2_option_set_peer_max_concurrent_streams(options, kStreamsBeforeSettings);
  nghttp2_option_set_max_outbound_ack(options, limits::kControlFrameBurst);
  // Our own bucket decides, and answers ENHANCE_YOUR_CALM; nghttp2's would answer INTERNAL_ERROR.
  nghttp2_option_set_stream_reset_rate_limit(options, 10 * limits::kControlFrameBurst, 10 * limits::kControlFramesPerSecond);
  return options;
}

}  // namespace daikan::net
