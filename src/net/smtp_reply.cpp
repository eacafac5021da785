#include "net/smtp_reply.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_notifications.h"
#include "base/text.h"

namespace daikan::net {
namespace {

constexpr std::size_t kCodeDigits = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> code_of(std::string_view line) {
  if (line.size() < kCodeDigits || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) || !is_digit(line[2])) return std::nullopt;
  if (line.size() > kCodeDigits && line[kCodeDigits] != ' ' && line[kCodeDigits] != '-') return std::nullopt;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

tl::unexpected<Error> no_reply(std::string_view line) {
  return fail(Code::protocol_error, fmt::format("The answer “{}” is not one of a mail server.", quotable(line, 80)),
              "Check the port: mail servers take mail on 25, 587 (STARTTLS) and 465 (TLS).");
}

}  // namespace

std::string SmtpReply::str() const {
  std::string text = std::to_string(code);
  for (const auto& line : lines) text += " " + line;
  return quotable(text, 300);
}

Result<std::optional<SmtpReply>> SmtpReplies::next() {
  SmtpReply reply;
  std::size_t begin = 0;
  for (;;) {
    const auto end = rest_.find('\n', begin);
    if (end == std::string::npos || end > limits::kMaxSmtpReplyBytes) {
      if (rest_.size() > limits::kMaxSmtpReplyBytes) return no_reply(std::string_view(rest_).substr(begin));
      return std::nullopt;
    }
    auto line = std::string_view(rest_).substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto code = code_of(line);
    if (!code || (reply.code != 0 && *code != reply.code)) return no_reply(line);
    reply.code = *code;
    reply.lines.emplace_back(line.substr(std::min(line.size(), kCodeDigits + 1)));
    begin = end + 1;
    if (line.size() > kCodeDigits && line[kCodeDigits] == '-') continue;
    rest_.erase(0, begin);
    return reply;
  }
}

}  // namespace daikan::net
