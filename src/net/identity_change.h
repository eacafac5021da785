// Another key in place of the one in a data folder, so that a crash at any moment leaves one whole identity and never half of two.
//
// `server.next.pem` (mode 0600) holds the key, the certificate and its chain that are announced and not used yet. use_next() renames it to
// `server.switch.pem`: from that moment on the next identity is the one in use, and whoever opens the folder next (load_or_create) puts it
// into server.key, server.cer and server.chain.pem before anything else. Called by server/own_identity; finish_change() by
// Identity::load_or_create. The folder is locked meanwhile.
#pragma once

#include <filesystem>
#include <optional>

#include "net/identity.h"

namespace daikan::net {

/// Fails with storage_failed. An older next identity is replaced.
Result<> save_next(const std::filesystem::path& folder, const Identity& next);
/// Nothing when there is none. Fails with certificate_unreadable.
Result<std::optional<Identity>> load_next(const std::filesystem::path& folder);
/// Fails with storage_failed, also when the change to it has begun.
Result<> discard_next(const std::filesystem::path& folder);
/// The next identity is the one in use when this returns, also after a crash. Fails with storage_failed: then nothing has
/// changed, or the change has begun, and the next call or the next opening of the folder finishes it.
Result<> use_next(const std::filesystem::path& folder);

/// Ends a change that a crash interrupted. The caller holds the folder's lock.
Result<> finish_change(const std::filesystem::path& folder);

}  // namespace daikan::net
