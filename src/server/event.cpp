#include "server/event.h"

#include <utility>

namespace daikan::server {

using hierarchy::Event;
using hierarchy::Severity;

Event info_event(TimePoint at, std::string kind, std::string message, std::optional<RegistrationId> secondary) {
  return {
      .sequence = 0, .at = at, .severity = Severity::info, .kind = std::move(kind), .message = std::move(message), .secondary = secondary};
}

Event warning_event(TimePoint at, std::string kind, std::string message, std::optional<RegistrationId> secondary) {
  auto event = info_event(at, std::move(kind), std::move(message), secondary);
  event.severity = Severity::warning;
  return event;
}

}  // namespace daikan::server
