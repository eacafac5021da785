// How many devices a server has of each status, as the payload of the feed's kind `devices` (spec/link.proto).
//
// Knows the encoding and its bounds; who tells it is server/device_roll_up, who shows it server/rolled_up. Invariant: the sum over every
// server of the largest tree does not overflow.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "hierarchy/device.h"

namespace daikan::link {

std::string encode(const hierarchy::DeviceCounts& counts);
/// Fails with protocol_error.
Result<hierarchy::DeviceCounts> decode_device_counts(std::string_view bytes);

}  // namespace daikan::link
