// Which audit records are told as events, too.
//
// A use case that changes the hierarchy words its own event. What a person does at the door – logging in, tokens, joins as operations – is
// worded here from the audit record, so that no such action can be recorded and not be seen. Pure; called by History alone.
#pragma once

#include <optional>

#include "hierarchy/history.h"

namespace daikan::server {

/// The event of `record`, or nothing when its use case records one itself.
std::optional<hierarchy::Event> event_of(const hierarchy::AuditRecord& record);

/// A record of what `actor` did now, outside of any transaction.
hierarchy::AuditRecord record_of(const hierarchy::Actor& actor, std::string action, std::string object);

}  // namespace daikan::server
