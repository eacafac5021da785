// Schema version 3: who may what. Accounts that exist become administrators of the server, so that nobody is locked out by the upgrade; the
// id is that of the built-in role (hierarchy/rights.h). `scope` is the group's id, or empty for the server: a key column cannot be NULL.
#pragma once

#include <string_view>

namespace daikan::store {

inline constexpr std::string_view kMigration3 = R"sql(
ALTER TABLE accounts ADD COLUMN disabled SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN two_factor TEXT NOT NULL DEFAULT 'off' CHECK (two_factor IN ('off', 'pending', 'on'));
ALTER TABLE accounts ADD COLUMN two_factor_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN two_factor_step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE credentials ADD COLUMN rights TEXT;

CREATE TABLE roles (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  rights TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE TABLE assignments (
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  role_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  group_id TEXT REFERENCES admin_groups (id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, role_id, scope)
);
CREATE INDEX assignments_by_role ON assignments (role_id);
CREATE INDEX assignments_by_group ON assignments (group_id);
CREATE TABLE recovery_codes (
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL,
  PRIMARY KEY (account_id, code_hash)
);

INSERT INTO assignments (account_id, role_id, scope, group_id)
  SELECT id, '00000000-0000-7000-8000-000000000001', '', NULL FROM accounts;
)sql";

}  // namespace daikan::store
