// Who this server's primary is, and the probe of a primary before anything is written.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "hierarchy/records.h"
#include "net/dialer.h"
#include "server/facts.h"
#include "server/history.h"
#include "server/link_host.h"

namespace daikan::server {

struct PrimaryView {
  hierarchy::PrimaryRecord record;
  hierarchy::LinkStatus link;
};

struct SetPrimary {
  hierarchy::Direction direction = hierarchy::Direction::secondary_dials;
  std::optional<Endpoint> address;
  std::optional<Proxy> proxy;
  std::vector<std::uint8_t> certificate;  ///< DER or PEM
  std::optional<ServerId> server_id;
  enum class IfSet : std::uint8_t { refuse, replace } if_set = IfSet::refuse;
};

struct ProbeRequest {
  Endpoint address;
  std::optional<Proxy> proxy;
  /// The peer we expect; absent: any certificate, which is reported (the wizard shows its fingerprint).
  std::optional<Pin> expected;
  hierarchy::Direction direction =
      hierarchy::Direction::secondary_dials;  ///< Whom we are dialling: a primary (rh2) or a DMZ secondary (h2).
};

struct ProbeAnswer {
  net::DialTrace trace;
  std::optional<CertificateRecord> certificate;
  std::optional<Error> error;  ///< The first failing step's.
};

struct PrimaryChange;

class Primary {
 public:
  Primary(Storage& storage, History& history, LinkHost& links, const Facts& facts);

  awaitable<Result<std::optional<PrimaryView>>> find();
  /// Idempotent: the same certificate, address, proxy and direction again is no change. Errors: hierarchy/registration_rules.h,
  /// certificate_unreadable, certificate_expired.
  awaitable<Result<PrimaryView>> set(const Actor& actor, SetPrimary request);
  /// What set() would refuse for reasons of this server alone; nothing is changed.
  awaitable<Result<>> check(SetPrimary request);
  /// not_found when there is none.
  awaitable<Result<>> clear(const Actor& actor);
  /// name → TCP → proxy → TLS → ALPN → certificate, within limits::kDialTime. Writes nothing. At most limits::kMaxProbesAtOnce run; a
  /// further one answers rate_limited.
  awaitable<ProbeAnswer> probe(ProbeRequest request);

 private:
  Result<PrimaryChange> prepared(const Actor& actor, SetPrimary request) const;

  Storage& storage_;
  History& history_;
  LinkHost& links_;
  const Facts& facts_;
  unsigned probes_ = 0;  ///< Running now.
};

}  // namespace daikan::server
