#include "net/detail/pem.h"

#include <fmt/format.h>

#include "base/text.h"

namespace daikan::net::detail {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

auto unreadable(std::string message) {
  return fail(Code::certificate_unreadable, std::move(message), "Export the certificate again and choose that file.");
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

bool looks_like_pem(std::string_view text) { return text.find(kBegin) != std::string_view::npos; }

Result<std::vector<PemBlock>> read_pem(std::string_view text) {
  std::vector<PemBlock> blocks;
  for (auto begin = text.find(kBegin); begin != std::string_view::npos; begin = text.find(kBegin)) {
    text.remove_prefix(begin);
    const auto whole = text;
    text.remove_prefix(kBegin.size());
    const auto label_end = text.find(kDashes);
    if (label_end == std::string_view::npos || label_end > 64) return unreadable("The file has a damaged PEM line.");
    PemBlock block;
    block.label = text.substr(0, label_end);
    text.remove_prefix(label_end + kDashes.size());
    const auto closing = fmt::format("{}{}{}", kEnd, block.label, kDashes);
    const auto end = text.find(closing);
    if (end == std::string_view::npos) {
      return unreadable(fmt::format("The file is cut off: “{}” begins and does not end.", quotable(block.label)));
    }
    const auto body = text.substr(0, end);
    text.remove_prefix(end + closing.size());
    block.text = whole.substr(0, whole.size() - text.size());
    if (body.find(':') == std::string_view::npos) {
      std::string base64;
      for (const char c : body) {
        if (!is_space(c)) base64.push_back(c);
      }
      auto der = from_base64(base64);
      if (!der) return unreadable(fmt::format("The text of “{}” is damaged: it is not base64.", quotable(block.label)));
      block.der = std::move(*der);
    }
    blocks.push_back(std::move(block));
  }
  for (const char c : text) {
    if (!is_space(c)) return unreadable("The file goes on behind the certificate.");
  }
  return blocks;
}

}  // namespace daikan::net::detail
