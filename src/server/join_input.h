// What a join was asked to do, as the JSON text of its operation: enough to go on after a restart, without the account of the secondary.
//
// Used by Joins alone. Invariant: no password leaves this file in the clear; those of proxies are sealed like the ones of records.
#pragma once

#include <string>
#include <string_view>

#include "joining/join.h"
#include "server/sealing.h"

namespace daikan::server {

std::string join_to_json(const joining::JoinRequest& request, const Sealing& sealing);

/// The request with empty credentials. Fails with storage_failed when the text is damaged or a proxy password does not open.
Result<joining::JoinRequest> join_from_json(std::string_view text, const Sealing& sealing);

}  // namespace daikan::server
