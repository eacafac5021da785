#include "server/link_diagnosis.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"

namespace daikan::server {
namespace {

using Step = CheckStep;
using Outcome = StepOutcome;

constexpr std::array<std::string_view, kCheckSteps> kStepNames = {"name", "tcp",   "proxy", "tls",     "alpn",
                                                                  "pin",  "hello", "clock", "version", "loop"};
constexpr std::array<std::string_view, 3> kOutcomeNames = {"passed", "failed", "skipped"};
constexpr std::string_view kEarlier = "An earlier step failed.";

std::size_t index(Step step) { return static_cast<std::size_t>(step); }

/// Ten steps that fill up.
class Steps {
 public:
  Steps() {
    for (std::size_t i = 0; i < kCheckSteps; ++i) {
      steps_.push_back({.step = static_cast<Step>(i),
                        .outcome = Outcome::skipped,
                        .seen_by = SeenBy::this_end,
                        .detail = std::string(kEarlier),
                        .took = std::nullopt,
                        .error = std::nullopt});
    }
  }
  CheckedStep& pass(Step step, std::string detail) { return put(step, Outcome::passed, std::move(detail)); }
  CheckedStep& skip(Step step, std::string why) { return put(step, Outcome::skipped, std::move(why)); }
  CheckedStep& fail(Step step, Error error) {
    auto& failed = put(step, Outcome::failed, {});
    failed.error = std::move(error);
    return failed;
  }
  CheckedSteps take() { return std::move(steps_); }

 private:
  CheckedStep& put(Step step, Outcome outcome, std::string detail) {
    auto& each = steps_[index(step)];
    each.outcome = outcome;
    each.detail = std::move(detail);
    return each;
  }
  CheckedSteps steps_;
};

std::string peer_words(const LinkSight& sight) {
  if (!sight.peer.empty()) return fmt::format("“{}”", sight.peer);
  return sight.role == link::Role::upper ? "the secondary" : "the primary";
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

/// To the second, for sentences.
std::string moment(TimePoint at) { return to_rfc3339(at).substr(0, 19) + "Z"; }

std::string milliseconds(Duration duration) { return fmt::format("{:.1f} ms", static_cast<double>(duration.count()) / 1000.0); }

std::string seconds(Duration duration) { return fmt::format("{:.1f} s", static_cast<double>(duration.count()) / 1e6); }

Step step_of(net::DialStep step) {
  switch (step) {
    case net::DialStep::name:
      return Step::name;
    case net::DialStep::tcp:
      return Step::tcp;
    case net::DialStep::proxy:
      return Step::proxy;
    case net::DialStep::tls:
      return Step::tls;
    case net::DialStep::alpn:
      return Step::alpn;
    case net::DialStep::certificate:
      return Step::pin;
  }
  return Step::pin;
}

/// The step at which a link that came through its handshake was refused or lost.
Step step_behind_pin(Code code) {
  switch (code) {
    case Code::clock_skew:
      return Step::clock;
    case Code::version_unsupported:
      return Step::version;
    case Code::loop:
    case Code::too_deep:
      return Step::loop;
    default:
      return Step::hello;
  }
}

/// Whether a hello was said and judged before the link was refused for it.
bool is_judged(Code code) { return step_behind_pin(code) != Step::hello || code == Code::identity_conflict || code == Code::removed; }

// The way, seen by the end that goes it.

/// True when every step up to the pin passed.
bool tell_dial(const LinkSight& sight, const CheckDial& dial, Steps& steps) {
  if (sight.proxy) {
    steps.skip(Step::name, fmt::format("The proxy {} resolves the name.", sight.proxy->url()));
    steps.skip(Step::tcp, fmt::format("The proxy {} connects.", sight.proxy->url()));
  }
  for (const auto& entry : dial.trace.entries) {
    const auto step = step_of(entry.step);
    if (entry.error) {
      steps.fail(step, *entry.error).took = entry.took;
      return false;
    }
    steps.pass(step, entry.detail).took = entry.took;
    if (step == Step::tcp && !sight.proxy) steps.skip(Step::proxy, "No proxy is used.");
  }
  if (dial.error) {
    // Nothing was tried (a password that does not open), or the other end turned our certificate away.
    steps.fail(dial.trace.entries.empty() ? Step::proxy : Step::pin, *dial.error);
    return false;
  }
  auto& pin = steps.pass(Step::pin, fmt::format("{}; {} accepts this server's certificate {}.", dial.seen_fingerprint, peer_words(sight),
                                                sight.own_fingerprint));
  if (dial.accepting && pin.took) *pin.took += *dial.accepting;
  return true;
}

// The way, seen by the end that is dialled.

void tell_recognised(const LinkSight& sight, Steps& steps, std::string from) {
  steps.pass(Step::tcp, std::move(from));
  steps.pass(Step::tls, "TLS 1.3");
  steps.pass(Step::alpn, sight.direction == hierarchy::Direction::secondary_dials ? "rh2" : "h2");
  steps.pass(Step::pin, sight.expected_fingerprint);
}

std::string what_to_run_there(const LinkSight& sight) {
  const auto there = peer_words(sight);
  if (sight.role == link::Role::lower) {
    return fmt::format(
        "On {} run: daikan secondary add --dmz ADDRESS-OF-THIS-SERVER:{} --certificate {}.cer, with the file that daikan certificate "
        "export writes here; and check that {} reaches port {} of this server.",
        there, sight.listens_on.empty() ? limits::kLinkPort : sight.listens_on.front().port, sight.self, there,
        sight.listens_on.empty() ? limits::kLinkPort : sight.listens_on.front().port);
  }
  return fmt::format(
      "On {} run: daikan primary set --address ADDRESS-OF-THIS-SERVER:{} --certificate primary.cer, with the file that daikan certificate "
      "export writes here; there, daikan link check then says whether port {} of this server is reached.",
      there, sight.listens_on.empty() ? limits::kLinkPort : sight.listens_on.front().port,
      sight.listens_on.empty() ? limits::kLinkPort : sight.listens_on.front().port);
}

/// A server dialled that is not registered: perhaps the one that is missing, with another certificate than the one we were given.
Error another_certificate(const LinkSight& sight) {
  const auto& stranger = sight.unrecognised.front();
  const auto there = peer_words(sight);
  const std::string more = sight.unrecognised.size() == 1 ? "" : fmt::format(" ({} others did too)", sight.unrecognised.size() - 1);
  const auto remedy =
      sight.role == link::Role::upper
          ? fmt::format(
                "Compare it with what daikan certificate show prints on {0}. If it is the same, remove {0} here and add it again with "
                "--fingerprint {1}; if not, {0} has not dialled: run daikan link check there.",
                there, stranger.certificate.fingerprint)
          : fmt::format(
                "Compare it with what daikan certificate show prints on {0}. If it is the same, run daikan primary set --dmz --replace "
                "with "
                "the certificate file {0} exports now; if not, {0} has not dialled: run daikan link check there.",
                there);
  return {
      Code::certificate_mismatch,
      fmt::format("{} has not connected with the certificate registered for it ({}), but a server with another one ({}) dialled from {}, "
                  "last at {}{}.",
                  capital(there), sight.expected_fingerprint, stranger.certificate.fingerprint, stranger.source, moment(stranger.last_seen),
                  more),
      remedy};
}

Error not_dialled(const LinkSight& sight) {
  const auto there = peer_words(sight);
  if (!sight.last_connected_at) {
    return {Code::not_connected, fmt::format("{} has never dialled this server, “{}”.", capital(there), sight.self),
            what_to_run_there(sight)};
  }
  const auto why = sight.status.reason ? " " + sight.status.reason->message : std::string();
  return {Code::not_connected,
          fmt::format("{} does not dial “{}” any more; it was last connected at {}.{}", capital(there), sight.self,
                      moment(*sight.last_connected_at), why),
          fmt::format("See that {} runs; there, daikan link check says how far it comes.", there)};
}

/// True when the other end came through its handshake.
bool tell_waiting(const LinkSight& sight, Steps& steps) {
  steps.skip(Step::name, fmt::format("{} dials this server.", capital(peer_words(sight))));
  steps.skip(Step::proxy, fmt::format("{} dials this server.", capital(peer_words(sight))));
  if (sight.stands) {
    tell_recognised(sight, steps, fmt::format("connected from {}", sight.status.peer_address));
    return true;
  }
  const auto& refusal = sight.refused_peer;
  if (refusal && refusal->at >= sight.status.since) {
    tell_recognised(sight, steps, fmt::format("dialled from {} at {}", refusal->source, moment(refusal->at)));
    const bool other_end = refusal->reason.code == Code::conflict;
    if (other_end) steps.skip(Step::pin, std::string(kEarlier));
    steps.fail(other_end ? Step::alpn : Step::hello, refusal->reason);
    return false;
  }
  const auto& reason = sight.status.reason;
  if (reason && (is_judged(reason->code) || (reason->code == Code::timed_out && !sight.last_connected_at))) {
    tell_recognised(sight, steps, "It dialled.");
    return true;
  }
  if (sight.unrecognised.empty()) {
    steps.fail(Step::tcp, not_dialled(sight));
  } else {
    steps.skip(Step::tcp, "No connection of it is known.");
    steps.fail(Step::pin, another_certificate(sight));
  }
  return false;
}

// Behind the pin: what the two said to each other.

std::string speaks(const std::string& name, const std::string& software, const link::ProtocolRange& range) {
  const auto versions = range.min == range.max ? std::to_string(range.min) : fmt::format("{} to {}", range.min, range.max);
  return fmt::format("“{}” ({}) speaks link protocol {}", name, software, versions);
}

void tell_clock(const LinkSight& sight, Steps& steps) {
  const auto& skew = sight.status.clock_skew;
  if (!skew) {
    steps.skip(Step::clock, "The other clock is not known.");
    return;
  }
  if (std::chrono::abs(*skew) < limits::kClockSkewWarned) {
    steps.pass(Step::clock, fmt::format("{} apart", seconds(std::chrono::abs(*skew))));
    return;
  }
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::abs(*skew)).count();
  steps.fail(Step::clock,
             {Code::clock_skew,
              fmt::format("The clock of {} is {} s {} that of “{}”.", peer_words(sight), whole,
                          *skew > Duration::zero() ? "ahead of" : "behind", sight.self),
              "Set both by a time service (timedatectl set-ntp true); until then the link works, but times of events and the ends of "
              "certificates are judged differently on the two servers."});
}

void tell_standing(const LinkSight& sight, Steps& steps) {
  const auto& status = sight.status;
  const auto trip = status.round_trip ? fmt::format(", round trip {}", milliseconds(*status.round_trip)) : std::string();
  steps.pass(Step::hello, fmt::format("accepted; connected since {}{}", moment(status.since), trip));
  tell_clock(sight, steps);
  if (sight.told) {
    steps.pass(Step::version, fmt::format("{}, {}", speaks(sight.told->name, sight.told->software, sight.told->protocol),
                                          speaks(sight.self, sight.software, link::kProtocol)));
  } else {
    steps.pass(Step::version, "accepted in the hello");
  }
  const auto lower = sight.role == link::Role::upper ? sight.peer : sight.self;
  steps.pass(Step::loop, fmt::format("{} > {}, level {} of {}", in_words(sight.path), lower, sight.path.size() + 1, sight.max_depth));
}

void tell_reason(const LinkSight& sight, Steps& steps) {
  if (!sight.status.reason) {
    steps.fail(Step::hello, {Code::not_connected,
                             fmt::format("The way to {} is open, but the two have not said hello to each other yet.", peer_words(sight)),
                             "Wait some seconds and check again; if it stays so, look at the logs of both servers."});
    return;
  }
  const auto& reason = *sight.status.reason;
  const auto step = step_behind_pin(reason.code);
  if (step != Step::hello) {
    steps.pass(Step::hello, "said and answered");
    steps.skip(Step::clock, "The hello was refused before.");
  }
  if (step == Step::loop) steps.pass(Step::version, "Both speak a common version.");
  steps.fail(step, reason);
}

}  // namespace

std::string_view to_string(CheckStep step) { return kStepNames[index(step)]; }
std::string_view to_string(StepOutcome outcome) { return kOutcomeNames[static_cast<std::size_t>(outcome)]; }
std::string_view to_string(SeenBy end) { return end == SeenBy::this_end ? "this_end" : "other_end"; }

std::optional<CheckStep> check_step_from_string(std::string_view name) {
  const auto found = std::find(kStepNames.begin(), kStepNames.end(), name);
  if (found == kStepNames.end()) return std::nullopt;
  return static_cast<CheckStep>(found - kStepNames.begin());
}

std::optional<StepOutcome> step_outcome_from_string(std::string_view name) {
  const auto found = std::find(kOutcomeNames.begin(), kOutcomeNames.end(), name);
  if (found == kOutcomeNames.end()) return std::nullopt;
  return static_cast<StepOutcome>(found - kOutcomeNames.begin());
}

CheckedSteps diagnose(const LinkSight& sight, const std::optional<CheckDial>& dial) {
  Steps steps;
  const bool open = dial ? tell_dial(sight, *dial, steps) : tell_waiting(sight, steps);
  // A link can stand while its next dial would fail (its record has another address by now): what stands is told all the same.
  if (sight.stands) {
    tell_standing(sight, steps);
  } else if (open) {
    tell_reason(sight, steps);
  }
  return steps.take();
}

CheckedSteps merge(CheckedSteps own, const CheckedSteps& other, bool we_dial) {
  for (auto& step : own) {
    const auto told = std::find_if(other.begin(), other.end(), [&](const CheckedStep& each) { return each.step == step.step; });
    if (told == other.end()) continue;
    const bool way = index(step.step) <= index(Step::pin);
    const bool worse = told->outcome == Outcome::failed && step.outcome != Outcome::failed;
    const bool more = told->outcome == Outcome::passed && step.outcome == Outcome::skipped;
    const bool theirs_to_tell = way ? !we_dial : worse || more;
    if (!theirs_to_tell) continue;
    step = *told;
    step.seen_by = SeenBy::other_end;
  }
  return own;
}

std::optional<Error> first_failure(const CheckedSteps& steps) {
  for (const auto& step : steps) {
    if (step.outcome == Outcome::failed) return step.error;
  }
  return std::nullopt;
}

}  // namespace daikan::server
