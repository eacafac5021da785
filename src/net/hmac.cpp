#include "net/hmac.h"

#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace daikan::net {

std::array<std::uint8_t, 20> hmac_sha1(std::span<const std::uint8_t> key, std::span<const std::uint8_t> message) {
  std::array<std::uint8_t, 20> mac{};
  unsigned length = 0;
  const auto* made = HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), mac.data(), &length);
  if (made == nullptr || length != mac.size()) throw std::runtime_error("OpenSSL cannot make an HMAC-SHA-1");
  return mac;
}

}  // namespace daikan::net
