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
};

net::PinCheck check_for(std::shared_ptr<Seen> seen, std::optional<Pin> expected) {
  return [seen = std::move(seen), expected](const Pin& pin, const CertificateRecord& certificate) {
    seen->certificate = certificate;
    return !expected || pin == *expected;
  };
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
  auto check = check_for(seen, request.expected);
  const auto deadline = std::chrono::steady_clock::now() + limits::kDialTime;
  auto stream = co_await net::dial(std::move(target), std::move(*context), std::move(check), deadline, &answer.trace);
  answer.certificate = std::move(seen->certificate);
  if (!stream) {
    answer.error = std::move(stream.error());
    co_return answer;
  }
  (*stream)->close();
  if (answer.certificate && answer.certificate->pin == facts.certificate.pin) {
    answer.error.emplace(Code::own_certificate, fmt::format("{}: this is the server itself, “{}”.", request.address.str(), facts.name),
                         "Give the address of the other server.", "address");
  }
  co_return answer;
}

}  // namespace daikan::server
