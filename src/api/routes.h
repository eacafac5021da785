// The tables of routes, one per resource file, and what a handler is given.
//
// Internal to this room. A handler is a free coroutine `answer(Context&, Call)`; it may rely on everything its Route declares.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "api/authentication.h"
#include "api/console_api.h"
#include "api/json.h"
#include "api/metrics.h"
#include "api/problem.h"
#include "api/router.h"
#include "server/once.h"

namespace daikan::api {

/// Relayed requests in progress, by registration.
using RelayCounts = std::map<std::string, unsigned>;

/// What all requests share. On the I/O thread only.
struct Context {
  Services services;
  Options options;
  Metrics metrics;
  unsigned event_streams = 0;             ///< Live tails now.
  std::set<std::string> probing;          ///< Who has a probe running: name and source.
  std::set<std::string> checking;         ///< Who has a link check running: name and source.
  std::set<std::string> creating;         ///< Account and Idempotency-Key of creates now running.
  std::shared_ptr<RelayCounts> relaying;  ///< Shared with the bodies that still stream.
  std::multiset<std::string> exports;     ///< Whose exports of events and audit records run now.
};

/// One checked request.
struct Call {
  net::Request request;
  Target target;
  std::vector<std::pair<std::string_view, std::string>> parameters;
  std::string rest;          ///< Of a pattern that ends with "{rest...}", as received.
  boost::json::object body;  ///< Checked against the route's fields; empty where it has none.
  Caller caller;
  std::optional<server::Once> once = {};  ///< To be claimed by the change, when the request has an Idempotency-Key.

  std::string parameter(std::string_view name) const;
};

using hierarchy::Right;

enum class Access : std::uint8_t {
  anyone,
  loopback,     ///< Anyone from a loopback address, otherwise an account.
  account,      ///< An account, or a request that came down a link.
  own_account,  ///< An account here; refused with permission_denied when it came down a link.
};
enum class Body : std::uint8_t { none, json, streamed };  ///< streamed: left in the request for the handler.
enum class Repeat : std::uint8_t { plain, by_key };       ///< by_key: Idempotency-Key is honoured.

using Answer = awaitable<net::Response> (*)(Context&, Call);

/// What a caller must be allowed to use a route (hierarchy/rights.h). EVERY route says it, in its table:
///
///     .needs = needs::on_server(Right::manage_users)           refused here, by the dispatcher, without the right on the whole server
///     .needs = needs::on_group(Right::configure_hierarchy)     refused here without the right on any group; and the use case calls
///                                                              server::require (server/access.h) for the group, inside its transaction
///     .needs = needs::anywhere(Right::read)                    refused here without the right on any group; the answer holds only what
///                                                              the caller may see (the use case filters with server::may)
///     .needs = needs::nothing()                                open to anyone, or about the caller's own account only
///
/// A route that says nothing refuses everybody, and fails tests/unit/api/rights_test.cpp, which walks all routes.
struct Needs {
  enum class Where : std::uint8_t { undeclared, nothing, on_server, on_group, anywhere } where = Where::undeclared;
  Right right = Right::manage_server;
};
namespace needs {
constexpr Needs nothing() { return {Needs::Where::nothing, Right::read}; }
constexpr Needs on_server(Right right) { return {Needs::Where::on_server, right}; }
constexpr Needs on_group(Right right) { return {Needs::Where::on_group, right}; }
constexpr Needs anywhere(Right right) { return {Needs::Where::anywhere, right}; }
}  // namespace needs

struct Route {
  std::string_view method;
  std::string_view pattern;
  Answer answer;
  Needs needs{};
  Access access = Access::account;
  Body body = Body::none;
  std::span<const Field> fields{};
  std::span<const std::string_view> query{};  ///< Names that may be given.
  Repeat repeat = Repeat::plain;
  enum class Query : std::uint8_t { listed, any } query_rule = Query::listed;
  Answer recall = nullptr;  ///< by_key: shows what was made, by its id, when its answer was lost in a crash.
};

std::span<const Route> operations_routes();  ///< healthz, metrics, the specification
std::span<const Route> sessions_routes();
std::span<const Route> server_routes();
std::span<const Route> groups_routes();
std::span<const Route> secondaries_routes();
std::span<const Route> unrecognised_routes();
std::span<const Route> primary_routes();
std::span<const Route> edits_routes();  ///< PATCH of a secondary, of the primary and of a group
std::span<const Route> probes_routes();
std::span<const Route> link_checks_routes();
std::span<const Route> joins_routes();
std::span<const Route> invitations_routes();
std::span<const Route> roll_over_routes();
std::span<const Route> tree_routes();
std::span<const Route> relay_routes();
std::span<const Route> events_routes();
std::span<const Route> audit_routes();
std::span<const Route> backups_routes();
std::span<const Route> notifications_routes();
std::span<const Route> users_routes();
std::span<const Route> roles_routes();
std::span<const Route> access_rules_routes();
std::span<const Route> tasks_routes();
std::span<const Route> policies_routes();
std::span<const Route> policy_status_routes();
std::span<const Route> account_routes();  ///< One's own.

}  // namespace daikan::api
