// HMAC-SHA-1 (RFC 2104), which one-time codes (RFC 6238) are made with.
//
// Here because OpenSSL is included in this room only. Called by server/totp.cpp. SHA-1 is what authenticator apps speak; its known
// weakness (collisions) does not touch HMAC.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace daikan::net {

std::array<std::uint8_t, 20> hmac_sha1(std::span<const std::uint8_t> key, std::span<const std::uint8_t> message);

}  // namespace daikan::net
