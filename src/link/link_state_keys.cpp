// What a peer says of its keys on an accepted hello: announced, taken, withdrawn, or shown in another certificate.
#include <utility>

#include <fmt/format.h>

#include "link/link_state.h"

namespace daikan::link {

using hierarchy::Severity;

std::vector<KeyChange> LinkState::keys_told(Connection& connection, const std::optional<NextIdentity>& next, Effects& out) {
  std::vector<KeyChange> changes;
  const auto who = fmt::format("The {} “{}”", role_ == Role::upper ? "secondary" : "primary", peer_.name);
  if (peer_.announced && connection.keys.peer == peer_.announced->pin) {
    peer_.certificate = *peer_.announced;
    peer_.announced.reset();
    changes.push_back({KeyChange::What::taken, peer_.certificate});
    out.events.push_back(
        {Severity::info, "peer_certificate_changed",
         fmt::format("{} uses its new key now; the fingerprint of its certificate is {}. The old key is not accepted any more.", who,
                     peer_.certificate.fingerprint)});
  }
  // What a connection made with the registered key announces: that very key is no news.
  const bool tells = next && next->certificate.pin != peer_.certificate.pin;
  if (tells && (!peer_.announced || peer_.announced->pin != next->certificate.pin)) {
    peer_.announced = next->certificate;
    changes.push_back({KeyChange::What::announced, *peer_.announced});
    out.events.push_back(
        {Severity::info, "peer_certificate_announced",
         fmt::format("{} announced a new key; the fingerprint of its certificate is {}. Both are accepted until it is used.", who,
                     peer_.announced->fingerprint)});
  } else if (!tells && peer_.announced) {
    changes.push_back({KeyChange::What::withdrawn, *peer_.announced});
    peer_.announced.reset();
  }
  const auto renewed = std::exchange(connection.keys.renewed, std::nullopt);
  if (renewed && renewed->pin == peer_.certificate.pin) {
    changes.push_back({KeyChange::What::renewed, *renewed});
    out.events.push_back({Severity::info, "peer_certificate_renewed",
                          fmt::format("{} shows another certificate for the same key; its fingerprint is {}. Nothing has to be done.", who,
                                      renewed->fingerprint)});
  }
  return changes;
}

void LinkState::keys_not_stored(const std::vector<KeyChange>& changes, const CertificateRecord& registered) {
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    const auto& [what, certificate] = *change;
    if (what == KeyChange::What::announced) {
      if (peer_.announced && peer_.announced->pin == certificate.pin) peer_.announced.reset();
    } else if (what == KeyChange::What::withdrawn) {
      if (!peer_.announced) peer_.announced = certificate;
    } else if (what == KeyChange::What::taken && peer_.certificate.pin == certificate.pin) {  // otherwise it was registered anew meanwhile
      peer_.certificate = {{}, registered.pin, {}};
      peer_.announced = certificate;
    }
  }
}

}  // namespace daikan::link
