// The body of one HTTP/1.1 request out of bytes: none, of a known length, or chunked (RFC 9112 sections 6 and 7.1).
//
// It knows the framing alone; the head was judged before. Called by h1_request.cpp. Invariant: what it refuses once it refuses ever after,
// and a chunk's head or the trailer is never longer than limits::kMaxHeaderListBytes. Beast 1.81 has a chunk parser too, but it asserts on
// bodies that arrive in small pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daikan::net {

class H1Body {
 public:
  static H1Body sized(std::uint64_t bytes) { return H1Body(bytes == 0 ? State::complete : State::sized, bytes); }
  static H1Body chunked() { return H1Body(State::chunk_head, 0); }

  /// Takes what it can from the front of `inbox` and returns the body's next bytes; empty when more are needed or is_complete(). Extensions
  /// of chunks and the trailer are read and dropped. Fails with protocol_error.
  Result<std::string> take(std::string& inbox);
  bool is_complete() const { return state_ == State::complete; }
  bool is_broken() const { return state_ == State::broken; }

 private:
  enum class State : std::uint8_t { sized, chunk_head, chunk_bytes, chunk_end, trailer, complete, broken };
  H1Body(State state, std::uint64_t left) : state_(state), left_(left) {}

  /// One step at the front of `bytes`: how many of them it used, which is none when it needs more (or has ended).
  std::size_t step(std::string_view bytes, std::string& piece);
  std::size_t take_bytes(std::string_view bytes, std::string& piece, State then);
  std::size_t take_chunk_head(std::string_view line);
  std::size_t take_trailer_line(std::string_view line);
  std::size_t broken();

  State state_;
  std::uint64_t left_;             ///< Bytes of the body or chunk that have not come yet.
  std::size_t trailer_bytes_ = 0;  ///< So far.
};

}  // namespace daikan::net
