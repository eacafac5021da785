// Any text as a configuration file: never a crash, every refusal is configuration_invalid, and what is accepted prints as a file that says
// the same.
#include "base/configuration.h"

#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto made = daikan::make_configuration(text, "fuzz.toml", {});
  if (!made) {
    if (made.error().code != daikan::Code::configuration_invalid || made.error().message.empty()) std::abort();
    return 0;
  }
  const auto printed = daikan::print_configuration(*made);
  const auto again = daikan::make_configuration(printed, "printed.toml", {});
  if (!again || daikan::print_configuration(*again) != printed) std::abort();
  return 0;
}
