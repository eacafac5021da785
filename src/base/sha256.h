// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) of texts, as lower-case hexadecimal.
//
// The only file of this room that includes libsodium. Called where a chain of records or a signature is made or checked.
#pragma once

#include <string>
#include <string_view>

namespace daikan {

std::string sha256_hex(std::string_view text);
/// `key` may have any length.
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

}  // namespace daikan
