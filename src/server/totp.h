// One-time codes (RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits) and recovery codes.
//
// Pure: key, time and what was used come in as arguments. Called by server/two_factor. Invariant: a code is good for the step it was made
// for and one step before and after it, and never for a step that is not later than the last one accepted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace daikan::server {

/// The code of one step (RFC 4226 section 5.3); 6 digits but for the RFC's own test vectors.
std::string totp_code(std::span<const std::uint8_t> key, std::int64_t step, unsigned digits = 6);
/// 30-second steps since 1970.
std::int64_t totp_step(TimePoint at);
/// The step `code` is good for at `at`; nothing when it is wrong, too old, or used (not later than `last_step`).
std::optional<std::int64_t> accepted_step(std::span<const std::uint8_t> key, std::string_view code, TimePoint at, std::int64_t last_step);

/// 160 random bits, as RFC 4226 section 4 recommends.
std::vector<std::uint8_t> make_totp_key();
/// RFC 4648 section 6, upper case, without padding: what people type into an app.
std::string to_base32(std::span<const std::uint8_t> bytes);
/// The reverse, in either case, blanks and '-' passed over; nothing for anything else.
std::optional<std::vector<std::uint8_t>> from_base32(std::string_view text);
/// "otpauth://totp/…" for a QR code.
std::string otpauth_uri(std::string_view server, std::string_view user, std::string_view secret);

/// "abcd-efgh-ijkl-mnop": 80 random bits, so that a plain hash of it cannot be searched through.
std::string make_recovery_code();
/// What is stored of a recovery code, however it is written; nothing when `text` cannot be one.
std::optional<std::string> recovery_hash(std::string_view text);

}  // namespace daikan::server
