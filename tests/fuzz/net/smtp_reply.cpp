// A mail server's answers in any portions: the same replies however they are cut, and never more held than the bound.
#include "net/smtp_reply.h"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/limits.h"
#include "base/limits_notifications.h"
#include "base/text.h"

namespace {

std::string read(std::string_view bytes, std::size_t portion) {
  daikan::net::SmtpReplies replies;
  std::string told;
  while (!bytes.empty()) {
    replies.feed(bytes.substr(0, portion));
    bytes.remove_prefix(std::min(portion, bytes.size()));
    for (;;) {
      auto next = replies.next();
      if (!next) return told + "!";
      if (!*next) break;
      if ((*next)->code < 200 || (*next)->code > 599 || (*next)->lines.empty() || !daikan::is_utf8((*next)->str())) std::abort();
      told += (*next)->str() + "\n";
    }
  }
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > daikan::limits::kMaxSmtpReplyBytes) return 0;  // beyond the bound, where it shows depends on the portions
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (read(bytes, 1 + data[0]) != read(bytes, bytes.size() + 1)) std::abort();
  return 0;
}
