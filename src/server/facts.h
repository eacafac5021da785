// What this server knows of itself. While it runs, only its name and, by OwnIdentity alone, what is said of its certificate change.
#pragma once

#include <string>
#include <vector>

#include "base/address.h"
#include "base/certificate.h"
#include "base/clock.h"
#include "base/ids.h"
#include "net/identity.h"

namespace daikan::server {

struct Facts {
  ServerId id;
  std::string name;
  std::string version;  ///< "0.1.0"
  CertificateRecord certificate;
  std::string certificate_pem;
  TimePoint certificate_not_after;
  std::string certificate_issuer;     ///< Empty: the certificate is signed by its own key.
  std::size_t certificate_chain = 0;  ///< How many certificates of issuers the console shows with it.
  TimePoint started_at;
  std::string database;                  ///< "SQLite 3.40.1"
  std::vector<Endpoint> link_endpoints;  ///< Really bound.
  std::vector<Endpoint> console_endpoints;
  unsigned max_depth = 16;
  /// Key and certificate, for dials (the probe of a primary). Owned by the composition root; null only where nothing dials (tests).
  const net::Identity* identity = nullptr;
};

}  // namespace daikan::server
