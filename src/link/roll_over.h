// This server's change to another key, in phases: announced to every peer, used, seen by every peer.
//
// A pure state machine, one for each server. It knows who must be asked and what they said; not how an announcement travels (hellos and
// their answers carry it, link/upper_end and link/lower_end) nor where keys lie. The host hands it what happened and carries out the Step
// it returns, in the order of its fields. Everything in it but Peer::understands is stored, so that a server goes on after a restart.
// Invariant: before `switch_keys` every peer accepts the old key, and those that confirmed also the next one; so a roll-over can be taken
// back until then, and never after.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/certificate.h"
#include "base/ids.h"
#include "base/result.h"
#include "link/effects.h"

namespace daikan::link {

class RollOver {
 public:
  enum class Phase : std::uint8_t {
    none,
    announcing,  ///< The old key is used. Peers are told of the next one.
    switched,    ///< The next key is used. Peers have not all been seen with it yet.
  };
  /// A registered secondary, or (nothing) this server's own primary.
  using PeerKey = std::optional<RegistrationId>;
  struct Peer {
    bool confirmed = false;   ///< It accepts the next key.
    bool seen = false;        ///< A link stands that was made with it.
    bool understands = true;  ///< False: it runs an older version and has to be told by file.
    friend bool operator==(const Peer&, const Peer&) = default;
  };
  using Peers = std::map<PeerKey, Peer>;

  struct Step {
    bool store = false;        ///< 1. Phase or peers changed: write them before anything below.
    bool switch_keys = false;  ///< 2. Put the next key in place of the old one, then call switched().
    bool announce = false;     ///< 3. What is announced changed: hand every end a new Self.
    bool renew = false;        ///< 4. Have every link made anew with the key in use.
    enum class Over : std::uint8_t { no, done, cancelled, given_up } over = Over::no;  ///< 5. Worth an event.
  };

  RollOver() = default;
  /// As it was stored.
  RollOver(Phase phase, CertificateRecord next, Peers peers) : phase_(phase), next_(std::move(next)), peers_(std::move(peers)) {}

  /// Announces `next` to `peers`; without any it is used at once. Fails with conflict when a roll-over is under way.
  Result<Step> begin(CertificateRecord next, const Peers& peers);
  /// An accepted hello of `peer`. One that was not there at the beginning takes part from now on.
  Step heard(const PeerKey& peer, const RollOverNews& news);
  /// Registered, or in the place of another one (a primary that is replaced): asked like those of the beginning.
  Step joined(const PeerKey& peer);
  Step removed(const PeerKey& peer);
  /// Announcing: uses the next key although not every peer has confirmed it; those have to be told by file. Switched: does not wait any
  /// longer for those that were not seen. Fails with conflict when none is under way.
  Result<Step> finish();
  /// Takes it back. Fails with conflict when none is under way or the key is used already.
  Result<Step> cancel();
  /// The next key is the one in use (also found after a restart between the two).
  Step switched();

  Phase phase() const { return phase_; }
  const CertificateRecord& next() const { return next_; }
  const Peers& peers() const { return peers_; }

 private:
  Step look_around(Step step);

  Phase phase_ = Phase::none;
  CertificateRecord next_;
  Peers peers_;
};

}  // namespace daikan::link
