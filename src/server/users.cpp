#include "server/users.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "hierarchy/group_tree.h"
#include "hierarchy/names.h"
#include "server/access.h"
#include "server/event.h"
#include "server/left_invitations.h"
#include "store/tables_users.h"

namespace daikan::server {
namespace {

using hierarchy::Account;
using hierarchy::Assignment;
using hierarchy::GroupTree;

std::string object_of(const Account& account) { return fmt::format("user {} ({})", account.name, account.id.str()); }

UserView view_of(store::Transaction& transaction, const Account& account, const GroupTree& tree, const std::vector<KnownRole>& roles) {
  UserView view{.account = account, .assignments = {}, .permissions = {}, .recovery_codes = 0};
  const auto assignments = store::assignments_of(transaction, account.id);
  view.permissions = hierarchy::permissions_of(assignments, in_force(roles));
  view.recovery_codes = store::count_recovery_codes(transaction, account.id);
  for (const auto& each : assignments) {
    const auto role = std::find_if(roles.begin(), roles.end(), [&](const KnownRole& r) { return r.role.id == each.role; });
    if (role == roles.end()) continue;
    view.assignments.push_back(
        {each.role, role->role.name, role->owner, each.group, each.group ? tree.path_of(*each.group) : std::string()});
  }
  return view;
}

UserView view_of(store::Transaction& transaction, const Account& account) {
  return view_of(transaction, account, GroupTree(store::all_groups(transaction)), known_roles(transaction));
}

Result<Account> require_account(store::Transaction& transaction, const AccountId& id) {
  auto account = store::find_account(transaction, id);
  if (account) return std::move(*account);
  return fail(Code::not_found, "There is no such user.", "List the users and choose one of those.");
}

Result<Assignment> assignment_of(const AssignmentRequest& request, const GroupTree& tree, const std::vector<KnownRole>& roles) {
  const auto known = choose_role(roles, request.role);
  if (!known) return fail(known.error());
  if (!request.group) return Assignment{known->role.id, std::nullopt};
  auto group = tree.at_path(*request.group);
  if (!group) return fail(std::move(group.error()));
  return Assignment{known->role.id, group->id};
}

/// Replaces what `account` was given, when `actor` may give it. Without the last word on administrators (keep_an_administrator).
Result<> put_assignments(store::Transaction& transaction, const Actor& actor, const Account& account,
                         const std::vector<AssignmentRequest>& wanted) {
  const GroupTree tree(store::all_groups(transaction));
  const auto roles = known_roles(transaction);
  std::vector<Assignment> assignments;
  for (const auto& each : wanted) {
    auto assignment = assignment_of(each, tree, roles);
    if (!assignment) return fail(std::move(assignment.error()));
    if (std::find(assignments.begin(), assignments.end(), *assignment) == assignments.end()) assignments.push_back(*assignment);
  }
  if (!hierarchy::covers(actor.permissions, hierarchy::permissions_of(assignments, declared(roles)), tree)) {
    return fail(Code::permission_denied, fmt::format("{} cannot be given rights that {} does not have.", account.name, actor.name),
                "Leave that role out, or let somebody with those rights do it.", "assignments");
  }
  store::replace_assignments(transaction, account.id, assignments);
  return {};
}

/// Who changes somebody's password or roles could act as that person, also once inherited roles give all they declare.
Result<> require_power_over(store::Transaction& transaction, const Actor& actor, const Account& account) {
  const GroupTree tree(store::all_groups(transaction));
  const auto most = hierarchy::permissions_of(store::assignments_of(transaction, account.id), declared(known_roles(transaction)));
  if (hierarchy::covers(actor.permissions, most, tree)) return {};
  return fail(Code::permission_denied, fmt::format("{} has rights that {} does not have.", account.name, actor.name),
              "Let somebody with those rights do it.");
}

/// The end of every change that could leave nobody who may do everything.
Result<> keep_an_administrator(store::Transaction& transaction, std::string_view what) {
  const auto accounts = store::all_accounts(transaction);
  for (const auto& [id, assignment] : store::all_assignments(transaction)) {
    if (assignment != Assignment{hierarchy::administrator().id, std::nullopt}) continue;
    const auto is_it = [&](const Account& a) { return a.id == id && a.state == Account::State::enabled; };
    if (std::any_of(accounts.begin(), accounts.end(), is_it)) return {};
  }
  return fail(Code::conflict, fmt::format("This is the last enabled administrator of the server and cannot be {}.", what),
              "Make another user administrator of the server first.");
}

/// The account to be changed, when the caller may change it and saw its newest revision.
Result<Account> begin_change(store::Transaction& transaction, const Actor& actor, const AccountId& id, const Seen& seen) {
  if (auto allowed = require_on_server(transaction, actor, Right::manage_users); !allowed) return fail(std::move(allowed.error()));
  auto account = require_account(transaction, id);
  if (!account) return account;
  if (auto checked = seen.check(account->revision, "user"); !checked) return fail(std::move(checked.error()));
  if (auto allowed = require_power_over(transaction, actor, *account); !allowed) return fail(std::move(allowed.error()));
  ++account->revision;
  return account;
}

/// The ways of one's own account ask for the password or a code; who found a session left open has neither.
Result<> require_other(const Actor& actor, const Account& account, std::string_view what, std::string remedy) {
  const bool own = actor.through.empty() && hierarchy::same_name(account.name, actor.name);
  if (!own) return {};
  return fail(Code::permission_denied, fmt::format("“{}” is your own account; its {} is not changed here.", account.name, what),
              std::move(remedy));
}

/// Sessions and API tokens: whoever lost the account, or took it over, keeps no way in.
void remove_credentials(store::Transaction& transaction, const AccountId& account, const std::optional<TokenId>& kept) {
  for (const auto& each : store::credentials_of(transaction, account)) {
    if (each.id != kept) store::remove_credential(transaction, each.id);
  }
}

struct Told {
  std::string_view action;
  std::string_view kind;
  std::string what;  ///< "was disabled"
};
void tell(store::Transaction& transaction, const Actor& actor, const Account& account, Told told) {
  const auto at = now();
  History::audit(transaction, actor, at, std::string(told.action), object_of(account));
  History::record(transaction,
                  info_event(at, std::string(told.kind), fmt::format("The user “{}” {} by {}.", account.name, told.what, actor.name)));
}

std::string in_words(const UserView& view) {
  std::string text;
  for (const auto& each : view.assignments) {
    text += fmt::format("{}{} on {}", text.empty() ? "" : ", ",
                        each.role_owner ? fmt::format("{} (of {})", each.role_name, each.role_owner->name) : each.role_name,
                        each.group ? each.group_path : "the server");
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace

Users::Users(Storage& storage, History& history, Accounts& accounts) : storage_(storage), history_(history), accounts_(accounts) {}

template <class T>
awaitable<Result<T>> Users::change(std::function<Result<T>(store::Transaction&)> work) {
  auto changed = co_await storage_.write<T>(std::move(work));
  if (changed) {
    accounts_.forget_cached();
    history_.committed();
  }
  co_return changed;
}

awaitable<Result<std::vector<UserView>>> Users::list() {
  return storage_.read<std::vector<UserView>>([](store::Transaction& transaction) -> Result<std::vector<UserView>> {
    const GroupTree tree(store::all_groups(transaction));
    const auto roles = known_roles(transaction);
    std::vector<UserView> views;
    for (const auto& account : store::all_accounts(transaction)) views.push_back(view_of(transaction, account, tree, roles));
    return views;
  });
}

awaitable<Result<UserView>> Users::find(AccountId id) {
  return storage_.read<UserView>([id](store::Transaction& transaction) -> Result<UserView> {
    auto account = require_account(transaction, id);
    if (!account) return fail(std::move(account.error()));
    return view_of(transaction, *account);
  });
}

awaitable<Result<UserView>> Users::create(const Actor& actor, Creation request) {
  if (auto named = hierarchy::check_name(request.name); !named) co_return fail(std::move(named.error()));
  auto checked = co_await accounts_.check_new_password(request.name, request.password);
  if (!checked) co_return fail(std::move(checked.error()));
  auto hash = co_await accounts_.hash(std::exchange(request.password, {}));
  if (!hash) co_return fail(std::move(hash.error()));
  const auto insert = [actor, request, hash = *hash](store::Transaction& transaction) -> Result<UserView> {
    if (auto allowed = require_on_server(transaction, actor, Right::manage_users); !allowed) return fail(std::move(allowed.error()));
    if (store::find_account(transaction, request.name)) {
      return fail(Code::name_taken, fmt::format("There is a user “{}” already.", request.name), "Choose another name.", "name");
    }
    if (static_cast<std::size_t>(store::count_accounts(transaction)) >= limits::kMaxAccounts) {
      return fail(Code::too_large, fmt::format("The server has {} users already.", limits::kMaxAccounts), "Remove those that are gone.");
    }
    const Account account{.id = AccountId::make(now()), .name = request.name, .password_hash = hash, .created_at = now()};
    store::insert_account(transaction, account);
    if (auto put = put_assignments(transaction, actor, account, request.assignments); !put) return fail(std::move(put.error()));
    tell(transaction, actor, account, {"user.create", "user_created", "was made"});
    return view_of(transaction, account);
  };
  auto made = co_await change<UserView>(insert);
  co_return made;
}

awaitable<Result<UserView>> Users::set_state(const Actor& actor, AccountId id, Account::State state, Seen seen) {
  const auto update = [actor, id, state, seen](store::Transaction& transaction) -> Result<UserView> {
    auto account = begin_change(transaction, actor, id, seen);
    if (!account) return fail(std::move(account.error()));
    if (account->state == state) return view_of(transaction, *store::find_account(transaction, id));
    account->state = state;
    store::update_account(transaction, *account);
    const bool disabled = state == Account::State::disabled;
    if (disabled) {
      remove_credentials(transaction, id, std::nullopt);
      revoke_left_invitations(transaction, actor, account->name);
    }
    if (auto kept = keep_an_administrator(transaction, "disabled"); !kept) return fail(std::move(kept.error()));
    tell(transaction, actor, *account,
         disabled ? Told{"user.disable", "user_disabled", "was disabled"} : Told{"user.enable", "user_enabled", "was enabled"});
    return view_of(transaction, *account);
  };
  auto view = co_await change<UserView>(update);
  co_return view;
}

awaitable<Result<UserView>> Users::assign(const Actor& actor, AccountId id, std::vector<AssignmentRequest> assignments, Seen seen) {
  const auto update = [actor, id, assignments, seen](store::Transaction& transaction) -> Result<UserView> {
    auto account = begin_change(transaction, actor, id, seen);
    if (!account) return fail(std::move(account.error()));
    if (auto put = put_assignments(transaction, actor, *account, assignments); !put) return fail(std::move(put.error()));
    if (auto kept = keep_an_administrator(transaction, "demoted"); !kept) return fail(std::move(kept.error()));
    store::update_account(transaction, *account);
    revoke_left_invitations(transaction, actor, account->name);
    auto view = view_of(transaction, *account);
    tell(transaction, actor, *account, {"user.assign", "user_assigned", fmt::format("was given {}", in_words(view))});
    return view;
  };
  auto view = co_await change<UserView>(update);
  co_return view;
}

awaitable<Result<>> Users::set_password(const Actor& actor, AccountId id, std::string password) {
  auto user = co_await find(id);
  if (!user) co_return fail(std::move(user.error()));
  auto checked = co_await accounts_.check_new_password(user->account.name, password);
  if (!checked) co_return checked;
  auto hash = co_await accounts_.hash(std::move(password));
  if (!hash) co_return fail(std::move(hash.error()));
  const auto update = [actor, id, hash = *hash](store::Transaction& transaction) -> Result<Done> {
    auto account = begin_change(transaction, actor, id, {});
    if (!account) return fail(std::move(account.error()));
    if (auto other = require_other(actor, *account, "password", "Use daikan user password without a name; it asks for the current one.");
        !other) {
      return fail(std::move(other.error()));
    }
    account->password_hash = hash;
    store::update_account(transaction, *account);
    remove_credentials(transaction, id, actor.credential);
    tell(transaction, actor, *account, {"user.password", "user_password_set", "was given a new password"});
    return Done{};
  };
  auto changed = co_await change<Done>(update);
  if (!changed) co_return fail(std::move(changed.error()));
  co_return Result<>{};
}

awaitable<Result<>> Users::clear_two_factor(const Actor& actor, AccountId id) {
  const auto update = [actor, id](store::Transaction& transaction) -> Result<Done> {
    auto account = begin_change(transaction, actor, id, {});
    if (!account) return fail(std::move(account.error()));
    if (auto other = require_other(actor, *account, "second factor", "Use daikan two-factor off; it asks for a code."); !other) {
      return fail(std::move(other.error()));
    }
    account->two_factor = {};
    store::update_account(transaction, *account);
    store::replace_recovery_codes(transaction, id, {});
    tell(transaction, actor, *account, {"user.two_factor_clear", "user_two_factor_cleared", "lost its second factor"});
    return Done{};
  };
  auto changed = co_await change<Done>(update);
  if (!changed) co_return fail(std::move(changed.error()));
  co_return Result<>{};
}

awaitable<Result<>> Users::remove(const Actor& actor, AccountId id, Seen seen) {
  const auto erase = [actor, id, seen](store::Transaction& transaction) -> Result<Done> {
    auto account = begin_change(transaction, actor, id, seen);
    if (!account) return fail(std::move(account.error()));
    store::remove_account(transaction, id);
    revoke_left_invitations(transaction, actor, account->name);
    if (auto kept = keep_an_administrator(transaction, "removed"); !kept) return fail(std::move(kept.error()));
    tell(transaction, actor, *account, {"user.remove", "user_removed", "was removed"});
    return Done{};
  };
  auto removed = co_await change<Done>(erase);
  if (!removed) co_return fail(std::move(removed.error()));
  co_return Result<>{};
}

awaitable<Result<std::vector<Users::SessionView>>> Users::sessions() {
  return storage_.read<std::vector<SessionView>>([at = now()](store::Transaction& transaction) -> Result<std::vector<SessionView>> {
    std::vector<SessionView> views;
    for (auto& session : store::all_sessions(transaction)) {
      if (session.expires_at <= at) continue;
      auto account = store::find_account(transaction, session.account);
      if (account) views.push_back({std::move(session), std::move(*account)});
    }
    return views;
  });
}

awaitable<Result<>> Users::end_session(const Actor& actor, TokenId id) {
  const auto end = [actor, id](store::Transaction& transaction) -> Result<Done> {
    if (auto allowed = require_on_server(transaction, actor, Right::manage_users); !allowed) return fail(std::move(allowed.error()));
    const auto all = store::all_sessions(transaction);
    const auto found = std::find_if(all.begin(), all.end(), [&](const hierarchy::Credential& c) { return c.id == id; });
    if (found == all.end()) return fail(Code::not_found, "There is no such session.", "List the sessions and choose one of those.");
    const auto account = store::find_account(transaction, found->account);
    if (auto allowed = require_power_over(transaction, actor, *account); !allowed) return fail(std::move(allowed.error()));
    store::remove_credential(transaction, id);
    History::audit(transaction, actor, now(), "session.end", fmt::format("session {} of {}", id.str(), account->name));
    return Done{};
  };
  auto ended = co_await change<Done>(end);
  if (!ended) co_return fail(std::move(ended.error()));
  co_return Result<>{};
}

}  // namespace daikan::server
