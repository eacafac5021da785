// What an edit in place says about how a link is made: the half that a secondary's record and the primary's record share.
//
// Works on records as the database holds them (proxy passwords sealed). Called by secondary_edit.cpp and primary_edit.cpp inside their
// transactions; decides nothing about who may be joined to whom (hierarchy/registration_rules.h). Invariant: what the edit does not name
// stays as it is, byte for byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/certificate.h"
#include "hierarchy/records.h"
#include "server/probe.h"
#include "server/sealing.h"

namespace daikan::server {

/// Absent: stays as it is. Present and empty: taken away.
template <class T>
using Replacement = std::optional<std::optional<T>>;

struct DialEdit {
  std::optional<hierarchy::Direction> direction;
  Replacement<Endpoint> address;
  /// Without a password and with the URL that is set already, the password stays.
  Replacement<Proxy> proxy;
  std::vector<std::uint8_t> certificate;                            ///< DER or PEM; empty: stays.
  enum class Test : std::uint8_t { first, no } test = Test::first;  ///< Whether a way that this server dials is tried before it is saved.
};

/// A record's dialling half, before or after.
struct DialWay {
  hierarchy::Direction direction;
  std::optional<Endpoint> address;
  std::optional<Proxy> proxy;  ///< Sealed.
  CertificateRecord certificate;
};

template <class Record>
DialWay way_of(const Record& record) {
  return {record.direction, record.address, record.proxy, record.certificate};
}
template <class Record>
void set_way(Record& record, DialWay way) {
  record.direction = way.direction;
  record.address = std::move(way.address);
  record.proxy = std::move(way.proxy);
  record.certificate = std::move(way.certificate);
}

/// `stored` with the edit applied, all but its certificate (certificate_of()). `own`: the direction in which this server dials. A server
/// that stops dialling forgets the address and the proxy it dialled by, unless the edit names them.
DialWay edited_way(const DialWay& stored, const DialEdit& edit, hierarchy::Direction own, const Sealing& sealing);

/// What differs, one sentence's part each: "address: hq.example.com:13000". Without secrets.
std::vector<std::string> changes_between(const DialWay& before, const DialWay& after);

/// The dial that shows whether `after` works; nothing when this server does not dial, or dials as before. Fails with storage_failed when
/// the proxy's password does not open.
Result<std::optional<ProbeRequest>> test_of(const DialWay& before, const DialWay& after, hierarchy::Direction own, const Sealing& sealing);

/// The certificate of an edit; nothing when it has none. Fails with certificate_unreadable or certificate_expired on "certificate".
Result<std::optional<CertificateRecord>> certificate_of(const DialEdit& edit, TimePoint at);

}  // namespace daikan::server
