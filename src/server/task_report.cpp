// The task “report”: the servers of the hierarchy and their states now, as a file and by mail.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits_tasks.h"
#include "base/text.h"
#include "hierarchy/group_tree.h"
#include "server/delivery.h"
#include "server/report_texts.h"
#include "server/task_files.h"
#include "server/task_works.h"
#include "store/tables_notifications.h"

namespace daikan::server {
namespace {

using hierarchy::Destination;

Result<std::vector<ReportLine>> lines_of(store::Transaction& transaction) {
  const hierarchy::GroupTree tree(store::all_groups(transaction));
  std::vector<ReportLine> lines;
  for (auto& record : store::all_secondaries(transaction)) {
    const auto group = tree.path_of(record.group);
    lines.push_back({std::move(record), group, {}});
  }
  std::sort(lines.begin(), lines.end(),
            [](const ReportLine& a, const ReportLine& b) { return std::tie(a.group, a.record.name) < std::tie(b.group, b.record.name); });
  return lines;
}

Result<Destination> find_mail(store::Transaction& transaction, const std::string& name) {
  for (auto& each : store::all_destinations(transaction)) {
    if (each.name == name && each.kind == hierarchy::DestinationKind::email) return std::move(each);
  }
  return fail(Code::not_found, fmt::format("There is no notification destination “{}” that is mail any more.", name),
              "Make it again, or give the task another one.");
}

std::string ending_of(const hierarchy::Task& task) { return task.settings.format == "csv" ? ".csv" : ".txt"; }

Result<std::string> store_report(const std::filesystem::path& data, const hierarchy::Task& task, const std::string& server,
                                 std::string content) {
  auto folder = TaskFolder::open(data, task, server);
  if (!folder) return fail(std::move(folder.error()));
  const auto ending = ending_of(task);
  const auto unfinished = folder->unfinished(ending);
  const auto next = [&]() -> Result<std::string> { return std::exchange(content, {}); };
  if (auto written = write_new_file(unfinished, next); !written) return fail(std::move(written.error()));
  const auto name = folder->name_for(now(), ending);
  if (auto finished = folder->finish(unfinished, name); !finished) return fail(std::move(finished.error()));
  auto kept = folder->keep_newest(static_cast<std::size_t>(task.settings.keep), ending);
  if (!kept) return fail(std::move(kept.error()));
  return fmt::format("{} was written; {} are kept in {}.", name, *kept, folder->path().string());
}

}  // namespace

awaitable<Result<std::string>> TaskWorks::send_report(hierarchy::Task task, std::string content) {
  const auto read = [name = task.settings.destination](store::Transaction& transaction) { return find_mail(transaction, name); };
  auto destination = co_await parts_.storage.read<Destination>(read);
  if (!destination) co_return fail(std::move(destination.error()));
  auto secret = parts_.storage.sealing().unseal(destination->secret);
  if (!secret) co_return fail(std::move(secret.error()));
  destination->secret = std::move(*secret);
  net::Mail mail;
  mail.at = now();
  mail.subject = fmt::format("[{}] report: {}", parts_.facts.name, quotable(task.name, 100));
  mail.body = std::move(content);
  const auto domain = destination->sender.substr(destination->sender.rfind('@') + 1);
  mail.message_id = fmt::format("report.{}.{}@{}", to_micros(mail.at), task.id.str().substr(24), domain);
  const auto recipients = destination->recipients.size();
  const auto deadline = std::chrono::steady_clock::now() + limits::kReportMailTime;
  auto sent = co_await deliver_mail(std::move(*destination), std::move(mail), deadline);
  if (!sent) co_return fail(std::move(sent.error()));
  if (sent->refused) co_return fail(std::move(*sent->refused));
  if (sent->left_out) co_return fail(std::move(*sent->left_out));
  co_return fmt::format("It was mailed to {} recipient(s) of “{}”.", recipients, task.settings.destination);
}

awaitable<Result<std::string>> TaskWorks::report(hierarchy::Task task) {
  auto lines = co_await parts_.storage.read<std::vector<ReportLine>>(lines_of);
  if (!lines) co_return fail(std::move(lines.error()));
  for (auto& line : *lines) line.link = parts_.links.status(line.record.id);
  auto content = task.settings.format == "csv" ? report_as_csv(*lines) : report_as_text(parts_.facts.name, *lines, now());
  if (content.size() > limits::kMaxReportBytes) {
    co_return fail(Code::too_large, fmt::format("The report has {} bytes.", content.size()), "Make it of a server with fewer secondaries.");
  }
  std::string told;
  if (!task.settings.folder.empty()) {
    const auto write = [data = parts_.data, task, server = parts_.facts.name, content](const std::atomic<bool>&) {
      return store_report(data, task, server, content);
    };
    auto stored = co_await on_thread(write);
    if (!stored) co_return stored;
    told = std::move(*stored);
  }
  if (task.settings.destination.empty()) co_return told;
  auto sent = co_await send_report(task, std::move(content));
  if (!sent) {
    if (!told.empty()) sent.error().message = told + " But it could not be mailed: " + sent.error().message;
    co_return sent;
  }
  co_return told.empty() ? *sent : told + " " + *sent;
}

}  // namespace daikan::server
