// The schema and how it came to be: numbered steps, forward only, one SQL text for both engines.
//
// A released migration is never edited; what changes is added. Each runs in one transaction together with its row in schema_version, so a
// schema is always exactly that of its version. Called by Database::open alone.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "store/detail/connection.h"

namespace daikan::store {

struct Migration {
  std::int64_t version = 0;
  std::string_view sql;  ///< Statements separated by semicolons.
};

/// Of this program, versions rising.
std::span<const Migration> migrations();

/// Brings the schema forward to the last of `steps`. Fails with version_unsupported (the schema is newer; nothing is changed) or
/// storage_failed (the schema stays that of the last step that succeeded).
Result<> migrate(detail::Connection& connection, std::span<const Migration> steps, TimePoint at);

}  // namespace daikan::store
