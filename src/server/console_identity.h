// Who answers at the address of a console (13291), looked at before anything is decided about it.
//
// Reads what anybody may read, sends no account and changes nothing. Called by the API, for a person who compares the fingerprint before a
// join; the join itself then accepts that certificate only.
#pragma once

#include "base/address.h"
#include "joining/join.h"
#include "server/facts.h"

namespace daikan::server {

/// The identity that the console at `console` tells, proven to be the one of its TLS certificate. Takes at most limits::kDialTime and
/// limits::kConsoleAnswerTime together. Fails with own_certificate when it is this server, with net/dialer.h's errors when nothing is
/// reached, and with not_an_administration_server.
net::awaitable<Result<joining::ServerIdentity>> read_console_identity(const Facts& facts, Endpoint console);

}  // namespace daikan::server
