// Keys on their way: those that peers announced, and this server's own roll-over; see tables.h for what holds for all tables.
//
// A peer is a registered secondary or, without an id, this server's own primary.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/certificate.h"
#include "base/clock.h"
#include "base/ids.h"
#include "store/database.h"

namespace daikan::store {

using PeerKey = std::optional<RegistrationId>;

std::map<PeerKey, CertificateRecord> announced_keys(Transaction&);
void put_announced_key(Transaction&, const PeerKey&, const CertificateRecord&, TimePoint at);
void remove_announced_key(Transaction&, const PeerKey&);
/// The peer's registered certificate becomes `certificate`; its revision counts on.
void replace_certificate(Transaction&, const PeerKey&, const CertificateRecord& certificate);

/// Another certificate for the peer's registered key; nothing happens when another key is registered meanwhile.
void renew_certificate(Transaction&, const PeerKey&, const CertificateRecord& certificate);

struct RollOverPeer {
  std::optional<TimePoint> confirmed_at;
  std::optional<TimePoint> seen_at;
};
struct RollOverRow {
  enum class Phase : std::uint8_t { announcing, switched } phase = Phase::announcing;
  CertificateRecord next;
  TimePoint started_at;
  std::string started_by;
  std::map<PeerKey, RollOverPeer> peers;
};
std::optional<RollOverRow> find_roll_over(Transaction&);
/// Without its peers.
void put_roll_over(Transaction&, const RollOverRow&);
/// With its peers.
void remove_roll_over(Transaction&);
void put_roll_over_peer(Transaction&, const PeerKey&, const RollOverPeer&);
void remove_roll_over_peer(Transaction&, const PeerKey&);

}  // namespace daikan::store
