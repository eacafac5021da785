// The results of one task from the servers below, without looking at those of all others. Included by migrations.cpp alone; never edited
// once released.
#pragma once

#include <string_view>

namespace daikan::store {

inline constexpr std::string_view kMigrationResultsBySubject = R"sql(
CREATE INDEX rolled_up_results_by_subject ON rolled_up_results (subject, position);
)sql";

}  // namespace daikan::store
