#include "server/actor_now.h"

#include "server/primary_bound.h"
#include "store/tables.h"

namespace daikan::server {

Actor as_of_now(store::Transaction& transaction, Actor actor) {
  if (!actor.through.empty()) {
    const auto bound = store::find_primary(transaction) ? hierarchy::bound_of(primary_may_in_force(transaction)) : hierarchy::Rights{};
    actor.permissions = actor.permissions.limited_to(bound);
  } else if (actor.credential) {
    const auto account = store::find_account(transaction, actor.name);
    const bool enabled = account && account->state == hierarchy::Account::State::enabled;
    // A token's scope has limited what it was allowed from the beginning, and the change itself asks for that.
    actor.permissions = enabled ? permissions_of(transaction, account->id) : hierarchy::Permissions{};
  }
  return actor;
}

}  // namespace daikan::server
