// Any file an administrator may bring as this server's key: read_own_key either refuses it with words, or yields what the data folder's
// own form would yield again.
#include "net/own_key_file.h"

#include <cstdint>
#include <cstdlib>

using namespace daikan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto at = from_micros(1'800'000'000'000'000);
  const auto read = net::read_own_key({data, size}, "secret", at);
  if (!read) {
    if (read.error().message.empty() || read.error().remedy.empty() || read.error().field.empty()) std::abort();
    return 0;
  }
  const auto again = net::Identity::from_pem(read->key_pem() + read->certificate_pem() + read->chain_pem());
  if (!again || again->certificate().fingerprint != read->certificate().fingerprint || again->chain().size() != read->chain().size()) {
    std::abort();
  }
  return 0;
}
