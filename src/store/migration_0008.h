// The feed of this server to its primary, and what came up from the servers below. Included by migrations.cpp alone; never edited once
// released.
#pragma once

#include <string_view>

namespace daikan::store {

// `payload` is base64: records pass through servers that know nothing of what is in them. States of this server itself are in
// rolled_up_states too, without `via`, so that a snapshot for the primary is this one table.
inline constexpr std::string_view kMigrationFeed = R"sql(
CREATE TABLE feed_state (
  slot SMALLINT PRIMARY KEY CHECK (slot = 1),
  epoch BIGINT NOT NULL,
  position BIGINT NOT NULL,
  removed_through BIGINT NOT NULL,
  dropped_through BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  bytes BIGINT NOT NULL
);
INSERT INTO feed_state (slot, epoch, position, removed_through, dropped_through, sequence, bytes) VALUES (1, 0, 0, 0, 0, 0, 0);
CREATE TABLE feed (
  position BIGINT PRIMARY KEY,
  appended_at BIGINT NOT NULL,
  origin TEXT NOT NULL,
  origin_sequence BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  at BIGINT NOT NULL,
  payload TEXT NOT NULL,
  bytes BIGINT NOT NULL
);
CREATE TABLE feed_cursors (
  registration TEXT PRIMARY KEY,
  epoch BIGINT NOT NULL,
  position BIGINT NOT NULL,
  heard_at BIGINT NOT NULL
);
CREATE TABLE rolled_up_states (
  origin TEXT NOT NULL,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  origin_sequence BIGINT NOT NULL,
  at BIGINT NOT NULL,
  payload TEXT NOT NULL,
  via TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  snapshot BIGINT NOT NULL,
  PRIMARY KEY (origin, subject, kind)
);
CREATE INDEX rolled_up_states_by_kind ON rolled_up_states (kind, origin, subject);
CREATE INDEX rolled_up_states_by_via ON rolled_up_states (via);
CREATE TABLE rolled_up_events (
  origin TEXT NOT NULL,
  origin_sequence BIGINT NOT NULL,
  position BIGINT NOT NULL,
  at BIGINT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'error', 'critical')),
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  secondary TEXT,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (origin, origin_sequence)
);
CREATE UNIQUE INDEX rolled_up_events_by_position ON rolled_up_events (position);
CREATE TABLE rolled_up_results (
  origin TEXT NOT NULL,
  origin_sequence BIGINT NOT NULL,
  position BIGINT NOT NULL,
  subject TEXT NOT NULL,
  at BIGINT NOT NULL,
  payload TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (origin, origin_sequence)
);
CREATE UNIQUE INDEX rolled_up_results_by_position ON rolled_up_results (position);
INSERT INTO counters (name, value) VALUES ('rolled_up', 0);
)sql";

}  // namespace daikan::store
