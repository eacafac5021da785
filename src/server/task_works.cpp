#include "server/task_works.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/limits.h"
#include "base/limits_tasks.h"
#include "hierarchy/group_tree.h"
#include "server/access.h"
#include "server/completion.h"
#include "server/link_check.h"

namespace daikan::server {
namespace {

using hierarchy::Severity;
using hierarchy::Task;

/// The secondaries of a group and everything below it; all of them without one.
Result<std::vector<hierarchy::SecondaryRecord>> secondaries_of(store::Transaction& transaction, const std::optional<GroupId>& group) {
  const hierarchy::GroupTree tree(store::all_groups(transaction));
  auto records = store::all_secondaries(transaction);
  if (!group || !tree.find(*group)) return records;
  std::erase_if(records, [&](const hierarchy::SecondaryRecord& record) {
    const auto path = hierarchy::path_to(tree, record.group);
    return std::find(path.begin(), path.end(), *group) == path.end();
  });
  return records;
}

}  // namespace

TaskWorks::TaskWorks(Parts parts)
    : parts_(std::move(parts)), stopping_(std::make_shared<std::atomic<bool>>(false)), pool_(std::make_unique<net::asio::thread_pool>(1)) {}

TaskWorks::~TaskWorks() {
  stop();
  pool_->join();
}

awaitable<Result<std::string>> TaskWorks::on_thread(Blocking work) {
  return net::asio::async_initiate<const net::asio::use_awaitable_t<net::Executor>, void(Result<std::string>)>(
      [this](auto handler, Blocking given) {
        auto done = resume_with<Result<std::string>>(parts_.storage.executor(), std::move(handler));
        net::asio::post(*pool_, [done = std::move(done), given = std::move(given), stop = stopping_]() mutable {
          Result<std::string> made = fail(Code::internal, "The work ended by an error in this program.", "Look at the log.");
          try {
            made = given(*stop);
          } catch (const std::exception& e) {
            made = fail(Code::storage_failed, fmt::format("The work ended: {}.", e.what()), "Look at the log.");
          }
          given = nullptr;
          done(std::move(made));
        });
      },
      net::use_awaitable, std::move(work));
}

awaitable<Result<std::string>> TaskWorks::carry_out(Task task) {
  switch (task.kind) {
    case hierarchy::TaskKind::backup:
      return back_up(std::move(task));
    case hierarchy::TaskKind::event_cleanup:
      return clean_up(std::move(task));
    case hierarchy::TaskKind::link_check:
      return check_links(std::move(task));
    case hierarchy::TaskKind::report:
      break;
  }
  return report(std::move(task));
}

awaitable<Result<std::string>> TaskWorks::clean_up(Task task) {
  const auto work = [task, at = now()](store::Transaction& transaction) -> Result<std::string> {
    std::vector<std::string> parts;
    for (const auto severity : {Severity::info, Severity::warning, Severity::error, Severity::critical}) {
      const auto& days = task.settings.days.at(static_cast<std::size_t>(severity));
      if (!days) continue;
      const auto gone = store::trim_events(transaction, severity, at - std::chrono::days(*days));
      parts.push_back(fmt::format("{} of {} older than {} days", gone, to_string(severity), *days));
    }
    auto actor = system_actor();
    History::audit(transaction, actor, at, "events.trim", fmt::format("task {}: {}", task.name, fmt::join(parts, ", ")));
    return fmt::format("Events were removed: {}.", fmt::join(parts, ", "));
  };
  auto done = co_await parts_.storage.write<std::string>(work);
  co_return done;
}

awaitable<Result<std::string>> TaskWorks::check_links(Task task) {
  const auto read = [group = task.group](store::Transaction& transaction) { return secondaries_of(transaction, group); };
  auto records = co_await parts_.storage.read<std::vector<hierarchy::SecondaryRecord>>(read);
  if (!records) co_return fail(std::move(records.error()));
  std::vector<std::string> broken;
  std::size_t examined = 0;
  for (const auto& record : *records) {
    if (parts_.links.status(record.id).state == hierarchy::LinkState::connected) continue;
    std::string why;
    if (examined++ < limits::kMaxLinksExamined) {
      auto check = co_await check_link(parts_.links, parts_.storage, record.id);
      const auto failed = check ? first_failure(check->steps) : std::optional<Error>();
      if (failed) why = failed->message;
    }
    if (parts_.links.status(record.id).state == hierarchy::LinkState::connected) continue;  // it came up meanwhile
    broken.push_back(fmt::format("“{}”{}{}", record.name, why.empty() ? "" : ": ", why));
  }
  const auto up = records->size() - broken.size();
  if (broken.empty()) co_return fmt::format("All links are connected: {}.", up);
  co_return fail(Code::not_connected,
                 fmt::format("{} of {} links are not connected: {}", broken.size(), records->size(), fmt::join(broken, "; ")),
                 "daikan link check NAME tells more.");
}

}  // namespace daikan::server
