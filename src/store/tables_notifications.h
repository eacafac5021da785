// The destinations of notifications as rows; secrets are sealed by whoever writes them.
#pragma once

#include <optional>
#include <vector>

#include "hierarchy/notification.h"
#include "store/database.h"

namespace daikan::store {

/// By name.
std::vector<hierarchy::Destination> all_destinations(Transaction&);
std::optional<hierarchy::Destination> find_destination(Transaction&, const hierarchy::DestinationId&);
/// Unique by name without regard to ASCII case; a second one throws StorageFailure.
void insert_destination(Transaction&, const hierarchy::Destination&);
/// Writes what an administrator chooses, and the revision. False when the destination is gone or its revision is not `expected`.
bool update_destination(Transaction&, const hierarchy::Destination&, std::int64_t expected_revision);
bool remove_destination(Transaction&, const hierarchy::DestinationId&);
/// Everything through `sequence` was delivered: what failed before is over. False when the destination is gone.
bool record_delivery(Transaction&, const hierarchy::DestinationId&, std::int64_t sequence, TimePoint at);
/// Nothing through `sequence` will be delivered any more; whether it fails stays as it is.
bool record_position(Transaction&, const hierarchy::DestinationId&, std::int64_t sequence);
/// What was not as it should be with a delivery that was made.
bool record_remark(Transaction&, const hierarchy::DestinationId&, std::string_view remark);
/// True when it did not fail before: then the failure begins at `at`.
bool record_delivery_failure(Transaction&, const hierarchy::DestinationId&, std::string_view error, TimePoint at);

}  // namespace daikan::store
