// Servers that dialled with a certificate nobody registered: shown, ignored, forgotten. One becomes a secondary by Secondaries::add.
//
// LinkHost writes them down; this part is what people do with them. Called by the API and the link doctor. Every change is one transaction
// with its audit record. Invariant: what is ignored is shown nowhere but where the ignored are asked for, and no event tells of it again.
#pragma once

#include <string>
#include <vector>

#include "hierarchy/records.h"
#include "server/history.h"
#include "server/storage.h"

namespace daikan::server {

enum class Unrecognised : std::uint8_t { shown, ignored };

/// Those that are `which`, the one seen last first.
awaitable<Result<std::vector<hierarchy::UnrecognisedRecord>>> list_unrecognised(Storage& storage, Unrecognised which);

/// Makes the server with this fingerprint `which`; the same again is no change. Fails with invalid_request (no fingerprint), not_found, or
/// conflict (limits::kMaxIgnoredServers are ignored already).
awaitable<Result<>> mark_unrecognised(Storage& storage, Actor actor, std::string fingerprint, Unrecognised which);

/// Takes it off either list; it is a newcomer when it dials again. Fails with invalid_request or not_found.
awaitable<Result<>> forget_unrecognised(Storage& storage, Actor actor, std::string fingerprint);

}  // namespace daikan::server
