#include "cli/api_session.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"

namespace daikan::cli {

ApiSession::ApiSession(Context& context, Profile profile)
    : profile_(std::move(profile)), client_(context.executor, profile_.server, profile_.fingerprint) {
  client_.use_secret(profile_.secret);
}

Error ApiSession::worded(Error error) const {
  if (error.code == Code::unauthenticated) {
    error.remedy = fmt::format("Log in again: daikan login {} --as {} --user {}.", profile_.url(), profile_.name, profile_.user);
  }
  return error;
}

awaitable<Result<json::value>> ApiSession::call(std::string method, std::string path, std::optional<json::value> body,
                                                net::Headers headers) {
  auto answer = co_await client_.call(std::move(method), std::move(path), std::move(body), std::move(headers));
  if (!answer) co_return fail(worded(std::move(answer.error())));
  co_return std::move(answer->body);
}

awaitable<Result<json::value>> ApiSession::patch(std::string path, const json::value& seen, json::object body) {
  net::Headers headers{{"if-match", fmt::format("\"{}\"", text_of(seen, "revision"))}};
  return call("PATCH", std::move(path), json::value(std::move(body)), std::move(headers));
}

awaitable<Result<json::array>> ApiSession::list(std::string path) {
  const auto glue = path.find('?') == std::string::npos ? "?" : "&";
  const auto first = fmt::format("{}{}limit={}", path, glue, limits::kLargestPage);
  json::array all;
  std::string cursor;
  for (;;) {
    auto target = cursor.empty() ? first : first + "&cursor=" + percent_encoded(cursor);
    auto page = co_await get(std::move(target));
    if (!page) co_return fail(std::move(page.error()));
    for (const auto& item : elements(*page, "items")) all.push_back(item);
    const auto next = text_of(*page, "next_cursor");
    if (next.empty() || next == cursor) co_return all;
    cursor = next;
  }
}

awaitable<Result<net::Response>> ApiSession::open(net::Request request) {
  auto response = co_await client_.open(std::move(request));
  if (!response) co_return fail(worded(std::move(response.error())));
  co_return response;
}

awaitable<> ApiSession::close() { co_await client_.close(); }

awaitable<Result<>> ApiSession::enter(std::string relay) {
  std::string_view rest = relay;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const std::string name(rest.substr(0, slash));
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (name.empty()) continue;
    auto secondary = co_await find_secondary(*this, name);
    if (!secondary) co_return fail(std::move(secondary.error()));
    client_.use_base(fmt::format("{}/servers/{}/relay", client_.base(), text_of(*secondary, "id")));
  }
  co_return Result<>{};
}

awaitable<Result<json::value>> find_secondary(ApiSession& session, std::string name) {
  auto all = co_await session.list("/secondaries");
  if (!all) co_return fail(std::move(all.error()));
  std::string names;
  for (const auto& secondary : *all) {
    if (text_of(secondary, "id") == name || text_of(secondary, "name") == name || text_of(secondary, "server_id") == name) {
      co_return secondary;
    }
    if (names.size() < 200) names += (names.empty() ? "" : ", ") + text_of(secondary, "name");
  }
  co_return fail(Code::not_found,
                 fmt::format("There is no secondary “{}” (there are: {}).", quotable(name, 80), names.empty() ? "none" : names),
                 "daikan secondary list shows them.");
}

awaitable<Result<>> with_session(Context& context, SessionCommand command) {
  auto profile = context.profiles.find(context.globals.server);
  if (!profile) co_return fail(std::move(profile.error()));
  if (profile->secret.empty()) {
    co_return fail(Code::unauthenticated, fmt::format("You are not logged in to {}.", profile->name),
                   fmt::format("Log in: daikan login {} --as {} --user {}.", profile->url(), profile->name, profile->user));
  }
  ApiSession session(context, std::move(*profile));
  auto outcome = co_await session.enter(context.globals.relay);
  if (outcome) {
    auto answer = co_await command(context, session);
    outcome = std::move(answer);
  }
  co_await session.close();
  co_return outcome;
}

}  // namespace daikan::cli
