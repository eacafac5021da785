// Accept-Encoding: whatever a client writes, a quality is at most 1000 and what is named goes before "*".
#include "api/accept_encoding.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daikan::api;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const auto* coding : {"br", "gzip", "identity"}) {
    const auto named = quality_named(text, coding);
    const auto quality = quality_of(text, coding);
    if (quality > 1000 || named.value_or(0) > 1000) std::abort();
    if (named && *named != quality) std::abort();
  }
  return 0;
}
