// PEM (RFC 7468) as certificate files use it: blocks of base64 between BEGIN and END lines. Pure; never asks for a password.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace daikan::net::detail {

struct PemBlock {
  std::string label;  ///< "CERTIFICATE", "EC PRIVATE KEY", …
  std::vector<std::uint8_t> der;
  std::string_view text;  ///< All of it with its two lines, in what read_pem() was given.
};

/// True when `text` holds a BEGIN line, so that it should be read as PEM.
bool looks_like_pem(std::string_view text);

/// All blocks of `text`; text before a block is a remark and ignored. The content of a block with headers (an encrypted key) is left
/// empty. Fails with certificate_unreadable when a block has no end, its base64 is malformed, or text follows the last block.
Result<std::vector<PemBlock>> read_pem(std::string_view text);

}  // namespace daikan::net::detail
