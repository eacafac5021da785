#include "api/accept_encoding.h"

#include <algorithm>

#include "base/text.h"

namespace daikan::api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

/// "0.5" as 500: 0 or 1 with up to three digits behind the point (RFC 9110 section 12.4.2).
std::optional<unsigned> thousandths(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') || (text.size() > 1 && text[1] != '.')) return std::nullopt;
  unsigned value = text[0] == '1' ? 1000 : 0;
  unsigned place = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return std::nullopt;
    value += static_cast<unsigned>(c - '0') * place;
    place /= 10;
  }
  return value <= 1000 ? std::optional(value) : std::nullopt;
}

/// The quality that one element of the list gives, whatever it is for; nothing when it cannot be read.
std::optional<unsigned> quality_of_element(std::string_view parameters) {
  if (parameters.empty()) return 1000;
  const auto equals = parameters.find('=');
  if (equals == std::string_view::npos || !same(trim(parameters.substr(0, equals)), "q")) return std::nullopt;
  return thousandths(trim(parameters.substr(equals + 1)));
}

}  // namespace

std::optional<unsigned> quality_named(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    const auto comma = std::min(header.find(','), header.size());
    const auto element = header.substr(0, comma);
    header.remove_prefix(std::min(comma + 1, header.size()));
    const auto semicolon = std::min(element.find(';'), element.size());
    if (!same(trim(element.substr(0, semicolon)), coding)) continue;
    const auto quality = quality_of_element(trim(element.substr(std::min(semicolon + 1, element.size()))));
    if (quality) return quality;
  }
  return std::nullopt;
}

unsigned quality_of(std::string_view header, std::string_view coding) {
  if (const auto named = quality_named(header, coding)) return *named;
  return quality_named(header, "*").value_or(0);
}

}  // namespace daikan::api
