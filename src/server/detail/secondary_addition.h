// How a secondary is registered, inside a transaction: shared by Secondaries (a person adds it) and Invitations (it came with a file).
//
// Private to server/secondaries.cpp, which implements it, and server/invitations.cpp. Invariant: the record, its audit record and its event
// are written together or not at all.
#pragma once

#include <optional>
#include <string>

#include "net/identity.h"
#include "server/secondaries.h"

namespace daikan::server {

/// Everything one addition needs inside its transaction.
struct Addition {
  Actor actor;
  AddSecondary request;
  std::optional<net::ParsedCertificate> certificate;  ///< As given; otherwise the fingerprint names an unrecognised server.
  std::string fingerprint;                            ///< Normalised; empty when none was given.
  hierarchy::PathEntry self;
  Pin own_pin;
  hierarchy::ServerPath ancestors;
  Sealing sealing;
  TimePoint at;
};

struct StoredSecondary {
  hierarchy::SecondaryRecord record;
  std::string group_path;
  SecondaryView::Added added = SecondaryView::Added::there;
};

/// Errors as Secondaries::add.
Result<StoredSecondary> insert_secondary(store::Transaction& transaction, const Addition& addition);

}  // namespace daikan::server
