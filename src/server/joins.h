// Way 1 (and way 3 with an account) as long operations on the primary: started, watched, resumed, cancelled.
//
// The steps themselves are joining/join.h, which the CLI runs too.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "hierarchy/history.h"
#include "joining/join.h"
#include "server/once.h"
#include "server/primary.h"
#include "server/secondaries.h"

namespace daikan::server {

class Joins {
 public:
  Joins(Storage& storage, History& history, Secondaries& secondaries, LinkHost& links, const Facts& facts);
  ~Joins();

  /// Operations that ran when the process ended become "interrupted".
  awaitable<Result<>> start();
  awaitable<> stop();

  awaitable<Result<hierarchy::OperationRecord>> begin(const Actor& actor, joining::JoinRequest request, std::optional<Once> once = {});
  awaitable<Result<hierarchy::OperationRecord>> find(OperationId id);
  awaitable<Result<std::vector<hierarchy::OperationRecord>>> list(unsigned limit);
  /// Goes on with a failed or interrupted operation from its first unfinished step; the account of the secondary is asked again.
  awaitable<Result<hierarchy::OperationRecord>> resume(const Actor& actor, OperationId id, joining::Credentials credentials);
  /// Stops a running operation and undoes what it did, or undoes an interrupted one.
  awaitable<Result<hierarchy::OperationRecord>> cancel(const Actor& actor, OperationId id);
  /// Returns when any operation changed, or at `until`.
  awaitable<> wait_for_change(net::SteadyTime until);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace daikan::server
