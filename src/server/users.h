// The people of this server: made, disabled, given roles, removed. Every change is one transaction with its audit record and event.
//
// What a person may is hierarchy/rights.h; who a person is is server/accounts.h. Invariants, whoever asks: at least one enabled account
// stays administrator of the server; and nobody gives a right, or takes over an account with a right, that they do not have themselves.
// Routes need manage_users on the server; changes to the own account do not pass here but for its password.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/accounts.h"
#include "server/history.h"
#include "server/known_roles.h"
#include "server/seen.h"

namespace daikan::server {

struct AssignmentView {
  hierarchy::RoleId role;
  std::string role_name;
  std::optional<RoleOwner> role_owner;  ///< From whom the role is inherited; nothing: an own one.
  std::optional<GroupId> group;
  std::string group_path;  ///< Empty: the server.
};

struct UserView {
  hierarchy::Account account;
  std::vector<AssignmentView> assignments;
  hierarchy::Permissions permissions;
  std::int64_t recovery_codes = 0;
};

/// As a person gives it: a role by name or id (choose_role), a group by path (nothing: the server).
struct AssignmentRequest {
  std::string role;
  std::optional<std::string> group;
};

class Users {
 public:
  Users(Storage& storage, History& history, Accounts& accounts);

  awaitable<Result<std::vector<UserView>>> list();
  awaitable<Result<UserView>> find(AccountId id);

  struct Creation {
    std::string name;
    std::string password;
    std::vector<AssignmentRequest> assignments;
  };
  /// Fails with name_taken, invalid_request ("name", "password", "assignments"), group_not_found, permission_denied.
  awaitable<Result<UserView>> create(const Actor& actor, Creation request);

  /// `seen`: what the caller saw of the account; when it is another now, these fail as Seen::check().
  /// Disabling ends all sessions; tokens are worth nothing until the account is enabled again.
  awaitable<Result<UserView>> set_state(const Actor& actor, AccountId id, hierarchy::Account::State state, Seen seen);
  awaitable<Result<UserView>> assign(const Actor& actor, AccountId id, std::vector<AssignmentRequest> assignments, Seen seen);
  /// Ends the account's sessions.
  awaitable<Result<>> set_password(const Actor& actor, AccountId id, std::string password);
  /// Takes the second factor off an account whose owner lost it.
  awaitable<Result<>> clear_two_factor(const Actor& actor, AccountId id);
  awaitable<Result<>> remove(const Actor& actor, AccountId id, Seen seen);

  /// Sessions of everybody, with the names of their accounts.
  struct SessionView {
    hierarchy::Credential credential;
    hierarchy::Account account;
  };
  awaitable<Result<std::vector<SessionView>>> sessions();
  /// Fails with not_found, or permission_denied for the session of somebody with more rights.
  awaitable<Result<>> end_session(const Actor& actor, TokenId id);

 private:
  template <class T>
  awaitable<Result<T>> change(std::function<Result<T>(store::Transaction&)> work);

  Storage& storage_;
  History& history_;
  Accounts& accounts_;
};

}  // namespace daikan::server
