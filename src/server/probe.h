// One look at a server's link port: every step of a dial, the certificate found, and nothing written anywhere.
//
// Used by Primary::probe (the console asks), by joins (the primary of way 3 checks the DMZ) and by edits (a new way is tried before it
// replaces the old one). Invariant: the connection is closed when it returns, and it returns within limits::kDialTime.
#pragma once

#include <optional>

#include "hierarchy/records.h"
#include "net/async.h"
#include "net/dialer.h"
#include "server/facts.h"

namespace daikan::server {

using net::awaitable;

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

/// Dials with this server's own identity; an `expected` pin that does not match yields certificate_mismatch. A server that answers with
/// this server's own certificate yields own_certificate.
awaitable<ProbeAnswer> run_probe(const Facts& facts, ProbeRequest request);

/// run_probe() towards a server whose certificate is known: the error of the first failing step, a mismatch with both fingerprints.
awaitable<Result<>> try_dial(const Facts& facts, ProbeRequest request, CertificateRecord expected);

/// One place of limits::kMaxProbesAtOnce, by lifetime, so that a cancelled probe gives it back too.
class ProbePlace {
 public:
  explicit ProbePlace(unsigned& running) : running_(++running) {}
  ~ProbePlace() { --running_; }
  ProbePlace(const ProbePlace&) = delete;
  ProbePlace& operator=(const ProbePlace&) = delete;

 private:
  unsigned& running_;
};

/// try_dial() for an edit: counted in `running`, rate_limited beyond the bound, and the error on the field of the edit that is at fault.
awaitable<Result<>> test_edit(const Facts& facts, unsigned& running, ProbeRequest request, CertificateRecord expected);

}  // namespace daikan::server
