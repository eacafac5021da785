#include "link/device_counts.h"

#include "base/limits_devices.h"
#include "base/limits_feed.h"
#include "link.pb.h"

namespace daikan::link {
namespace {

constexpr std::int64_t kLatest = 253402300799999999;  // the year 9999

tl::unexpected<Error> malformed() {
  return fail(Code::protocol_error, "The other server sent numbers of devices that cannot be read.",
              "Both servers must run a version of this software that keeps to docs/protocol.md.");
}

}  // namespace

std::string encode(const hierarchy::DeviceCounts& counts) {
  using hierarchy::DeviceStatus;
  v1::DevicesPayload message;
  message.set_ok(counts.at(DeviceStatus::ok));
  message.set_warning(counts.at(DeviceStatus::warning));
  message.set_critical(counts.at(DeviceStatus::critical));
  message.set_unknown(counts.at(DeviceStatus::unknown));
  if (counts.told_at) message.set_told_micros(to_micros(*counts.told_at));
  return message.SerializeAsString();
}

Result<hierarchy::DeviceCounts> decode_device_counts(std::string_view bytes) {
  v1::DevicesPayload message;
  if (bytes.size() > limits::kMaxFeedPayloadBytes || !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return malformed();
  }
  hierarchy::DeviceCounts counts;
  counts.of = {message.ok(), message.warning(), message.critical(), message.unknown()};
  for (const auto number : counts.of) {
    if (number > limits::kMaxToldDevices) return malformed();
  }
  if (message.told_micros() < 0 || message.told_micros() > kLatest) return malformed();
  if (message.told_micros() > 0) counts.told_at = from_micros(message.told_micros());
  return counts;
}

}  // namespace daikan::link
