// The servers that a local console reaches: the profiles of `daikan login`, one pinned connection each, requests passed on.
//
// Holds the connections and puts the session's secret on every request; the browser never sees it. A login in the browser is one of the
// profile, as `daikan login` makes it. Called by console_pages.cpp and, for a client of its own, by joins. close() before destruction.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/profiles.h"
#include "joining/console_client.h"

namespace daikan::cli {

using net::awaitable;

class ConsoleServers {
 public:
  ConsoleServers(net::Executor executor, Profiles profiles);

  Result<std::vector<Profile>> list() const { return profiles_.list(); }
  /// Who answers at `console`, without an account and changing nothing. Fails as net/dialer.h.
  awaitable<Result<joining::ServerIdentity>> look(Endpoint console);
  /// Remembers a server under its pin. Fails with certificate_mismatch (both fingerprints) when it is known under another one, and with
  /// name_taken when the name is another server's; field "name".
  Result<Profile> add(const std::string& name, const Endpoint& console, const std::string& fingerprint);
  Result<> remove(const std::string& name);

  /// Sends `request` (target from "/api/v1" on) to the server `name`; what cannot be reached or is not who was pinned is a problem
  /// document.
  awaitable<net::Response> pass_on(std::string name, net::Request request);
  /// A connection of its own, logged in as the profile is. Fails with not_found, or unauthenticated when nobody is logged in.
  Result<std::unique_ptr<joining::ConsoleClient>> client_of(const std::string& name) const;
  awaitable<> close();

 private:
  struct Line {
    Endpoint server;
    std::string fingerprint;
    std::shared_ptr<joining::ConsoleClient> client;
  };
  Result<Profile> known(const std::string& name) const;
  Result<std::shared_ptr<joining::ConsoleClient>> line_to(const Profile& profile);
  awaitable<net::Response> logged_in(Profile profile, net::Response response);

  net::Executor executor_;
  Profiles profiles_;
  std::map<std::string, Line> lines_;
  net::TaskGroup closing_;
};

}  // namespace daikan::cli
