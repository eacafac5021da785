// The console API: what port 13291 answers, and what a primary may ask down a link.
//
// spec/openapi.yaml is the contract; every resource has its own file with a table of its routes (routes.h). This part decodes,
// authenticates, validates, answers errors as problem documents and counts; the use cases of `server` decide and change. Built by the
// composition root. Invariant: no handler runs before the route's access, query names and body fields were checked.
#pragma once

#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "net/http.h"
#include "server/access_rules.h"
#include "server/accounts.h"
#include "server/backups.h"
#include "server/facts.h"
#include "server/groups.h"
#include "server/history.h"
#include "server/invitations.h"
#include "server/invited_join.h"
#include "server/joins.h"
#include "server/link_host.h"
#include "server/notifications.h"
#include "server/policies.h"
#include "server/primary.h"
#include "server/roles.h"
#include "server/roll_over.h"
#include "server/secondaries.h"
#include "server/tasks.h"
#include "server/two_factor.h"
#include "server/users.h"

namespace daikan::api {

/// What the API stands on; everything outlives it.
struct Services {
  server::Storage& storage;
  server::Facts& facts;
  server::History& history;
  server::Accounts& accounts;
  server::Groups& groups;
  server::LinkHost& links;
  server::Secondaries& secondaries;
  server::Primary& primary;
  server::Joins& joins;
  server::Backups& backups;
  server::Notifications& notifications;
  server::Users& users;
  server::Roles& roles;
  server::TwoFactor& two_factor;
  server::AccessRules& access_rules;
  server::Invitations& invitations;
  server::InvitedJoin& invited_join;
  server::RollOver& roll_over;
  server::Tasks& tasks;
  server::Policies& policies;
};

struct Options {
  /// The built web console; read once, now. Empty or absent: GET / says in plain text where the API is.
  std::filesystem::path web_folder;
  /// Hears every exception that left a handler, with the request id the person was told. Must not throw.
  std::function<void(std::exception_ptr, std::string_view request_id)> on_exception;
  /// How long a JSON body may take to arrive; then 408.
  std::chrono::steady_clock::duration body_time = limits::kRequestBodyTime;
};

class ConsoleApi {
 public:
  ConsoleApi(Services services, Options options);
  ~ConsoleApi();

  /// For the listener on 13291. The API outlives every request.
  net::Handler handler();
  /// For LinkHost::start: the same routes under /api/v1, without those that concern one's own session and tokens. The target may begin with
  /// /api/v1 or with what follows it.
  server::RelayedHandler relayed();

  /// "GET /api/v1/groups" for every route, for the comparison with the specification.
  static std::vector<std::string> routes();
  /// "GET /api/v1/groups": "read anywhere" for every route: the right it declares and where it is needed; "undeclared" for a mistake.
  static std::map<std::string, std::string> needs();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The text of spec/openapi.yaml this program was built with.
std::string specification();

}  // namespace daikan::api
