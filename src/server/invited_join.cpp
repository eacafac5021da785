#include "server/invited_join.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/limits.h"
#include "joining/invitation_file.h"
#include "link/messages.h"
#include "link/proof.h"
#include "net/dialer.h"
#include "net/h2_connection.h"
#include "net/signature.h"
#include "server/detail/introduction.h"
#include "server/problem.h"

namespace daikan::server {
namespace {

constexpr std::string_view kBootstrapName = "Daikan invitation";

/// One connection to the primary, for which this side answers.
struct Visit {
  const Facts& facts;
  InvitationId invitation;
  std::unique_ptr<net::H2Connection> h2;
  std::optional<link::ClaimOutcome> outcome;
};
using VisitPtr = std::shared_ptr<Visit>;

net::Response message(std::string body) {
  net::Response response;
  response.headers.add("content-type", std::string(link::kMediaType));
  response.body = net::Body(std::move(body));
  return response;
}

net::Response answer_claim(Visit& visit, std::string_view body) {
  const auto request = link::decode_claim_request(body);
  if (!request) return problem_response(request.error(), 400);
  if (request->invitation != visit.invitation) {
    return problem_response(Error(Code::invalid_request, "This server came with another invitation.", "Ask for the one it presented."),
                            400);
  }
  const auto& facts = visit.facts;
  link::Claim claim;
  claim.sender = introduction_of(facts);
  claim.certificate = facts.certificate.der;
  claim.signature = net::sign(*facts.identity, link::claim_proof(visit.h2->stream().channel_binding(), visit.invitation));
  return message(link::encode(claim));
}

awaitable<net::Response> answer(VisitPtr visit, net::Request request) {
  const bool claim = request.target == link::kClaimPath;
  if (!claim && request.target != link::kOutcomePath) {
    co_return problem_response(Error(Code::not_found, "Only an invitation is dealt with here.", "See docs/protocol.md."), 404);
  }
  if (request.method != "POST") {
    co_return problem_response(Error(Code::method_not_allowed, "This path takes POST only.", "Send POST."), 405);
  }
  auto body = co_await request.body.read_all(limits::kMaxHelloBytes);
  if (!body) co_return problem_response(body.error(), body.error().code == Code::too_large ? 413 : 400);
  if (claim) co_return answer_claim(*visit, *body);
  auto outcome = link::decode_claim_outcome(*body);
  if (!outcome) co_return problem_response(outcome.error(), 400);
  visit->outcome = std::move(*outcome);
  co_return message({});
}

/// Runs the connection until the primary has said the outcome and closed.
awaitable<Result<link::ClaimOutcome>> visit_primary(VisitPtr visit) {
  Error ended = co_await visit->h2->run();
  if (visit->outcome) co_return std::move(*visit->outcome);
  co_return fail(std::move(ended));
}

awaitable<Result<link::ClaimOutcome>> claim_at(const Facts& facts, const joining::InvitationFile& file, net::DialTarget target,
                                               net::SteadyTime until) {
  auto bootstrap = net::Identity::from_key(file.key, now(), kBootstrapName);
  if (!bootstrap)
    co_return fail(Code::invitation_unreadable, "The key in the invitation file cannot be used.", "Get the file again.", "invitation");
  auto context = net::TlsContext::link(*bootstrap, {std::string(net::kAlpnReversedH2)});
  if (!context) co_return fail(std::move(context.error()));
  net::PinCheck check = [expected = file.certificate.pin](const Pin& pin, const CertificateRecord&) { return pin == expected; };
  const auto deadline = std::min<net::SteadyTime>(until, std::chrono::steady_clock::now() + limits::kDialTime);
  auto stream = co_await net::dial(std::move(target), std::move(*context), std::move(check), deadline);
  if (!stream) co_return fail(std::move(stream.error()));
  const auto visit = std::make_shared<Visit>(Visit{facts, file.id, nullptr, std::nullopt});
  net::H2Settings settings{};
  settings.concurrent_streams = 1;
  // The visit owns the connection and the connection its handler: a weak reference, or neither would ever go.
  net::Handler handler = [weak = std::weak_ptr(visit)](net::Request request) { return answer(weak.lock(), std::move(request)); };
  visit->h2 = std::make_unique<net::H2Connection>(std::move(*stream), net::H2Role::server, settings, std::move(handler));
  co_return co_await net::with_deadline<link::ClaimOutcome>(
      std::min<net::SteadyTime>(until, std::chrono::steady_clock::now() + limits::kGuestTime),
      "waiting for the primary to deal with the invitation", visit_primary(visit));
}

/// Who refuses, in words a person of this server understands.
Error worded(Error error, const joining::InvitationFile& file, const Endpoint& address) {
  if (error.code == Code::unknown_to_primary) {
    return Error(
        Code::unknown_to_primary,
        fmt::format("{}: the primary Administration Server “{}” does not know this invitation (any more).", address.str(), file.primary),
        "Ask its administrator for a new invitation.", "invitation");
  }
  if (error.code == Code::certificate_mismatch) {
    return Error(
        Code::certificate_mismatch,
        fmt::format("{}: another server answers there than “{}”, which made the invitation (fingerprint {}).", address.str(), file.primary,
                    file.certificate.fingerprint),
        "Ask the primary's administrator for a new invitation if its certificate was replaced; otherwise somebody may stand between.");
  }
  return error;
}

}  // namespace

awaitable<Result<PrimaryView>> InvitedJoin::join(const Actor& actor, JoinByInvitation request) {
  auto joined = co_await attempt(actor, std::move(request));
  if (joined) co_return joined;
  hierarchy::AuditRecord record;
  record.at = now();
  record.actor = actor.name;
  record.source = actor.source;
  record.through = fmt::format("{}", fmt::join(actor.through, " > "));
  record.action = "primary.join";
  record.object = "with an invitation";
  record.outcome = std::string(to_string(joined.error().code));
  auto noted = co_await history_.append_audit(std::move(record));
  if (!noted) co_return fail(std::move(noted.error()));
  co_return joined;
}

awaitable<Result<PrimaryView>> InvitedJoin::attempt(const Actor& actor, JoinByInvitation request) {
  const auto file = joining::parse_invitation(request.invitation);
  if (!file) co_return fail(file.error());
  SetPrimary primary{.direction = hierarchy::Direction::secondary_dials,
                     .address = file->addresses.front(),
                     .proxy = std::move(request.proxy),
                     .certificate = file->certificate.der,
                     .server_id = std::nullopt,
                     .if_set = request.if_set,
                     .may = std::nullopt,
                     .seen = {}};
  // What this server itself does not allow is said before anything happens elsewhere.
  if (auto checked = co_await primary_.check(primary); !checked) co_return fail(std::move(checked.error()));
  const auto until = std::chrono::steady_clock::now() + limits::kInvitedJoinTime;
  std::optional<Error> first;
  std::string others;
  for (const auto& address : file->addresses) {
    auto outcome = co_await claim_at(facts_, *file, {address, primary.proxy}, until);
    if (!outcome) {
      auto error = worded(std::move(outcome.error()), *file, address);
      if (first) others += " " + error.message;
      if (!first) first = std::move(error);
      if (std::chrono::steady_clock::now() >= until) break;
      continue;
    }
    if (auto* refused = std::get_if<Error>(&*outcome)) co_return fail(std::move(*refused));
    primary.address = address;
    co_return co_await primary_.set(actor, std::move(primary));
  }
  if (!others.empty()) first->message += " Then:" + others;
  co_return fail(std::move(*first));
}

}  // namespace daikan::server
