// What happened: events (for people who watch) and audit records (who did what). Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "hierarchy/accounts.h"

namespace daikan::hierarchy {

enum class Severity : std::uint8_t { info, warning, error, critical };
std::string_view to_string(Severity);
std::optional<Severity> severity_from_string(std::string_view);

/// One line of this server's event log. `kind` is stable ("secondary_added", "link_connected", "link_disconnected", "link_refused",
/// "primary_set", "primary_cleared", "secondary_removed", "unrecognised_server", "certificate_expiring", "server_started" …).
struct Event {
  std::int64_t sequence = 0;  ///< Given by the database on insert; grows without bound, never reused.
  TimePoint at;
  Severity severity = Severity::info;
  std::string kind;
  std::string message;                      ///< One sentence for a person.
  std::optional<RegistrationId> secondary;  ///< The link it is about; absent for the own primary and for this server.
};

struct AuditRecord {
  std::int64_t sequence = 0;  ///< Given by the database on insert.
  TimePoint at;
  std::string actor;    ///< Actor::name
  std::string source;   ///< Actor::source
  std::string through;  ///< Actor::through joined by " > "
  std::string action;   ///< "secondary.add", "primary.set", "login", "login.refused" …
  std::string object;   ///< What it was done to: "secondary Branch 7 (id)".
  std::string outcome;  ///< "done" or a Code's name.
  // The chain (audit_chain.h); given by the store on insert.
  std::string previous_hash = {};
  std::string hash = {};
};

/// Which events somebody wants to see; what is empty or unset asks nothing.
struct EventFilter {
  Severity least = Severity::info;
  std::string kind;                         ///< Exactly this one.
  std::optional<RegistrationId> secondary;  ///< About this link.
  std::optional<TimePoint> from;            ///< At or after.
  std::optional<TimePoint> until;           ///< Before.
  std::string text;                         ///< Somewhere in the message, whatever the case of its letters.
};
/// The same decision as the store's query; of texts, only ASCII letters are compared without regard to case.
bool matches(const EventFilter& filter, const Event& event);

/// Which audit records somebody wants to see.
struct AuditFilter {
  std::string actor;   ///< Exactly this one.
  std::string action;  ///< Exactly this one, or with a dot at the end every action that begins so ("secondary.").
  std::string object;  ///< Somewhere in it, whatever the case of its letters.
  std::optional<TimePoint> from;
  std::optional<TimePoint> until;
};

/// A long operation (joining.md way 1) as it is shown and resumed. `steps` is a JSON text owned by the room that runs the operation.
struct OperationRecord {
  OperationId id;
  std::string kind;   ///< "join"
  std::string state;  ///< "running", "done", "failed", "undone", "interrupted"
  std::string actor;
  std::string input;  ///< JSON, without secrets
  std::string steps;  ///< JSON
  TimePoint created_at;
  TimePoint updated_at;
};

}  // namespace daikan::hierarchy
