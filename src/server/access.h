// Whether somebody may do something to a group, asked inside the transaction that does it.
//
// The rules are hierarchy/rights.h; the dispatcher of the console API has already refused who lacks the right everywhere. Called by every
// use case on objects that belong to a group. Invariant: what is asked and what is changed are one view of the group tree, so that a group
// that is moved meanwhile cannot be reached with the rights of its old place.
#pragma once

#include <vector>

#include "hierarchy/accounts.h"
#include "hierarchy/group_tree.h"
#include "store/database.h"

namespace daikan::server {

using hierarchy::Actor;
using hierarchy::Right;

/// On whose behalf this program itself acts (housekeeping, the first start).
Actor system_actor();

bool may(const Actor& actor, Right right, const hierarchy::GroupTree& tree, const GroupId& group);

/// A group in the tree of the transaction.
struct Place {
  const hierarchy::GroupTree& tree;
  const GroupId& group;
};
/// Fails with permission_denied, naming right, group and this server.
Result<> require(store::Transaction&, const Actor& actor, Right right, Place place);
/// The same for the server itself.
Result<> require_on_server(store::Transaction&, const Actor& actor, Right right);

/// Fails with permission_denied on `field` when `actor` may do something in the group `to` that is not allowed in `from`: whoever moves
/// something would give those rights over it to oneself.
struct Move {
  const GroupId& from;
  const GroupId& to;
  std::string_view field;
};
Result<> require_no_gain(const Actor& actor, const hierarchy::GroupTree& tree, Move move);

/// The largest bound on the primary that lets it do nothing which `actor` may not do on this server.
hierarchy::PrimaryMay most_grantable(const Actor& actor);
/// A bound is a gift: who sets the primary lets it do so much. Fails with permission_denied on primary_may.
Result<> require_grant(store::Transaction&, const Actor& actor, hierarchy::PrimaryMay may);

/// With the server's settings and not in the primary's row: it is this server's own word, whoever the primary is. Absent: nobody said
/// anything yet, and a primary that is there may do everything.
inline constexpr std::string_view kPrimaryMay = "primary_may";
/// What this server lets people do who come through its primary.
hierarchy::PrimaryMay stored_primary_may(store::Transaction&);

/// What an account may by its assignments, to inherited roles too (server/known_roles.h).
hierarchy::Permissions permissions_of(store::Transaction&, const AccountId& account);

}  // namespace daikan::server
