#include "net/h2_session.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "net/h2_callbacks.h"

namespace daikan::net {
namespace {

constexpr std::size_t kSendAheadBytes = 16 * 1024;  // queued per stream before its source is asked for more
constexpr std::int32_t kBulkWindowBytes = 32 * 1024;
constexpr std::size_t kFieldOverheadBytes = 32;  // RFC 9113 section 6.5.2

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

}  // namespace

H2Session::H2Session(H2Role role, unsigned concurrent_streams, SteadyTime now) : role_(role), meter_(role), budget_(now) {
  static const nghttp2_session_callbacks* const callbacks = Callbacks::make_callbacks();
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

bool H2Session::has_unsent() const {
  return std::ranges::any_of(streams_, [](const auto& entry) { return entry.second->unsent() > 0; });
}

std::optional<std::uint64_t> H2Session::sent_before_queued(std::int32_t id) const {
  const auto* stream = find(id);
  if (stream == nullptr || stream->unsent() == 0) return std::nullopt;
  return stream->sent_in_all;
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
