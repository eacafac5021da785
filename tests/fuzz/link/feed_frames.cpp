// What a secondary sends as its feed: frames cut anywhere, in any order, and the payloads within.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "link/device_counts.h"
#include "link/feed.h"

using namespace daikan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  static_cast<void>(link::decode_confirmed(all));
  static_cast<void>(link::decode_server_status(all));
  static_cast<void>(link::decode_secondary_status(all));
  static_cast<void>(link::decode_device_counts(all));
  if (size == 0) return 0;
  link::FeedDecoder decoder;
  link::FeedUpper upper({});
  const std::size_t piece = 1 + data[0] % 64;
  for (std::size_t at = 1; at < size; at += piece) {
    decoder.feed(all.substr(at, piece));
    for (;;) {
      auto frame = decoder.next();
      if (!frame) return 0;
      if (!*frame) break;
      if (const auto* item = std::get_if<link::FeedItem>(&**frame); item != nullptr && item->record.kind == hierarchy::FeedKind::event) {
        static_cast<void>(link::read_event(item->record));
      }
      if (!upper.take(std::move(**frame))) return 0;
      while (upper.must_store()) {
        const auto batch = upper.batch(10);
        if (!batch) __builtin_trap();  // it would wait for ever
        upper.stored(*batch);
      }
    }
  }
  return 0;
}
