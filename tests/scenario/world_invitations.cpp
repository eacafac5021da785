// Invitations in the world: a file, the conversation over the connection that is dialled with its key, and what either side stores of it.
#include <algorithm>

#include "link/messages.h"
#include "scenario/world.h"

namespace daikan::scenario {

using namespace std::chrono_literals;

void World::invite(std::string_view upper, std::string_view file, Duration valid) {
  auto& here = server(upper);
  hierarchy::InvitationRecord record;
  const auto number = ++next_id_;
  for (std::size_t i = 0; i < 8; ++i) record.id.bytes[15 - i] = record.pin.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  record.created_at = local(here);
  record.expires_at = local(here) + valid;
  here.invitations.push_back(record);
  files_[std::string(file)] = {std::string(upper), record.pin, here.certificate.pin};
}

void World::revoke(std::string_view file) {
  auto* const record = invitation(file);
  if (record && !record->used_at) record->revoked_at = now_;
}

hierarchy::InvitationRecord* World::invitation(std::string_view file) {
  const auto found = files_.find(file);
  if (found == files_.end()) throw std::invalid_argument("there is no invitation " + std::string(file));
  for (auto& record : server(found->second.upper).invitations) {
    if (record.pin == found->second.key) return &record;
  }
  return nullptr;
}

void World::join(std::string_view lower, std::string_view file) {
  auto& here = server(lower);
  const auto& read = files_.at(std::string(file));
  const auto visit = std::make_shared<Visit>(Visit{&server(read.upper), &here, read});
  visits_.push_back(visit);
  here.join_outcome.reset();
  at(now_ + 2 * wire(here.key, read.upper).delay, [this, visit] { visit_arrives(*visit, visit); });
}

/// The rest of a visit happens only where both processes and the connection still stand.
void World::carry(const VisitPtr& visit, std::function<void()> step) {
  at(now_ + wire(visit->upper->key, visit->lower->key).delay, [visit, step = std::move(step)] {
    if (!visit->dead) step();
  });
}

void World::lose_visits(std::string_view a, std::string_view b) {
  for (const auto& visit : visits_) {
    const auto involves = [&](std::string_view name) { return name.empty() || visit->upper->key == name || visit->lower->key == name; };
    if (involves(a) && involves(b)) visit->dead = true;
  }
}

void World::visit_arrives(Visit& arriving, const VisitPtr& visit) {
  auto& upper = *arriving.upper;
  if (arriving.dead || !arriving.lower->running) return;
  if (!wire(upper.key, arriving.lower->key).up || !upper.running) {
    arriving.lower->join_outcome.emplace(fail(Code::unreachable, "The primary does not answer."));
    return;
  }
  auto* const record = invitation_of(upper, arriving.file.key);
  if (!record || upper.certificate.pin != arriving.file.primary) {
    arriving.lower->join_outcome.emplace(fail(record ? Code::certificate_mismatch : Code::unknown_to_primary, "Refused in the handshake."));
    return;
  }
  const auto state = hierarchy::state_of(*record, local(upper));
  if (state == hierarchy::InvitationState::revoked || state == hierarchy::InvitationState::expired) {
    tell(visit, refusal_of(state));
    return;
  }
  const auto asked = encode(link::ClaimRequest{record->id, self_of(upper)->introduce(local(upper))});
  carry(visit, [this, visit, asked] { claim(visit, asked); });
}

/// Below: who am I?
void World::claim(const VisitPtr& visit, const std::string& asked) {
  const auto request = link::decode_claim_request(asked).value();
  auto& lower = *visit->lower;
  const auto& pin = lower.certificate.pin.bytes;
  const auto told = encode(link::Claim{self_of(lower)->introduce(local(lower)),
                                       {pin.begin(), pin.end()},
                                       {request.invitation.bytes.begin(), request.invitation.bytes.end()}});
  carry(visit, [this, visit, told] { admit(visit, told); });
}

/// Above: judged and registered in one transaction, then told.
void World::admit(const VisitPtr& visit, const std::string& told) {
  const auto claim = link::decode_claim(told).value();
  auto& upper = *visit->upper;
  Pin own;
  std::copy(claim.certificate.begin(), claim.certificate.end(), own.bytes.begin());
  auto* const record = invitation_of(upper, visit->file.key);
  if (!record) return;
  const auto admission = hierarchy::judge_guest(*record, own, local(upper));
  if (!admission) {
    tell(visit, admission.error());
    return;
  }
  if (*admission == hierarchy::Admission::registers) {
    const auto added = add_secondary(upper.key, visit->lower->key, Direction::secondary_dials);
    if (!added) {
      tell(visit, added.error());
      return;
    }
    record->used_at = local(upper);
    record->used_by = own;
    record->registration = upper.secondaries.back().id;
  } else if (std::none_of(upper.secondaries.begin(), upper.secondaries.end(),
                          [&](const auto& each) { return each.id == record->registration; })) {
    tell(visit, refusal_of(hierarchy::InvitationState::used));  // removed since
    return;
  }
  tell(visit, link::Registered{visit->lower->key, "Managed devices"});
}

void World::tell(const VisitPtr& visit, const link::ClaimOutcome& outcome) {
  const auto told = encode(outcome);
  carry(visit, [this, visit, told] {
    const auto heard = link::decode_claim_outcome(told).value();
    auto& lower = *visit->lower;
    if (const auto* refused = std::get_if<Error>(&heard)) {
      lower.join_outcome.emplace(fail(*refused));
      return;
    }
    lower.join_outcome = set_primary(lower.key, visit->upper->key, Direction::secondary_dials);
  });
}

hierarchy::InvitationRecord* World::invitation_of(Server& upper, const Pin& key) {
  for (auto& record : upper.invitations) {
    if (record.pin == key) return &record;
  }
  return nullptr;
}

}  // namespace daikan::scenario
