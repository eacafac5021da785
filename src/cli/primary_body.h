// The fields of a primary as the API takes them, from the options of `primary set` and `primary move`.
#pragma once

#include "cli/commands.h"
#include "cli/json_text.h"

namespace daikan::cli {

/// Reads the files that are named. Fails with the field at fault.
Result<json::object> primary_body(const PrimarySet& options);

}  // namespace daikan::cli
