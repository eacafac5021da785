// What the link doctor asks of the links: what an end knows, one dial beside the link, and a fresh outcome.
#include <array>

#include <fmt/format.h>

#include "base/limits.h"
#include "server/detail/link_runtime.h"

namespace daikan::server {
namespace {

constexpr std::size_t kStrangersShown = 5;  // of limits::kMaxRefusalsKept: what a person reads
constexpr std::size_t kFirstBytes = 64;     // of the peer's HTTP/2 preface or SETTINGS; what they say does not matter

std::chrono::steady_clock::time_point after(std::chrono::steady_clock::duration time) { return std::chrono::steady_clock::now() + time; }

/// Waits for the first bytes behind the handshake: with them a TLS 1.3 server has accepted our certificate.
awaitable<Result<>> accepted_by(net::TlsStream& stream, std::string where) {
  std::array<std::uint8_t, kFirstBytes> first;
  auto read = co_await stream.read_some(first);
  if (!read) co_return fail(std::move(read.error()));
  if (*read > 0) co_return Result<>{};
  co_return fail(Code::closed, fmt::format("{}: the other server closed the connection right after the handshake.", where),
                 "Run daikan link check there, or look into its log: it says why.");
}

}  // namespace

RunningEndPtr LinkHost::State::end_of(const std::optional<RegistrationId>& id) const {
  if (!id) return lower;
  const auto found = uppers.find(*id);
  return found == uppers.end() ? nullptr : RunningEndPtr(found->second);
}

awaitable<CheckDial> LinkHost::State::dial_once(RunningEndPtr end) {
  CheckDial outcome;
  if (end->unusable) {
    outcome.error = end->unusable;
    co_return outcome;
  }
  const auto context = end->registration() ? dialling_secondary : dialling_primary;
  // Shared with the check of the pin, which may outlive a cancelled dial.
  const auto seen = std::make_shared<std::string>();
  net::PinCheck check = [end, seen](const Pin& pin, const CertificateRecord& certificate) {
    *seen = certificate.fingerprint;
    return end->accepts(pin);
  };
  const auto deadline = after(limits::kDialTime);
  auto dialled = co_await net::dial(end->target(), context, std::move(check), deadline, &outcome.trace);
  outcome.seen_fingerprint = *seen;
  if (!dialled) {
    outcome.error = worded(std::move(dialled.error()), *end, *seen);
    if (!outcome.trace.entries.empty() && outcome.trace.entries.back().error) outcome.trace.entries.back().error = outcome.error;
    co_return outcome;
  }
  const auto stream = std::move(*dialled);
  const auto begun = std::chrono::steady_clock::now();
  auto waiting = accepted_by(*stream, end->target().endpoint.str());
  auto accepted = co_await net::with_deadline<void>(deadline, "waiting for the other server to accept the certificate", std::move(waiting));
  if (accepted) {
    outcome.accepting = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
  } else {
    outcome.error = worded(std::move(accepted.error()), *end);
  }
  stream->close();
  co_return outcome;
}

std::optional<LinkSight> LinkHost::sight(std::optional<RegistrationId> id) const {
  const auto end = state_->end_of(id);
  if (!end) return std::nullopt;
  auto sight = end->sight();
  sight.status = id ? status(*id) : *primary_status();
  sight.self = state_->facts.name;
  sight.software = state_->self->software;
  sight.own_fingerprint = state_->facts.certificate.fingerprint;
  sight.max_depth = state_->facts.max_depth;
  sight.listens_on = endpoints();
  if (sight.role == link::Role::upper) sight.path = state_->self->path();
  const auto shown = std::min(state_->refusals.size(), kStrangersShown);
  sight.refused_strangers.assign(state_->refusals.begin(), state_->refusals.begin() + static_cast<std::ptrdiff_t>(shown));
  return sight;
}

std::optional<Proxy> LinkHost::proxy_of(std::optional<RegistrationId> id) const {
  const auto end = state_->end_of(id);
  return end ? end->target().proxy : std::nullopt;
}

awaitable<CheckDial> LinkHost::dial_once(std::optional<RegistrationId> id) {
  const auto end = state_->end_of(id);
  if (!end) {
    CheckDial none;
    none.error = Error(Code::not_found, "The link was removed while it was checked.", "List the links there are.");
    co_return none;
  }
  co_return co_await state_->dial_once(end);
}

awaitable<> LinkHost::refresh(std::optional<RegistrationId> id) {
  const auto state = state_;
  const auto end = state->end_of(id);
  if (!end || state->stopping) co_return;
  const bool stood = end->standing().has_value();
  state->act(end, stood ? end->hello_again(now()) : end->retry_now(now()));
  const auto until = after(limits::kCheckHelloTime);
  const auto pending = [&] {
    if (stood) return end->standing().has_value() && end->awaits_hello();
    // A planned attempt means that the last one came to nothing.
    return !end->standing() && !end->status().next_attempt;
  };
  while (pending() && std::chrono::steady_clock::now() < until && !state->stopping) co_await state->changed.wait(until);
}

}  // namespace daikan::server
