// From the query of a request to the filters of history. Internal to this room; pure. Errors carry the parameter at fault.
#pragma once

#include <cstdint>

#include "api/router.h"
#include "hierarchy/history.h"

namespace daikan::api {

/// severity, kind, secondary, from, until, text.
Result<hierarchy::EventFilter> event_filter(const Target& target);
/// actor, action, object, from, until.
Result<hierarchy::AuditFilter> audit_filter(const Target& target);

enum class ExportFormat : std::uint8_t { json_lines, csv };
Result<ExportFormat> export_format(const Target& target);

}  // namespace daikan::api
