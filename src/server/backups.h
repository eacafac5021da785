// Backups of this running server: one consistent view of the database and the key files, sealed under a passphrase.
//
// Knows the data folder, the database and the container; api/backups hands the file out. Invariants: the backup is written as a whole
// before a byte of it leaves (so that every failure is a plain error), lies on the disk sealed only and without a name, and there is at
// most one at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "net/http.h"
#include "server/facts.h"
#include "server/history.h"

namespace daikan::server {

/// A finished backup; its space is free again once this is gone.
class BackupFile {
 public:
  BackupFile(int descriptor, std::uint64_t bytes, std::string name, std::shared_ptr<bool> busy);
  ~BackupFile();
  BackupFile(const BackupFile&) = delete;
  BackupFile& operator=(const BackupFile&) = delete;

  std::uint64_t bytes() const { return bytes_; }
  const std::string& name() const { return name_; }  ///< "hq-20261125T184130Z.backup", safe in a header.
  /// Blocks for a piece that begins at `at`; empty at the end.
  Result<std::string> read(std::uint64_t at, std::size_t most) const;

 private:
  int descriptor_;
  std::uint64_t bytes_;
  std::string name_;
  std::shared_ptr<bool> busy_;
};

class Backups {
 public:
  /// `folder`: the data folder, where the keys are and where the file is written.
  Backups(Storage& storage, History& history, const Facts& facts, std::filesystem::path folder);
  ~Backups();  ///< Waits for a piece being read.

  /// Takes a backup. Fails with permission_denied (manage_users is needed as well), invalid_request ("passphrase"), conflict (one is being
  /// made or handed out), unavailable (the key files changed meanwhile), or storage_failed. Every attempt with a usable passphrase is
  /// audited, before it begins.
  awaitable<Result<std::shared_ptr<const BackupFile>>> make(Actor actor, std::string passphrase);
  /// The file as a body, read on a thread of its own.
  std::unique_ptr<net::BodySource> stream(std::shared_ptr<const BackupFile> file);

 private:
  awaitable<Result<>> audited(Actor actor, std::string outcome);

  Storage& storage_;
  History& history_;
  const Facts& facts_;
  std::filesystem::path folder_;
  std::shared_ptr<bool> busy_;
  std::unique_ptr<net::asio::thread_pool> reader_;  ///< Made at the first backup.
};

}  // namespace daikan::server
