// Roles made from named rights. Built-in ones are listed with them and never change, inherited ones (server/role_inheritance.h) change on
// their owner only.
//
// Invariants: nobody makes or edits a role with rights they do not have on the server; a role that somebody has is not removed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/accounts.h"
#include "server/history.h"
#include "server/known_roles.h"
#include "server/seen.h"

namespace daikan::server {

struct RoleView {
  KnownRole known;
  std::size_t users = 0;  ///< How many have it, anywhere.
};

class Roles {
 public:
  Roles(Storage& storage, History& history, Accounts& accounts);

  awaitable<Result<std::vector<RoleView>>> list();
  awaitable<Result<RoleView>> find(hierarchy::RoleId id);

  struct Text {
    std::string name;
    std::string description;
    std::vector<std::string> rights;  ///< Names of hierarchy/rights.h.
  };
  /// Fails with name_taken ("name"), invalid_request ("name", "rights"), permission_denied.
  awaitable<Result<RoleView>> create(const Actor& actor, Text text);
  /// Replaces all of it; whoever has the role has the new rights at once. Fails with permission_denied for a built-in or
  /// inherited one, as Seen::check()
  /// when it is another than was seen.
  awaitable<Result<RoleView>> edit(const Actor& actor, hierarchy::RoleId id, Text text, Seen seen);
  /// Fails with conflict while somebody has it.
  awaitable<Result<>> remove(const Actor& actor, hierarchy::RoleId id);

 private:
  Storage& storage_;
  History& history_;
  Accounts& accounts_;
};

}  // namespace daikan::server
