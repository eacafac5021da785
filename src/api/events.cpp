#include "api/events.h"

#include <charconv>

#include <boost/asio/this_coro.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "api/guarded_source.h"
#include "api/history_export.h"
#include "api/history_filters.h"
#include "api/requests.h"
#include "api/rolled_up.h"
#include "api/routes.h"
#include "api/views.h"
#include "server/event.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kListQuery[] = {"after", "before", "limit", "severity", "kind", "secondary", "from", "until", "text", "scope"};
constexpr std::string_view kExportQuery[] = {"format", "severity", "kind", "secondary", "from", "until", "text"};
constexpr unsigned kBurst = 100;  // events in one piece of a stream

bool may_read_events(const hierarchy::Permissions& permissions) { return permissions.on_server(Right::read); }

/// That GET /policies/status answers something else now; in the form of an event, so that filters and readers take it as one.
hierarchy::Event policy_status_changed() {
  return server::info_event(now(), "policy_status_changed", "What is in force of policies on the servers below this one has changed.");
}

class EventSource final : public net::BodySource {
 public:
  EventSource(Context& context, std::int64_t sequence, hierarchy::EventFilter filter)
      : context_(context), sequence_(sequence), filter_(std::move(filter)), status_told_(context.services.history.policy_status_changes()) {
    ++context_.event_streams;
  }
  ~EventSource() override { --context_.event_streams; }
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;

  awaitable<Result<std::string>> next() override {
    if (!greeted_) {
      // The head of the answer goes out with the first piece; a browser waits for it to call the stream open.
      greeted_ = true;
      co_return std::string("retry: 2000\n\n");
    }
    auto& history = context_.services.history;
    for (;;) {
      const auto news = history.news_count();
      auto events = co_await history.events({.after = sequence_, .before = 0, .limit = kBurst});
      if (!events) co_return fail(std::move(events.error()));
      auto text = frames(*events);
      if (!text.empty()) co_return text;
      if (!events->empty()) continue;
      if (status_told_ != history.policy_status_changes()) {
        status_told_ = history.policy_status_changes();
        text = frames({policy_status_changed()});
        if (!text.empty()) co_return text;
      }
      if (history.news_count() != news) continue;
      co_await history.wait_for_stream_news(heartbeat_);
      const auto state = co_await net::asio::this_coro::cancellation_state;
      if (state.cancelled() != net::asio::cancellation_type::none) co_return fail(Code::cancelled, "The stream of events was closed.", "");
      if (Clock::now() < heartbeat_) continue;
      heartbeat_ = Clock::now() + limits::kEventHeartbeat;
      co_return std::string(": still here\n\n");
    }
  }

 private:
  std::string frames(const std::vector<hierarchy::Event>& events) {
    std::string text;
    for (const auto& event : events) {
      if (hierarchy::matches(filter_, event)) text += sse_frame(event);
    }
    if (!events.empty() && events.back().sequence > 0) sequence_ = events.back().sequence;
    if (!text.empty()) heartbeat_ = Clock::now() + limits::kEventHeartbeat;
    return text;
  }

  Context& context_;
  std::int64_t sequence_;
  hierarchy::EventFilter filter_;
  std::uint64_t status_told_;
  bool greeted_ = false;
  Clock::time_point heartbeat_ = Clock::now() + limits::kEventHeartbeat;
};

bool wants_stream(const net::Headers& headers) {
  const auto accept = headers.find("accept");
  return accept && accept->find("text/event-stream") != std::string_view::npos;
}

/// Behind which event a stream begins: Last-Event-ID, `after`, or the newest there is.
awaitable<Result<std::int64_t>> stream_start(server::History& history, const Call& call) {
  if (const auto header = call.request.headers.find("last-event-id")) {
    std::int64_t sequence = 0;
    const auto [end, ec] = std::from_chars(header->data(), header->data() + header->size(), sequence);
    if (ec == std::errc() && end == header->data() + header->size() && sequence >= 0) co_return sequence;
    co_return fail(Code::invalid_request, "The Last-Event-ID is not one of this stream.", "Open the stream without it.", "Last-Event-ID");
  }
  const auto after = number_of(call.target, "after", -1, {0, kNewest});
  if (!after) co_return fail(after.error());
  if (*after >= 0) co_return *after;
  auto newest = co_await history.events({.after = 0, .before = kNewest, .limit = 1});
  if (!newest) co_return fail(std::move(newest.error()));
  co_return newest->empty() ? 0 : newest->front().sequence;
}

awaitable<net::Response> stream_events(Context& context, Call call) {
  if (call.target.find_query("scope").value_or("own") != "own") {
    co_return problem(
        Error(Code::invalid_request, "A stream has the events of this server alone.", "Ask for pages of the subtree's.", "scope"));
  }
  if (call.target.find_query("before") || call.target.find_query("limit")) {
    co_return problem(
        Error(Code::invalid_request, "A stream of events has neither before nor limit.", "Ask with after or Last-Event-ID.", "before"));
  }
  if (context.event_streams >= limits::kMaxEventStreams) {
    co_return problem(Error(Code::unavailable, fmt::format("{} streams of events are open already.", limits::kMaxEventStreams),
                            "Close some, or ask for pages of events."));
  }
  auto filter = event_filter(call.target);
  if (!filter) co_return problem(filter.error());
  auto start = co_await stream_start(context.services.history, call);
  if (!start) co_return problem(start.error());
  net::Response response;
  response.headers.add("content-type", "text/event-stream");
  auto stream = event_stream(context, *start, std::move(*filter));
  if (call.caller.secret.empty()) {
    stream = guard_relayed_stream(std::move(stream), context.services.primary);
  } else {
    stream = guard_stream(std::move(stream), context.services.accounts, call.caller.secret, may_read_events);
  }
  response.body = std::move(stream);
  co_return response;
}

awaitable<net::Response> list_events(Context& context, Call call) {
  if (wants_stream(call.request.headers)) co_return co_await stream_events(context, std::move(call));
  const auto scope = std::string(call.target.find_query("scope").value_or("own"));
  if (scope != "own" && scope != "subtree") {
    co_return problem(Error(Code::invalid_request, "The scope is neither own nor subtree.", "Give own or subtree.", "scope"));
  }
  const auto limit = limit_of(call.target);
  if (!limit) co_return problem(limit.error());
  const auto after = number_of(call.target, "after", -1, {0, kNewest});
  if (!after) co_return problem(after.error());
  const auto before = number_of(call.target, "before", kNewest, {1, kNewest});
  if (!before) co_return problem(before.error());
  if (*after >= 0 && call.target.find_query("before")) {
    co_return problem(
        Error(Code::invalid_request, "Both after and before are given.", "Page in one direction: give one of them.", "before"));
  }
  store::EventQuery query{.after = 0, .before = *before, .limit = *limit};
  if (*after >= 0) query = {.after = *after, .before = 0, .limit = *limit};
  auto filter = event_filter(call.target);
  if (!filter) co_return problem(filter.error());
  if (scope == "subtree") co_return co_await subtree_events(context, query, std::move(*filter));
  auto events = co_await context.services.history.events(query, std::move(*filter));
  if (!events) co_return problem(events.error());
  json::array items;
  for (const auto& event : *events) items.push_back(event_json(event));
  json::value next = nullptr;
  if (events->size() == *limit) next = json::value(std::to_string(events->back().sequence));
  co_return json_answer(200, json::object{{"items", std::move(items)}, {"next_cursor", std::move(next)}});
}

awaitable<net::Response> export_events(Context& context, Call call) {
  auto filter = event_filter(call.target);
  if (!filter) co_return problem(filter.error());
  const auto format = export_format(call.target);
  if (!format) co_return problem(format.error());
  auto newest = co_await context.services.history.events({.after = 0, .before = kNewest, .limit = 1});
  if (!newest) co_return problem(newest.error());
  auto pages = make_event_pages(context, std::move(*filter), newest->empty() ? 0 : newest->front().sequence);
  co_return export_answer(context, std::move(pages), {call.caller, *format, Right::read});
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/events", .answer = list_events, .needs = needs::on_server(Right::read), .query = kListQuery},
    {.method = "GET",
     .pattern = "/api/v1/events/export",
     .answer = export_events,
     .needs = needs::on_server(Right::read),
     .query = kExportQuery}};

}  // namespace

std::string sse_frame(const hierarchy::Event& event) {
  // `kind` is one of ours, yet a line break in it would forge a field: only word characters pass.
  std::string kind;
  for (const char c : event.kind) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') kind.push_back(c);
  }
  const auto id = event.sequence > 0 ? fmt::format("id: {}\n", event.sequence) : std::string();
  return fmt::format("{}event: {}\ndata: {}\n\n", id, kind, json::serialize(event_json(event)));
}

std::unique_ptr<net::BodySource> event_stream(Context& context, std::int64_t sequence, hierarchy::EventFilter filter) {
  return std::make_unique<EventSource>(context, sequence, std::move(filter));
}

std::span<const Route> events_routes() { return kRoutes; }

}  // namespace daikan::api
