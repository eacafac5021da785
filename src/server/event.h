// How a use case words an event of its own.
//
// Makes values only; what is recorded, and when, is History's business. Called by every use case that records its change. Invariant: the
// event has no sequence yet; the database gives it one.
#pragma once

#include <optional>
#include <string>

#include "hierarchy/history.h"

namespace daikan::server {

/// Something was done, and all is well. `at`: the moment of the change; `secondary`: the link it is about.
hierarchy::Event info_event(TimePoint at, std::string kind, std::string message, std::optional<RegistrationId> secondary = {});
/// Somebody should look at it.
hierarchy::Event warning_event(TimePoint at, std::string kind, std::string message, std::optional<RegistrationId> secondary = {});

}  // namespace daikan::server
