// The side that invited: what happens on a connection that was made with the key of an invitation.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "hierarchy/group_tree.h"
#include "hierarchy/names.h"
#include "link/proof.h"
#include "net/signature.h"
#include "server/counted.h"
#include "server/detail/introduction.h"
#include "server/detail/invitations_state.h"
#include "server/detail/secondary_addition.h"
#include "server/event.h"
#include "store/tables_invitations.h"
#include "store/tables_secondaries.h"

namespace daikan::server {
namespace {

using hierarchy::InvitationRecord;

/// The answer to the outcome may still be on its way; the guest usually closes first.
constexpr std::chrono::milliseconds kCloseGrace{1000};

net::SteadyTime after(std::chrono::steady_clock::duration time) { return std::chrono::steady_clock::now() + time; }

awaitable<Result<std::string>> ask(net::H2Connection& h2, std::string_view path, std::string body) {
  net::Request request;
  request.method = "POST";
  request.target = path;
  request.headers.add("content-type", std::string(link::kMediaType));
  request.body = net::Body(std::move(body));
  auto answer = co_await h2.request(std::move(request));
  if (!answer) co_return fail(std::move(answer.error()));
  auto told = co_await answer->body.read_all(limits::kMaxHelloBytes);
  if (!told) co_return fail(std::move(told.error()));
  if (answer->status != 200) {
    co_return fail(Code::protocol_error, fmt::format("The invited server answered with HTTP status {}.", answer->status),
                   "Check that both servers run a supported version.");
  }
  co_return std::move(*told);
}

/// Everything the registration of one guest needs inside its transaction.
struct Admitting {
  Addition addition;
  InvitationId invitation;
  std::string guest_name;
  Pin own;
  TimePoint at;
};

struct Admitted {
  StoredSecondary stored;
  hierarchy::Admission how = hierarchy::Admission::registers;
};

Result<Admitted> returned(store::Transaction& transaction, const InvitationRecord& invitation) {
  auto record = invitation.registration ? store::find_secondary(transaction, *invitation.registration) : std::nullopt;
  if (!record || record->certificate.pin != *invitation.used_by) return fail(hierarchy::refusal_of(hierarchy::InvitationState::used));
  auto path = hierarchy::GroupTree(store::all_groups(transaction)).path_of(record->group);
  return Admitted{{std::move(*record), std::move(path)}, hierarchy::Admission::returns};
}

/// The name the invitation gives; otherwise what the guest calls itself, made unique.
std::string name_for(store::Transaction& transaction, const InvitationRecord& invitation, const Admitting& guest) {
  if (!invitation.name.empty()) return invitation.name;
  if (!hierarchy::check_name(guest.guest_name)) return {};
  for (const auto& record : store::secondaries_like(transaction, {.name = guest.guest_name})) {
    if (record.certificate.pin == guest.own) continue;
    return fmt::format("{} {}", guest.guest_name, guest.addition.certificate->record.fingerprint.substr(0, 11));
  }
  return guest.guest_name;
}

Result<Admitted> admit_in(store::Transaction& transaction, Admitting guest) {
  auto invitation = store::find_invitation(transaction, guest.invitation);
  if (!invitation) return fail(hierarchy::refusal_of(hierarchy::InvitationState::revoked));
  const auto admission = hierarchy::judge_guest(*invitation, guest.own, guest.at);
  if (!admission) return fail(admission.error());
  if (*admission == hierarchy::Admission::returns) return returned(transaction, *invitation);

  auto& addition = guest.addition;
  // The registration is made in the name of the person who invited; whether that person may was asked when the invitation was made.
  addition.actor.name = invitation->created_by;
  addition.actor.permissions = hierarchy::Permissions::everything();
  addition.request.group = hierarchy::GroupTree(store::all_groups(transaction)).path_of(invitation->group);
  addition.request.name = name_for(transaction, *invitation, guest);
  auto stored = insert_secondary(transaction, addition);
  if (!stored) return fail(std::move(stored.error()));
  invitation->used_at = guest.at;
  invitation->used_by = guest.own;
  invitation->registration = stored->record.id;
  store::update_invitation(transaction, *invitation);
  History::audit(transaction, addition.actor, guest.at, "invitation.use",
                 fmt::format("invitation {} by {}, {}", invitation->id.str(), stored->record.name, stored->record.certificate.fingerprint));
  History::record(transaction, info_event(guest.at, "invitation_used",
                                          fmt::format("The server “{}” joined from {} with the invitation that {} had made.",
                                                      stored->record.name, addition.actor.source, invitation->created_by),
                                          stored->record.id));
  return Admitted{std::move(*stored), hierarchy::Admission::registers};
}

}  // namespace

bool Invitations::State::too_often(const Pin& key) {
  auto& known = keys[key];
  const TimePoint present = now();
  if (present - known.minute > std::chrono::minutes(1)) known = {present, 0};
  return ++known.visits > limits::kMaxUnrecognisedPerSourcePerMinute;
}

awaitable<> Invitations::State::receive(std::unique_ptr<net::TlsStream> stream) {
  const auto key = stream->peer()->pin();
  if (guests >= limits::kMaxGuestsAtOnce || too_often(key)) {
    stream->close();
    co_return;
  }
  const Counted place(guests);
  const auto guest = std::make_shared<GuestConnection>();
  guest->key = key;
  guest->source = stream->remote_ip();
  net::H2Settings settings{};
  settings.concurrent_streams = 1;
  guest->h2 = std::make_unique<net::H2Connection>(std::move(stream), net::H2Role::client, settings, net::Handler{});
  tasks.spawn(converse(guest));
  Error ended = co_await guest->h2->run();
  spdlog::debug("invitation: the connection from {} ended: {}", guest->source, ended.text());
}

awaitable<> Invitations::State::converse(GuestPtr guest) {
  auto registered = co_await net::with_deadline<link::Registered>(after(limits::kGuestTime), "asking the invited server", admit(guest));
  // A connection that broke is no refusal: the guest comes again.
  const auto broke = [](Code code) { return code == Code::closed || code == Code::timed_out || code == Code::cancelled; };
  if (!registered && !broke(registered.error().code)) co_await note_refusal(guest, registered.error());
  link::ClaimOutcome outcome = registered ? link::ClaimOutcome(*registered) : link::ClaimOutcome(registered.error());
  auto told = co_await net::with_deadline<std::string>(after(limits::kFarewellTime), "telling the invited server",
                                                       ask(*guest->h2, link::kOutcomePath, link::encode(outcome)));
  if (!told) spdlog::info("invitation: the outcome did not arrive: {}", told.error().text());
  guest->h2->close({Code::closed, "The invitation has been dealt with."}, kCloseGrace);
}

awaitable<Result<link::Registered>> Invitations::State::admit(GuestPtr guest) {
  auto ready = co_await guest->h2->ready(after(limits::kGuestTime));
  if (!ready) co_return fail(std::move(ready.error()));
  const auto load = [key = guest->key](store::Transaction& transaction) -> Result<InvitationRecord> {
    auto record = store::find_invitation(transaction, key);
    if (!record) return fail(hierarchy::refusal_of(hierarchy::InvitationState::revoked));
    return std::move(*record);
  };
  auto invitation = co_await storage.read<InvitationRecord>(load);
  if (!invitation) co_return fail(std::move(invitation.error()));
  const auto state = hierarchy::state_of(*invitation, now());
  // Who came with a used one is still to be learned: it may be the one that used it.
  if (state == hierarchy::InvitationState::revoked || state == hierarchy::InvitationState::expired) {
    co_return fail(hierarchy::refusal_of(state));
  }
  auto answer = co_await ask(*guest->h2, link::kClaimPath, link::encode(link::ClaimRequest{invitation->id, introduction_of(facts)}));
  if (!answer) co_return fail(std::move(answer.error()));
  auto claim = link::decode_claim(*answer);
  if (!claim) co_return fail(std::move(claim.error()));
  co_return co_await register_guest(guest, std::move(*invitation), std::move(*claim));
}

awaitable<Result<link::Registered>> Invitations::State::register_guest(GuestPtr guest, InvitationRecord invitation, link::Claim claim) {
  const auto at = now();
  auto certificate = net::parse_certificate(claim.certificate, at);
  if (!certificate) co_return fail(std::move(certificate.error()));
  // Everybody who has the file holds that key: it must never name a server.
  if (keys.contains(certificate->record.pin)) {
    co_return fail(Code::certificate_mismatch, "The server came with the key of an invitation as its own key.",
                   "Let the server join with the key of its own data folder.");
  }
  const auto proof = link::claim_proof(guest->h2->stream().channel_binding(), invitation.id);
  if (!net::verify_signature(certificate->record, proof, claim.signature)) {
    co_return fail(Code::certificate_mismatch, "The server that came with the invitation did not prove that it holds its own key.",
                   "Join again; if it stays so, somebody stands between the two servers.");
  }
  Admitting admitting{.addition = {.actor = {.name = {}, .source = guest->source, .through = {}, .credential = {}},
                                   .request = {},
                                   .certificate = std::move(*certificate),
                                   .fingerprint = {},
                                   .self = {facts.id, facts.name},
                                   .own_pin = facts.certificate.pin,
                                   .ancestors = links.ancestors(),
                                   .sealing = storage.sealing(),
                                   .at = at},
                      .invitation = invitation.id,
                      .guest_name = claim.sender.name,
                      .own = {},
                      .at = at};
  admitting.own = admitting.addition.certificate->record.pin;
  admitting.addition.request.server_id = claim.sender.server_id;
  const auto work = [admitting](store::Transaction& transaction) { return admit_in(transaction, admitting); };
  auto admitted = co_await storage.write<Admitted>(work);
  if (!admitted) co_return fail(std::move(admitted.error()));
  // No co_await from here on: what is committed is also told to the link host, even when the guest went away meanwhile.
  if (admitted->how == hierarchy::Admission::registers) {
    if (admitted->stored.added == SecondaryView::Added::made) links.secondary_added(admitted->stored.record);
    history.committed();
  }
  co_return link::Registered{admitted->stored.record.name, admitted->stored.group_path};
}

awaitable<> Invitations::State::note_refusal(GuestPtr guest, Error error) {
  spdlog::warn("invitation: refused a server from {}: {} ({})", guest->source, error.text(), to_string(error.code));
  const auto at = now();
  std::function<Result<Done>(store::Transaction&)> work = [guest, error, at](store::Transaction& transaction) -> Result<Done> {
    const auto record = store::find_invitation(transaction, guest->key);
    const std::string which = record ? record->id.str() : "that is gone";
    History::audit(transaction, {.name = "invitation", .source = guest->source, .through = {}, .credential = {}}, at, "invitation.refused",
                   fmt::format("invitation {}", which), std::string(to_string(error.code)));
    History::record(transaction, warning_event(at, "invitation_refused",
                                               fmt::format("A server from {} came with an invitation and was refused: {}", guest->source,
                                                           error.message)));
    return Done{};
  };
  auto noted = co_await storage.write<Done>(std::move(work));
  if (noted) history.committed();
}

}  // namespace daikan::server
