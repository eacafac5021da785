// The roll-over of this server's key, to one made here or to one an administrator brings.
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"
#include "base/text.h"
#include "net/own_key_file.h"

namespace daikan::api {
namespace {

namespace json = boost::json;
using Phase = link::RollOver::Phase;

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::none:
      return "none";
    case Phase::announcing:
      return "announcing";
    case Phase::switched:
      return "switched";
  }
  return "none";
}

/// What a person has to know of one peer.
std::string_view state_of(const server::RollOverView::Peer& peer) {
  if (peer.seen_at) return "seen";
  if (peer.confirmed_at) return "confirmed";
  return peer.understands ? "waiting" : "by_file";
}

json::object roll_over_json(const server::RollOverView& view) {
  json::array peers;
  for (const auto& peer : view.peers) {
    peers.push_back(json::object{{"role", peer.id ? "secondary" : "primary"},
                                 {"id", peer.id ? json::value(peer.id->str()) : json::value(nullptr)},
                                 {"name", text_or_null(peer.name)},
                                 {"state", state_of(peer)},
                                 {"link", to_string(peer.link)},
                                 {"confirmed_at", time_json(peer.confirmed_at)},
                                 {"seen_at", time_json(peer.seen_at)}});
  }
  const bool none = view.phase == Phase::none;
  return {{"phase", name_of(view.phase)},
          {"fingerprint", text_or_null(view.fingerprint)},
          {"started_at", none ? json::value(nullptr) : json::value(to_rfc3339(view.started_at))},
          {"started_by", text_or_null(view.started_by)},
          {"peers", std::move(peers)}};
}

net::Response answer_with(const Result<server::RollOverView>& view, int status) {
  if (!view) return problem(view.error());
  return json_answer(status, roll_over_json(*view));
}

awaitable<net::Response> show_roll_over(Context& context, Call) {
  auto view = co_await context.services.roll_over.view();
  co_return answer_with(view, 200);
}

awaitable<net::Response> begin_roll_over(Context& context, Call call) {
  auto view = co_await context.services.roll_over.begin(call.caller.actor);
  co_return answer_with(view, 202);
}

awaitable<net::Response> finish_roll_over(Context& context, Call call) {
  auto view = co_await context.services.roll_over.finish(call.caller.actor);
  co_return answer_with(view, 200);
}

awaitable<net::Response> cancel_roll_over(Context& context, Call call) {
  auto view = co_await context.services.roll_over.cancel(call.caller.actor);
  co_return answer_with(view, 200);
}

constexpr std::size_t kMaxKeyFileText = limits::kMaxOwnKeyFileBytes / 2 * 3;  // base64 of the largest file
constexpr Field kKeyFields[] = {{.name = "file", .kind = FieldKind::lines, .presence = Presence::required, .max_bytes = kMaxKeyFileText},
                                {.name = "passphrase", .max_bytes = limits::kMaxPasswordBytes}};

/// Moves a secret out of a request's body, where nothing of it stays.
std::string take_secret(json::object& body, std::string_view name) {
  auto* found = body.if_contains(name);
  if (found == nullptr || !found->is_string()) return {};
  auto& text = found->get_string();
  std::string taken(text);
  net::wipe({text.data(), text.size()});
  return taken;
}

/// PEM stays as it is, anything else is base64 of PKCS#12 (white space is skipped).
Result<std::string> key_file_of(std::string text) {
  if (text.find("-----BEGIN") != std::string::npos) return text;
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
  auto bytes = from_base64(text);
  net::wipe(text);
  if (!bytes || bytes->empty()) {
    return fail(Code::certificate_unreadable, "The key file is neither PEM nor base64 of a PKCS#12 file.",
                "Send the text of a PEM file, or a PKCS#12 file (.p12, .pfx) as base64.", "file");
  }
  std::string file(bytes->begin(), bytes->end());
  net::wipe({reinterpret_cast<char*>(bytes->data()), bytes->size()});
  return file;
}

awaitable<net::Response> set_certificate(Context& context, Call call) {
  auto passphrase = take_secret(call.body, "passphrase");
  auto file = key_file_of(take_secret(call.body, "file"));
  if (!file) co_return problem(file.error());
  auto set = co_await context.services.roll_over.set(call.caller.actor, {std::move(*file), std::move(passphrase)});
  if (!set) co_return problem(set.error());
  co_return json_answer(202, json::object{{"fingerprint", set->fingerprint},
                                          {"subject", set->subject},
                                          {"issuer", text_or_null(set->issuer)},
                                          {"not_after", to_rfc3339(set->not_after)},
                                          {"chain", set->chain},
                                          {"roll_over", roll_over_json(set->roll_over)}});
}

// A key is not set from above: no primary has to see it on its way.
constexpr Route kRoutes[] = {
    {.method = "PUT",
     .pattern = "/api/v1/server/certificate",
     .answer = set_certificate,
     .needs = needs::on_server(Right::manage_server),
     .access = Access::own_account,
     .body = Body::json,
     .fields = kKeyFields},
    {.method = "GET", .pattern = "/api/v1/server/roll_over", .answer = show_roll_over, .needs = needs::on_server(Right::read)},
    {.method = "POST", .pattern = "/api/v1/server/roll_over", .answer = begin_roll_over, .needs = needs::on_server(Right::manage_server)},
    {.method = "DELETE",
     .pattern = "/api/v1/server/roll_over",
     .answer = cancel_roll_over,
     .needs = needs::on_server(Right::manage_server)},
    {.method = "POST",
     .pattern = "/api/v1/server/roll_over/finish",
     .answer = finish_roll_over,
     .needs = needs::on_server(Right::manage_server)},
};

}  // namespace

std::span<const Route> roll_over_routes() { return kRoutes; }

}  // namespace daikan::api
