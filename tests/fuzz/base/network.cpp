// CIDR texts: what parses is written so that it parses to the same, and holds its own first address.
#include "base/network.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto network = daikan::Network::parse(text);
  if (!network) return 0;
  const auto written = network->str();
  const auto again = daikan::Network::parse(written);
  if (!again || !(*again == *network) || !network->contains(written.substr(0, written.find('/')))) std::abort();
  return 0;
}
