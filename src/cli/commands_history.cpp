// tree, event, audit: what is and what was.
#include <ostream>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/limits.h"
#include "cli/commands_report.h"
#include "cli/event_stream.h"
#include "cli/history_query.h"
#include "cli/link_text.h"
#include "cli/tree_text.h"

namespace daikan::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirstRetry = 1s;
constexpr auto kLongestRetry = 30s;
constexpr std::string_view kNoEvent = "policy_status_changed";  // a stream tells it for pages to read again; it is in no log

Colour colour_of(std::string_view severity) {
  if (severity == "warning") return Colour::yellow;
  if (severity == "error" || severity == "critical") return Colour::red;
  return Colour::plain;
}

void print_event(Context& context, const StreamedEvent& event) {
  boost::system::error_code bad;
  const auto value = json::parse(event.data, bad);
  if (bad) return;
  if (event.kind == kNoEvent) return;
  if (context.as_json()) {
    context.terminal.line(json::serialize(value));
    return;
  }
  const auto severity = text_of(value, "severity");
  context.terminal.line(fmt::format("{}  {:<8}  {}", local_time(text_of(value, "at")),
                                    context.terminal.coloured(colour_of(severity), shown(severity)), shown(text_of(value, "message"))));
}

/// Follows one connection until it ends; `stream` remembers how far it came.
awaitable<Result<>> follow_once(Context& context, ApiSession& session, EventStream& stream, std::string target) {
  net::Request request{.method = "GET", .target = std::move(target), .headers = {}, .body = {}, .remote_ip = {}};
  request.headers.set("accept", "text/event-stream");
  const auto& last = stream.last_id();
  if (!last.empty()) request.headers.set("last-event-id", last);
  auto response = co_await session.open(std::move(request));
  if (!response) co_return fail(std::move(response.error()));
  const auto source = response->body.into_source();
  for (;;) {
    auto piece = co_await source->next();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty()) co_return Result<>{};
    for (const auto& event : stream.feed(*piece)) print_event(context, event);
  }
}

bool may_pass(const Error& error) { return exit_code_of(error.code) == ExitCode::unreachable; }

std::string list_path(std::string_view base, int limit) {
  return fmt::format("{}{}limit={}", base, base.find('?') == std::string_view::npos ? "?" : "&",
                     std::min<int>(limit, limits::kLargestPage));
}

/// As many items as wanted, page by page, newest first.
awaitable<Result<json::array>> newest(ApiSession& session, std::string base, int limit) {
  json::array all;
  std::string before;
  while (static_cast<int>(all.size()) < limit) {
    auto path = list_path(base, limit - static_cast<int>(all.size()));
    if (!before.empty()) path += "&before=" + percent_encoded(before);
    auto page = co_await session.get(std::move(path));
    if (!page) co_return fail(std::move(page.error()));
    for (const auto& item : elements(*page, "items")) all.push_back(item);
    const auto next = text_of(*page, "next_cursor");
    if (next.empty() || next == before) break;
    before = next;
  }
  co_return all;
}

void print_subtree(Context& context, const json::array& events) {
  Table table({"TIME", "SERVER", "SEVERITY", "MESSAGE"});
  for (const auto& event : events) {
    const auto severity = text_of(event, "severity");
    const auto path = text_of(member(event, "origin"), "path");
    table.add({local_time(text_of(event, "at")), shown(path.empty() ? text_of(member(event, "origin"), "id") : path),
               Cell(shown(severity), colour_of(severity)), shown(text_of(event, "message"))});
  }
  table.print(context.terminal);
}

}  // namespace

awaitable<Result<>> tree(Context& context, ApiSession& session, TreeOptions options) {
  auto node = co_await session.get(options.depth < 0 ? std::string("/tree") : fmt::format("/tree?depth={}", options.depth));
  if (!node) co_return fail(std::move(node.error()));
  if (context.as_json()) {
    print_json(context.terminal, *node);
  } else {
    context.terminal.out() << draw_tree(context.terminal, *node) << std::flush;
  }
  co_return Result<>{};
}

awaitable<Result<>> event_list(Context& context, ApiSession& session, EventOptions options) {
  ListedEvents listed{std::move(options)};
  auto done = co_await listed_events(context, session, std::move(listed));
  co_return done;
}

awaitable<Result<>> listed_events(Context& context, ApiSession& session, ListedEvents options) {
  const int limit = options.only.limit;
  const bool subtree = options.subtree;
  auto path = co_await event_path(session, subtree ? "/events?scope=subtree" : "/events", std::move(options.only));
  if (!path) co_return fail(std::move(path.error()));
  auto events = co_await newest(session, std::move(*path), limit);
  if (!events) co_return fail(std::move(events.error()));
  if (context.as_json()) {
    print_json(context.terminal, *events);
    co_return Result<>{};
  }
  if (subtree) {
    print_subtree(context, *events);
    co_return Result<>{};
  }
  Table table({"TIME", "SEVERITY", "KIND", "MESSAGE"});
  for (const auto& event : *events) {
    const auto severity = text_of(event, "severity");
    table.add({local_time(text_of(event, "at")), Cell(shown(severity), colour_of(severity)), shown(text_of(event, "kind")),
               shown(text_of(event, "message"))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> event_follow(Context& context, ApiSession& session, FollowOptions options) {
  EventStream stream;
  std::chrono::seconds pause = kFirstRetry;
  auto path = co_await event_path(session, "/events", std::move(options.only));
  if (!path) co_return fail(std::move(path.error()));
  const auto begin = options.after.empty() ? *path : with_parameter(*path, "after", options.after);
  for (;;) {
    const auto before = stream.last_id();
    auto ended = co_await follow_once(context, session, stream, before.empty() ? begin : *path);
    if (!ended && !may_pass(ended.error())) co_return ended;
    if (stream.last_id() != before) pause = kFirstRetry;
    const auto why = ended ? std::string("The server ended the stream.") : ended.error().message;
    context.terminal.note(fmt::format("{} Trying again in {} s.", shown(why), pause.count()));
    const bool slept = co_await net::sleep_for(pause);
    if (!slept) co_return fail(Code::cancelled, "Following was stopped.");
    pause = std::min<std::chrono::seconds>(pause * 2, kLongestRetry);
  }
}

awaitable<Result<>> audit_list(Context& context, ApiSession& session, AuditOptions options) {
  const auto path = audit_path("/audit", options);
  if (!path) co_return fail(path.error());
  auto records = co_await newest(session, *path, options.limit);
  if (!records) co_return fail(std::move(records.error()));
  if (context.as_json()) {
    print_json(context.terminal, *records);
    co_return Result<>{};
  }
  Table table({"TIME", "WHO", "FROM", "ACTION", "OBJECT", "OUTCOME"});
  for (const auto& record : *records) {
    const auto through = text_of(record, "through");
    const auto from = text_of(record, "source") + (through.empty() ? "" : " through " + through);
    table.add({local_time(text_of(record, "at")), shown(text_of(record, "actor")), shown(from), shown(text_of(record, "action")),
               shown(text_of(record, "object")), shown(text_of(record, "outcome"))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

}  // namespace daikan::cli
