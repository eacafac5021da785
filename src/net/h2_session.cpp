#include "net/h2_session.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include "base/limits.h"
#include "base/text.h"

namespace daikan::net {
namespace {

constexpr std::size_t kSendAheadBytes = 16 * 1024;  // queued per stream before its source is asked for more
constexpr std::size_t kBulkFrameBytes = 8 * 1024;   // so that a request waits behind little
constexpr std::int32_t kBulkWindowBytes = 32 * 1024;
constexpr std::size_t kSmallestPieceBytes = 1024;  // a frame is not cut smaller to fill up a record
constexpr std::size_t kFrameHeadBytes = 9;
constexpr std::size_t kFieldOverheadBytes = 32;  // RFC 9113 section 6.5.2
constexpr unsigned kBytesPerToken = 1024;        // of DATA sent: earns the peer its WINDOW_UPDATEs
constexpr std::uint32_t kStreamsBeforeSettings = 100;

std::string_view view(const std::uint8_t* text, std::size_t size) { return {reinterpret_cast<const char*>(text), size}; }

nghttp2_nv field(std::string_view name, std::string_view value) {
  // nghttp2 copies both (no flag says otherwise); its type is not const for historical reasons.
  auto* n = reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data()));
  auto* v = reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data()));
  return {n, v, name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

bool connection_specific(std::string_view name) {  // RFC 9113 section 8.2.2
  static constexpr std::array<std::string_view, 6> kNames = {"connection", "keep-alive",        "proxy-connection",
                                                             "te",         "transfer-encoding", "upgrade"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

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

struct H2Session::Stream {
  std::unique_ptr<H2Head> head;  // while it arrives
  bool head_done = false;
  bool in_ended = false;
  bool discarded = false;
  bool self_reset = false;
  bool out_ended = false;
  bool bulk = false;
  bool bulk_queued = false;
  bool last_given = false;  // no piece follows those queued
  std::string current;      // being sent, from `sent`
  std::size_t sent = 0;
  std::string next;

  std::size_t unsent() const { return current.size() - sent; }
  bool sendable() const { return unsent() > 0 || last_given; }
};

// nghttp2 calls these; each only records.
struct H2Session::Callbacks {
  static H2Session& self(void* user) { return *static_cast<H2Session*>(user); }

  static int begin_headers(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) {
    auto& me = self(user);
    const auto id = frame->hd.stream_id;
    if (me.role_ == H2Role::server && frame->headers.cat == NGHTTP2_HCAT_REQUEST) me.streams_[id] = std::make_unique<Stream>();
    if (auto* stream = me.find(id); stream != nullptr && !stream->head_done) stream->head = std::make_unique<H2Head>();
    return 0;
  }

  static int header(nghttp2_session* /*session*/, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                    const std::uint8_t* value, std::size_t value_size, std::uint8_t /*flags*/, void* user) {
    auto* stream = self(user).find(frame->hd.stream_id);
    if (stream != nullptr && stream->head) take_field(*stream->head, view(name, name_size), view(value, value_size));
    return 0;  // without a head to fill these are trailers, which nobody needs
  }

  static int frame_received(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) {
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

  static int data_chunk(nghttp2_session* session, std::uint8_t /*flags*/, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                        void* user) {
    auto& me = self(user);
    auto* stream = me.find(id);
    if (stream == nullptr || stream->discarded) return nghttp2_session_consume_connection(session, size);
    const bool continues = !me.events_.empty() && me.events_.back().kind == H2Event::Kind::data && me.events_.back().stream == id;
    auto& event = continues ? me.events_.back() : me.push(H2Event::Kind::data, id);
    event.data.append(view(bytes, size));
    return 0;
  }

  static int stream_closed(nghttp2_session* /*session*/, std::int32_t id, std::uint32_t code, void* user) {
    self(user).forget(id, code);
    return 0;
  }

  static int frame_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) {
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

  static int frame_not_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame, int /*error*/, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS) self(user).forget(frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
    return 0;
  }

  static int complaint(nghttp2_session* /*session*/, int /*code*/, const char* text, std::size_t size, void* user) {
    self(user).complaint_ = quotable({text, size});
    return 0;
  }

  static ssize_t read_body(nghttp2_session* /*session*/, std::int32_t id, std::uint8_t* /*buffer*/, std::size_t length,
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

  static int send_body(nghttp2_session* /*session*/, nghttp2_frame* frame, const std::uint8_t* frame_head, std::size_t length,
                       nghttp2_data_source* /*source*/, void* user) {
    auto& me = self(user);
    if (me.out_->size() >= me.out_limit_) return NGHTTP2_ERR_WOULDBLOCK;  // asked again in the next fill()
    auto* stream = me.find(frame->hd.stream_id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    me.out_->append(view(frame_head, kFrameHeadBytes));
    me.out_->append(stream->current, stream->sent, length);
    stream->sent += length;
    me.body_sent(frame->hd.stream_id, *stream);
    return 0;
  }

  static nghttp2_session_callbacks* make() {
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

  static nghttp2_option* make_options() {
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
};

H2Session::H2Session(H2Role role, unsigned concurrent_streams, SteadyTime now) : role_(role), meter_(role), budget_(now) {
  static const nghttp2_session_callbacks* const callbacks = Callbacks::make();
  static const nghttp2_option* const options = Callbacks::make_options();
  const auto made = role == H2Role::client ? nghttp2_session_client_new3(&session_, callbacks, this, options, memory_.hooks())
                                           : nghttp2_session_server_new3(&session_, callbacks, this, options, memory_.hooks());
  if (made != 0) throw std::bad_alloc();
  const bool client = role == H2Role::client;
  const std::array<nghttp2_settings_entry, 6> entries = {{
      {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits::kStreamWindowBytes},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits::kMaxHeaderListBytes},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, client ? 0 : concurrent_streams},
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
  }};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, entries.data(), client ? entries.size() : entries.size() - 1);
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, limits::kConnectionWindowBytes);
}

H2Session::~H2Session() { nghttp2_session_del(session_); }

// ---- the peer's bytes ----

void H2Session::feed(std::span<const std::uint8_t> bytes, SteadyTime now) {
  if (failure_) return;
  budget_.refill(now);
  spend(meter_.tokens_of(bytes));
  if (failure_) return;
  const auto taken = nghttp2_session_mem_recv(session_, bytes.data(), bytes.size());
  if (taken >= 0) return;
  const auto code = static_cast<int>(taken);
  if (code == NGHTTP2_ERR_FLOODED || code == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS) {
    fail({Code::rate_limited, "The peer floods the HTTP/2 connection.", "Check what runs at the other end; it does not keep to HTTP/2."},
         NGHTTP2_ENHANCE_YOUR_CALM);
  } else if (code == NGHTTP2_ERR_NOMEM) {
    throw std::bad_alloc();
  } else {
    fail({Code::protocol_error, fmt::format("The peer does not speak HTTP/2: {}.", nghttp2_strerror(code)),
          "Check that an Administration Server answers at this address."},
         NGHTTP2_PROTOCOL_ERROR);
  }
}

void H2Session::head_received(std::int32_t id) {
  auto* stream = find(id);
  if (stream == nullptr || !stream->head) return;
  auto head = std::move(stream->head);
  if (role_ == H2Role::client && head->status < 200) return;  // an interim answer; the final one follows
  stream->head_done = true;
  push(H2Event::Kind::head, id).head = std::move(head);
}

void H2Session::end_received(std::int32_t id) {
  auto* stream = find(id);
  if (stream == nullptr) return;
  stream->in_ended = true;
  push(H2Event::Kind::end, id);
}

void H2Session::forget(std::int32_t id, std::uint32_t code) {
  if (streams_.erase(id) == 0) return;
  push(H2Event::Kind::closed, id).code = code;
}

void H2Session::spend(unsigned tokens) {
  if (budget_.take(tokens) || failure_) return;
  fail({Code::rate_limited, "The peer sends more control frames or resets than a connection needs.",
        "Check what runs at the other end; it floods this server."},
       NGHTTP2_ENHANCE_YOUR_CALM);
}

void H2Session::fail(Error error, std::uint32_t code) {
  if (failure_) return;
  failure_ = std::move(error);
  nghttp2_session_terminate_session(session_, code);
}

void H2Session::goaway_sent(std::uint32_t code) {
  if (failure_ || code == NGHTTP2_NO_ERROR) return;
  const auto why = complaint_.empty() ? std::string(nghttp2_http2_strerror(code)) : complaint_;
  failure_ = Error{code == NGHTTP2_ENHANCE_YOUR_CALM ? Code::rate_limited : Code::protocol_error,
                   fmt::format("The peer violated HTTP/2: {}.", why), "Check the version of the other end."};
}

std::vector<H2Event> H2Session::take_events() { return std::exchange(events_, {}); }

const std::optional<Error>& H2Session::failure() const { return failure_; }

bool H2Session::is_over() const { return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0; }

H2Event& H2Session::push(H2Event::Kind kind, std::int32_t stream) {
  auto& event = events_.emplace_back();
  event.kind = kind;
  event.stream = stream;
  return event;
}

H2Session::Stream* H2Session::find(std::int32_t id) const {
  const auto at = streams_.find(id);
  return at == streams_.end() ? nullptr : at->second.get();
}

// ---- our bytes ----

bool H2Session::wants_write() const { return nghttp2_session_want_write(session_) != 0 || !bulk_waiting_.empty(); }

void H2Session::rest() {
  if (!wants_write()) memory_.vacate_frame_buffer();
}

void H2Session::fill(std::string& out, std::size_t limit) {
  out_ = &out;
  out_limit_ = limit;
  send_until_blocked();
  while (out.size() < limit && !bulk_waiting_.empty()) {
    bulk_turn_ = bulk_waiting_.front();
    bulk_waiting_.erase(bulk_waiting_.begin());
    if (auto* stream = find(bulk_turn_)) {
      stream->bulk_queued = false;
      nghttp2_session_resume_data(session_, bulk_turn_);
      send_until_blocked();
    }
    bulk_turn_ = 0;
  }
  out_ = nullptr;
}

void H2Session::send_until_blocked() {
  while (out_->size() < out_limit_) {
    const std::uint8_t* bytes = nullptr;
    const auto size = nghttp2_session_mem_send(session_, &bytes);
    if (size == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
    if (size <= 0) return;
    out_->append(view(bytes, static_cast<std::size_t>(size)));
  }
}

void H2Session::body_sent(std::int32_t id, Stream& stream) {
  if (stream.unsent() > 0) return;
  const bool was_full = stream.next.size() >= kSendAheadBytes;
  stream.current = std::exchange(stream.next, {});
  stream.sent = 0;
  if (was_full && !stream.last_given) push(H2Event::Kind::room, id);
}

void H2Session::queue_bulk(std::int32_t id, Stream& stream) {
  if (std::exchange(stream.bulk_queued, true)) return;
  bulk_waiting_.push_back(id);
}

bool H2Session::has_room(std::int32_t id) const {
  const auto* stream = find(id);
  return stream != nullptr && stream->next.size() < kSendAheadBytes;
}

void H2Session::provide(std::int32_t id, std::string piece, H2Piece place) {
  auto* stream = find(id);
  if (stream == nullptr) return;
  if (place == H2Piece::last) stream->last_given = true;
  if (stream->unsent() == 0) {
    stream->current = std::move(piece);
    stream->sent = 0;
  } else if (stream->next.empty()) {
    stream->next = std::move(piece);
  } else {
    stream->next += piece;
  }
  if (!stream->sendable()) return;
  if (stream->bulk) {
    queue_bulk(id, *stream);
  } else {
    nghttp2_session_resume_data(session_, id);
  }
}

long H2Session::submit(std::int32_t id, const H2Head& head, H2Follows follows) {
  std::vector<nghttp2_nv> fields;
  const auto status = head.status > 0 ? std::to_string(head.status) : std::string();
  if (id > 0) {
    fields.push_back(field(":status", status));
  } else {
    fields.push_back(field(":method", head.method));
    fields.push_back(field(":scheme", "https"));
    fields.push_back(field(":authority", head.authority));
    fields.push_back(field(":path", head.target));
  }
  for (const auto& [name, value] : head.headers.fields()) {
    if (!connection_specific(name)) fields.push_back(field(name, value));
  }
  nghttp2_data_provider provider{};
  provider.read_callback = Callbacks::read_body;
  auto* body = follows == H2Follows::body ? &provider : nullptr;
  if (id > 0) return nghttp2_submit_response(session_, id, fields.data(), fields.size(), body);
  return nghttp2_submit_request(session_, nullptr, fields.data(), fields.size(), body, nullptr);
}

Result<std::int32_t> H2Session::request(const H2Head& head, H2Follows follows, H2Urgency urgency) {
  auto bytes = head.method.size() + head.target.size() + head.authority.size() + 4 * kFieldOverheadBytes;
  for (const auto& [name, value] : head.headers.fields()) bytes += name.size() + value.size() + kFieldOverheadBytes;
  if (bytes > limits::kMaxHeaderListBytes) {
    return daikan::fail(Code::too_large, fmt::format("The head of {} {} exceeds {} bytes.", head.method, quotable(head.target, 80),
                                                     limits::kMaxHeaderListBytes));
  }
  const auto id = submit(0, head, follows);
  if (id == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
  if (id < 0) return daikan::fail(Code::closed, "The HTTP/2 connection takes no further requests.", "Connect again.");
  auto stream = std::make_unique<Stream>();
  stream->bulk = urgency == H2Urgency::bulk;
  streams_[static_cast<std::int32_t>(id)] = std::move(stream);
  return static_cast<std::int32_t>(id);
}

void H2Session::respond(std::int32_t id, const H2Head& head, H2Follows follows, H2Urgency urgency) {
  auto* stream = find(id);
  if (stream == nullptr) return;
  stream->bulk = urgency == H2Urgency::bulk;
  if (submit(id, head, follows) == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
}

void H2Session::consume(std::int32_t id, std::size_t bytes) { nghttp2_session_consume(session_, id, bytes); }

void H2Session::discard(std::int32_t id) {
  auto* stream = find(id);
  if (stream == nullptr) return;
  stream->discarded = true;
  if (stream->in_ended) return;
  if (role_ == H2Role::client) {
    reset(id, NGHTTP2_CANCEL);
  } else if (stream->out_ended) {
    reset(id, NGHTTP2_NO_ERROR);  // RFC 9113 section 8.1
  }
}

void H2Session::reset(std::int32_t id, std::uint32_t code) {
  auto* stream = find(id);
  if (stream == nullptr || std::exchange(stream->self_reset, true)) return;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, code);
}

void H2Session::shrink_window(std::int32_t id) { nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, id, kBulkWindowBytes); }

void H2Session::ping(std::uint64_t number) {
  std::array<std::uint8_t, 8> opaque{};
  std::memcpy(opaque.data(), &number, sizeof number);
  nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, opaque.data());
}

void H2Session::go_away(std::uint32_t code) {
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_), code, nullptr, 0);
}

std::uint32_t H2Session::granted_streams() const {
  return nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

}  // namespace daikan::net
