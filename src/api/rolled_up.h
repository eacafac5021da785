// What rolled up from the servers below, as the API shows it. Shared by the routes of servers, events and reports.
#pragma once

#include <map>
#include <string>

#include <boost/json/object.hpp>

#include "api/routes.h"
#include "server/rolled_up.h"
#include "store/tables_feed.h"

namespace daikan::api {

std::span<const Route> rolled_up_routes();
std::span<const Route> reports_routes();

boost::json::object rolled_up_server_json(const server::RolledUpServer& server);
/// "hq > branch > shop", this server's own name first.
std::string path_in_words(const server::RolledUpServer& server, const std::string& own_name);
/// Of this server and all it knows, by id.
std::map<ServerId, std::string> server_paths(Context& context, const std::vector<server::RolledUpServer>& servers);
boost::json::object rolled_up_event_json(const store::RolledUpEvent& event, const std::map<ServerId, std::string>& paths);

/// GET /events?scope=subtree.
awaitable<net::Response> subtree_events(Context& context, store::EventQuery query, hierarchy::EventFilter filter);

}  // namespace daikan::api
