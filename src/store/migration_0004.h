// Schema version 4: the audit chain, and the destinations of notifications.
//
// Records that are there already get their hashes by store::chain_audit(), when the server starts: SQL alone has no SHA-256 that both
// engines share.
#pragma once

#include <string_view>

namespace daikan::store {

inline constexpr std::string_view kMigration0004 = R"sql(
ALTER TABLE audit ADD COLUMN previous_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_by_time ON audit (at);
CREATE TABLE audit_chain (
  slot SMALLINT PRIMARY KEY CHECK (slot = 1),
  anchor_sequence BIGINT NOT NULL,
  anchor_hash TEXT NOT NULL,
  head_sequence BIGINT NOT NULL,
  head_hash TEXT NOT NULL
);

CREATE TABLE notification_destinations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('email', 'webhook', 'syslog')),
  transport TEXT NOT NULL CHECK (transport IN ('plain', 'starttls', 'tls', 'udp')),
  host TEXT NOT NULL,
  port BIGINT NOT NULL,
  path TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  user_name TEXT NOT NULL,
  secret TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipients TEXT NOT NULL,
  least_severity TEXT NOT NULL CHECK (least_severity IN ('info', 'warning', 'error', 'critical')),
  kinds TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  delivered_through BIGINT NOT NULL,
  last_delivered_at BIGINT,
  failing_since BIGINT,
  last_error TEXT NOT NULL
);
)sql";

}  // namespace daikan::store
