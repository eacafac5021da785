// The last move of this server from one primary to another. Included by migrations.cpp alone; never edited once released.
#pragma once

#include <string_view>

namespace daikan::store {

// The columns from `direction` on are those of primary_server: the primary it goes back to when the new link does not come up.
inline constexpr std::string_view kMigrationPrimaryMove = R"sql(
CREATE TABLE primary_move (
  slot SMALLINT PRIMARY KEY CHECK (slot = 1),
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'undone')),
  started_by TEXT NOT NULL,
  began_at BIGINT NOT NULL,
  wait_seconds BIGINT NOT NULL,
  ended_at BIGINT,
  message TEXT NOT NULL,
  to_pin TEXT NOT NULL,
  to_fingerprint TEXT NOT NULL,
  direction TEXT NOT NULL,
  address_host TEXT,
  address_port BIGINT,
  proxy_kind TEXT,
  proxy_host TEXT,
  proxy_port BIGINT,
  proxy_user TEXT,
  proxy_password TEXT,
  certificate TEXT NOT NULL,
  pin TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  server_id TEXT,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_connected_at BIGINT,
  revision BIGINT NOT NULL
);
)sql";

}  // namespace daikan::store
