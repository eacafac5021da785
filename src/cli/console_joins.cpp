#include "cli/console_joins.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/views.h"
#include "base/limits_console.h"

namespace daikan::cli {

struct ConsoleJoins::Run {
  Run(net::Executor executor, std::unique_ptr<joining::ConsoleClient> above, joining::JoinRequest asked)
      : primary(std::move(above)),
        secondary(executor, asked.secondary_console, asked.fingerprint),
        request(std::move(asked)),
        steps(executor) {}

  hierarchy::OperationRecord record;
  std::string key;
  std::unique_ptr<joining::ConsoleClient> primary;
  joining::ConsoleClient secondary;
  joining::JoinRequest request;
  joining::Progress progress;
  bool stop = false;  ///< End at the next boundary between two steps, and take back.
  std::optional<Result<>> outcome;
  net::TaskGroup steps;

  bool runs() const { return record.state == "running"; }
  /// A step that changes a server is never cut off in the middle: whether it happened would be unknown.
  bool may_be_cut_off() const {
    return std::none_of(progress.steps.begin(), progress.steps.end(), [](const joining::StepReport& report) {
      return report.state == joining::StepState::running &&
             (report.step == joining::Step::register_secondary || report.step == joining::Step::set_primary);
    });
  }
};

ConsoleJoins::ConsoleJoins(net::Executor executor) : executor_(executor), tasks_(executor) {}
ConsoleJoins::~ConsoleJoins() = default;

Result<> ConsoleJoins::check_room() const {
  const auto running = std::count_if(runs_.begin(), runs_.end(), [](const auto& entry) { return entry.second->runs(); });
  if (static_cast<std::size_t>(running) < limits::kMaxLocalJoins) return {};
  return fail(Code::unavailable, fmt::format("{} joins run at this moment.", running), "Wait until one of them has ended.");
}

Result<boost::json::object> ConsoleJoins::begin(std::unique_ptr<joining::ConsoleClient> primary, joining::JoinRequest request,
                                                std::string key) {
  for (const auto& [id, run] : runs_) {
    if (!key.empty() && run->key == key) return api::operation_json(run->record);
  }
  if (auto room = check_room(); !room) return fail(std::move(room.error()));
  const auto oldest = std::find_if(runs_.begin(), runs_.end(), [](const auto& entry) { return !entry.second->runs(); });
  if (runs_.size() >= limits::kMaxLocalJoinsKept && oldest != runs_.end()) runs_.erase(oldest);
  auto run = std::make_shared<Run>(executor_, std::move(primary), std::move(request));
  run->key = std::move(key);
  run->record.created_at = now();
  run->record.id = OperationId::make(run->record.created_at);
  run->record.kind = "join";
  runs_[run->record.id.str()] = run;
  start(run);
  return api::operation_json(run->record);
}

void ConsoleJoins::start(const std::shared_ptr<Run>& run) {
  run->record.state = "running";
  run->record.updated_at = now();
  run->record.steps = joining::to_json(run->progress);
  run->stop = false;
  run->outcome.reset();
  tasks_.spawn(operate(run));
}

awaitable<Result<>> ConsoleJoins::on_progress(std::shared_ptr<Run> run) {
  run->record.steps = joining::to_json(run->progress);
  run->record.updated_at = now();
  if (run->stop) co_return fail(Code::cancelled, "The join was cancelled.");
  co_return Result<>{};
}

awaitable<> ConsoleJoins::run_steps(std::shared_ptr<Run> run) {
  const auto primary = joining::make_primary_end(*run->primary);
  const auto secondary = joining::make_secondary_end(run->secondary);
  joining::OnProgress told = [run](const joining::Progress&) { return on_progress(run); };
  auto outcome = co_await joining::run_join(*primary, *secondary, run->request, run->progress, std::move(told));
  run->outcome.emplace(std::move(outcome));
}

awaitable<> ConsoleJoins::operate(std::shared_ptr<Run> run) {
  co_await net::asio::this_coro::throw_if_cancelled(false);
  run->steps.spawn(run_steps(run));
  co_await run->steps.join();
  const bool cancelled = !run->outcome || (!*run->outcome && run->outcome->error().code == Code::cancelled);
  std::string state = run->outcome && run->outcome->has_value() ? "done" : "failed";
  if (cancelled) {
    const auto primary = joining::make_primary_end(*run->primary);
    const auto secondary = joining::make_secondary_end(run->secondary);
    auto undone = co_await joining::undo_join(*primary, *secondary, run->progress);
    state = undone ? "undone" : "failed";
  }
  co_await run->secondary.log_out();
  co_await run->secondary.close();
  co_await run->primary->close();
  run->request.credentials = {};  // used and forgotten
  run->record.steps = joining::to_json(run->progress);
  run->record.updated_at = now();
  run->record.state = state;
}

bool ConsoleJoins::knows(const std::string& id) const { return runs_.contains(id); }

boost::json::object ConsoleJoins::show(const std::string& id) const { return api::operation_json(runs_.at(id)->record); }

Result<boost::json::object> ConsoleJoins::resume(const std::string& id, std::unique_ptr<joining::ConsoleClient> primary,
                                                 joining::Credentials credentials) {
  const auto run = runs_.at(id);
  if (run->record.state != "failed" && run->record.state != "undone") {
    return fail(Code::conflict, fmt::format("The operation is {}.", run->record.state), "Only a failed operation can go on.");
  }
  if (auto room = check_room(); !room) return fail(std::move(room.error()));
  run->primary = std::move(primary);
  run->request.credentials = std::move(credentials);
  start(run);
  return api::operation_json(run->record);
}

Result<boost::json::object> ConsoleJoins::cancel(const std::string& id) {
  const auto run = runs_.at(id);
  if (!run->runs()) {
    return fail(Code::conflict, fmt::format("The operation is {}.", run->record.state), "Only a running operation can be cancelled.");
  }
  run->stop = true;
  if (run->may_be_cut_off()) run->steps.cancel();
  return api::operation_json(run->record);
}

awaitable<> ConsoleJoins::stop() {
  for (const auto& [id, run] : runs_) {
    if (!run->runs()) continue;
    run->stop = true;
    if (run->may_be_cut_off()) run->steps.cancel();
  }
  co_await tasks_.join();
}

}  // namespace daikan::cli
