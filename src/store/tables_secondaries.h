// Which secondaries share something that no two may share, without reading all of them: what joins and edits are judged by.
//
// See tables.h for what holds for all tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hierarchy/records.h"
#include "store/database.h"

namespace daikan::store {

/// What is empty is not looked for.
struct SecondaryTraits {
  std::optional<Pin> pin = {};
  std::string fingerprint = {};
  std::optional<ServerId> server = {};
  std::string name = {};  ///< Without regard to ASCII case.
};
/// Those that share at least one of `traits`, oldest first.
std::vector<hierarchy::SecondaryRecord> secondaries_like(Transaction&, const SecondaryTraits& traits);

}  // namespace daikan::store
