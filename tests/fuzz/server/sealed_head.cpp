// The head of a backup, before anything of it is believed: parsing never fails otherwise than by a Result, and what it lets through stays
// within the bounds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/limits.h"
#include "server/sealed_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daikan;
  const auto head = server::parse_sealed_head({data, size});
  if (!head) return 0;
  if (head->memory_bytes > limits::kMaxKeyDerivationBytes || head->passes > limits::kMaxKeyDerivationPasses) std::abort();
  return 0;
}
