// user, role, session: who may what. Beside commands.h, so that whoever changes these rebuilds no other command.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"

namespace daikan::cli {

struct UserName {
  std::string name;
};
struct UserAdd {
  std::string name;
  std::string password_file;
  std::string role;
  std::string group;
};
struct UserPassword {
  std::string name;  ///< Empty: one's own.
  std::string password_file;
  std::string current_password_file;
};
struct UserGrant {
  std::string name;
  std::string role;
  std::string group;  ///< Empty: the server.
};
awaitable<Result<>> user_list(Context&, ApiSession&, NoOptions);
awaitable<Result<>> user_show(Context&, ApiSession&, UserName);  ///< Without a name: oneself.
awaitable<Result<>> user_add(Context&, ApiSession&, UserAdd);
awaitable<Result<>> user_disable(Context&, ApiSession&, UserName);
awaitable<Result<>> user_enable(Context&, ApiSession&, UserName);
awaitable<Result<>> user_password(Context&, ApiSession&, UserPassword);
awaitable<Result<>> user_grant(Context&, ApiSession&, UserGrant);
awaitable<Result<>> user_revoke(Context&, ApiSession&, UserGrant);
awaitable<Result<>> user_remove(Context&, ApiSession&, UserName);

struct CodeOption {
  std::string code_file;
};
awaitable<Result<>> two_factor_on(Context&, ApiSession&, CodeOption);
awaitable<Result<>> two_factor_off(Context&, ApiSession&, CodeOption);
awaitable<Result<>> two_factor_enrol(Context&, ApiSession&, NoOptions);
awaitable<Result<>> two_factor_clear(Context&, ApiSession&, UserName);  ///< Somebody else's.

struct RoleName {
  std::string name;
};
struct RoleText {
  std::string name;
  std::string description;
  std::vector<std::string> rights;
  std::string new_name;
};
awaitable<Result<>> role_list(Context&, ApiSession&, NoOptions);
awaitable<Result<>> role_rights(Context&, ApiSession&, NoOptions);
awaitable<Result<>> role_show(Context&, ApiSession&, RoleName);
awaitable<Result<>> role_add(Context&, ApiSession&, RoleText);
awaitable<Result<>> role_edit(Context&, ApiSession&, RoleText);
awaitable<Result<>> role_remove(Context&, ApiSession&, RoleName);

struct AccessSet {
  std::vector<std::string> from;
  bool from_anywhere = false;
  int password_least = 0;  ///< 0: as it is.
};
awaitable<Result<>> access_show(Context&, ApiSession&, NoOptions);
awaitable<Result<>> access_set(Context&, ApiSession&, AccessSet);

awaitable<Result<>> session_list(Context&, ApiSession&, NoOptions);
awaitable<Result<>> session_end(Context&, ApiSession&, IdOption);

}  // namespace daikan::cli
