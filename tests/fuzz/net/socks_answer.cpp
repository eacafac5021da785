#include "exchange.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  daikan::net::feed_proxy_answer(daikan::ProxyKind::socks5, data, size);
  return 0;
}
