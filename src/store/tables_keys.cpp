#include "store/tables_keys.h"

#include "store/detail/columns.h"

namespace daikan::store {
namespace {

using namespace detail;

constexpr std::string_view kPrimary = "primary";
constexpr std::string_view kAnnouncing = "announcing";
constexpr std::string_view kSwitched = "switched";

Value peer_value(const PeerKey& peer) { return peer ? to_value(*peer) : to_value(kPrimary); }

PeerKey read_peer(const Row& row, std::size_t column) {
  if (row.text(column) == kPrimary) return std::nullopt;
  return read_id<RegistrationId>(row, column);
}

}  // namespace

std::map<PeerKey, CertificateRecord> announced_keys(Transaction& transaction) {
  std::map<PeerKey, CertificateRecord> keys;
  for (const auto& row : transaction.query("SELECT peer, certificate, pin, fingerprint FROM announced_keys ORDER BY peer")) {
    keys.emplace(read_peer(row, 0), read_certificate(row, 1));
  }
  return keys;
}

void put_announced_key(Transaction& transaction, const PeerKey& peer, const CertificateRecord& certificate, TimePoint at) {
  transaction.execute(
      "INSERT INTO announced_keys (peer, certificate, pin, fingerprint, announced_at) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (peer) DO UPDATE SET certificate = excluded.certificate, pin = excluded.pin, fingerprint = excluded.fingerprint, "
      "announced_at = excluded.announced_at",
      {peer_value(peer), certificate_value(certificate), to_value(certificate.pin), certificate.fingerprint, to_value(at)});
}

void remove_announced_key(Transaction& transaction, const PeerKey& peer) {
  transaction.execute("DELETE FROM announced_keys WHERE peer = $1", {peer_value(peer)});
}

void replace_certificate(Transaction& transaction, const PeerKey& peer, const CertificateRecord& certificate) {
  if (peer) {
    transaction.execute("UPDATE secondaries SET certificate = $2, pin = $3, fingerprint = $4, revision = revision + 1 WHERE id = $1",
                        {to_value(*peer), certificate_value(certificate), to_value(certificate.pin), certificate.fingerprint});
  } else {
    transaction.execute("UPDATE primary_server SET certificate = $1, pin = $2, fingerprint = $3, revision = revision + 1",
                        {certificate_value(certificate), to_value(certificate.pin), certificate.fingerprint});
  }
}

void renew_certificate(Transaction& transaction, const PeerKey& peer, const CertificateRecord& certificate) {
  if (peer) {
    transaction.execute("UPDATE secondaries SET certificate = $2, fingerprint = $4, revision = revision + 1 WHERE id = $1 AND pin = $3",
                        {to_value(*peer), certificate_value(certificate), to_value(certificate.pin), certificate.fingerprint});
  } else {
    transaction.execute("UPDATE primary_server SET certificate = $1, fingerprint = $3, revision = revision + 1 WHERE pin = $2",
                        {certificate_value(certificate), to_value(certificate.pin), certificate.fingerprint});
  }
}

std::optional<RollOverRow> find_roll_over(Transaction& transaction) {
  const auto rows = transaction.query("SELECT phase, certificate, pin, fingerprint, started_at, started_by FROM roll_over");
  if (rows.empty()) return std::nullopt;
  const Row& row = rows[0];
  RollOverRow found;
  if (row.text(0) != kAnnouncing && row.text(0) != kSwitched) unreadable_column("a phase of a roll-over");
  found.phase = row.text(0) == kSwitched ? RollOverRow::Phase::switched : RollOverRow::Phase::announcing;
  found.next = read_certificate(row, 1);
  found.started_at = read_time(row, 4);
  found.started_by = row.text(5);
  for (const auto& peer : transaction.query("SELECT peer, confirmed_at, seen_at FROM roll_over_peers ORDER BY peer")) {
    found.peers.emplace(read_peer(peer, 0), RollOverPeer{read_maybe_time(peer, 1), read_maybe_time(peer, 2)});
  }
  return found;
}

void put_roll_over(Transaction& transaction, const RollOverRow& row) {
  transaction.execute(
      "INSERT INTO roll_over (slot, phase, certificate, pin, fingerprint, started_at, started_by) VALUES (1, $1, $2, $3, $4, $5, $6) "
      "ON CONFLICT (slot) DO UPDATE SET phase = excluded.phase, certificate = excluded.certificate, pin = excluded.pin, "
      "fingerprint = excluded.fingerprint, started_at = excluded.started_at, started_by = excluded.started_by",
      {to_value(row.phase == RollOverRow::Phase::switched ? kSwitched : kAnnouncing), certificate_value(row.next), to_value(row.next.pin),
       row.next.fingerprint, to_value(row.started_at), row.started_by});
}

void remove_roll_over(Transaction& transaction) {
  transaction.execute("DELETE FROM roll_over_peers");
  transaction.execute("DELETE FROM roll_over");
}

void put_roll_over_peer(Transaction& transaction, const PeerKey& peer, const RollOverPeer& entry) {
  transaction.execute(
      "INSERT INTO roll_over_peers (peer, confirmed_at, seen_at) VALUES ($1, $2, $3) "
      "ON CONFLICT (peer) DO UPDATE SET confirmed_at = excluded.confirmed_at, seen_at = excluded.seen_at",
      {peer_value(peer), to_value(entry.confirmed_at), to_value(entry.seen_at)});
}

void remove_roll_over_peer(Transaction& transaction, const PeerKey& peer) {
  transaction.execute("DELETE FROM roll_over_peers WHERE peer = $1", {peer_value(peer)});
}

}  // namespace daikan::store
