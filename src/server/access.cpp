#include "server/access.h"

#include "store/tables.h"
#include "store/tables_users.h"

namespace daikan::server {
namespace {

std::string server_name(store::Transaction& transaction) { return store::find_setting(transaction, "server_name").value_or("this server"); }

}  // namespace

Actor system_actor() {
  return {.name = "system", .source = {}, .through = {}, .credential = {}, .permissions = hierarchy::Permissions::everything()};
}

bool may(const Actor& actor, Right right, const hierarchy::GroupTree& tree, const GroupId& group) {
  return actor.permissions.on_group(hierarchy::path_to(tree, group)).has(right);
}

Result<> require(store::Transaction& transaction, const Actor& actor, Right right, Place place) {
  if (may(actor, right, place.tree, place.group)) return {};
  return fail(hierarchy::denied(right, place.tree.path_of(place.group), server_name(transaction)));
}

Result<> require_on_server(store::Transaction& transaction, const Actor& actor, Right right) {
  if (actor.permissions.on_server(right)) return {};
  return fail(hierarchy::denied(right, {}, server_name(transaction)));
}

hierarchy::Permissions permissions_of(store::Transaction& transaction, const AccountId& account) {
  return hierarchy::permissions_of(store::assignments_of(transaction, account), store::all_roles(transaction));
}

}  // namespace daikan::server
