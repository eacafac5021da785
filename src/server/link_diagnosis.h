// From what the two ends of a link know to the ten steps of the link doctor, and the first of them that failed.
//
// Pure: values in, values out. Called by link_check and by the API, which adds what the other end answered. The invariant: every check has
// all ten steps in their order, each passed, failed with a reason, or skipped with a reason.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "server/link_sight.h"

namespace daikan::server {

/// joining.md section 6: name → TCP → proxy → TLS → ALPN → pin → hello → clock → version → loop.
enum class CheckStep : std::uint8_t { name, tcp, proxy, tls, alpn, pin, hello, clock, version, loop };
inline constexpr std::size_t kCheckSteps = static_cast<std::size_t>(CheckStep::loop) + 1;
enum class StepOutcome : std::uint8_t { passed, failed, skipped };
enum class SeenBy : std::uint8_t { this_end, other_end };

std::string_view to_string(CheckStep step);
std::string_view to_string(StepOutcome outcome);
std::string_view to_string(SeenBy end);
std::optional<CheckStep> check_step_from_string(std::string_view name);
std::optional<StepOutcome> step_outcome_from_string(std::string_view name);

struct CheckedStep {
  CheckStep step = CheckStep::name;
  StepOutcome outcome = StepOutcome::skipped;
  SeenBy seen_by = SeenBy::this_end;
  std::string detail;  ///< What was seen; of a skipped step: why.
  std::optional<std::chrono::microseconds> took;
  std::optional<Error> error;  ///< Of a failed step.
};
using CheckedSteps = std::vector<CheckedStep>;

/// The steps as this end sees them. `dial` is there when this end dials.
CheckedSteps diagnose(const LinkSight& sight, const std::optional<CheckDial>& dial);

/// One story from both: the dialling end tells of the way, a failure beats a success, and this end beats the other where both say the same.
/// `other` are the steps that the other end calls its own.
CheckedSteps merge(CheckedSteps own, const CheckedSteps& other, bool we_dial);

/// The reason of the first step that failed.
std::optional<Error> first_failure(const CheckedSteps& steps);

}  // namespace daikan::server
