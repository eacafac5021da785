// An event stream cut anywhere gives the same events as in one piece.
#include "cli/event_stream.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % 16;
  daikan::cli::EventStream whole;
  daikan::cli::EventStream cut;
  const auto expected = whole.feed(text);
  std::size_t seen = 0;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    for (const auto& event : cut.feed(text.substr(at, piece))) {
      if (seen >= expected.size() || expected[seen].data != event.data || expected[seen].id != event.id) std::abort();
      ++seen;
    }
  }
  if (seen != expected.size() || whole.last_id() != cut.last_id()) std::abort();
  return 0;
}
