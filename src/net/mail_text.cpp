#include <algorithm>
#include <span>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "net/mail.h"

namespace daikan::net {
namespace {

constexpr std::size_t kMostAddressBytes = 254;  // RFC 5321 section 4.5.3.1.3, without the brackets
constexpr std::size_t kMostLocalBytes = 64;     // RFC 5321 section 4.5.3.1.1
constexpr std::size_t kEncodedWordBytes = 36;   // RFC 2047 section 2: 48 of base64, 12 around, “Subject: ” before: under 76
constexpr std::size_t kBodyLineBytes = 57;      // RFC 2045 section 6.8: 76 of base64
constexpr std::size_t kMostPlainHeaderBytes = 60;

std::string base64_of(std::string_view text) { return to_base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}); }

bool is_atom(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

bool is_domain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

/// Short printable ASCII stays; everything else becomes encoded words, cut between characters.
std::string header_text(std::string_view text) {
  const bool plain = text.size() <= kMostPlainHeaderBytes && text.find("=?") == std::string_view::npos &&
                     std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (plain) return std::string(text);
  std::string encoded;
  while (!text.empty()) {
    std::size_t length = std::min(text.size(), kEncodedWordBytes);
    while (length < text.size() && length > 1 && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U) --length;
    encoded += fmt::format("{}=?UTF-8?B?{}?=", encoded.empty() ? "" : "\r\n ", base64_of(text.substr(0, length)));
    text.remove_prefix(length);
  }
  return encoded;
}

}  // namespace

Result<> check_mail_address(std::string_view address, std::string_view field) {
  const auto at = address.rfind('@');
  const auto local = address.substr(0, at);
  const auto domain = at == std::string_view::npos ? std::string_view() : address.substr(at + 1);
  const bool good = address.size() <= kMostAddressBytes && !local.empty() && local.size() <= kMostLocalBytes && !domain.empty() &&
                    std::all_of(local.begin(), local.end(), is_atom) && std::all_of(domain.begin(), domain.end(), is_domain) &&
                    local.find("..") == std::string_view::npos && domain.find("..") == std::string_view::npos && local.front() != '.' &&
                    local.back() != '.' && domain.front() != '.' && domain.back() != '.' && domain.front() != '-';
  if (good) return {};
  return fail(Code::invalid_request, fmt::format("“{}” is not a mail address.", quotable(address, 80)),
              "Write name@domain in ASCII, without a display name.", std::string(field));
}

std::string mail_text(const Mail& mail) {
  std::string text;
  text += fmt::format("Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\n", std::chrono::floor<std::chrono::seconds>(mail.at));
  text += fmt::format("From: {}\r\nTo: {}\r\n", mail.from, fmt::join(mail.to, ",\r\n "));
  text += fmt::format("Subject: {}\r\nMessage-ID: <{}>\r\n", header_text(mail.subject), mail.message_id);
  text += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";
  text += "Content-Transfer-Encoding: base64\r\n\r\n";
  std::string body;
  for (const char c : mail.body) body += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (std::size_t i = 0; i < body.size(); i += kBodyLineBytes)
    text += base64_of(std::string_view(body).substr(i, kBodyLineBytes)) + "\r\n";
  return text;
}

}  // namespace daikan::net
