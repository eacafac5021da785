// token, api: access for scripts, and any request at all.
#include <algorithm>
#include <ostream>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

/// "/api/v1/groups", "api/v1/groups", "groups" and "/groups" are the same.
std::string api_path(std::string path) {
  if (!path.starts_with('/')) path.insert(0, "/");
  constexpr std::string_view kPrefix = "/api/v1";
  if (path.starts_with(kPrefix) && (path.size() == kPrefix.size() || path[kPrefix.size()] == '/')) path.erase(0, kPrefix.size());
  return path.empty() ? "/" : path;
}

Result<std::string> data_of(const std::string& data) {
  auto text = data == "-" ? read_file("-", limits::kMaxJsonBytes) : Result<std::string>(data);
  if (!text) return text;
  boost::system::error_code bad;
  const auto value = json::parse(*text, bad);
  if (bad)
    return fail(Code::invalid_request, "The data is not JSON.", "Give one JSON object with --data, or - for standard input.", "data");
  return json::serialize(value);
}

}  // namespace

awaitable<Result<>> token_create(Context& context, ApiSession& session, TokenCreate options) {
  json::object body;
  body["name"] = options.name;
  body["expires_in_hours"] = options.hours;
  auto token = co_await session.call("POST", "/tokens", std::move(body));
  if (!token) co_return fail(std::move(token.error()));
  if (context.as_json()) {
    print_json(context.terminal, *token);
    co_return Result<>{};
  }
  context.terminal.line(shown(text_of(*token, "token")));
  context.terminal.note(fmt::format("Keep it now: it is never shown again. Valid until {}.", local_time(text_of(*token, "expires_at"))));
  co_return Result<>{};
}

awaitable<Result<>> token_list(Context& context, ApiSession& session, NoOptions) {
  auto answer = co_await session.get("/tokens");
  if (!answer) co_return fail(std::move(answer.error()));
  const auto& items = elements(*answer, "items");
  if (context.as_json()) {
    print_json(context.terminal, items);
    co_return Result<>{};
  }
  Table table({"ID", "KIND", "NAME", "FROM", "CREATED", "LAST USED", "EXPIRES"});
  for (const auto& item : items) {
    table.add({shown(text_of(item, "id")), shown(text_of(item, "kind")), shown(text_of(item, "name")), shown(text_of(item, "source")),
               local_time(text_of(item, "created_at")), local_time(text_of(item, "last_used_at")),
               local_time(text_of(item, "expires_at"))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> token_revoke(Context& context, ApiSession& session, IdOption options) {
  auto revoked = co_await session.call("DELETE", "/tokens/" + percent_encoded(options.id));
  if (!revoked) co_return fail(std::move(revoked.error()));
  if (!context.as_json()) context.terminal.line("It is worth nothing any more.");
  co_return Result<>{};
}

awaitable<Result<>> raw_call(Context& context, ApiSession& session, RawCall options) {
  if (!std::ranges::all_of(options.path, [](char c) { return c > ' ' && c < 0x7f; })) {
    co_return fail(Code::invalid_request, fmt::format("The path “{}” is not a path of a URL.", options.path),
                   "Write blanks and other letters than ASCII percent-encoded: “%20” for a blank.");
  }
  net::Request request{.method = std::move(options.method), .target = api_path(options.path), .headers = {}, .body = {}, .remote_ip = {}};
  for (auto& c : request.method) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  request.headers.set("accept", "*/*");
  if (!options.data.empty()) {
    auto data = data_of(options.data);
    if (!data) co_return fail(std::move(data.error()));
    request.headers.set("content-type", "application/json");
    request.body = net::Body(std::move(*data));
  }
  auto response = co_await session.open(std::move(request));
  if (!response) co_return fail(std::move(response.error()));
  const auto type = response->headers.find("content-type").value_or("");
  if (type.starts_with("application/json")) {
    auto body = co_await response->body.read_all(limits::kMaxConsoleAnswerBytes);
    if (!body) co_return fail(std::move(body.error()));
    json::parse_options deep;
    deep.max_depth = limits::kMaxConsoleAnswerDepth;
    boost::system::error_code bad;
    const auto value = json::parse(*body, bad, {}, deep);
    context.terminal.out() << (bad ? *body : pretty(value)) << std::flush;
    co_return Result<>{};
  }
  const auto source = response->body.into_source();
  for (;;) {
    auto piece = co_await source->next();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty()) co_return Result<>{};
    context.terminal.out() << *piece << std::flush;
  }
}

}  // namespace daikan::cli
