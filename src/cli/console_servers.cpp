#include "cli/console_servers.h"

#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/problem.h"
#include "base/limits_console.h"
#include "base/text.h"
#include "cli/json_text.h"

namespace daikan::cli {
namespace {

constexpr std::array<std::string_view, 11> kPassedOn{"accept",        "accept-language", "content-type",      "content-length",
                                                     "if-match",      "if-none-match",   "if-modified-since", "idempotency-key",
                                                     "last-event-id", "range",           "user-agent"};

/// The request as it goes on: what belongs to the browser's own connection and site stays here.
net::Request trimmed(net::Request request) {
  net::Headers kept;
  for (const auto name : kPassedOn) {
    if (const auto value = request.headers.find(name)) kept.add(std::string(name), std::string(*value));
  }
  request.headers = std::move(kept);
  return request;
}

awaitable<> finish(std::shared_ptr<joining::ConsoleClient> client) { co_await client->close(); }

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

}  // namespace

ConsoleServers::ConsoleServers(net::Executor executor, Profiles profiles)
    : executor_(executor), profiles_(std::move(profiles)), closing_(executor) {}

Result<Profile> ConsoleServers::known(const std::string& name) const {
  auto all = profiles_.list();
  if (!all) return fail(std::move(all.error()));
  for (auto& profile : *all) {
    if (profile.name == name) return std::move(profile);
  }
  return fail(Code::not_found, fmt::format("This console knows no server “{}”.", quotable(name, 80)), "Choose one of the list, or add it.");
}

awaitable<Result<joining::ServerIdentity>> ConsoleServers::look(Endpoint console) {
  joining::ConsoleClient client(executor_, std::move(console), {});
  const auto end = joining::make_secondary_end(client);
  auto identity = co_await end->identity();
  co_await client.close();
  co_return identity;
}

Result<Profile> ConsoleServers::add(const std::string& name, const Endpoint& console, const std::string& fingerprint) {
  if (auto fine = check_profile_name(name); !fine) {
    auto error = std::move(fine.error());
    error.field = "name";
    return fail(std::move(error));
  }
  auto all = profiles_.list();
  if (!all) return fail(std::move(all.error()));
  for (const auto& profile : *all) {
    if (profile.server == console && profile.fingerprint != fingerprint) {
      return fail(
          Code::certificate_mismatch,
          fmt::format("{} is known with the certificate {}, and shows {} now.", console.str(), profile.fingerprint, fingerprint),
          fmt::format("Ask its administrator whether the certificate was changed. If so, remove “{}” here and add it again.", profile.name),
          "fingerprint");
    }
    if (profile.name == name && profile.server != console) {
      return fail(Code::name_taken, fmt::format("“{}” is the name of {} here.", name, profile.server.str()), "Choose another name.",
                  "name");
    }
    if (profile.name == name) return profile;
  }
  if (all->size() >= limits::kMaxLocalServers) {
    return fail(Code::unavailable, fmt::format("This console knows {} servers already.", all->size()), "Remove one that is not needed.");
  }
  Profile profile{name, console, fingerprint, {}, {}, {}};
  if (auto put = profiles_.put(profile); !put) return fail(std::move(put.error()));
  return profile;
}

Result<> ConsoleServers::remove(const std::string& name) {
  if (auto there = known(name); !there) return fail(std::move(there.error()));
  if (const auto line = lines_.find(name); line != lines_.end()) {
    closing_.spawn(finish(line->second.client));
    lines_.erase(line);
  }
  return profiles_.remove(name);
}

Result<std::shared_ptr<joining::ConsoleClient>> ConsoleServers::line_to(const Profile& profile) {
  auto found = lines_.find(profile.name);
  if (found != lines_.end() && (found->second.server != profile.server || found->second.fingerprint != profile.fingerprint)) {
    closing_.spawn(finish(found->second.client));
    lines_.erase(found);
    found = lines_.end();
  }
  if (found == lines_.end()) {
    if (lines_.size() >= limits::kMaxLocalServers) {
      return fail(Code::unavailable, fmt::format("{} servers are open in this console.", lines_.size()),
                  "End the console and start it again.");
    }
    auto client = std::make_shared<joining::ConsoleClient>(executor_, profile.server, profile.fingerprint);
    found = lines_.emplace(profile.name, Line{profile.server, profile.fingerprint, std::move(client)}).first;
  }
  found->second.client->use_secret(profile.secret);
  return found->second.client;
}

awaitable<net::Response> ConsoleServers::logged_in(Profile profile, net::Response response) {
  auto text = co_await response.body.read_all(limits::kMaxLoginAnswerBytes);
  if (!text) co_return api::problem(text.error());
  boost::system::error_code bad;
  auto session = json::parse(*text, bad);
  if (bad || !session.is_object() || text_of(session, "token").empty()) {
    co_return api::problem(Error(Code::not_an_administration_server, profile.server.str() + " answered a login without a session.",
                                 "Check the address and the port."));
  }
  profile.secret = text_of(session, "token");
  profile.expires_at = text_of(session, "expires_at");
  profile.user = text_of(member(session, "account"), "name");
  if (auto put = profiles_.put(profile); !put) co_return api::problem(put.error());
  session.as_object().erase("token");  // it stays on this side
  co_return api::json_answer(201, session);
}

awaitable<net::Response> ConsoleServers::pass_on(std::string name, net::Request request) {
  auto profile = known(name);
  if (!profile) co_return api::problem(profile.error());
  const std::string method = request.method;
  const std::string path(path_of(request.target));
  const bool login = method == "POST" && path == "/api/v1/sessions";
  if (login) profile->secret.clear();
  auto client = line_to(*profile);
  if (!client) co_return api::problem(client.error());
  const auto kept = *client;  // a server that is removed meanwhile lets its last requests end
  auto response = co_await kept->forward(trimmed(std::move(request)));
  if (!response) co_return api::problem(response.error());
  response->headers.remove("set-cookie");
  if (login && response->status == 201) co_return co_await logged_in(std::move(*profile), std::move(*response));
  if (method == "DELETE" && path == "/api/v1/sessions/current" && response->status < 300) {
    profile->secret.clear();
    auto put = profiles_.put(*profile);
    if (!put) co_return api::problem(put.error());
  }
  co_return std::move(*response);
}

Result<std::unique_ptr<joining::ConsoleClient>> ConsoleServers::client_of(const std::string& name) const {
  auto profile = known(name);
  if (!profile) return fail(std::move(profile.error()));
  if (profile->secret.empty()) {
    return fail(Code::unauthenticated, fmt::format("You are not logged in to {}.", profile->name), "Log in to it first.");
  }
  auto client = std::make_unique<joining::ConsoleClient>(executor_, profile->server, profile->fingerprint);
  client->use_secret(profile->secret);
  return client;
}

awaitable<> ConsoleServers::close() {
  for (const auto& [name, line] : lines_) co_await line.client->close();
  lines_.clear();
  co_await closing_.join();
}

}  // namespace daikan::cli
