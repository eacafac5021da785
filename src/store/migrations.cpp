#include "store/migrations.h"

#include <array>

#include <fmt/format.h>

#include "store/migration_0002.h"
#include "store/migration_0003.h"
#include "store/migration_0004.h"
#include "store/migration_0005.h"
#include "store/migration_0006.h"
#include "store/migration_0007.h"
#include "store/migration_0008.h"
#include "store/migration_0009.h"
#include "store/migration_0010.h"
#include "store/migration_0011.h"
#include "store/migration_0012.h"
#include "store/migration_0013.h"
#include "store/migration_0014.h"
#include "store/migration_0015.h"

namespace daikan::store {
namespace {

// Ids, pins and enums are TEXT, times BIGINT microseconds, certificates base64. `name_key` is the name with ASCII letters in lower case,
// made by us: the engines' lower() disagree beyond ASCII.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('events', 0), ('audit', 0);

CREATE TABLE admin_groups (
  id TEXT PRIMARY KEY,
  parent TEXT REFERENCES admin_groups (id),
  name TEXT NOT NULL,
  UNIQUE (parent, name)
);
CREATE UNIQUE INDEX admin_groups_one_root ON admin_groups ((parent IS NULL)) WHERE parent IS NULL;

CREATE TABLE secondaries (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  group_id TEXT NOT NULL REFERENCES admin_groups (id),
  direction TEXT NOT NULL CHECK (direction IN ('secondary_dials', 'primary_dials')),
  address_host TEXT,
  address_port BIGINT,
  proxy_kind TEXT CHECK (proxy_kind IN ('http', 'socks5')),
  proxy_host TEXT,
  proxy_port BIGINT,
  proxy_user TEXT,
  proxy_password TEXT,
  certificate TEXT NOT NULL,
  pin TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL,
  server_id TEXT,
  version TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_connected_at BIGINT,
  revision BIGINT NOT NULL
);
CREATE INDEX secondaries_by_group ON secondaries (group_id);

CREATE TABLE primary_server (
  slot SMALLINT PRIMARY KEY CHECK (slot = 1),
  direction TEXT NOT NULL CHECK (direction IN ('secondary_dials', 'primary_dials')),
  address_host TEXT,
  address_port BIGINT,
  proxy_kind TEXT CHECK (proxy_kind IN ('http', 'socks5')),
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

CREATE TABLE unrecognised (
  pin TEXT PRIMARY KEY,
  certificate TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  source TEXT NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  attempts BIGINT NOT NULL
);
CREATE INDEX unrecognised_by_last_seen ON unrecognised (last_seen);

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE credentials (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('session', 'token')),
  name TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL
);
CREATE INDEX credentials_by_account ON credentials (account_id);
CREATE INDEX credentials_by_expiry ON credentials (expires_at);

CREATE TABLE events (
  sequence BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'error', 'critical')),
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  secondary TEXT
);
CREATE INDEX events_by_time ON events (at);
CREATE TABLE audit (
  sequence BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  source TEXT NOT NULL,
  through TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  outcome TEXT NOT NULL
);

CREATE TABLE operations (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  actor TEXT NOT NULL,
  input TEXT NOT NULL,
  steps TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX operations_by_time ON operations (created_at);

CREATE TABLE answers (
  account TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account, idempotency_key)
);
CREATE INDEX answers_by_time ON answers (at);
)sql";

constexpr std::array kMigrations = {Migration{1, kFirst},
                                    Migration{2, kMigration2},
                                    Migration{3, kMigration3},
                                    Migration{4, kMigration0004},
                                    Migration{5, kMigration0005},
                                    Migration{6, kMigration6},
                                    Migration{7, kMigrationTasks},
                                    Migration{8, kMigrationFeed},
                                    Migration{9, kMigrationPolicies},
                                    Migration{10, kMigrationPrimaryMove},
                                    Migration{11, kMigrationDownstream},
                                    Migration{12, kMigrationDestinationRevision},
                                    Migration{13, kMigrationOtherRecords},
                                    Migration{14, kMigrationDevices},
                                    Migration{15, kMigrationResultsBySubject}};

std::int64_t current_version(detail::Connection& connection) {
  const auto rows = connection.query("SELECT version FROM schema_version ORDER BY version DESC LIMIT 1");
  return rows.empty() ? 0 : rows[0].integer(0);
}

void apply(detail::Connection& connection, const Migration& step, TimePoint at) {
  connection.begin();
  connection.run_script(std::string(step.sql));
  connection.execute("INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)", {step.version, to_micros(at)});
  connection.commit();
}

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

Result<> migrate(detail::Connection& connection, std::span<const Migration> steps, TimePoint at) {
  try {
    connection.begin();
    connection.run_script("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)");
    const std::int64_t found = current_version(connection);
    connection.commit();
    const std::int64_t known = steps.empty() ? 0 : steps.back().version;
    if (found > known) {
      return fail(Code::version_unsupported,
                  fmt::format("The database has schema version {}, this program knows versions up to {}.", found, known),
                  "Run the newer daikand that made it, or restore a backup from before its first start.");
    }
    for (const auto& step : steps) {
      if (step.version > found) apply(connection, step, at);
    }
    return {};
  } catch (const StorageFailure& failure) {
    connection.rollback();
    return fail(Code::storage_failed, fmt::format("The database's schema cannot be brought up to date: {}", failure.what()),
                "The database stays as it was; check its free space and rights.");
  }
}

}  // namespace daikan::store
