#include "server/probe.h"

#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"

namespace daikan::server {
namespace {

/// What the handshake showed, filled in by the pin check, which outlives a cancelled probe.
struct Seen {
  std::optional<CertificateRecord> certificate;
  enum class As : std::uint8_t { nothing, expected, another } as = As::nothing;
};

// The check says no to every certificate: what a probe wants to know is known by then, and a handshake that ends here has not shown ours,
// so a server that was not told of us yet does not list us as unrecognised.
net::PinCheck look_at(std::shared_ptr<Seen> seen, std::optional<Pin> expected) {
  return [seen = std::move(seen), expected](const Pin& pin, const CertificateRecord& certificate) {
    seen->certificate = certificate;
    seen->as = !expected || pin == *expected ? Seen::As::expected : Seen::As::another;
    return false;
  };
}

/// The refusal of a certificate that was the right one is no failure.
void forgive_refusal(ProbeAnswer& answer, const Seen& seen) {
  if (!answer.error || answer.error->code != Code::certificate_mismatch || seen.as != Seen::As::expected) return;
  answer.error.reset();
  if (answer.trace.entries.empty()) return;
  auto& last = answer.trace.entries.back();
  last.error.reset();
  last.detail = seen.certificate->fingerprint;
}

}  // namespace

awaitable<ProbeAnswer> run_probe(const Facts& facts, ProbeRequest request) {
  ProbeAnswer answer;
  if (!facts.identity) {
    answer.error.emplace(Code::internal, "This server has no identity to probe with.");
    co_return answer;
  }
  const bool dials_primary = request.direction == hierarchy::Direction::secondary_dials;
  const auto alpn = dials_primary ? net::kAlpnReversedH2 : net::kAlpnH2;
  auto context = net::TlsContext::link(*facts.identity, {std::string(alpn)});
  if (!context) {
    answer.error = std::move(context.error());
    co_return answer;
  }
  const auto seen = std::make_shared<Seen>();
  net::DialTarget target{request.address, std::move(request.proxy)};
  auto check = look_at(seen, request.expected);
  const auto deadline = std::chrono::steady_clock::now() + limits::kDialTime;
  auto stream = co_await net::dial(std::move(target), std::move(*context), std::move(check), deadline, &answer.trace);
  if (!stream) answer.error = std::move(stream.error());
  answer.certificate = seen->certificate;
  forgive_refusal(answer, *seen);
  if (!answer.error && answer.certificate && answer.certificate->pin == facts.certificate.pin) {
    answer.error.emplace(Code::own_certificate, fmt::format("{}: this is the server itself, “{}”.", request.address.str(), facts.name),
                         "Give the address of the other server.", "address");
  }
  co_return answer;
}

awaitable<Result<>> try_dial(const Facts& facts, ProbeRequest request, CertificateRecord expected) {
  const auto where = request.address.str();
  auto answer = co_await run_probe(facts, std::move(request));
  if (answer.error && answer.error->code == Code::certificate_mismatch && answer.certificate) {
    answer.error->message = fmt::format("{}: the certificate is another one: expected {}, received {}.", where, expected.fingerprint,
                                        answer.certificate->fingerprint);
  }
  if (answer.error) co_return fail(std::move(*answer.error));
  co_return Result<>{};
}

awaitable<Result<>> test_edit(const Facts& facts, unsigned& running, ProbeRequest request, CertificateRecord expected) {
  if (running >= limits::kMaxProbesAtOnce) {
    co_return fail(Code::rate_limited, "Too many probes run at this moment.", "Try again in a few seconds.");
  }
  const ProbePlace place(running);
  auto reached = co_await try_dial(facts, std::move(request), std::move(expected));
  if (reached) co_return reached;
  auto& error = reached.error();
  const bool proxy = error.code == Code::proxy_unreachable || error.code == Code::proxy_auth_required || error.code == Code::proxy_denied ||
                     error.code == Code::proxy_invalid_answer;
  error.field = proxy ? "proxy" : "address";
  if (!error.remedy.empty()) error.remedy += " ";
  error.remedy += "Nothing was changed; to save it all the same, say that it is not to be tested.";
  co_return reached;
}

}  // namespace daikan::server
