// Destinations of notifications are edited in place. Included by migrations.cpp alone; never edited once released.
#pragma once

#include <string_view>

namespace daikan::store {

inline constexpr std::string_view kMigrationDestinationRevision = R"sql(
ALTER TABLE notification_destinations ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
)sql";

}  // namespace daikan::store
