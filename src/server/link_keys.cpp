// Keys that are announced over links: proved, checked, stored with the hello that told them.
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "net/signature.h"
#include "server/detail/link_runtime.h"
#include "store/tables_keys.h"

namespace daikan::server {

void LinkHost::State::sign(std::optional<link::NextIdentity>& next, const LinkConnection& connection, link::Says says) const {
  if (!next) return;
  const auto* announced = own_keys.announced ? own_keys.announced() : nullptr;
  const auto& holder = announced != nullptr && announced->certificate().pin == next->certificate.pin ? *announced : identity;
  // Taken back since it was planned to be said: then nothing is said.
  if (holder.certificate().pin != next->certificate.pin) {
    next.reset();
    return;
  }
  next->signature = net::sign(holder, link::next_identity_proof(connection.h2->stream().channel_binding(), says));
}

Result<> LinkHost::State::read_next(std::optional<link::NextIdentity>& next, const RunningEnd& end, link::ConnectionId id,
                                    link::Says says) const {
  if (!next) return {};
  const auto connection = end.find(id);
  if (!connection) return fail(Code::closed, "The connection is gone.");
  const auto parsed = net::parse_certificate(next->certificate.der, now());
  if (!parsed) {
    return fail(Code::protocol_error, "The other server announced a key whose certificate cannot be read: " + parsed.error().message,
                "Its administrator cancels the roll-over there and begins it with another certificate.");
  }
  const auto proof = link::next_identity_proof(connection->h2->stream().channel_binding(), says);
  if (!net::verify_signature(parsed->record, proof, next->signature)) {
    return fail(Code::protocol_error, "The other server announced a key and did not prove that it holds it.",
                "Both servers must run a version of this software that keeps to docs/protocol.md.");
  }
  next->certificate = parsed->record;
  const auto& pin = parsed->record.pin;
  const auto holder = end_of(pin);
  const auto* own = own_keys.announced ? own_keys.announced() : nullptr;
  const bool ours = pin == identity.certificate().pin || (own != nullptr && own->certificate().pin == pin);
  if (!ours && (!holder || holder.get() == &end)) return {};
  spdlog::warn("link: a peer announced a key that is {} already; it is not accepted (fingerprint {})",
               ours ? "this server's" : "another server's", parsed->record.fingerprint);
  next.reset();
  return {};
}

void LinkHost::State::store_keys(store::Transaction& transaction, const std::optional<RegistrationId>& peer,
                                 const link::HelloFacts& facts) {
  for (const auto& change : facts.keys) {
    switch (change.what) {
      case link::KeyChange::What::announced:
        store::put_announced_key(transaction, peer, change.certificate, now());
        break;
      case link::KeyChange::What::withdrawn:
        store::remove_announced_key(transaction, peer);
        break;
      case link::KeyChange::What::taken:
        store::remove_announced_key(transaction, peer);
        store::replace_certificate(transaction, peer, change.certificate);
        break;
      case link::KeyChange::What::renewed:
        store::renew_certificate(transaction, peer, change.certificate);
        break;
    }
  }
}

void LinkHost::State::take_keys(const RunningEndPtr& end, const std::vector<link::KeyChange>& keys) {
  if (keys.empty()) return;
  const auto upper = std::dynamic_pointer_cast<UpperRunning>(end);
  const auto below = std::dynamic_pointer_cast<LowerRunning>(end);
  for (const auto& change : keys) {
    auto& record = upper ? upper->record.certificate : below->record.certificate;
    const bool renewed = change.what == link::KeyChange::What::renewed && record.pin == change.certificate.pin;
    if (change.what != link::KeyChange::What::taken && !renewed) continue;
    auto& revision = upper ? upper->record.revision : below->record.revision;
    record = change.certificate;
    ++revision;
  }
  if (!upper || !uppers.contains(upper->record.id)) return;
  std::erase_if(by_pin, [&](const auto& entry) { return entry.second == upper->record.id; });
  by_pin[upper->pin()] = upper->record.id;
  if (const auto& announced = upper->end.peer().announced) by_pin.emplace(announced->pin, upper->record.id);
}

}  // namespace daikan::server
