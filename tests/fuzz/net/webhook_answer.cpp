// The head of a web server's answer in any portions, and the address of a webhook.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/http_post.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (const auto target = daikan::net::parse_web_target(bytes, "address")) {
    const auto again = daikan::net::parse_web_target(target->str(), "address");
    if (!again || again->str() != target->str() || target->path.find_first_of(" \r\n") != std::string::npos) std::abort();
  }
  daikan::net::AnswerHead head;
  const std::size_t portion = 1 + data[0];
  while (!bytes.empty()) {
    const auto status = head.feed(bytes.substr(0, portion));
    if (!status) break;
    if (*status) {
      if (**status < 200 || **status > 599) std::abort();
      break;
    }
    bytes.remove_prefix(std::min(portion, bytes.size()));
  }
  return 0;
}
