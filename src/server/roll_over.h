// The roll-over of this server's key as people see it: begun, watched, finished, cancelled. The rules are link/roll_over.h.
//
// Owns the next identity while there is one, and says it to the links (OwnKeys). Jobs (what a person asks, what a peer said) are carried
// out one after another by a coroutine of its own, each stored before anything follows from it; so a request that is given up half-way
// leaves nothing half done. Invariant: the files of the data folder, not the database, say which key is in use; start() makes the two
// agree.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "link/roll_over.h"
#include "server/key_file_reader.h"
#include "server/link_host.h"
#include "server/own_identity.h"

namespace daikan::server {

struct RollOverView {
  link::RollOver::Phase phase = link::RollOver::Phase::none;
  // Of the one under way.
  std::string fingerprint;
  TimePoint started_at;
  std::string started_by;
  struct Peer {
    std::optional<RegistrationId> id;  ///< None: this server's primary.
    std::string name;
    std::optional<TimePoint> confirmed_at;
    std::optional<TimePoint> seen_at;
    bool understands = true;
    hierarchy::LinkState link = hierarchy::LinkState::never_connected;
  };
  std::vector<Peer> peers;
};

/// What was set, and how far it has come.
struct BroughtView {
  std::string fingerprint;
  std::string subject;
  std::string issuer;  ///< Empty: the certificate is signed by its own key.
  TimePoint not_after;
  std::size_t chain = 0;  ///< How many certificates of issuers are shown with it.
  RollOverView roll_over;
};

class RollOver {
 public:
  RollOver(Storage& storage, History& history, LinkHost& links, OwnIdentity& own);
  ~RollOver();

  /// Goes on with what was under way; before LinkHost::start.
  awaitable<Result<>> start();
  /// After LinkHost::stop.
  awaitable<> stop();

  awaitable<Result<RollOverView>> view();
  /// Makes a new key and announces it. Fails with conflict when a roll-over is under way.
  awaitable<Result<RollOverView>> begin(const Actor& actor);
  /// The same with the key and certificate an administrator brings; another certificate for the key in use replaces it at once, because
  /// peers know the key. Fails as net::read_own_key() does, with certificate_in_use when a peer has that key, with conflict when a
  /// roll-over is under way or it is the certificate in use, or with unavailable while another file is read.
  awaitable<Result<BroughtView>> set(const Actor& actor, BroughtKey brought);
  /// link::RollOver::finish and cancel.
  awaitable<Result<RollOverView>> finish(const Actor& actor);
  awaitable<Result<RollOverView>> cancel(const Actor& actor);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace daikan::server
