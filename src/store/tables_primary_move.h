// The last move of this server from one primary to another, as a row; at most one.
#pragma once

#include <optional>

#include "hierarchy/primary_move.h"
#include "store/database.h"

namespace daikan::store {

std::optional<hierarchy::PrimaryMove> find_primary_move(Transaction&);
/// Replaces the one before.
void put_primary_move(Transaction&, const hierarchy::PrimaryMove&);

}  // namespace daikan::store
