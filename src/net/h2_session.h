// One HTTP/2 session without input or output: bytes in, events and bytes out, in either role.
//
// It knows nghttp2, flow control, the order of sending (bulk last) and what a peer may not do too often. It knows no socket, coroutine or
// clock: the caller passes the time. Called by h2_connection.cpp, tests and the fuzzer. Invariant: inside nghttp2's callbacks only facts
// are recorded; the caller acts on take_events() after feed() or fill() has returned, so a session is never entered twice.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "net/h2_budget.h"
#include "net/h2_connection.h"
#include "net/h2_memory.h"
#include "net/http.h"

struct nghttp2_session;

namespace daikan::net {

/// Request or response head: pseudo-headers taken apart, the others in order.
struct H2Head {
  std::string method;
  std::string target;
  std::string authority;
  int status = 0;
  Headers headers;
  std::size_t bytes = 0;   // as SETTINGS_MAX_HEADER_LIST_SIZE counts
  bool too_large = false;  // fields beyond the bound were dropped
};

struct H2Event {
  enum class Kind : std::uint8_t {
    settings,  // the peer's first
    head,      // a request (server) or the final answer (client)
    data,      // body bytes; held against the window until consume()
    end,       // of the body
    room,      // the stream takes another piece, see provide()
    closed,    // the stream is over; `code` is its HTTP/2 error code
    pong,      // `number` is the PING's
    goaway,    // the peer takes no new streams; `code`
  };
  Kind kind;
  std::int32_t stream = 0;
  std::uint32_t code = 0;
  std::uint64_t number = 0;
  std::string data;
  std::unique_ptr<H2Head> head;
};

/// What follows the head we send.
enum class H2Follows : std::uint8_t { nothing, body };
enum class H2Piece : std::uint8_t { more_follow, last };
enum class H2Urgency : std::uint8_t { normal, bulk };

class H2Session {
 public:
  /// Queues our SETTINGS (and the preface). `concurrent_streams` is what a peer may open; clients grant none.
  H2Session(H2Role role, unsigned concurrent_streams, SteadyTime now);
  ~H2Session();
  H2Session(const H2Session&) = delete;
  H2Session& operator=(const H2Session&) = delete;

  /// Takes bytes of the peer. After a violation failure() is set, a GOAWAY is queued and further bytes are ignored.
  void feed(std::span<const std::uint8_t> bytes, SteadyTime now);
  /// Appends what is to be sent until `out` holds about `limit` bytes (at most one frame more). Leaves `out` alone when there is nothing.
  void fill(std::string& out, std::size_t limit);
  bool wants_write() const;
  /// Gives memory back that only sending needs; for a session that will rest. Does nothing while it wants_write().
  void rest();
  std::vector<H2Event> take_events();
  /// Why this session must end: protocol_error or rate_limited. Nothing while all is well.
  const std::optional<Error>& failure() const;
  /// True when neither side may send or receive any more (after GOAWAY).
  bool is_over() const;

  /// Opens a stream. Fails with too_large (header list) or closed (after GOAWAY, stream ids used up).
  Result<std::int32_t> request(const H2Head& head, H2Follows follows, H2Urgency urgency);
  /// Answers a stream; ignored when the stream is gone.
  void respond(std::int32_t stream, const H2Head& head, H2Follows follows, H2Urgency urgency);
  /// Queues a piece of the body; ignored when the stream is gone. Call only while has_room(); more is taken, but not bounded.
  void provide(std::int32_t stream, std::string piece, H2Piece place);
  bool has_room(std::int32_t stream) const;
  /// True while bytes of any body are queued.
  bool has_unsent() const;
  /// Of this stream's body, since its beginning; nothing when no byte of it is queued or the stream is gone.
  std::optional<std::uint64_t> sent_before_queued(std::int32_t stream) const;
  /// Of all bodies, since the beginning.
  std::uint64_t body_bytes_sent() const { return body_bytes_sent_; }
  /// `bytes` of `stream` were taken by their reader: the peer may send as many more. The stream may be gone.
  void consume(std::int32_t stream, std::size_t bytes);
  /// Nobody reads the rest: a client resets the stream (CANCEL), a server does (NO_ERROR) once its answer is complete.
  void discard(std::int32_t stream);
  void reset(std::int32_t stream, std::uint32_t code);
  /// A smaller window for a bulk upload.
  void shrink_window(std::int32_t stream);

  void ping(std::uint64_t number);
  /// GOAWAY: streams in flight may finish.
  void go_away(std::uint32_t code);
  /// How many streams the peer lets us have open; 100 before its SETTINGS.
  std::uint32_t granted_streams() const;

 private:
  struct Stream;
  struct Callbacks;
  friend struct Callbacks;

  Stream* find(std::int32_t id) const;
  H2Event& push(H2Event::Kind kind, std::int32_t stream);
  void head_received(std::int32_t id);
  void end_received(std::int32_t id);
  void forget(std::int32_t id, std::uint32_t code);
  void goaway_sent(std::uint32_t code);
  void fail(Error error, std::uint32_t code);
  void spend(unsigned tokens);
  void send_until_blocked();
  void body_sent(std::int32_t id, Stream& stream);
  void queue_bulk(std::int32_t id, Stream& stream);
  long submit(std::int32_t stream, const H2Head& head, H2Follows follows);

  H2Memory memory_;
  nghttp2_session* session_ = nullptr;
  H2Role role_;
  bool settings_seen_ = false;
  std::unordered_map<std::int32_t, std::unique_ptr<Stream>> streams_;
  std::vector<H2Event> events_;
  std::vector<std::int32_t> bulk_waiting_;  // bulk streams with something to send, in the order of their turns
  std::int32_t bulk_turn_ = 0;              // the one bulk stream that may send one frame now
  std::string* out_ = nullptr;              // while fill() runs
  std::size_t out_limit_ = 0;
  std::uint64_t body_bytes_sent_ = 0;
  FrameMeter meter_;
  FrameBudget budget_;
  std::optional<Error> failure_;
  std::string complaint_;  // nghttp2's last words about the peer
};

}  // namespace daikan::net
