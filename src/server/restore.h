// The way back from a backup: a data folder and a database, made anew, offline.
//
// Knows the container, its records, the data folder and the database; `daikan restore` calls it, no running server does. The invariant: all
// or nothing. Until the last byte of the backup was authenticated and the database has committed, a mark lies in the folder with which no
// daikand starts; whatever fails before that takes away what was made.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace daikan::server {

/// What a backup says of itself.
struct BackupSummary {
  std::string server_id;
  std::string server_name;
  std::string version;
  std::string fingerprint;
  TimePoint made_at;
  std::uint64_t rows = 0;
};

/// Reads the whole file and keeps nothing. Fails as restore() does.
Result<BackupSummary> check_backup(const std::filesystem::path& file, std::string_view passphrase);

struct RestoreRequest {
  std::filesystem::path file;
  std::filesystem::path data;  ///< Missing or empty.
  std::string database;        ///< As in the configuration; empty: SQLite in the data folder. Missing or empty, too.
  std::string passphrase;
  const std::atomic<bool>* stop = nullptr;  ///< Once true, the restore fails with cancelled and takes away what it made.
};

/// Fails with not_found or invalid_request (the file), backup_unreadable, backup_truncated, backup_altered, version_unsupported,
/// wrong_credentials (the passphrase), conflict (the folder or the database is not empty), certificate_unreadable, storage_failed or
/// cancelled.
Result<BackupSummary> restore(const RestoreRequest& request, TimePoint now);

}  // namespace daikan::server
