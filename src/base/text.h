// Small text rules shared by every room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daikan {

/// Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
bool is_utf8(std::string_view text);

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// The reverse; accepts either case and colons between bytes ("AB:CD"); nothing for anything else.
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text);

/// Standard base64 with padding (RFC 4648 section 4).
std::string to_base64(std::span<const std::uint8_t> bytes);
/// Strict: padding required, no white space; nothing for anything else.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

/// `text` with control characters and non-UTF-8 bytes as \xNN, cut to `max` bytes with "…": safe to quote in a message or a log.
std::string quotable(std::string_view text, std::size_t max = 200);

/// Removes spaces and tabs at both ends.
std::string_view trim(std::string_view text);

}  // namespace daikan
