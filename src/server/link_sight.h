// What one end of a link knows of it at one moment, and what one dial for the link doctor met. Values only.
//
// Filled in by LinkHost, read by link_diagnosis. Secrets never come this far: a proxy here has neither user nor password.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "hierarchy/records.h"
#include "hierarchy/server_path.h"
#include "link/link_state.h"
#include "link/messages.h"
#include "net/dialer.h"

namespace daikan::server {

/// A connection that was not let in.
struct Refusal {
  TimePoint at;
  std::string source;  ///< IP address.
  Error reason;
};

struct LinkSight {
  link::Role role = link::Role::upper;  ///< Which end this server is.
  hierarchy::Direction direction = hierarchy::Direction::secondary_dials;
  bool we_dial = false;

  // This server.
  std::string self;
  std::string software;
  std::string own_fingerprint;
  unsigned max_depth = 0;
  std::vector<Endpoint> listens_on;
  hierarchy::ServerPath path;  ///< Root first, down to the upper end of this link; at the lower end as told in the last hello.

  // What its record says of the other end.
  std::string peer;  ///< Empty: a primary that never said its name.
  std::string expected_fingerprint;
  std::optional<Endpoint> address;
  std::optional<Proxy> proxy;
  TimePoint created_at;
  std::optional<TimePoint> last_connected_at;

  // The link.
  hierarchy::LinkStatus status;
  bool stands = false;                     ///< A hello was accepted on a connection that is up.
  std::optional<link::Introduction> told;  ///< What the other end told of itself since this server started.
  std::optional<Refusal> refused_peer;     ///< The last connection that proved to be the other end and was closed all the same.
  std::vector<Refusal> refused_strangers;  ///< Newest first: what else was turned away at this server's link port.
  std::vector<hierarchy::UnrecognisedRecord> unrecognised;  ///< Newest first; those seen since the link was last up, when it is not.
};

/// One dial that ends when the other end has shown that it accepts this server's certificate.
struct CheckDial {
  net::DialTrace trace;
  std::optional<Error> error;                          ///< In the words of this link; the failing entry of `trace` has the same.
  std::string seen_fingerprint;                        ///< Of the certificate that came; empty when none did.
  std::optional<std::chrono::microseconds> accepting;  ///< From the end of the handshake to the other end's first bytes.
};

}  // namespace daikan::server
