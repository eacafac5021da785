#include "server/secrets.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <sodium.h>

#include "base/text.h"

namespace daikan::server {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kPrefixBytes = 4;
constexpr std::size_t kEncodedBytes = 43;  // base64url of 32 bytes without padding

std::span<const std::uint8_t> as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

}  // namespace

std::string make_secret(hierarchy::CredentialKind kind) {
  if (sodium_init() < 0) std::abort();  // no random source: there is nothing sensible to return
  std::array<std::uint8_t, kSecretBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, kEncodedBytes + 1> text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return (kind == hierarchy::CredentialKind::session ? "dks_" : "dkt_") + std::string(text.data());
}

bool looks_like_secret(std::string_view text) {
  const auto is_base64url = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return text.size() == kPrefixBytes + kEncodedBytes && (text.starts_with("dks_") || text.starts_with("dkt_")) &&
         std::all_of(text.begin(), text.end(), is_base64url);
}

std::string stored_form(std::string_view secret) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash{};
  const auto bytes = as_bytes(secret);
  crypto_hash_sha256(hash.data(), bytes.data(), bytes.size());
  return to_hex(hash);
}

std::string csrf_form(std::string_view secret) {
  constexpr std::string_view kLabel = "daikan csrf 1";
  const auto key = as_bytes(secret);
  const auto label = as_bytes(kLabel);
  std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, label.data(), label.size());
  crypto_auth_hmacsha256_final(&state, mac.data());
  return to_hex(mac);
}

}  // namespace daikan::server
