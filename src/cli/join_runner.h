// Runs a join in the terminal: each step on its line as it goes, Ctrl-C undoes.
//
// Knows joining/join.h and the terminal, not how the two ends are reached. Called by `secondary add`. The invariant: when it returns an
// error, what the join made is undone, or its remains were named.
#pragma once

#include <memory>
#include <vector>

#include "cli/context.h"
#include "joining/join.h"

namespace daikan::cli {

/// Prints steps as they change; says nothing twice.
class StepPrinter {
 public:
  enum class Verbosity : std::uint8_t { lines, silent };
  StepPrinter(Terminal& terminal, Verbosity verbosity) : terminal_(terminal), verbosity_(verbosity) {}
  void show(const joining::Progress& progress);

 private:
  void show_step(const joining::StepReport& report);
  Terminal& terminal_;
  Verbosity verbosity_;
  std::vector<std::pair<joining::StepState, bool>> seen_;  ///< State and whether an error was shown, by position.
};

struct JoinRun {
  JoinRun(Context& context, joining::PrimaryEnd& primary_, joining::SecondaryEnd& secondary_, joining::JoinRequest request_);
  joining::PrimaryEnd& primary;
  joining::SecondaryEnd& secondary;
  joining::JoinRequest request;
  joining::Progress progress;
  StepPrinter printer;
  std::optional<Result<>> outcome;
  bool stop = false;  ///< End at the next boundary between two steps.
  net::Signal& changed;
};

/// Returns when the link is up, when a step failed and everything is undone, or, cancelled, when Ctrl-C was pressed and everything is
/// undone.
awaitable<Result<>> join_or_undo(Context& context, std::shared_ptr<JoinRun> run);

}  // namespace daikan::cli
