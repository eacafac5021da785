// Any file a person may pick as a certificate: parse_certificate either refuses it or yields what it would yield again.
#include <cstdint>
#include <cstdlib>

#include "net/identity.h"

using namespace daikan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto at = from_micros(1'700'000'000'000'000);
  const auto parsed = net::parse_certificate({data, size}, at);
  if (!parsed) {
    if (parsed.error().message.empty() || parsed.error().remedy.empty()) std::abort();
    return 0;
  }
  const auto again = net::parse_certificate(parsed->record.der, at);
  if (!again || again->record.pin != parsed->record.pin || again->record.fingerprint != parsed->record.fingerprint) std::abort();
  if (net::normalise_fingerprint(parsed->record.fingerprint) != parsed->record.fingerprint) std::abort();
  return 0;
}
