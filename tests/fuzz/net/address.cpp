// Addresses and proxy URLs as people write them: what is accepted reads back as itself and cannot break a line of a protocol.
#include "base/address.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/limits.h"

using namespace daikan;

namespace {

void check(const Endpoint& endpoint) {
  if (endpoint.port == 0 || endpoint.host.empty() || endpoint.host.size() > limits::kMaxAddressBytes) std::abort();
  if (endpoint.host.find_first_of(std::string_view("\r\n \t\0@/", 7)) != std::string::npos) std::abort();
  const auto again = parse_endpoint(endpoint.str(), 1);
  if (!again || !(*again == endpoint)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto endpoint = parse_endpoint(text, 13000)) check(*endpoint);
  if (const auto proxy = parse_proxy_url(text)) {
    check(proxy->endpoint);
    const auto again = parse_proxy_url(proxy->url());
    if (!again || !(*again == *proxy)) std::abort();
  }
  return 0;
}
