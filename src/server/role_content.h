// A role as it goes down to the servers that inherit it: JSON, both ways.
//
// Pure. Called by what relays roles. Invariant: what arrives is as hostile as any input; a role that was read has a name that can be shown,
// an id that no built-in role has, and only rights this program knows. Names of others (of a newer version) are kept beside it to be shown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hierarchy/rights.h"

namespace daikan::server {

/// Without the revision, which the object has.
std::string content_of(const hierarchy::Role& role);

struct RelayedRole {
  hierarchy::Role role;
  std::vector<std::string> unknown_rights = {};  ///< In the order they came; they give nothing here.
};
/// Fails with invalid_request when it is none, or cannot be.
Result<RelayedRole> role_from_content(const hierarchy::RoleId& id, std::string_view content);

}  // namespace daikan::server
