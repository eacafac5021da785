// What governs this server itself, and what of it obeys: policies, and the parts they set (log, retention, sessions, logins, who is let
// in, links, the primary's bound).
//
// Wiring only, built and owned by daemon.cpp. Everything it is given outlives it.
#pragma once

#include "base/configuration.h"
#include "daemon/log.h"
#include "server/access_rules.h"
#include "server/accounts.h"
#include "server/downstream.h"
#include "server/governed.h"
#include "server/housekeeping.h"
#include "server/policies.h"

namespace daikan::daemon {

struct Governing {
  struct Around {
    const Configuration& configuration;
    server::Storage& storage;
    server::History& history;
    const server::Facts& facts;
    server::Accounts& accounts;
    server::AccessRules& access_rules;
    server::LinkHost& links;
    Log& log;
    server::Downstream& downstream;
  };
  explicit Governing(Around around);

  server::Policies policies;
  server::Housekeeping housekeeping;
  server::Governed governed;
};

}  // namespace daikan::daemon
