// What the local web server of `daikan console` answers: the pages, the servers' APIs below /at/NAME, and the console's own routes.
//
//   /at/NAME/api/v1/…   the console API of the server NAME (spec/openapi.yaml), passed on over its pinned connection
//   /console/v1/…       servers known here (spec/console.yaml)
//   everything else     the same pages that a server serves
//
// POST …/joins and …/console_probes are answered here instead of by the server, because this machine reaches what the server may not
// (way 1). Called for each request of the browser; nothing passes that the gate did not let in.
#pragma once

#include "api/router.h"
#include "api/static_files.h"
#include "cli/console_gate.h"
#include "cli/console_joins.h"
#include "cli/console_servers.h"

namespace daikan::cli {

class ConsolePages {
 public:
  ConsolePages(net::Executor executor, Profiles profiles, ConsoleGate gate, const std::filesystem::path& folder);

  awaitable<net::Response> answer(net::Request request);
  bool empty() const { return files_.empty(); }
  /// Takes back joins that run and closes every connection.
  awaitable<> stop();

 private:
  /// "/at/NAME/api/v1/servers/ID/relay/joins" taken apart.
  struct Place {
    std::string server;
    std::string base;  ///< "/servers/ID/relay", any number of them, as ConsoleClient::use_base takes it.
    std::vector<std::string> rest;
  };
  awaitable<net::Response> choose(net::Request request, const api::Target& target);
  awaitable<net::Response> answer_server(net::Request request, const api::Target& target);
  awaitable<net::Response> answer_own(net::Request request, api::Target target);
  awaitable<net::Response> add_server(net::Request request);
  awaitable<net::Response> look_at_server(net::Request request);
  awaitable<net::Response> begin_join(net::Request request, Place place);
  awaitable<net::Response> change_join(net::Request request, Place place);
  Result<std::unique_ptr<joining::ConsoleClient>> primary_at(const Place& place) const;
  net::Response list_servers() const;
  net::Response page(const net::Request& request, const api::Target& target) const;

  ConsoleServers servers_;
  ConsoleJoins joins_;
  ConsoleGate gate_;
  api::StaticFiles files_;
};

}  // namespace daikan::cli
