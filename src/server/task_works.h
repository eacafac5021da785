// What tasks do: backups with rotation, event clean-up, link checks, reports.
//
// TaskScheduler calls carry_out(). Blocking work (files, the trial restore of a backup) is done on one thread of its own, which a stop ends
// soon. Knows nothing of schedules and runs. Invariant: a backup has its name only once it was restored into a temporary folder, and older
// ones go only after that.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "hierarchy/task.h"
#include "server/backups.h"
#include "server/link_host.h"

namespace daikan::server {

class TaskWorks {
 public:
  struct Parts {
    Storage& storage;
    History& history;
    LinkHost& links;
    Backups& backups;
    const Facts& facts;
    std::filesystem::path data;  ///< The data folder.
  };
  explicit TaskWorks(Parts parts);
  ~TaskWorks();

  /// One sentence of what was done, or why not. The passphrase of `task` is sealed.
  awaitable<Result<std::string>> carry_out(hierarchy::Task task);
  /// Work on the thread ends as soon as it can; before TaskScheduler::stop().
  void stop() { *stopping_ = true; }

 private:
  using Blocking = std::function<Result<std::string>(const std::atomic<bool>& stop)>;

  awaitable<Result<std::string>> back_up(hierarchy::Task task);
  awaitable<Result<std::string>> clean_up(hierarchy::Task task);
  awaitable<Result<std::string>> check_links(hierarchy::Task task);
  awaitable<Result<std::string>> report(hierarchy::Task task);
  awaitable<Result<std::string>> send_report(hierarchy::Task task, std::string content);
  awaitable<Result<std::shared_ptr<const BackupFile>>> make_backup(const hierarchy::Task& task, std::string passphrase);
  awaitable<Result<std::string>> on_thread(Blocking work);

  Parts parts_;
  std::shared_ptr<std::atomic<bool>> stopping_;
  std::unique_ptr<net::asio::thread_pool> pool_;
};

}  // namespace daikan::server
