// Schema version 2: what editing and ending leave behind.
//
// Groups are edited, so they count revisions as secondaries do. A link that the other side ended stays so over a restart: `ended_at`. And a
// create that was asked for with an Idempotency-Key is claimed in its own transaction: `made` is the id of what it made.
#pragma once

#include <string_view>

namespace daikan::store {

inline constexpr std::string_view kMigration2 = R"sql(
ALTER TABLE admin_groups ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE secondaries ADD COLUMN ended_at BIGINT;
ALTER TABLE primary_server ADD COLUMN ended_at BIGINT;
ALTER TABLE answers ADD COLUMN made TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace daikan::store
