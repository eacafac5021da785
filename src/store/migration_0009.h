// Policies and what they were after every save. Included by migrations.cpp alone; never edited once released.
#pragma once

#include <string_view>

namespace daikan::store {

// Settings are text in the form of hierarchy::to_text. group_path is for people: the group may be gone later.
inline constexpr std::string_view kMigrationPolicies = R"sql(
CREATE TABLE policies (
  id TEXT PRIMARY KEY,
  application TEXT NOT NULL,
  group_id TEXT NOT NULL REFERENCES admin_groups (id),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  active SMALLINT NOT NULL,
  inherits SMALLINT NOT NULL,
  forces SMALLINT NOT NULL,
  settings TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  revision BIGINT NOT NULL,
  UNIQUE (application, group_id, name_key)
);
CREATE UNIQUE INDEX policies_one_active ON policies (application, group_id) WHERE active = 1;
CREATE INDEX policies_by_group ON policies (group_id);
CREATE TABLE policy_revisions (
  policy_id TEXT NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
  revision BIGINT NOT NULL,
  at BIGINT NOT NULL,
  author TEXT NOT NULL,
  name TEXT NOT NULL,
  group_path TEXT NOT NULL,
  active SMALLINT NOT NULL,
  inherits SMALLINT NOT NULL,
  forces SMALLINT NOT NULL,
  settings TEXT NOT NULL,
  PRIMARY KEY (policy_id, revision)
);
)sql";

}  // namespace daikan::store
