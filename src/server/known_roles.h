// The roles that can be given on this server: built-in ones, those made here, and those inherited from servers above, with what each of
// them really gives here.
//
// Inside transactions. Called by roles and users, and by access.h for what somebody may. Invariant: an inherited role gives no more than
// this server lets its primary do, so that no server above reaches further through a role than by acting here itself; and it is never
// taken for an own one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hierarchy/inherited.h"
#include "hierarchy/rights.h"
#include "store/database.h"

namespace daikan::server {

struct RoleOwner {
  ServerId id;
  std::string name;
};

struct KnownRole {
  hierarchy::Role role;                          ///< As its owner made it.
  std::optional<RoleOwner> owner = {};           ///< Nothing: built in, or made here.
  hierarchy::Rights gives = {};                  ///< Here.
  std::vector<std::string> unknown_rights = {};  ///< Of a newer version; they give nothing here.
};

/// The built-in ones, then those made here by name, then the inherited ones by their owners from the top down.
std::vector<KnownRole> known_roles(store::Transaction&);
/// Those in `set`, which give no more than `most`.
std::vector<KnownRole> roles_in(const hierarchy::InheritedSet& set, hierarchy::Rights most);

/// With all rights they have: who gives a role answers for what it may give once the primary may do more here.
std::vector<hierarchy::Role> declared(const std::vector<KnownRole>& roles);
/// With the rights they give now.
std::vector<hierarchy::Role> in_force(const std::vector<KnownRole>& roles);

/// By id or name; an own role comes before an inherited one of its name, which is also called NAME@OWNER. Fails with invalid_request
/// ("role"): there is none, or several inherited ones of the name.
Result<KnownRole> choose_role(const std::vector<KnownRole>& roles, std::string_view text);

/// What an account may, and by what.
struct Allowed {
  hierarchy::Permissions permissions;
  enum class By : std::uint8_t { own_roles, inherited_roles } by = By::own_roles;  ///< inherited_roles: one of them at least.
};
Allowed allowed_now(store::Transaction&, const AccountId& account);

}  // namespace daikan::server
