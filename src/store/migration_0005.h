// Schema version 5: invitations, and keys on their way: those that peers announced, and this server's own roll-over with what each peer has
// confirmed of it. Included by migrations.cpp alone; never edited once released.
#pragma once

#include <string_view>

namespace daikan::store {

inline constexpr std::string_view kMigration0005 = R"sql(
CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  group_id TEXT NOT NULL REFERENCES admin_groups (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  pin TEXT NOT NULL UNIQUE,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  used_at BIGINT,
  used_by TEXT,
  registration TEXT
);
CREATE INDEX invitations_by_group ON invitations (group_id);

CREATE TABLE announced_keys (
  peer TEXT PRIMARY KEY,
  certificate TEXT NOT NULL,
  pin TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  announced_at BIGINT NOT NULL
);

CREATE TABLE roll_over (
  slot SMALLINT PRIMARY KEY CHECK (slot = 1),
  phase TEXT NOT NULL CHECK (phase IN ('announcing', 'switched')),
  certificate TEXT NOT NULL,
  pin TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  started_by TEXT NOT NULL
);
CREATE TABLE roll_over_peers (
  peer TEXT PRIMARY KEY,
  confirmed_at BIGINT,
  seen_at BIGINT
);
)sql";

}  // namespace daikan::store
