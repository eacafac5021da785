// One command's conversation with one server, or with a server below it through the relay.
//
// Opens the profile's connection (pinned), resolves --relay, words what a lost login means. Commands see paths and JSON only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/context.h"
#include "cli/json_text.h"
#include "joining/console_client.h"

namespace daikan::cli {

class ApiSession {
 public:
  ApiSession(Context& context, Profile profile);

  /// Resolves the relay's names level by level. Fails with not_found, naming the servers there are, or as call().
  awaitable<Result<>> enter(std::string relay);

  /// The body of the answer; errors are those of the API and of the network. A login that has ended says how to log in again.
  awaitable<Result<json::value>> call(std::string method, std::string path, std::optional<json::value> body = std::nullopt,
                                      net::Headers headers = {});
  /// PATCH of what was read as `seen`: refused when somebody changed it meanwhile (If-Match).
  awaitable<Result<json::value>> patch(std::string path, const json::value& seen, json::object body);
  awaitable<Result<json::value>> get(std::string path) { return call("GET", std::move(path)); }
  /// All pages of a list.
  awaitable<Result<json::array>> list(std::string path);
  awaitable<Result<net::Response>> open(net::Request request);
  awaitable<> close();

  joining::ConsoleClient& client() { return client_; }
  const Profile& profile() const { return profile_; }
  bool is_relayed() const { return !client_.base().empty(); }

 private:
  Error worded(Error error) const;
  Profile profile_;
  joining::ConsoleClient client_;
};

using SessionCommand = std::function<awaitable<Result<>>(Context&, ApiSession&)>;

/// Runs `command` with the profile's session and closes it afterwards.
awaitable<Result<>> with_session(Context& context, SessionCommand command);

/// The secondary called `name` (or with this registration or server id) of the session's server. not_found names those there are.
awaitable<Result<json::value>> find_secondary(ApiSession& session, std::string name);

}  // namespace daikan::cli
