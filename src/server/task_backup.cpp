// The task “backup”: made, written, restored into a temporary folder, named, and the oldest taken away.
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/limits_tasks.h"
#include "server/access.h"
#include "server/restore.h"
#include "server/task_files.h"
#include "server/task_works.h"

namespace daikan::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".backup";
constexpr std::string_view kTrialPrefix = ".trial-";

/// A folder in the data folder, where keys may lie in the open for a moment; gone at the end, whatever happened.
class Trial {
 public:
  static Result<std::unique_ptr<Trial>> begin(const fs::path& data) {
    remove_left(data);
    auto pattern = (data / fmt::format("{}XXXXXX", kTrialPrefix)).string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      return fail(Code::storage_failed, fmt::format("No temporary folder can be made in {}.", data.string()), "Check the free space.");
    }
    return std::make_unique<Trial>(fs::path(pattern));
  }
  explicit Trial(fs::path path) : path_(std::move(path)) {}
  ~Trial() {
    std::error_code ec;
    fs::remove_all(path_, ec);
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  fs::path folder() const { return path_ / "restored"; }

 private:
  /// Of a process that was killed.
  static void remove_left(const fs::path& data) {
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(data, ec)) {
      if (entry.path().filename().string().starts_with(kTrialPrefix)) fs::remove_all(entry.path(), ec);
    }
  }
  fs::path path_;
};

/// What the thread is told.
struct Assignment {
  hierarchy::Task task;
  std::string passphrase;
  std::string server;
  ServerId id;
  fs::path data;
  TimePoint at;
};

/// Fails unless the file restores to a server with this id.
Result<BackupSummary> try_restore(const Assignment& assignment, const fs::path& file, const std::atomic<bool>& stop) {
  auto trial = Trial::begin(assignment.data);
  if (!trial) return fail(std::move(trial.error()));
  auto restored = restore({.file = file, .data = (*trial)->folder(), .database = {}, .passphrase = assignment.passphrase, .stop = &stop},
                          assignment.at);
  if (!restored) {
    restored.error().message = "The backup was made but does not restore: " + restored.error().message;
    return restored;
  }
  if (restored->server_id == assignment.id.str()) return restored;
  return fail(Code::backup_altered, "The backup was made but restores to another server.", "Look at the log.");
}

Result<std::string> store_backup(const Assignment& assignment, const BackupFile& made, const std::atomic<bool>& stop) {
  auto folder = TaskFolder::open(assignment.data, assignment.task, assignment.server);
  if (!folder) return fail(std::move(folder.error()));
  const auto unfinished = folder->unfinished(kEnding);
  struct Rest {
    const fs::path& path;
    ~Rest() {
      std::error_code ec;
      fs::remove(path, ec);  // nothing is there after the file got its name
    }
  } const rest{unfinished};
  std::uint64_t at = 0;
  const auto next = [&]() -> Result<std::string> {
    if (stop) return fail(Code::cancelled, "The backup was stopped.");
    auto piece = made.read(at, limits::kBackupChunkBytes);
    if (piece) at += piece->size();
    return piece;
  };
  if (auto written = write_new_file(unfinished, next); !written) return fail(std::move(written.error()));
  auto tried = try_restore(assignment, unfinished, stop);
  if (!tried) return fail(std::move(tried.error()));
  const auto name = folder->name_for(assignment.at, kEnding);
  if (auto finished = folder->finish(unfinished, name); !finished) return fail(std::move(finished.error()));
  auto kept = folder->keep_newest(static_cast<std::size_t>(assignment.task.settings.keep), kEnding);
  if (!kept) return fail(std::move(kept.error()));
  return fmt::format("{} ({} bytes, {} rows) was written and restores; {} are kept in {}.", name, made.bytes(), tried->rows, *kept,
                     folder->path().string());
}

}  // namespace

/// Waits its turn: there is one backup at a time, and a person's may be on its way.
awaitable<Result<std::shared_ptr<const BackupFile>>> TaskWorks::make_backup(const hierarchy::Task& task, std::string passphrase) {
  auto actor = system_actor();
  actor.name = fmt::format("the task “{}”", task.name);
  const auto until = std::chrono::steady_clock::now() + limits::kBackupTurn;
  for (;;) {
    auto made = co_await parts_.backups.make(actor, passphrase);
    if (made || made.error().code != Code::conflict || std::chrono::steady_clock::now() > until) co_return made;
    const bool on = co_await net::sleep_for(std::chrono::seconds(1));
    if (!on) co_return fail(Code::cancelled, "The backup was stopped.");
  }
}

awaitable<Result<std::string>> TaskWorks::back_up(hierarchy::Task task) {
  auto passphrase = parts_.storage.sealing().unseal(task.settings.passphrase);
  if (!passphrase) {
    co_return fail(Code::storage_failed, "The passphrase of the task cannot be opened with the key in secrets.key.",
                   "Give it again: daikan task edit NAME --passphrase-file FILE.");
  }
  auto made = co_await make_backup(task, *passphrase);
  if (!made) co_return fail(std::move(made.error()));
  Assignment assignment{std::move(task), std::move(*passphrase), parts_.facts.name, parts_.facts.id, parts_.data, now()};
  // The file is this coroutine's until the thread is done with it: its end is noticed on the I/O thread.
  const auto* file = made->get();
  auto stored = co_await on_thread(
      [assignment = std::move(assignment), file](const std::atomic<bool>& stop) { return store_backup(assignment, *file, stop); });
  co_return stored;
}

}  // namespace daikan::server
