#include "server/totp.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <sodium.h>

#include "base/text.h"
#include "net/hmac.h"
#include "server/secrets.h"

namespace daikan::server {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::int64_t kStepSeconds = 30;
constexpr std::size_t kKeyBytes = 20;
constexpr std::size_t kRecoveryBytes = 10;

std::vector<std::uint8_t> random_bytes(std::size_t count) {
  if (sodium_init() < 0) std::abort();  // no random source: there is nothing sensible to return
  std::vector<std::uint8_t> bytes(count);
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string totp_code(std::span<const std::uint8_t> key, std::int64_t step, unsigned digits) {
  std::array<std::uint8_t, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i) counter[7 - i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(step) >> (8 * i));
  const auto mac = net::hmac_sha1(key, counter);
  const std::size_t offset = mac.back() & 0x0fU;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = (value << 8U) | mac[offset + i];
  value &= 0x7fffffffU;
  std::uint32_t bound = 1;
  for (unsigned i = 0; i < digits; ++i) bound *= 10;
  return fmt::format("{:0{}}", value % bound, digits);
}

std::int64_t totp_step(TimePoint at) { return to_micros(at) / 1'000'000 / kStepSeconds; }

std::optional<std::int64_t> accepted_step(std::span<const std::uint8_t> key, std::string_view code, TimePoint at, std::int64_t last_step) {
  const auto now_step = totp_step(at);
  std::optional<std::int64_t> accepted;
  for (const auto step : {now_step - 1, now_step, now_step + 1}) {
    const auto right = totp_code(key, step);
    const bool same = code.size() == right.size() && sodium_memcmp(code.data(), right.data(), right.size()) == 0;
    if (same && step > last_step) accepted = step;
  }
  return accepted;
}

std::vector<std::uint8_t> make_totp_key() { return random_bytes(kKeyBytes); }

std::string to_base32(std::span<const std::uint8_t> bytes) {
  std::string text;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const auto byte : bytes) {
    held = (held << 8U) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(kAlphabet[(held >> (bits - 5)) & 31U]);
  }
  if (bits > 0) text.push_back(kAlphabet[(held << (5 - bits)) & 31U]);
  return text;
}

std::optional<std::vector<std::uint8_t>> from_base32(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    const auto digit = kAlphabet.find(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    if (digit == std::string_view::npos) return std::nullopt;
    held = (held << 5U) | static_cast<std::uint32_t>(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    }
  }
  return bytes;
}

std::string otpauth_uri(std::string_view server, std::string_view user, std::string_view secret) {
  const auto issuer = percent_encoded(fmt::format("Daikan {}", server));
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits=6&period=30", issuer, percent_encoded(user), secret,
                     issuer);
}

std::string make_recovery_code() {
  auto text = to_base32(random_bytes(kRecoveryBytes));
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return fmt::format("{}-{}-{}-{}", text.substr(0, 4), text.substr(4, 4), text.substr(8, 4), text.substr(12, 4));
}

std::optional<std::string> recovery_hash(std::string_view text) {
  const auto bytes = text.size() <= 64 ? from_base32(text) : std::nullopt;
  if (!bytes || bytes->size() != kRecoveryBytes) return std::nullopt;
  return stored_form(to_base32(*bytes));
}

}  // namespace daikan::server
