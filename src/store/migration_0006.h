// Unrecognised servers: those an administrator does not want to see, and whose share of the table each row takes.
#pragma once

#include <string_view>

namespace daikan::store {

// `source_key` is an IPv4 address or the /64 of an IPv6 address, made by us; rows from before have their address for it.
inline constexpr std::string_view kMigration6 = R"sql(
ALTER TABLE unrecognised ADD COLUMN ignored_at BIGINT;
ALTER TABLE unrecognised ADD COLUMN source_key TEXT NOT NULL DEFAULT '';
UPDATE unrecognised SET source_key = source;
CREATE INDEX unrecognised_by_source ON unrecognised (source_key, last_seen);
)sql";

}  // namespace daikan::store
