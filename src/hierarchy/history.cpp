#include "hierarchy/history.h"

#include <algorithm>

namespace daikan::hierarchy {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool holds(std::string_view text, std::string_view wanted) {
  const auto found =
      std::search(text.begin(), text.end(), wanted.begin(), wanted.end(), [](char a, char b) { return lower(a) == lower(b); });
  return wanted.empty() || found != text.end();
}

}  // namespace

bool matches(const EventFilter& filter, const Event& event) {
  return event.severity >= filter.least && (filter.kind.empty() || filter.kind == event.kind) &&
         (!filter.secondary || filter.secondary == event.secondary) && (!filter.from || event.at >= *filter.from) &&
         (!filter.until || event.at < *filter.until) && holds(event.message, filter.text);
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
    case Severity::critical:
      return "critical";
  }
  return "unknown";
}

std::optional<Severity> severity_from_string(std::string_view name) {
  for (const auto severity : {Severity::info, Severity::warning, Severity::error, Severity::critical}) {
    if (to_string(severity) == name) return severity;
  }
  return std::nullopt;
}

}  // namespace daikan::hierarchy
