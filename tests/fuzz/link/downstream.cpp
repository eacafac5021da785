// What a hostile peer sends as a set or as the answer to one: decoding never fails otherwise than by a Result, what was decoded encodes and
// decodes to the same again, and judging it changes nothing that its hash does not vouch for.
#include "link/downstream.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daikan::link;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    const auto update = decode_downstream_update(bytes);
    if (!update) return 0;
    const auto again = decode_downstream_update(encode(*update));
    if (!again || !(*again == *update)) std::abort();
    const auto verdict = judge({}, *update, {});
    if (verdict.store && hash_of(verdict.store->set) != update->hash) std::abort();
    return 0;
  }
  const auto answer = decode_downstream_answer(bytes);
  if (answer && !decode_downstream_answer(encode(*answer))) std::abort();
  return 0;
}
