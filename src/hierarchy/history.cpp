#include "hierarchy/history.h"

namespace daikan::hierarchy {

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
