#include "joining/join.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "net/identity.h"

namespace daikan::joining {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 5> kStepNames = {"identity", "probe", "register_secondary", "set_primary", "link"};
constexpr std::array<std::string_view, 5> kStateNames = {"pending", "running", "done", "failed", "undone"};
constexpr std::string_view kConnected = "connected";

/// How often the last step asks both sides: often at first, because a link on a good network is up within a round trip or two.
constexpr auto kFirstPause = 50ms;
constexpr auto kLongestPause = 1s;

/// One call of run_join: what it was given and what it learned.
struct Run {
  PrimaryEnd& primary;
  SecondaryEnd& secondary;
  const JoinRequest& request;
  Progress& progress;
  const OnProgress& on_progress;
  std::optional<ServerIdentity> upper;
  std::optional<ServerIdentity> lower;
};

/// In way 3 the primary dials as soon as it knows the secondary; a secondary that was not told yet would refuse it and cost a long
/// back-off. So the side that is dialled always learns first.
std::array<Step, 5> order_of(Way way) {
  if (way == Way::primary_dials) return {Step::identity, Step::probe, Step::set_primary, Step::register_secondary, Step::link};
  return {Step::identity, Step::probe, Step::register_secondary, Step::set_primary, Step::link};
}

void lay_out(Progress& progress, Way way) {
  if (!progress.steps.empty()) return;
  for (const auto step : order_of(way)) progress.steps.push_back(StepReport{.step = step, .detail = {}, .error = {}});
}

awaitable<Result<>> save(const OnProgress& on_progress, const Progress& progress) {
  if (!on_progress) co_return Result<>{};
  auto saved = co_await on_progress(progress);
  co_return saved;
}

std::string quoted_name(const ServerIdentity& server) { return server.name.empty() ? server.id.str() : server.name; }

Result<> check_request(const JoinRequest& request) {
  if (!net::normalise_fingerprint(request.fingerprint)) {
    return fail(Code::invalid_request, "The fingerprint of the secondary's certificate is missing or is not a SHA-256 fingerprint.",
                "Compare it with what the secondary's administrator reads out, and give it in the form AB:CD:….", "fingerprint");
  }
  if (request.way == Way::secondary_dials && !request.primary_address) {
    return fail(Code::address_required, "The address under which the secondary reaches the primary is missing.",
                "Give the primary's name or address and its link port, as seen from the secondary.", "primary_address");
  }
  if (request.way == Way::primary_dials && !request.dmz_address) {
    return fail(Code::address_required, "The address under which the primary reaches the secondary is missing.",
                "Give the secondary's name or address and its link port, as seen from the primary.", "dmz_address");
  }
  return {};
}

Result<> check_identities(const Run& run) {
  const auto& lower = *run.lower;
  const auto expected = net::normalise_fingerprint(run.request.fingerprint);
  const auto where = run.request.secondary_console.str();
  if (lower.certificate.fingerprint != *expected) {
    return fail(Code::certificate_mismatch,
                fmt::format("{}: the certificate is not the confirmed one: expected {}, received {}.", where, *expected,
                            lower.certificate.fingerprint),
                "Check that this is the right server; if its certificate was renewed, compare the new fingerprint with its administrator.",
                "fingerprint");
  }
  if (lower.id == run.upper->id || lower.certificate.pin == run.upper->certificate.pin) {
    return fail(Code::own_certificate, fmt::format("{} is the primary Administration Server itself ({}).", where, quoted_name(*run.upper)),
                "Give the address of the server that is to become secondary.", "secondary_console");
  }
  if (run.progress.secondary_id && *run.progress.secondary_id != lower.id) {
    return fail(Code::identity_conflict,
                fmt::format("{} is now another server ({}) than the one this join began with ({}).", where, lower.id.str(),
                            run.progress.secondary_id->str()),
                "Undo this join and start a new one.");
  }
  return {};
}

awaitable<Result<std::string>> identify(Run& run) {
  if (auto checked = check_request(run.request); !checked) co_return fail(checked.error());
  auto upper = co_await run.primary.identity();
  if (!upper) co_return fail(upper.error());
  run.upper = std::move(*upper);
  auto lower = co_await run.secondary.identity();
  if (!lower) co_return fail(lower.error());
  run.lower = std::move(*lower);
  if (auto checked = check_identities(run); !checked) co_return fail(checked.error());
  auto logged_in = co_await run.secondary.log_in(run.request.credentials);
  if (!logged_in) co_return fail(logged_in.error());
  run.progress.secondary_id = run.lower->id;
  run.progress.secondary_name = run.lower->name;
  co_return fmt::format("{} ({}), fingerprint {}", quoted_name(*run.lower), run.lower->version, run.lower->certificate.fingerprint);
}

awaitable<Result<std::string>> probe(Run& run) {
  const auto& request = run.request;
  if (request.way == Way::secondary_dials) {
    auto reached = co_await run.secondary.probe_primary(*request.primary_address, request.primary_proxy, run.upper->certificate);
    if (!reached) co_return fail(reached.error());
    co_return fmt::format("{} reaches {} at {}", quoted_name(*run.lower), quoted_name(*run.upper), request.primary_address->str());
  }
  auto reached = co_await run.primary.probe_secondary(*request.dmz_address, request.dmz_proxy, run.lower->certificate);
  if (!reached) co_return fail(reached.error());
  co_return fmt::format("{} reaches {} at {}", quoted_name(*run.upper), quoted_name(*run.lower), request.dmz_address->str());
}

/// A refusal after which nothing can have been changed. Any other error may hide a change whose answer was lost.
bool is_definite_refusal(Code code) {
  constexpr std::array kDefinite = {Code::permission_denied,
                                    Code::invalid_request,
                                    Code::already_has_primary,
                                    Code::own_certificate,
                                    Code::certificate_unreadable,
                                    Code::certificate_expired,
                                    Code::certificate_in_use,
                                    Code::loop,
                                    Code::too_deep,
                                    Code::version_unsupported,
                                    Code::identity_conflict,
                                    Code::address_required,
                                    Code::port_out_of_range,
                                    Code::conflict,
                                    Code::name_taken,
                                    Code::group_not_found,
                                    Code::too_large,
                                    Code::not_found,
                                    Code::method_not_allowed,
                                    Code::rate_limited};
  return std::find(kDefinite.begin(), kDefinite.end(), code) != kDefinite.end();
}

awaitable<Result<std::string>> register_secondary(Run& run) {
  auto registered = co_await run.primary.register_secondary(run.request, *run.lower);
  if (!registered && registered.error().code != Code::cancelled && !is_definite_refusal(registered.error().code)) {
    // It may have been registered and only the answer lost: the same question again tells, so that it can be undone.
    auto again = co_await run.primary.register_secondary(run.request, *run.lower);
    if (again) registered = std::move(again);
  }
  if (!registered) co_return fail(registered.error());
  run.progress.registration = registered->id;
  const bool made = registered->was == Registered::Was::made;
  if (made) run.progress.registered = Progress::Made::it;
  co_return fmt::format("{} knows {}{}", quoted_name(*run.upper), quoted_name(*run.lower), made ? "" : " (it already did)");
}

awaitable<Result<std::string>> set_primary(Run& run) {
  auto above = co_await run.secondary.above(*run.upper);
  if (!above) co_return fail(above.error());
  const bool made = *above != SecondaryEnd::Above::this_primary;
  // Noted before it is asked for: if the answer is lost, the secondary may dial, and undoing has to stop it. Where another primary is set
  // nothing is noted: the request will be refused, and clearing would take away what is not ours.
  const bool noted = *above == SecondaryEnd::Above::nobody;
  if (noted) {
    const auto before = std::exchange(run.progress.primary_set, Progress::Made::it);
    auto saved = co_await save(run.on_progress, run.progress);
    if (!saved) {
      run.progress.primary_set = before;
      co_return fail(saved.error());
    }
  }
  auto set = co_await run.secondary.set_primary(run.request, *run.upper);
  if (!set) {
    if (made && is_definite_refusal(set.error().code)) run.progress.primary_set = Progress::Made::nothing;
    co_return fail(set.error());
  }
  if (made) run.progress.primary_set = Progress::Made::it;
  const auto already = made ? "" : " (it already did)";
  co_return run.request.way == Way::secondary_dials
      ? fmt::format("{} dials {}{}", quoted_name(*run.lower), quoted_name(*run.upper), already)
      : fmt::format("{} waits for {}{}", quoted_name(*run.lower), quoted_name(*run.upper), already);
}

/// A side that cannot be asked for a moment may come back while the last step waits; anything else ends the join.
bool may_pass(Code code) {
  constexpr std::array kLasting = {Code::not_found,        Code::unauthenticated,      Code::permission_denied,
                                   Code::cancelled,        Code::certificate_mismatch, Code::internal,
                                   Code::wrong_credentials};
  return std::find(kLasting.begin(), kLasting.end(), code) == kLasting.end();
}

/// A refusal that waiting cannot mend. The reasons a side had before this join told it about the other are stale and are waited over.
bool is_final(const LinkView& view, Progress::Made fresh) {
  if (view.state != "refused" || !view.reason || fresh != Progress::Made::it) return false;
  return view.reason->code != Code::unknown_to_primary && view.reason->code != Code::unknown_to_secondary;
}

Error link_did_not_come_up(const Run& run, const std::optional<LinkView>& above, const std::optional<LinkView>& below,
                           std::optional<Error> reason) {
  const auto state = [](const std::optional<LinkView>& view) { return view ? view->state : std::string("cannot be asked"); };
  auto code = Code::timed_out;
  std::string because;
  std::string remedy = "Look at the link's reason on both servers (daikan secondary show, daikan primary show), then run the join again.";
  if (reason) {
    code = reason->code;
    because = " " + reason->message;
    if (!reason->remedy.empty()) remedy = reason->remedy;
  }
  return Error(
      code,
      fmt::format("The link between {} and {} did not come up within {} s (primary: {}, secondary: {}).{}", quoted_name(*run.upper),
                  quoted_name(*run.lower), run.request.link_time.count(), state(above), state(below), because),
      remedy);
}

awaitable<Result<std::string>> wait_for_link(Run& run) {
  const auto deadline = std::chrono::steady_clock::now() + run.request.link_time;
  std::chrono::milliseconds pause = kFirstPause;
  for (;;) {
    auto above = co_await run.primary.link(*run.progress.registration);
    if (!above && !may_pass(above.error().code)) co_return fail(above.error());
    auto below = co_await run.secondary.link();
    if (!below && !may_pass(below.error().code)) co_return fail(below.error());
    if (above && below && above->state == kConnected && below->state == kConnected) co_return std::string("both sides report the link up");
    if (above && is_final(*above, run.progress.registered)) co_return fail(*above->reason);
    if (below && is_final(*below, run.progress.primary_set)) co_return fail(*below->reason);
    if (std::chrono::steady_clock::now() >= deadline) {
      std::optional<Error> reason;
      // The side that dials knows best why it does not get through.
      const bool lower_dials = run.request.way == Way::secondary_dials;
      for (const auto* side : {lower_dials ? &above : &below, lower_dials ? &below : &above}) {
        if (!*side) reason = side->error();
        if (*side && (*side)->reason) reason = (*side)->reason;
      }
      co_return fail(link_did_not_come_up(run, above ? std::optional(*above) : std::nullopt, below ? std::optional(*below) : std::nullopt,
                                          std::move(reason)));
    }
    const bool slept = co_await net::sleep_for(pause);
    if (!slept) co_return fail(Code::cancelled, "The join was stopped while it waited for the link.");
    pause = std::min<std::chrono::milliseconds>(pause * 2, kLongestPause);
  }
}

awaitable<Result<std::string>> perform(Run& run, Step step) {
  switch (step) {
    case Step::identity:
      return identify(run);
    case Step::probe:
      return probe(run);
    case Step::register_secondary:
      return register_secondary(run);
    case Step::set_primary:
      return set_primary(run);
    case Step::link:
      break;
  }
  return wait_for_link(run);
}

/// Undoes one made thing; a side on which it is gone already counts as undone.
awaitable<Result<>> take_back_one(PrimaryEnd& primary, SecondaryEnd& secondary, Progress& progress, Step step) {
  Result<> gone;
  if (step == Step::register_secondary) {
    gone = co_await primary.remove_secondary(*progress.registration);
  } else {
    gone = co_await secondary.clear_primary();
  }
  if (!gone && gone.error().code != Code::not_found) co_return gone;
  if (step == Step::register_secondary) {
    progress.registered = Progress::Made::nothing;
    progress.registration.reset();
  } else {
    progress.primary_set = Progress::Made::nothing;
  }
  co_return Result<>{};
}

awaitable<Result<>> take_back(PrimaryEnd& primary, SecondaryEnd& secondary, Progress& progress, const OnProgress& on_progress) {
  Result<> first;
  for (auto report = progress.steps.rbegin(); report != progress.steps.rend(); ++report) {
    const bool ours = (report->step == Step::register_secondary && progress.registered == Progress::Made::it && progress.registration) ||
                      (report->step == Step::set_primary && progress.primary_set == Progress::Made::it);
    if (!ours) continue;
    auto gone = co_await take_back_one(primary, secondary, progress, report->step);
    if (gone) {
      if (report->state == StepState::done || report->state == StepState::running) report->state = StepState::undone;
    } else {
      if (gone.error().code == Code::cancelled) co_return gone;
      report->error = gone.error();
      if (first) first = std::move(gone);
    }
    auto saved = co_await save(on_progress, progress);
    if (!saved && first) first = std::move(saved);
  }
  co_return first;
}

awaitable<Result<>> give_up(Run& run, StepReport& report, Error error) {
  // A cancelled coroutine may not wait again, and its owner decides between going on later and undoing: the step stays "running".
  if (error.code == Code::cancelled) co_return fail(std::move(error));
  report.state = StepState::failed;
  report.error = error;
  auto saved = co_await save(run.on_progress, run.progress);
  auto undone = co_await take_back(run.primary, run.secondary, run.progress, run.on_progress);
  // What could not be undone stands at its step; the error that counts is the one that made us stop.
  static_cast<void>(saved);
  static_cast<void>(undone);
  co_return fail(std::move(error));
}

awaitable<Result<>> carry_out(Run& run, StepReport& report) {
  const bool repeated = report.state == StepState::done;  // the identities are read anew when a join goes on
  if (!repeated) {
    report = StepReport{.step = report.step, .state = StepState::running, .detail = {}, .error = {}};
    auto saved = co_await save(run.on_progress, run.progress);
    if (!saved) {
      auto outcome = co_await give_up(run, report, saved.error());
      co_return outcome;
    }
  }
  auto made = co_await perform(run, report.step);
  if (!made) {
    auto outcome = co_await give_up(run, report, made.error());
    co_return outcome;
  }
  if (repeated) co_return Result<>{};
  report.state = StepState::done;
  report.detail = std::move(*made);
  auto saved = co_await save(run.on_progress, run.progress);
  if (!saved) {
    auto outcome = co_await give_up(run, report, saved.error());
    co_return outcome;
  }
  co_return Result<>{};
}

}  // namespace

std::string_view to_string(Step step) { return kStepNames[static_cast<std::size_t>(step)]; }
std::string_view to_string(StepState state) { return kStateNames[static_cast<std::size_t>(state)]; }

awaitable<Result<>> run_join(PrimaryEnd& primary, SecondaryEnd& secondary, const JoinRequest& request, Progress& progress,
                             OnProgress on_progress) {
  lay_out(progress, request.way);
  Run run{primary, secondary, request, progress, on_progress, std::nullopt, std::nullopt};
  for (auto& report : progress.steps) {
    if (report.state == StepState::done && report.step != Step::identity) continue;
    auto outcome = co_await carry_out(run, report);
    if (!outcome) co_return outcome;
  }
  co_return Result<>{};
}

awaitable<Result<>> undo_join(PrimaryEnd& primary, SecondaryEnd& secondary, Progress& progress) {
  auto outcome = co_await take_back(primary, secondary, progress, {});
  co_return outcome;
}

}  // namespace daikan::joining
