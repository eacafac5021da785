// This server and everything below it: each connected secondary is asked for its own tree, in parallel.
#include <algorithm>
#include <map>
#include <set>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "api/devices.h"
#include "api/requests.h"
#include "api/rolled_up.h"
#include "api/routes.h"
#include "api/tree_answer.h"
#include "api/views.h"
#include "base/text.h"
#include "server/devices.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kTreeQuery[] = {"depth", "timeout_ms"};
constexpr std::int64_t kUsualTimeoutMs = 10'000;

/// One question to all connected secondaries. Shared by the handler and its workers.
struct Survey {
  Survey(Context& c, net::Executor executor) : context(c), ended(executor) {}
  Context& context;
  server::Actor actor;
  std::string target;  ///< "/tree?depth=…&timeout_ms=…"
  Clock::time_point deadline;
  std::vector<server::SecondaryView> views;
  std::vector<std::optional<Result<json::object>>> answers;  ///< One for each view; nothing: not asked.
  std::map<RegistrationId, json::array> last_known;          ///< What is below those that did not answer, as it was told last.
  TreeBudget budget;
  std::size_t next = 0;
  std::size_t working = 0;
  net::Signal ended;  ///< A worker has ended.
};

/// Counts a worker of `survey` while it lives, however it ends.
class Working {
 public:
  explicit Working(Survey& survey) : survey_(survey) {}
  ~Working() {
    --survey_.working;
    survey_.ended.notify_all();
  }
  Working(const Working&) = delete;
  Working& operator=(const Working&) = delete;

 private:
  Survey& survey_;
};

/// `rights`: those of the person on the secondary's group, which go along.
awaitable<Result<json::object>> ask(std::shared_ptr<Survey> survey, RegistrationId id, hierarchy::Rights rights) {
  auto actor = survey->actor;
  actor.permissions = hierarchy::Permissions::of(rights);
  net::Request request;
  request.method = "GET";
  request.target = survey->target;
  request.headers.add("accept", "application/json");
  auto response = co_await survey->context.services.links.relay(id, std::move(request), actor);
  if (!response) co_return fail(std::move(response.error()));
  const auto source = response->body.into_source();
  std::string body;
  for (;;) {
    auto piece = co_await source->next();
    if (!piece) co_return fail(std::move(piece.error()));
    if (piece->empty()) break;
    if (piece->size() > limits::kMaxTreeBytes - body.size()) {
      co_return fail(Code::too_large, "The answer was left out: the secondary's tree has more than 16 MiB.", "Ask for a smaller depth.");
    }
    if (auto taken = survey->budget.take_bytes(piece->size()); !taken) co_return fail(taken.error());
    body += *piece;
  }
  co_return tree_node_from(response->status, body, survey->budget);
}

awaitable<> ask_in_turn(std::shared_ptr<Survey> survey) {
  const Working working(*survey);
  while (survey->next < survey->views.size()) {
    const auto index = survey->next++;
    const auto& view = survey->views[index];
    if (view.link.state != hierarchy::LinkState::connected) continue;
    const auto what = "asking “" + view.record.name + "” for its tree";
    if (!view.rights.has(Right::relay)) {
      survey->answers[index].emplace(fail(hierarchy::denied(Right::relay, view.group_path, survey->context.services.facts.name)));
      continue;
    }
    auto asking = ask(survey, view.record.id, view.rights);
    auto answer = co_await net::with_deadline<json::object>(survey->deadline, what, std::move(asking));
    survey->answers[index].emplace(std::move(answer));
  }
}

/// Returns when every worker has ended; a requester that goes away cancels them.
awaitable<> ask_all(std::shared_ptr<Survey> survey) {
  // This coroutine owns the workers, so being cancelled itself may not throw before they have ended.
  co_await net::asio::this_coro::throw_if_cancelled(false);
  net::TaskGroup workers(survey->context.services.storage.executor());
  // What an exception leaves unanswered is shown as not asked.
  workers.on_error([survey](const std::exception_ptr& failure) {
    if (survey->context.options.on_exception) survey->context.options.on_exception(failure, "tree");
  });
  survey->working = std::min<std::size_t>(limits::kMaxTreeRequests, survey->views.size());
  for (std::size_t i = 0; i < survey->working; ++i) workers.spawn(ask_in_turn(survey));
  bool cancelled = false;
  while (survey->working > 0 && !cancelled) {
    co_await survey->ended.wait();
    const auto state = co_await net::asio::this_coro::cancellation_state;
    cancelled = state.cancelled() != net::asio::cancellation_type::none;
  }
  if (cancelled) workers.cancel();
  co_await workers.join();
  co_await net::asio::this_coro::throw_if_cancelled(true);
}

/// Why the secondary's own tree is not there.
Error not_asked(const server::SecondaryView& view) {
  if (view.link.state == hierarchy::LinkState::connected) {
    return Error(Code::cancelled, "“" + view.record.name + "” was not asked for its tree.", "Ask again.");
  }
  return Error(Code::not_connected, "“" + view.record.name + "” is not connected, so it could not be asked for what is below it.",
               view.link.reason ? view.link.reason->text() : "Wait until its link is up.");
}

/// For those without an answer, if there are any: what rolled up from below them, by the secondary on the way. `levels`: of the tree, at
/// least 1.
awaitable<> fill_last_known(std::shared_ptr<Survey> survey, std::size_t levels) {
  if (!survey->actor.permissions.on_server(Right::read)) co_return;  // as for /rolled_up/servers
  std::set<RegistrationId> away;
  for (std::size_t i = 0; i < survey->views.size(); ++i) {
    if (const auto& answer = survey->answers[i]; !answer || !*answer) away.insert(survey->views[i].record.id);
  }
  if (away.empty()) co_return;
  const auto& services = survey->context.services;
  const auto servers = co_await server::rolled_up_servers(services.storage, services.links, services.facts);
  if (!servers) co_return;  // The tree says what it has; that something is missing is in `error`.
  std::optional<RegistrationId> top;
  for (const auto& each : *servers) {  // depth first
    if (each.path.size() == 1) {
      top = away.contains(each.registration) ? std::optional(each.registration) : std::nullopt;
    } else if (top && each.path.size() <= levels && survey->budget.nodes > 0) {
      --survey->budget.nodes;
      survey->last_known[*top].push_back(rolled_up_server_json(each));
    }
  }
}

/// The entry of one secondary; `answer` is its own node, or why there is none.
json::object entry_json(const server::SecondaryView& view, Result<json::object> answer) {
  const auto error = answer ? json::value(nullptr) : json::value(reason_json(answer.error()));
  return {{"registration_id", view.record.id.str()},
          {"name", view.record.name},
          {"group", view.group_path},
          {"direction", to_string(view.record.direction)},
          {"state", to_string(view.link.state)},
          {"reason", reason_or_null(view.link.reason)},
          {"last_connected_at", time_json(view.record.last_connected_at)},
          {"server", answer ? json::value(std::move(*answer)) : json::value(nullptr)},
          {"error", error}};
}

json::object tree_json(const server::Facts& facts, Survey& survey) {
  bool complete = true;
  json::array entries;
  for (std::size_t i = 0; i < survey.views.size(); ++i) {
    const auto& view = survey.views[i];
    auto answer = survey.answers[i] ? std::move(*survey.answers[i]) : Result<json::object>(fail(not_asked(view)));
    complete = complete && answer && flag_of(*answer, "complete");
    auto entry = entry_json(view, std::move(answer));
    if (const auto known = survey.last_known.find(view.record.id); known != survey.last_known.end()) {
      entry["last_known"] = std::move(known->second);
    }
    entries.push_back(std::move(entry));
  }
  return {{"id", facts.id.str()},     {"name", facts.name},
          {"version", facts.version}, {"fingerprint", facts.certificate.fingerprint},
          {"complete", complete},     {"secondaries", std::move(entries)}};
}

/// null for those who may not read the whole server, as if it were not known.
awaitable<json::value> own_devices(Context& context, const Actor& actor) {
  if (!actor.permissions.on_server(Right::read)) co_return nullptr;
  const auto counts = co_await server::count_devices(context.services.storage, actor, std::nullopt);
  co_return counts ? json::value(device_counts_json(*counts)) : json::value(nullptr);
}

awaitable<net::Response> show_tree(Context& context, Call call) {
  const auto& facts = context.services.facts;
  const auto depth = number_of(call.target, "depth", facts.max_depth, {0, limits::kHighestMaxDepth});
  if (!depth) co_return problem(depth.error());
  const auto timeout = number_of(call.target, "timeout_ms", kUsualTimeoutMs, {50, 60'000});
  if (!timeout) co_return problem(timeout.error());
  auto views = co_await context.services.secondaries.list(call.caller.actor);
  if (!views) co_return problem(views.error());

  const auto survey = std::make_shared<Survey>(context, context.services.storage.executor());
  survey->actor = call.caller.actor;
  // Below there is less time than here, so that a server that hangs is named by the one above it and not by all above that.
  survey->target =
      fmt::format("/tree?depth={}&timeout_ms={}", std::max<std::int64_t>(*depth - 1, 0), std::max<std::int64_t>(*timeout * 9 / 10, 50));
  survey->deadline = Clock::now() + std::chrono::milliseconds(*timeout);
  survey->views = std::move(*views);
  survey->answers.resize(survey->views.size());
  if (*depth == 0) {
    // As deep as was asked: that there is more is said by `complete`.
    const bool leaf = survey->views.empty();
    survey->views.clear();
    auto node = tree_json(facts, *survey);
    node["complete"] = leaf;
    node["devices"] = co_await own_devices(context, survey->actor);
    co_return json_answer(200, node);
  }
  std::sort(survey->views.begin(), survey->views.end(), [](const auto& a, const auto& b) { return a.record.name < b.record.name; });
  co_await ask_all(survey);
  if (*depth > 1) co_await fill_last_known(survey, static_cast<std::size_t>(*depth));
  auto node = tree_json(facts, *survey);
  node["devices"] = co_await own_devices(context, survey->actor);
  co_return json_answer(200, node);
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/tree", .answer = show_tree, .needs = needs::anywhere(Right::read), .query = kTreeQuery}};

}  // namespace

std::span<const Route> tree_routes() { return kRoutes; }

}  // namespace daikan::api
