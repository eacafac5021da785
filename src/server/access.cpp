#include "server/access.h"

#include <fmt/format.h>

#include "server/known_roles.h"
#include "store/tables.h"

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

Result<> require_no_gain(const Actor& actor, const hierarchy::GroupTree& tree, Move move) {
  const auto here = actor.permissions.on_group(hierarchy::path_to(tree, move.from));
  const auto there = actor.permissions.on_group(hierarchy::path_to(tree, move.to));
  if (here.includes(there)) return {};
  return fail(Code::permission_denied,
              fmt::format("{} may do more on the group “{}” than on “{}”, and would gain those rights by the move.", actor.name,
                          tree.path_of(move.to), tree.path_of(move.from)),
              "Let somebody move it who has the same rights in both places.", std::string(move.field));
}

hierarchy::PrimaryMay most_grantable(const Actor& actor) {
  for (const auto may : {hierarchy::PrimaryMay::full, hierarchy::PrimaryMay::read}) {
    if (actor.permissions.on_server().includes(hierarchy::bound_of(may))) return may;
  }
  return hierarchy::PrimaryMay::none;
}

Result<> require_grant(store::Transaction& transaction, const Actor& actor, hierarchy::PrimaryMay may) {
  if (actor.permissions.on_server().includes(hierarchy::bound_of(may))) return {};
  const auto server = server_name(transaction);
  return fail(
      Code::permission_denied,
      fmt::format("“{}” refuses: {} cannot let the primary do what {} may not do (“{}”).", server, actor.name, actor.name, to_string(may)),
      fmt::format("Choose --primary-may {}, or let an administrator of “{}” do it.", to_string(most_grantable(actor)), server),
      "primary_may");
}

hierarchy::PrimaryMay stored_primary_may(store::Transaction& transaction) {
  const auto text = store::find_setting(transaction, kPrimaryMay);
  if (!text) return hierarchy::PrimaryMay::full;
  // What cannot be read allows nothing.
  return hierarchy::primary_may_from_string(*text).value_or(hierarchy::PrimaryMay::none);
}

hierarchy::Permissions permissions_of(store::Transaction& transaction, const AccountId& account) {
  return allowed_now(transaction, account).permissions;
}

}  // namespace daikan::server
