// Bytes from an authenticated but hostile peer: decoding never fails otherwise than by a Result, and what was decoded encodes and decodes
// to the same again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "link/messages.h"

namespace {

using namespace daikan::link;

template <class Message, class Decode>
void check(const daikan::Result<Message>& decoded, Decode decode) {
  if (!decoded) return;
  const auto again = decode(encode(*decoded));
  if (!again || !(*again == *decoded)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte chooses the message, so that one corpus serves all.
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      check(decode_hello(bytes), decode_hello);
      break;
    case 1:
      check(decode_hello_answer(bytes), decode_hello_answer);
      break;
    case 2:
      check(decode_farewell(bytes), decode_farewell);
      break;
    case 3:
      check(decode_claim_request(bytes), decode_claim_request);
      break;
    case 4:
      check(decode_claim(bytes), decode_claim);
      break;
    default:
      check(decode_claim_outcome(bytes), decode_claim_outcome);
      break;
  }
  return 0;
}
