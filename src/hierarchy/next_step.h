// What a person can do about a link that is not connected: one sentence for each half-configured or broken state, so that none is shown
// without its way out.
//
// Pure; called where links are shown. Knows the record and the live status, not how either came to be.
#pragma once

#include <string>

#include "hierarchy/records.h"

namespace daikan::hierarchy {

/// Empty when there is nothing to do: the link is connected, or is being made.
std::string next_step(const SecondaryRecord& secondary, const LinkStatus& link);
std::string next_step(const PrimaryRecord& primary, const LinkStatus& link);

}  // namespace daikan::hierarchy
