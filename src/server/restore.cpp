#include "server/restore.h"

#include <charconv>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "net/identity.h"
#include "server/backup_records.h"
#include "server/data_folder.h"
#include "server/event.h"
#include "server/history.h"
#include "server/sealed_stream.h"
#include "store/tables_feed.h"
#include "store/tables_invitations.h"

namespace daikan::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLockName = "daikand.lock";

/// Hears the content of a backup. An error ends the reading.
struct ContentSink {
  std::function<Result<>(const BackupManifest&)> manifest;
  std::function<Result<>(const KeyFile&)> key_file;
  std::function<Result<>(const store::TableShape&)> table;
  std::function<Result<>(const BackupRow&)> row;
};

Result<SealedReader> open_backup(const fs::path& path, std::string_view passphrase) {
  auto file = std::make_shared<std::ifstream>(path, std::ios::binary);
  std::error_code ec;
  if (!*file || fs::is_directory(path, ec)) {
    return fail(fs::exists(path, ec) ? Code::invalid_request : Code::not_found, fmt::format("The backup {} cannot be read.", path.string()),
                "Check the file's name and its permissions.", "file");
  }
  return SealedReader::begin(passphrase, [file, path](std::size_t most) -> Result<std::string> {
    std::string piece(most, '\0');
    file->read(piece.data(), static_cast<std::streamsize>(most));
    if (file->bad()) return fail(Code::storage_failed, fmt::format("The backup {} cannot be read.", path.string()), "Check the disk.");
    piece.resize(static_cast<std::size_t>(file->gcount()));
    return piece;
  });
}

Result<> hand_over(const BackupRecord& record, const ContentSink& sink) {
  if (const auto* manifest = std::get_if<BackupManifest>(&record)) return sink.manifest(*manifest);
  if (const auto* file = std::get_if<KeyFile>(&record)) return sink.key_file(*file);
  if (const auto* table = std::get_if<store::TableShape>(&record)) return sink.table(*table);
  if (const auto* row = std::get_if<BackupRow>(&record)) return sink.row(*row);
  return {};
}

/// Reads to the authenticated end; whatever `sink` was told before an error is not to be kept.
Result<> read_backup(SealedReader& sealed, const ContentSink& sink) {
  RecordReader records;
  for (;;) {
    auto piece = sealed.next();
    if (!piece) return fail(std::move(piece.error()));
    if (!*piece) break;
    records.feed(**piece);
    for (;;) {
      auto record = records.next();
      if (!record) return fail(std::move(record.error()));
      if (!*record) break;
      if (auto told = hand_over(**record, sink); !told) return told;
    }
  }
  if (!records.complete()) {
    return fail(Code::backup_altered, "The content of the backup ends before its end.", "Use another backup.");
  }
  return {};
}

Result<BackupSummary> summary_of(const BackupManifest& manifest) {
  const auto at = [&](const char* name) {
    const auto found = manifest.entries.find(name);
    return found == manifest.entries.end() ? std::string() : found->second;
  };
  BackupSummary summary{.server_id = at("server_id"),
                        .server_name = at("server_name"),
                        .version = at("version"),
                        .fingerprint = at("fingerprint"),
                        .made_at = {},
                        .rows = 0};
  std::int64_t micros = 0;
  const auto text = at("made_at");
  std::from_chars(text.data(), text.data() + text.size(), micros);
  summary.made_at = from_micros(micros);
  return summary;
}

std::int64_t schema_of(const BackupManifest& manifest) {
  const auto found = manifest.entries.find("schema_version");
  std::int64_t version = 0;
  if (found != manifest.entries.end()) std::from_chars(found->second.data(), found->second.data() + found->second.size(), version);
  return version;
}

tl::unexpected<Error> not_empty(const fs::path& folder) {
  return fail(Code::conflict, fmt::format("The data folder {} is not empty.", folder.string()),
              "Restore into an empty folder or one that does not exist; nothing was changed.", "data");
}

bool has_content(const fs::path& folder) {
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec)) {
    if (entry.path().filename() != kLockName) return true;
  }
  return false;
}

/// A folder being filled: marked until keep(), and emptied again without it.
class Filling {
 public:
  static Result<Filling> begin(const fs::path& path) {
    std::error_code ec;
    const bool there = fs::exists(path, ec);
    if (there && has_content(path)) return not_empty(path);
    auto folder = DataFolder::open(path);
    if (!folder) return fail(std::move(folder.error()));
    if (has_content(folder->path())) return not_empty(path);  // filled between the look and the lock
    Filling filling(std::move(*folder), there ? Before::empty : Before::missing);
    if (auto marked = write_file_atomically(filling.folder_->restore_mark(), "A restore is running, or was interrupted.\n", 0600);
        !marked) {
      return fail(std::move(marked.error()));
    }
    return filling;
  }

  Filling(Filling&& other) noexcept
      : folder_(std::exchange(other.folder_, std::nullopt)), before_(other.before_), names_(std::move(other.names_)) {}
  Filling& operator=(Filling&&) = delete;

  ~Filling() {
    if (!folder_) return;
    std::error_code ec;
    for (const auto& name : names_) fs::remove(folder_->path() / name, ec);
    fs::remove(folder_->restore_mark(), ec);
    fs::remove(folder_->path() / kLockName, ec);
    if (before_ == Before::missing) fs::remove(folder_->path(), ec);
  }

  const DataFolder& folder() const { return *folder_; }

  Result<> write(const KeyFile& file) {
    names_.push_back(file.name);
    // A certificate is public; everything else, also the pairs of a roll-over under way, holds a key.
    const bool is_public = file.name.ends_with(".cer") || file.name.ends_with(".crt");
    return write_file_atomically(folder_->path() / file.name, file.content, is_public ? 0644 : 0600);
  }

  /// Everything is there: the mark goes, durably, and the folder stays.
  Result<> keep() {
    std::error_code ec;
    fs::remove(folder_->restore_mark(), ec);
    // Renaming any file into the folder syncs the folder, and with it the removal.
    auto synced = write_file_atomically(folder_->path() / kLockName, "", 0600);
    folder_.reset();
    return ec ? fail(Code::storage_failed, "The mark of the restore cannot be removed: " + ec.message() + ".",
                     "Remove the file “restoring”.")
              : std::move(synced);
  }

 private:
  enum class Before : std::uint8_t { missing, empty };
  Filling(DataFolder folder, Before before) : folder_(std::move(folder)), before_(before) {}
  std::optional<DataFolder> folder_;
  Before before_;
  std::vector<std::string> names_;
};

/// One restore under way.
struct Run {
  const RestoreRequest& request;
  TimePoint at;
  std::optional<Filling> filling = std::nullopt;
  std::unique_ptr<store::Restoration> database = nullptr;  ///< Goes before the folder does.
  BackupSummary summary = {};

  Result<> begin(const BackupManifest& manifest) {
    auto told = summary_of(manifest);
    if (!told) return fail(std::move(told.error()));
    summary = std::move(*told);
    auto begun = Filling::begin(request.data);
    if (!begun) return fail(std::move(begun.error()));
    filling.emplace(std::move(*begun));
    auto opened =
        store::Restoration::begin(request.database.empty() ? filling->folder().default_database() : request.database, schema_of(manifest));
    if (!opened) return fail(std::move(opened.error()));
    database = std::move(*opened);
    return {};
  }

  Result<> add(const BackupRow& row) {
    if (request.stop != nullptr && *request.stop) return fail(Code::cancelled, "The restore was stopped.");
    ++summary.rows;
    return database->row(row.values);
  }

  Result<> finish() {
    if (!database) return fail(Code::backup_altered, "The backup has no content.", "Use another backup.");
    std::error_code ec;
    if (!fs::exists(filling->folder().path() / "server.key", ec)) {
      return fail(Code::backup_altered, "The backup lacks the server's key.", "Use another backup.");
    }
    auto identity = net::Identity::load_or_create(filling->folder().path(), at);
    if (!identity) return fail(std::move(identity.error()));
    summary.fingerprint = identity->certificate().fingerprint;
    const auto committed = database->commit(
        [this](store::Transaction& transaction) -> Result<> {
          // One of them may have been used after the backup was made; that cannot be known here.
          store::revoke_unused_invitations(transaction, at);
          // The primary may have read further than the backup knows.
          store::end_feed(transaction);
          const Actor system{.name = "system", .source = {}, .through = {}, .credential = {}};
          History::audit(transaction, system, at, "server.restore", fmt::format("backup of {}", to_rfc3339(summary.made_at)));
          History::record(transaction,
                          warning_event(at, "server_restored",
                                        fmt::format("This server was restored from its backup of {}.", to_rfc3339(summary.made_at))));
          return {};
        },
        at);
    if (!committed) return committed;
    database.reset();
    return filling->keep();
  }
};

}  // namespace

Result<BackupSummary> check_backup(const fs::path& file, std::string_view passphrase) {
  auto sealed = open_backup(file, passphrase);
  if (!sealed) return fail(std::move(sealed.error()));
  BackupSummary summary;
  const ContentSink sink = {.manifest = [&](const BackupManifest& manifest) -> Result<> {
                              auto told = summary_of(manifest);
                              if (told) summary = std::move(*told);
                              return {};
                            },
                            .key_file = [](const KeyFile&) -> Result<> { return {}; },
                            .table = [](const store::TableShape&) -> Result<> { return {}; },
                            .row = [&](const BackupRow&) -> Result<> {
                              ++summary.rows;
                              return {};
                            }};
  if (auto read = read_backup(*sealed, sink); !read) return fail(std::move(read.error()));
  return summary;
}

Result<BackupSummary> restore(const RestoreRequest& request, TimePoint now) {
  auto sealed = open_backup(request.file, request.passphrase);
  if (!sealed) return fail(std::move(sealed.error()));
  Run run{.request = request, .at = now};
  const ContentSink sink = {.manifest = [&](const BackupManifest& manifest) { return run.begin(manifest); },
                            .key_file = [&](const KeyFile& file) { return run.filling->write(file); },
                            .table = [&](const store::TableShape& shape) { return run.database->table(shape); },
                            .row = [&](const BackupRow& row) { return run.add(row); }};
  if (auto read = read_backup(*sealed, sink); !read) return fail(std::move(read.error()));
  if (auto finished = run.finish(); !finished) return fail(std::move(finished.error()));
  return run.summary;
}

}  // namespace daikan::server
