// Who this server's primary is, and the probe of a primary before anything is written.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "hierarchy/records.h"
#include "net/dialer.h"
#include "server/dial_edit.h"
#include "server/facts.h"
#include "server/history.h"
#include "server/inheritance.h"
#include "server/link_host.h"
#include "server/probe.h"
#include "server/seen.h"

namespace daikan::server {

struct PrimaryView {
  hierarchy::PrimaryRecord record;
  hierarchy::LinkStatus link;
  hierarchy::PrimaryMay may = hierarchy::PrimaryMay::full;
};

struct SetPrimary {
  hierarchy::Direction direction = hierarchy::Direction::secondary_dials;
  std::optional<Endpoint> address;
  std::optional<Proxy> proxy;
  std::vector<std::uint8_t> certificate;  ///< DER or PEM
  std::optional<ServerId> server_id;
  enum class IfSet : std::uint8_t { refuse, replace } if_set = IfSet::refuse;
  std::optional<hierarchy::PrimaryMay> may;  ///< Nothing: as it is; the most the actor may give when nobody ever said.
  Seen seen = {};
};

/// An edit in place; the certificate replaces the pin of the same primary.
struct EditPrimary {
  DialEdit dial;
  Seen seen;
};

struct PrimaryChange;
class PrimaryMoves;

class Primary {
 public:
  Primary(Storage& storage, History& history, LinkHost& links, const Facts& facts);
  ~Primary();

  /// From this primary to another one (primary_move.h).
  PrimaryMoves& moves() { return *moves_; }

  awaitable<Result<std::optional<PrimaryView>>> find();
  /// Idempotent: the same certificate, address, proxy and direction again is no change. Errors: hierarchy/registration_rules.h,
  /// certificate_unreadable, certificate_expired.
  awaitable<Result<PrimaryView>> set(const Actor& actor, SetPrimary request);
  /// What set() would refuse for reasons of this server alone; nothing is changed.
  awaitable<Result<>> check(SetPrimary request);
  /// Changes what the edit names and follows with the link; a way that this server dials is tried first. Errors: as set(), conflict
  /// (`seen`), not_found (no primary), and those of a dial, on the field at fault; nothing is changed on an error.
  awaitable<Result<PrimaryView>> edit(const Actor& actor, EditPrimary edit);
  /// What this server lets people do who come through its primary.
  awaitable<Result<hierarchy::PrimaryMay>> may();
  /// not_found when there is no primary.
  awaitable<Result<PrimaryView>> set_may(const Actor& actor, hierarchy::PrimaryMay may);
  /// not_found when there is none, conflict (`seen`).
  awaitable<Result<>> clear(const Actor& actor, Seen seen = {}, Inherited inherited = Inherited::kept);
  /// name → TCP → proxy → TLS → ALPN → certificate, within limits::kDialTime. Writes nothing. At most limits::kMaxProbesAtOnce run; a
  /// further one answers rate_limited.
  awaitable<ProbeAnswer> probe(ProbeRequest request);
  /// What set() hands to its transaction; for PrimaryMoves too.
  Result<PrimaryChange> prepared(const Actor& actor, SetPrimary request) const;

 private:
  Storage& storage_;
  History& history_;
  LinkHost& links_;
  const Facts& facts_;
  std::unique_ptr<PrimaryMoves> moves_;
  unsigned probes_ = 0;  ///< Running now, tests of edits included.
};

}  // namespace daikan::server
