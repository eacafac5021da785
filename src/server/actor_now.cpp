#include "server/actor_now.h"

#include "store/tables.h"

namespace daikan::server {
namespace {

/// What this server lets its primary do; nothing while it has none.
hierarchy::Rights bound_now(store::Transaction& transaction) {
  using hierarchy::PrimaryMay;
  if (!store::find_primary(transaction)) return {};
  const auto may = store::find_setting(transaction, "primary_may");
  return hierarchy::bound_of(may ? hierarchy::primary_may_from_string(*may).value_or(PrimaryMay::none) : PrimaryMay::full);
}

}  // namespace

Actor as_of_now(store::Transaction& transaction, Actor actor) {
  if (!actor.through.empty()) {
    actor.permissions = actor.permissions.limited_to(bound_now(transaction));
  } else if (actor.credential) {
    const auto account = store::find_account(transaction, actor.name);
    const bool enabled = account && account->state == hierarchy::Account::State::enabled;
    // A token's scope has limited what it was allowed from the beginning, and the change itself asks for that.
    actor.permissions = enabled ? permissions_of(transaction, account->id) : hierarchy::Permissions{};
  }
  return actor;
}

}  // namespace daikan::server
