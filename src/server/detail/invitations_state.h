// The running half of invitations: the pins of the bootstrap keys, and the guests that are being served.
//
// Private to server/invitations.cpp (made, listed, revoked) and server/invitation_guests.cpp (used). On the I/O thread only.
#pragma once

#include <map>

#include "link/messages.h"
#include "server/invitations.h"

namespace daikan::server {

/// One connection of a server that came with an invitation.
struct GuestConnection {
  std::unique_ptr<net::H2Connection> h2;
  Pin key;  ///< The bootstrap key's.
  std::string source;
};
using GuestPtr = std::shared_ptr<GuestConnection>;

struct Invitations::State {
  State(Storage& storage_, History& history_, LinkHost& links_, const Facts& facts_)
      : storage(storage_), history(history_), links(links_), facts(facts_), tasks(storage_.executor()) {}

  /// The keys of those that are kept, and of no others.
  awaitable<Result<>> load_keys();

  // invitation_guests.cpp
  awaitable<> receive(std::unique_ptr<net::TlsStream> stream);
  awaitable<> converse(GuestPtr guest);
  awaitable<Result<link::Registered>> admit(GuestPtr guest);
  awaitable<Result<link::Registered>> register_guest(GuestPtr guest, hierarchy::InvitationRecord invitation, link::Claim claim);
  awaitable<> note_refusal(GuestPtr guest, Error error);
  bool too_often(const Pin& key);

  Storage& storage;
  History& history;
  LinkHost& links;
  const Facts& facts;
  net::TaskGroup tasks;
  struct Known {
    TimePoint minute;
    unsigned visits = 0;  ///< In that minute.
  };
  std::map<Pin, Known> keys;
  unsigned guests = 0;  ///< Being served now.
};

}  // namespace daikan::server
