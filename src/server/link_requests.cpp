// The lower end's HTTP interface: what this server's primary may ask over the link (docs/protocol.md), and relaying from the upper end.
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "base/limits_downstream.h"
#include "base/text.h"
#include "server/detail/link_runtime.h"
#include "server/problem.h"

namespace daikan::server {
namespace {

constexpr std::string_view kActorHeader = "daikan-actor";
constexpr std::string_view kSourceHeader = "daikan-source";
constexpr std::string_view kThroughHeader = "daikan-through";
constexpr std::string_view kRightsHeader = "daikan-rights";

/// Percent-encoding of everything but unreserved characters (RFC 3986 section 2.3), so that any name fits a header field.
std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const auto byte = i + 2 < text.size() ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
    if (!byte) return std::nullopt;
    out.push_back(static_cast<char>(byte->front()));
    i += 2;
  }
  if (!is_utf8(out) || out.size() > limits::kMaxNameBytes) return std::nullopt;
  return out;
}

/// On whose behalf the primary asks; nothing when the fields are missing or malformed.
std::optional<Actor> actor_of(const net::Headers& headers) {
  const auto name = headers.find(kActorHeader);
  if (!name) return std::nullopt;
  auto decoded_name = decoded(*name);
  if (!decoded_name || decoded_name->empty()) return std::nullopt;
  Actor actor;
  actor.name = std::move(*decoded_name);
  if (const auto source = headers.find(kSourceHeader)) actor.source = decoded(*source).value_or("");
  std::string_view rest = headers.find(kThroughHeader).value_or("");
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    auto server = decoded(rest.substr(0, comma));
    if (!server || actor.through.size() >= limits::kHighestMaxDepth) return std::nullopt;
    actor.through.push_back(std::move(*server));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  if (actor.through.empty()) return std::nullopt;
  // What the primary says the person may; how much of it counts is decided here (hierarchy::bound_of). One that says nothing is of a
  // version that knew only administrators.
  const auto rights = headers.find(kRightsHeader);
  actor.permissions = hierarchy::Permissions::of(rights ? hierarchy::rights_from_text(*rights) : hierarchy::Rights::all());
  return actor;
}

net::Response message(std::string body) {
  net::Response response;
  response.headers.add("content-type", std::string(link::kMediaType));
  response.body = net::Body(std::move(body));
  return response;
}

net::Response not_ready() {
  return problem_response(Error(Code::not_connected, "The link is not agreed yet: no hello was accepted on this connection.",
                                "Send POST /link/v1/hello first."),
                          409);
}

}  // namespace

awaitable<net::Response> LinkHost::State::answer(link::ConnectionId connection, net::Request request) {
  const auto path = std::string_view(request.target).substr(0, request.target.find('?'));
  const bool relayed_request = path.starts_with(link::kRelayPrefix) && path.substr(link::kRelayPrefix.size()).starts_with('/');
  if (path == link::kHelloPath || path == link::kFarewellPath) {
    if (request.method != "POST") {
      co_return problem_response(Error(Code::method_not_allowed, "This path takes POST only.", "Send POST."), 405);
    }
    const bool hello = path == link::kHelloPath;
    auto body = co_await request.body.read_all(limits::kMaxHelloBytes);
    if (!body) co_return problem_response(body.error(), body.error().code == Code::too_large ? 413 : 400);
    if (hello) co_return co_await answer_hello(connection, std::move(*body));
    co_return co_await answer_farewell(connection, std::move(*body));
  }
  const bool feed = path == link::kFeedPath || path == link::kFeedConfirmedPath;
  if (feed && (!lower || !lower->end.serves(connection))) co_return not_ready();
  if (path == link::kFeedPath) co_return co_await answer_feed(std::move(request));
  if (feed) co_return co_await answer_feed_confirmed(std::move(request));
  if (path == link::kDownstreamPath) {
    if (request.method != "PUT") {
      co_return problem_response(Error(Code::method_not_allowed, "This path takes PUT only.", "Send PUT."), 405);
    }
    const auto end = lower;
    if (!end || !end->end.serves(connection)) co_return not_ready();
    auto body = co_await request.body.read_all(limits::kMaxDownstreamBytes);
    if (!body) co_return problem_response(body.error(), body.error().code == Code::too_large ? 413 : 400);
    if (end != lower) co_return not_ready();  // the primary was left, or is another one, while this one still wrote
    co_return co_await answer_downstream(end, std::move(*body));
  }
  if (!relayed_request) {
    co_return problem_response(Error(Code::not_found, "There is nothing at this path of the link.", "See docs/protocol.md."), 404);
  }
  if (!lower || !lower->end.serves(connection)) co_return not_ready();
  co_return co_await answer_relay(std::move(request));
}

awaitable<net::Response> LinkHost::State::answer_hello(link::ConnectionId connection, std::string body) {
  const auto end = lower_of(connection);
  if (!end) co_return not_ready();
  auto hello = link::decode_hello(body);
  if (!hello) co_return problem_response(hello.error(), 400);
  if (auto read = read_next(hello->next, *end, connection, link::Says::upper); !read) co_return problem_response(read.error(), 400);
  std::optional<link::PathEntry> secondary_above;
  for (const auto& entry : hello->path) {
    const auto registered = by_server.find(entry.id);
    if (registered == by_server.end()) continue;
    if (uppers.at(registered->second)->standing()) secondary_above = entry;
  }
  auto effects = end->end.hello(connection, *hello, secondary_above, now());
  auto reply = std::move(effects.reply);
  effects.reply.reset();
  // Carried out by the end's own coroutine: this one is cancelled when the primary takes its request back.
  const auto outcome = std::make_shared<Outcome>();
  act(end, std::move(effects), outcome);
  while (outcome->state == Outcome::State::pending) {
    const bool woken = co_await outcomes.wait();
    if (!woken) co_return not_ready();
  }
  if (outcome->state == Outcome::State::failed) {
    co_return problem_response(
        Error(Code::storage_failed, "What the hello told cannot be stored.", "Look into this server's log; the link is tried again."));
  }
  if (!reply) co_return not_ready();
  const auto over = end->find(connection);
  if (auto* accepted = std::get_if<link::HelloAccepted>(&reply->answer); accepted != nullptr && over) {
    sign(accepted->next, *over, link::Says::lower);
  }
  co_return message(link::encode(reply->answer));
}

awaitable<net::Response> LinkHost::State::answer_farewell(link::ConnectionId connection, std::string body) {
  const auto end = lower_of(connection);
  if (!end) co_return not_ready();
  auto farewell = link::decode_farewell(body);
  if (!farewell) co_return problem_response(farewell.error(), 400);
  act(end, end->end.farewell(connection, *farewell, now()));
  co_return message({});
}

awaitable<net::Response> LinkHost::State::answer_relay(net::Request request) {
  auto actor = actor_of(request.headers);
  if (!actor) {
    co_return problem_response(Error(Code::invalid_request, "The relayed request does not say on whose behalf it comes.",
                                     "Send daikan-actor and daikan-through as docs/protocol.md says."),
                               400);
  }
  request.target = "/api/v1" + request.target.substr(link::kRelayPrefix.size());
  for (const auto header : {kActorHeader, kSourceHeader, kThroughHeader, kRightsHeader}) request.headers.remove(header);
  ++counters.relayed_requests;
  co_return co_await relayed(std::move(request), std::move(*actor));
}

awaitable<Result<net::Response>> LinkHost::relay(RegistrationId id, net::Request request, const Actor& actor) {
  const auto found = state_->uppers.find(id);
  if (found == state_->uppers.end()) {
    co_return fail(Code::not_found, "There is no such secondary Administration Server here.", "List the secondaries of this server.");
  }
  const auto upper = found->second;
  const auto connection = upper->standing_connection();
  if (!connection) {
    const auto& reason = upper->status().reason;
    co_return fail(Code::not_connected,
                   fmt::format("The secondary Administration Server “{}” is not connected ({}).", upper->record.name,
                               hierarchy::to_string(upper->status().state)),
                   reason ? reason->text() : "Wait until its link is up.");
  }
  request.target = std::string(link::kRelayPrefix) + request.target;
  std::string through;
  for (const auto& server : actor.through) through += encoded(server) + ",";
  through += encoded(state_->facts.name);
  request.headers.set(kActorHeader, encoded(actor.name));
  request.headers.set(kSourceHeader, encoded(actor.source));
  request.headers.set(kThroughHeader, std::move(through));
  request.headers.set(kRightsHeader, hierarchy::to_text(actor.permissions.on_server()));
  ++state_->counters.relayed_requests;
  const std::string what = fmt::format("waiting for the answer of “{}”", upper->record.name);
  const auto deadline = std::chrono::steady_clock::now() + limits::kRelayAnswerTime;
  auto answer = co_await net::with_deadline<net::Response>(deadline, what, connection->h2->request(std::move(request)));
  co_return answer;
}

}  // namespace daikan::server
