#include "cli/join_runner.h"

#include <ostream>

#include <fmt/format.h>

#include "cli/link_text.h"

namespace daikan::cli {
namespace {

using joining::Step;
using joining::StepState;

std::string_view words_of(Step step) {
  switch (step) {
    case Step::identity:
      return "Read the secondary's identity";
    case Step::probe:
      return "Probe the way between the two servers";
    case Step::register_secondary:
      return "Register the secondary on the primary";
    case Step::set_primary:
      return "Tell the secondary who its primary is";
    case Step::link:
      break;
  }
  return "Wait until both sides report the link up";
}

/// A step that changes a server is never cut off in the middle: whether it happened would be unknown, and so what to undo.
bool may_be_cut_off(const joining::Progress& progress) {
  for (const auto& report : progress.steps) {
    if (report.state == StepState::running && (report.step == Step::register_secondary || report.step == Step::set_primary)) return false;
  }
  return true;
}

awaitable<Result<>> on_progress(std::shared_ptr<JoinRun> run, const joining::Progress& progress) {
  run->printer.show(progress);
  run->changed.notify_all();
  if (run->stop) co_return fail(Code::cancelled, "The join was interrupted.");
  co_return Result<>{};
}

awaitable<> carry_out(std::shared_ptr<JoinRun> run) {
  joining::OnProgress told = [run](const joining::Progress& progress) { return on_progress(run, progress); };
  auto outcome = co_await joining::run_join(run->primary, run->secondary, run->request, run->progress, std::move(told));
  run->outcome = std::move(outcome);
  run->changed.notify_all();
}

awaitable<Result<>> undo(Context& context, std::shared_ptr<JoinRun> run) {
  if (context.terminal.traits().live) context.terminal.note("");
  context.terminal.note("Interrupted; taking back what was done …");
  auto undone = co_await joining::undo_join(run->primary, run->secondary, run->progress);
  run->printer.show(run->progress);
  if (!undone) {
    co_return fail(Code::cancelled, "The join was interrupted, and not everything could be taken back: " + undone.error().message,
                   undone.error().remedy);
  }
  co_return fail(Code::cancelled, "The join was interrupted; what it had done was taken back.", "Run the same command again to join.");
}

}  // namespace

void StepPrinter::show_step(const joining::StepReport& report) {
  const bool live = terminal_.traits().live;
  const std::string over = live ? "\r\x1b[K" : "";
  const auto words = words_of(report.step);
  switch (report.state) {
    case StepState::pending:
      return;
    case StepState::running:
      if (live) terminal_.out() << fmt::format("  {} …", words) << std::flush;
      return;
    case StepState::done:
      if (report.error) {
        terminal_.line(fmt::format("{}{} Not undone: {}: {}", over, failed_mark(terminal_), words, shown(report.error->text())));
      } else {
        terminal_.line(fmt::format("{}{} {}: {}", over, done_mark(terminal_), words, shown(report.detail)));
      }
      return;
    case StepState::failed:
      terminal_.line(fmt::format("{}{} {}: {}", over, failed_mark(terminal_), words, report.error ? shown(report.error->message) : ""));
      if (report.error && !report.error->remedy.empty()) terminal_.line("    " + shown(report.error->remedy));
      return;
    case StepState::undone:
      terminal_.line(fmt::format("{}{} Undone: {}", over, undone_mark(terminal_), words));
      return;
  }
}

void StepPrinter::show(const joining::Progress& progress) {
  if (verbosity_ == Verbosity::silent) return;
  seen_.resize(progress.steps.size(), {StepState::pending, false});
  std::vector<const joining::StepReport*> taken_back;
  for (std::size_t i = 0; i < progress.steps.size(); ++i) {
    const auto& report = progress.steps[i];
    const std::pair now{report.state, report.error.has_value()};
    if (std::exchange(seen_[i], now) == now) continue;
    const bool backward = report.state == StepState::undone || (report.state == StepState::done && report.error);
    if (backward) {
      taken_back.push_back(&report);
    } else {
      show_step(report);
    }
  }
  // Undoing goes the other way.
  for (auto report = taken_back.rbegin(); report != taken_back.rend(); ++report) show_step(**report);
}

JoinRun::JoinRun(Context& context, joining::PrimaryEnd& primary_, joining::SecondaryEnd& secondary_, joining::JoinRequest request_)
    : primary(primary_),
      secondary(secondary_),
      request(std::move(request_)),
      printer(context.terminal, context.as_json() ? StepPrinter::Verbosity::silent : StepPrinter::Verbosity::lines),
      changed(context.interrupt.changed) {}

awaitable<Result<>> join_or_undo(Context& context, std::shared_ptr<JoinRun> run) {
  net::TaskGroup tasks(context.executor);
  context.interrupt.owner = Interrupt::Owner::command;
  tasks.spawn(carry_out(run));
  while (!run->outcome && !context.interrupt.wanted) {
    const bool notified = co_await run->changed.wait();
    static_cast<void>(notified);  // the condition above decides
  }
  if (!run->outcome) {
    run->stop = true;
    if (may_be_cut_off(run->progress)) tasks.cancel();
  }
  co_await tasks.join();
  context.interrupt.owner = Interrupt::Owner::nobody;
  const bool interrupted = !run->outcome || (!*run->outcome && run->outcome->error().code == Code::cancelled);
  if (interrupted) {
    auto undone = co_await undo(context, run);
    co_return undone;
  }
  co_return *run->outcome;
}

}  // namespace daikan::cli
