#include "net/h1_body.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"

namespace daikan::net {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kBlanks = " \t";

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

/// Whether a line that is not complete yet may still become one.
bool may_grow(std::string_view start) { return start.size() < limits::kMaxHeaderListBytes; }

}  // namespace

Result<std::string> H1Body::take(std::string& inbox) {
  std::string piece;
  std::string_view rest = inbox;
  for (std::size_t used = step(rest, piece); used > 0; used = step(rest, piece)) rest.remove_prefix(used);
  inbox.erase(0, inbox.size() - rest.size());
  // What came before a fault is not handed over: the request is refused as a whole.
  if (is_broken()) return fail(Code::protocol_error, "The request's body is not well-formed HTTP.");
  return piece;
}

std::size_t H1Body::step(std::string_view bytes, std::string& piece) {
  switch (state_) {
    case State::sized:
      return take_bytes(bytes, piece, State::complete);
    case State::chunk_bytes:
      return take_bytes(bytes, piece, State::chunk_end);
    case State::chunk_end:
      if (bytes.size() < kLineEnd.size()) return bytes.empty() || bytes == "\r" ? 0 : broken();
      if (!bytes.starts_with(kLineEnd)) return broken();
      state_ = State::chunk_head;
      return kLineEnd.size();
    case State::chunk_head:
    case State::trailer: {
      const auto end = bytes.find(kLineEnd);
      if (end == std::string_view::npos) return may_grow(bytes) ? 0 : broken();
      return state_ == State::trailer ? take_trailer_line(bytes.substr(0, end)) : take_chunk_head(bytes.substr(0, end));
    }
    case State::complete:
    case State::broken:
      break;
  }
  return 0;
}

std::size_t H1Body::take_bytes(std::string_view bytes, std::string& piece, State then) {
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  piece.append(bytes.substr(0, taken));
  left_ -= taken;
  if (left_ == 0) state_ = then;
  return taken;
}

// RFC 9112 section 7.1: the size in hexadecimal digits and nothing before it, then perhaps extensions behind a semicolon.
std::size_t H1Body::take_chunk_head(std::string_view line) {
  const char* const end = line.data() + line.size();
  const auto [stop, fault] = std::from_chars(line.data(), end, left_, 16);
  if (fault != std::errc() || !may_grow(line)) return broken();
  auto behind = line.substr(static_cast<std::size_t>(stop - line.data()));
  behind.remove_prefix(std::min(behind.find_first_not_of(kBlanks), behind.size()));
  if ((!behind.empty() && !behind.starts_with(';')) || has_control(behind)) return broken();
  state_ = left_ == 0 ? State::trailer : State::chunk_bytes;
  return line.size() + kLineEnd.size();
}

std::size_t H1Body::take_trailer_line(std::string_view line) {
  trailer_bytes_ += line.size() + kLineEnd.size();
  if (trailer_bytes_ > limits::kMaxHeaderListBytes || has_control(line)) return broken();
  const auto colon = line.find(':');
  if (line.empty()) {
    state_ = State::complete;
  } else if (colon == std::string_view::npos || colon == 0 || line.substr(0, colon).find_first_of(kBlanks) != std::string_view::npos) {
    return broken();
  }
  return line.size() + kLineEnd.size();
}

std::size_t H1Body::broken() {
  state_ = State::broken;
  return 0;
}

}  // namespace daikan::net
