#include "server/backups.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/limits.h"
#include "server/access.h"
#include "server/backup_records.h"
#include "server/completion.h"
#include "server/sealed_stream.h"

namespace daikan::server {
namespace {

tl::unexpected<Error> cannot_write(const std::filesystem::path& folder) {
  return fail(Code::storage_failed, fmt::format("The backup cannot be written in {}: {}.", folder.string(), std::strerror(errno)),
              "Check the free space; a backup needs about as much as the database while it is handed out.");
}

/// Every key and certificate of the folder, by name. What is there decides, so that none is forgotten that a later version adds.
Result<std::vector<KeyFile>> read_key_files(const std::filesystem::path& folder) {
  std::vector<KeyFile> files;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ec)) {
    const auto name = entry.path().filename().string();
    if (!is_key_file_name(name) || !entry.is_regular_file(ec)) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::string content(limits::kMaxCertificateFileBytes + 1, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(in.gcount()));
    if (in.bad() || content.empty() || content.size() > limits::kMaxCertificateFileBytes) {
      return fail(Code::storage_failed, fmt::format("{} cannot be read, is empty, or is too large for a key.", entry.path().string()),
                  "Put the file right, or move it out of the data folder.");
    }
    files.push_back({name, std::move(content)});
  }
  if (ec || files.empty() || files.size() > limits::kMaxBackupKeyFiles) {
    return fail(Code::storage_failed, fmt::format("The keys in {} cannot be read, or there are too many.", folder.string()),
                "Check the data folder.");
  }
  std::sort(files.begin(), files.end(), [](const KeyFile& a, const KeyFile& b) { return a.name < b.name; });
  return files;
}

/// A file without a name: gone with its last descriptor, also when the process is killed.
class Spool {
 public:
  explicit Spool(const std::filesystem::path& folder) : folder_(folder) {
    auto pattern = (folder / ".backup-XXXXXX").string();
    descriptor_ = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (descriptor_ >= 0) ::unlink(pattern.c_str());
  }
  ~Spool() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  bool opened() const { return descriptor_ >= 0; }
  int release() { return std::exchange(descriptor_, -1); }
  std::uint64_t bytes() const { return bytes_; }

  Result<> append(std::string_view content) {
    while (!content.empty()) {
      const auto written = ::write(descriptor_, content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return cannot_write(folder_);
      bytes_ += static_cast<std::uint64_t>(written);
      content.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

 private:
  const std::filesystem::path& folder_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
};

/// What a database thread is told.
struct Assignment {
  std::filesystem::path folder;
  std::string passphrase;
  std::string engine;
  BackupManifest manifest;
};

Result<> write_rows(store::Transaction& transaction, const Assignment& assignment, SealedWriter& sealed) {
  std::uint64_t rows = 0;
  const store::SnapshotSink sink = {.table = [&](const store::TableShape& shape) { return sealed.write(encode(shape)); },
                                    .row =
                                        [&](std::span<const store::Value> values) {
                                          ++rows;
                                          return sealed.write(encode_row(values));
                                        }};
  if (auto read = store::read_snapshot(transaction, assignment.engine, sink); !read) return read;
  return sealed.write(encode(BackupEnd{rows}));
}

Result<std::shared_ptr<Spool>> write_backup(store::Transaction& transaction, const Assignment& assignment) {
  auto spool = std::make_shared<Spool>(assignment.folder);
  if (!spool->opened()) return cannot_write(assignment.folder);
  auto manifest = assignment.manifest;
  manifest.entries["schema_version"] = std::to_string(store::schema_version(transaction));  // the view stands from here on
  auto files = read_key_files(assignment.folder);
  if (!files) return fail(std::move(files.error()));
  auto sealed = SealedWriter::begin(assignment.passphrase, [&](std::string_view bytes) { return spool->append(bytes); });
  if (!sealed) return fail(std::move(sealed.error()));
  if (auto written = sealed->write(encode(manifest)); !written) return fail(std::move(written.error()));
  for (const auto& file : *files) {
    if (auto written = sealed->write(encode(file)); !written) return fail(std::move(written.error()));
  }
  if (auto written = write_rows(transaction, assignment, *sealed); !written) return fail(std::move(written.error()));
  if (auto finished = sealed->finish(); !finished) return fail(std::move(finished.error()));
  auto again = read_key_files(assignment.folder);
  if (!again || *again != *files) {
    return fail(Code::unavailable, "The keys of this server were changed while the backup was made.", "Make the backup again.");
  }
  return spool;
}

/// "hq-20261125T184130Z.backup": letters and digits of the server's name only, because it goes into a header and onto a disk.
std::string file_name(std::string_view server, TimePoint at) {
  std::string name;
  for (const char c : server) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_') name += c;
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{}-{:%Y%m%dT%H%M%SZ}.backup", name.empty() ? "server" : name,
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

class FileSource final : public net::BodySource {
 public:
  FileSource(net::Executor executor, net::asio::thread_pool& pool, std::shared_ptr<const BackupFile> file)
      : executor_(executor), pool_(pool), file_(std::move(file)) {}

  awaitable<Result<std::string>> next() override {
    auto piece = co_await read();
    if (piece) at_ += piece->size();
    co_return piece;
  }

 private:
  awaitable<Result<std::string>> read() {
    return net::asio::async_initiate<const net::asio::use_awaitable_t<net::Executor>, void(Result<std::string>)>(
        [this](auto handler) {
          auto done = resume_with<Result<std::string>>(executor_, std::move(handler));
          net::asio::post(pool_,
                          [done = std::move(done), file = file_, at = at_]() mutable { done(file->read(at, limits::kBackupChunkBytes)); });
        },
        net::use_awaitable);
  }

  net::Executor executor_;
  net::asio::thread_pool& pool_;
  std::shared_ptr<const BackupFile> file_;
  std::uint64_t at_ = 0;
};

/// Sets the mark as long as a backup is made; a finished file keeps it.
struct BusyMark {
  std::shared_ptr<bool> busy;
  explicit BusyMark(std::shared_ptr<bool> mark) : busy(std::move(mark)) { *busy = true; }
  ~BusyMark() {
    if (busy) *busy = false;
  }
  BusyMark(const BusyMark&) = delete;
  BusyMark& operator=(const BusyMark&) = delete;
};

}  // namespace

BackupFile::BackupFile(int descriptor, std::uint64_t bytes, std::string name, std::shared_ptr<bool> busy)
    : descriptor_(descriptor), bytes_(bytes), name_(std::move(name)), busy_(std::move(busy)) {}

BackupFile::~BackupFile() {
  ::close(descriptor_);
  *busy_ = false;
}

Result<std::string> BackupFile::read(std::uint64_t at, std::size_t most) const {
  std::string piece(std::min<std::uint64_t>(most, bytes_ - std::min(at, bytes_)), '\0');
  std::size_t got = 0;
  while (got < piece.size()) {
    const auto n = ::pread(descriptor_, piece.data() + got, piece.size() - got, static_cast<off_t>(at + got));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(Code::storage_failed, "The backup cannot be read back.", "Make it again.");
    got += static_cast<std::size_t>(n);
  }
  return piece;
}

Backups::Backups(Storage& storage, History& history, const Facts& facts, std::filesystem::path folder)
    : storage_(storage), history_(history), facts_(facts), folder_(std::move(folder)), busy_(std::make_shared<bool>(false)) {}

Backups::~Backups() {
  if (reader_) reader_->join();
}

awaitable<Result<>> Backups::audited(Actor actor, std::string outcome) {
  auto written = co_await storage_.write<Done>(
      [actor = std::move(actor), outcome = std::move(outcome)](store::Transaction& transaction) -> Result<Done> {
        // The file makes whoever opens it an administrator of a copy: that is more than the settings of this server.
        if (auto allowed = require_on_server(transaction, actor, Right::manage_users); !allowed) return fail(std::move(allowed.error()));
        History::audit(transaction, actor, now(), "backup.create", "this server", outcome);
        return Done{};
      });
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<>{};
}

awaitable<Result<std::shared_ptr<const BackupFile>>> Backups::make(Actor actor, std::string passphrase) {
  if (passphrase.size() < limits::kMinPassphraseBytes || passphrase.size() > limits::kMaxPasswordBytes) {
    co_return fail(
        Code::invalid_request, fmt::format("The passphrase has {} bytes.", passphrase.size()),
        fmt::format("Choose one of {} to {} bytes; several words are good.", limits::kMinPassphraseBytes, limits::kMaxPasswordBytes),
        "passphrase");
  }
  if (*busy_) co_return fail(Code::conflict, "A backup of this server is being made already.", "Wait until it is done.");
  BusyMark mark(busy_);
  auto told = co_await audited(actor, "done");
  if (!told) co_return fail(std::move(told.error()));
  Assignment assignment{folder_, std::move(passphrase), storage_.database().engine(), {}};
  const auto at = now();
  assignment.manifest.entries = {{"server_id", facts_.id.str()},
                                 {"server_name", facts_.name},
                                 {"version", facts_.version},
                                 {"engine", assignment.engine},
                                 {"fingerprint", facts_.certificate.fingerprint},
                                 {"made_at", std::to_string(to_micros(at))}};
  auto spool = co_await storage_.read<std::shared_ptr<Spool>>(
      [assignment = std::move(assignment)](store::Transaction& transaction) { return write_backup(transaction, assignment); });
  if (!spool) {
    (void)co_await audited(actor, std::string(to_string(spool.error().code)));
    co_return fail(std::move(spool.error()));
  }
  const auto bytes = (*spool)->bytes();
  std::vector<hierarchy::Event> made(1);
  made[0].at = now();
  made[0].kind = "backup_made";
  made[0].message = fmt::format("A backup of this server was made for {} ({} bytes).", actor.name, bytes);
  if (auto appended = co_await history_.append(std::move(made)); !appended) co_return fail(std::move(appended.error()));
  mark.busy.reset();
  co_return std::make_shared<const BackupFile>((*spool)->release(), bytes, file_name(facts_.name, at), busy_);
}

std::unique_ptr<net::BodySource> Backups::stream(std::shared_ptr<const BackupFile> file) {
  if (!reader_) reader_ = std::make_unique<net::asio::thread_pool>(1);
  return std::make_unique<FileSource>(storage_.executor(), *reader_, std::move(file));
}

}  // namespace daikan::server
