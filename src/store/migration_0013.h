// Records of kinds that this version does not know: that they came. Included by migrations.cpp alone; never edited once released.
#pragma once

#include <string_view>

namespace daikan::store {

inline constexpr std::string_view kMigrationOtherRecords = R"sql(
CREATE TABLE rolled_up_others (
  origin TEXT NOT NULL,
  origin_sequence BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (origin, origin_sequence)
);
)sql";

}  // namespace daikan::store
