// What Primary and PrimaryMoves share: one change of the primary inside its transaction. For those two alone.
#pragma once

#include "server/primary.h"

namespace daikan::server {

/// Everything one set() needs inside its transaction.
struct PrimaryChange {
  Actor actor;
  SetPrimary request;
  CertificateRecord certificate;
  hierarchy::PathEntry self;
  Pin own_pin;
  hierarchy::ServerPath ancestors;
  Sealing sealing;
  TimePoint at;
};

struct StoredPrimary {
  hierarchy::PrimaryRecord record;  ///< Its proxy open.
  hierarchy::PrimaryMay may = hierarchy::PrimaryMay::full;
  enum class Was : std::uint8_t { there, changed, told } was = Was::there;  ///< told: only events are new.
};

/// Checks and writes; fails as Primary::set().
Result<StoredPrimary> put_primary_change(store::Transaction&, const PrimaryChange&);

}  // namespace daikan::server
