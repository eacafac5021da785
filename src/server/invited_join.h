// Joining with an invitation file: this server becomes a secondary of the primary that wrote the file.
//
// Dials the addresses in the file with the bootstrap key as its TLS identity, proves its own key over that connection, learns that it was
// registered, and only then sets its primary, which is then dialled with its own key as always. Invariant: nothing is written here before
// the primary has registered this server; a crash at any moment leaves a file that finishes the join when it is used again. Called by the
// API.
#pragma once

#include <optional>
#include <string>

#include "server/facts.h"
#include "server/history.h"
#include "server/primary.h"

namespace daikan::server {

struct JoinByInvitation {
  std::string invitation;  ///< The file's text.
  std::optional<Proxy> proxy;
  SetPrimary::IfSet if_set = SetPrimary::IfSet::refuse;
};

class InvitedJoin {
 public:
  InvitedJoin(History& history, Primary& primary, const Facts& facts) : history_(history), primary_(primary), facts_(facts) {}

  /// Within limits::kInvitedJoinTime. Fails with invitation_unreadable, those of Primary::set, those of net::dial for the first address
  /// (with the reasons of all of them in the message), unknown_to_primary (the primary does not know the invitation), and what the
  /// primary said: invitation_expired, invitation_used, invitation_revoked, or why it does not register this server. Every refusal is
  /// audited.
  awaitable<Result<PrimaryView>> join(const Actor& actor, JoinByInvitation request);

 private:
  awaitable<Result<PrimaryView>> attempt(const Actor& actor, JoinByInvitation request);

  History& history_;
  Primary& primary_;
  const Facts& facts_;
};

}  // namespace daikan::server
