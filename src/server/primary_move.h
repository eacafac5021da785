// The move of this server, with everything below it, from its primary to another one: undone by this server itself unless the new link
// comes up in time.
//
// Only the secondary can undo it: once it has left, its former primary does not reach it any more. So it remembers where it came from, in
// the transaction that sets the new primary. Owned by Primary; the composition root starts it after the links and stops it before them.
// Invariant: at every moment exactly one primary is set, whatever ends this process: the new one, or the former.
#pragma once

#include <memory>
#include <optional>

#include "hierarchy/primary_move.h"
#include "server/primary.h"

namespace daikan::server {

class PrimaryMoves {
 public:
  PrimaryMoves(Storage& storage, History& history, LinkHost& links, const Primary& primary);
  ~PrimaryMoves();

  /// Takes up a move that was cut short: the new link gets its time once more.
  awaitable<Result<>> start();
  awaitable<> stop();

  /// Sets the new primary and returns; a moment later, so that the answer can leave over the old link, the old one is left. Needs a primary
  /// to come from (not_found). Fails as Primary::set(), or with conflict while a move is running or when it is the same primary.
  awaitable<Result<hierarchy::PrimaryMove>> begin(const Actor& actor, SetPrimary request, std::chrono::seconds wait);
  /// The last one; not_found when there never was one.
  awaitable<Result<hierarchy::PrimaryMove>> find();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace daikan::server
