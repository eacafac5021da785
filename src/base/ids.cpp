#include "base/ids.h"

#include <cstdlib>

#include <sys/random.h>

namespace daikan {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_dash(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

std::string uuid_to_string(const Uuid& uuid) {
  std::string out;
  out.reserve(36);
  for (const auto byte : uuid) {
    if (is_dash(out.size())) out.push_back('-');
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 0x0f]);
  }
  return out;
}

std::optional<Uuid> uuid_from_string(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid out{};
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    out[nibble / 2] = static_cast<std::uint8_t>(out[nibble / 2] << 4 | value);
    ++nibble;
  }
  return out;
}

Uuid make_uuid(TimePoint at) {
  Uuid out{};
  // A kernel without randomness cannot run a server that makes keys: there is nothing sensible to return.
  if (getrandom(out.data(), out.size(), 0) != static_cast<ssize_t>(out.size())) std::abort();
  const auto millis = static_cast<std::uint64_t>(to_micros(at) / 1000);
  for (std::size_t i = 0; i < 6; ++i) out[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  out[6] = static_cast<std::uint8_t>(0x70 | (out[6] & 0x0f));
  out[8] = static_cast<std::uint8_t>(0x80 | (out[8] & 0x3f));
  return out;
}

}  // namespace daikan
