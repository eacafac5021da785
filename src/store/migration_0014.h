// The register of devices. Included by migrations.cpp alone; never edited once released.
#pragma once

#include <string_view>

namespace daikan::store {

// `name_key` is the hexadecimal text of the name in lower case (ASCII): unique, and in the same order in every engine and collation, so
// that pages go on behind a key and names that begin with a text are one range of it. `device_counts` is kept in the transactions that
// change devices; group '' is the whole server. The counter holds the time at which a device was told last.
// What newer servers below said of theirs was of an unknown kind here until now.
inline constexpr std::string_view kMigrationDevices = R"sql(
CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  group_id TEXT NOT NULL REFERENCES admin_groups (id),
  status TEXT NOT NULL CHECK (status IN ('ok', 'warning', 'critical', 'unknown')),
  reason TEXT NOT NULL,
  told_at BIGINT NOT NULL
);
CREATE INDEX devices_by_status ON devices (status, name_key);
CREATE INDEX devices_by_group ON devices (group_id, status, name_key);
CREATE TABLE device_counts (
  group_id TEXT NOT NULL,
  status TEXT NOT NULL,
  devices BIGINT NOT NULL CHECK (devices >= 0),
  PRIMARY KEY (group_id, status)
);
INSERT INTO counters (name, value) VALUES ('devices_told', 0);
UPDATE rolled_up_states SET kind = 'devices' WHERE kind = 'state:devices';
)sql";

}  // namespace daikan::store
