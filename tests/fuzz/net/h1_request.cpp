// HTTP/1.1 requests in arbitrary pieces: the first byte says how large the pieces are. Checks that parsing ends, that what is held stays
// bounded, and that the same bytes give the same requests however they are cut.
#include "net/h1_request.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/limits.h"

namespace {

using daikan::net::H1RequestReader;

void require(bool holds) {
  if (!holds) std::abort();
}

// What a connection would hand to its handlers, as one text.
std::string read_all(std::string_view bytes, std::size_t step) {
  H1RequestReader reader;
  std::string seen;
  std::size_t at = 0;
  const auto feed = [&] {
    if (at >= bytes.size() || reader.full()) return false;
    const auto piece = bytes.substr(at, step);
    reader.feed(piece);
    at += piece.size();
    require(reader.waiting() < daikan::limits::kMaxHeaderListBytes + step);
    return true;
  };
  for (;;) {
    reader.begin();
    int status = reader.parse_head();
    while (status == 0 && feed()) status = reader.parse_head();
    if (status != 200) return seen + (status == 0 ? "" : "!" + std::to_string(status));
    const auto request = reader.take_head();
    require(request.target.starts_with('/'));
    seen += request.method + ' ' + request.target + '\n';
    for (const auto& [name, value] : request.headers.fields()) seen += name + ':' + value + '\n';
    while (!reader.is_complete()) {
      const auto piece = reader.parse_body();
      if (!piece) return seen + "!broken";
      seen += *piece;
      if (piece->empty() && !reader.is_complete() && !feed()) return seen;
    }
    if (!reader.keeps_alive()) return seen;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read_all(bytes, 4096);
  const auto pieces = read_all(bytes, std::max<std::size_t>(data[0], 1));
  // How far a refused message got may differ with the cuts; a well-formed one may not.
  if (whole.find('!') == std::string::npos && pieces.find('!') == std::string::npos) require(whole == pieces);
  return 0;
}
