// The part of net/certificate_file.cpp that Identity shares: reading without judging dates.
#pragma once

#include <span>

#include "net/identity.h"

namespace daikan::net::detail {

/// As parse_certificate(), but an expired certificate is read too.
Result<X509Ptr> read_certificate(std::span<const std::uint8_t> bytes);

}  // namespace daikan::net::detail
