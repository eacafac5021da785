// Settings as they are stored: what is read is written so that it reads to the same.
#include <cstdlib>

#include "hierarchy/setting.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daikan;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto settings = hierarchy::settings_from_text(text);
  if (!settings) return 0;
  const auto again = hierarchy::settings_from_text(hierarchy::to_text(*settings));
  if (!again || *again != *settings) std::abort();
  return 0;
}
