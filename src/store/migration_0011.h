// What this server inherits, and what its secondaries have confirmed. Included by migrations.cpp alone; never edited once released.
#pragma once

#include <string_view>

namespace daikan::store {

// `behind_since` is empty while wanted and confirmed are the same. `chain` and `manifest` are texts of hierarchy/inherited.h.
inline constexpr std::string_view kMigrationDownstream = R"sql(
CREATE TABLE inherited_state (
  slot SMALLINT PRIMARY KEY CHECK (slot = 1),
  revision BIGINT NOT NULL,
  hash TEXT NOT NULL,
  chain TEXT NOT NULL,
  applied_at BIGINT NOT NULL
);
CREATE TABLE inherited_objects (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  owner TEXT NOT NULL,
  group_path TEXT NOT NULL,
  revision BIGINT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (kind, id)
);
CREATE TABLE downstream (
  registration TEXT PRIMARY KEY,
  wanted_hash TEXT NOT NULL,
  behind_since BIGINT,
  confirmed_revision BIGINT NOT NULL,
  confirmed_hash TEXT NOT NULL,
  confirmed_at BIGINT,
  manifest TEXT NOT NULL,
  failure_code TEXT,
  failure_message TEXT NOT NULL,
  failure_remedy TEXT NOT NULL,
  failed_at BIGINT
);
CREATE INDEX downstream_behind ON downstream (behind_since);
)sql";

}  // namespace daikan::store
