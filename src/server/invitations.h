// Invitations of this server: made, listed, revoked, and used by the servers that dial with the key of one ("guests").
//
// Knows the records and, of each, the pin of its bootstrap key, by which LinkHost recognises a guest inside the handshake. A guest is asked
// who it is, registered in one transaction that also uses the invitation up, and told the outcome; nothing else is served on its
// connection. Invariant: one invitation registers one server. A guest that comes too late (used, revoked, expired) is told so for
// limits::kInvitationKept, then it is a stranger.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "hierarchy/invitation.h"
#include "net/h2_connection.h"
#include "server/facts.h"
#include "server/history.h"
#include "server/link_host.h"

namespace daikan::server {

struct InvitationView {
  hierarchy::InvitationRecord record;
  std::string group_path;
};

struct MakeInvitation {
  std::string group;  ///< Path; empty: the root group.
  std::string name;   ///< Empty: what the secondary calls itself.
  std::chrono::seconds valid = limits::kInvitationTime;
  std::vector<Endpoint> addresses;  ///< Of this server's links; empty: those it listens on, as far as they can be dialled from elsewhere.
};

struct MadeInvitation {
  InvitationView view;
  std::string file;  ///< With the bootstrap key: shown this once.
};

class Invitations {
 public:
  Invitations(Storage& storage, History& history, LinkHost& links, const Facts& facts);
  ~Invitations();

  /// Loads the pins; before LinkHost::start.
  awaitable<Result<>> start();
  /// After LinkHost::stop.
  awaitable<> stop();
  Guests guests();

  /// Fails with group_not_found, name_taken, invalid_request ("name", "expires_in_seconds"), address_required ("addresses": this server
  /// listens on nothing that could be written into a file) or rate_limited (limits::kMaxInvitations are kept).
  awaitable<Result<MadeInvitation>> make(const Actor& actor, MakeInvitation request);
  awaitable<Result<std::vector<InvitationView>>> list();
  /// Fails with not_found, or conflict when it was used. Revoking twice is no error.
  awaitable<Result<>> revoke(const Actor& actor, InvitationId id);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace daikan::server
