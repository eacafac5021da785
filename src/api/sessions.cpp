// Logging in and out, and the credentials of one's own account.
#include "api/routes.h"
#include "api/views.h"
#include "base/text.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr Field kLoginFields[] = {{.name = "user", .presence = Presence::required},
                                  {.name = "password", .presence = Presence::required, .max_bytes = limits::kMaxPasswordBytes},
                                  {.name = "client"},
                                  {.name = "code"}};
constexpr Field kTokenFields[] = {
    {.name = "name", .presence = Presence::required},
    {.name = "expires_in_hours", .kind = FieldKind::integer, .presence = Presence::required, .least = 1, .most = 24 * 365},
    {.name = "rights", .kind = FieldKind::texts}};

json::object session_json(const hierarchy::Credential& credential, const hierarchy::Account& account, std::string_view secret) {
  return {{"id", credential.id.str()},
          {"expires_at", to_rfc3339(credential.expires_at)},
          {"csrf_token", server::Accounts::csrf_token(secret)},
          {"account", account_json(account)}};
}

Error no_session() {
  return Error(Code::not_found, "This request was made with an API token, not in a session.", "See GET /api/v1/tokens.");
}

awaitable<net::Response> log_in(Context& context, Call call) {
  server::Accounts::LoginRequest request;
  request.name = text_of(call.body, "user");
  request.password = text_of(call.body, "password");
  request.source = call.request.remote_ip;
  request.client = text_of(call.body, "client");
  request.code = text_of(call.body, "code");
  auto login = co_await context.services.accounts.login(std::move(request));
  if (!login) co_return problem(login.error());
  auto session = session_json(login->credential, login->account, login->secret);
  session["token"] = login->secret;
  auto response = json_answer(201, session);
  response.headers.add("set-cookie", session_cookie(call.request.headers, login->secret));
  co_return response;
}

awaitable<net::Response> show_current(Context&, Call call) {
  const auto& login = *call.caller.login;
  if (login.credential.kind != hierarchy::CredentialKind::session) co_return problem(no_session());
  co_return json_answer(200, session_json(login.credential, login.account, call.caller.secret));
}

awaitable<net::Response> log_out(Context& context, Call call) {
  const auto& login = *call.caller.login;
  if (login.credential.kind != hierarchy::CredentialKind::session) co_return problem(no_session());
  auto ended = co_await context.services.accounts.logout(call.caller.actor, login.credential.id);
  if (!ended) co_return problem(ended.error());
  auto response = no_content();
  response.headers.add("set-cookie", session_cookie(call.request.headers, ""));
  co_return response;
}

awaitable<net::Response> list_tokens(Context& context, Call call) {
  auto credentials = co_await context.services.accounts.credentials(call.caller.login->account.id);
  if (!credentials) co_return problem(credentials.error());
  std::sort(credentials->begin(), credentials->end(), [](const auto& a, const auto& b) { return a.created_at > b.created_at; });
  json::array items;
  for (const auto& credential : *credentials) items.push_back(credential_json(credential));
  co_return json_answer(200, json::object{{"items", std::move(items)}});
}

/// The scope of a new token; nothing when the field is absent or null.
Result<std::optional<hierarchy::Rights>> scope_of(const json::object& body) {
  const auto* value = body.if_contains("rights");
  if (!value || value->is_null()) return std::nullopt;
  hierarchy::Rights rights;
  for (const auto& name : texts_of(body, "rights")) {
    const auto right = hierarchy::right_from_string(name);
    if (!right) {
      return fail(Code::invalid_request, "There is no right “" + quotable(name, 60) + "”.", "List them with GET /api/v1/rights.", "rights");
    }
    rights.add(*right);
  }
  if (rights.empty()) return fail(Code::invalid_request, "The scope names no right.", "Name at least one, or leave it out.", "rights");
  return rights;
}

awaitable<net::Response> create_token(Context& context, Call call) {
  const auto account = call.caller.login->account.id;
  const std::chrono::hours valid_for(integer_of(call.body, "expires_in_hours").value_or(1));
  auto scope = scope_of(call.body);
  if (!scope) co_return problem(scope.error());
  auto made = co_await context.services.accounts.create_token(
      call.caller.actor, {.account = account, .name = text_of(call.body, "name"), .valid_for = valid_for, .rights = *scope});
  if (!made) co_return problem(made.error());
  auto token = credential_json(made->credential);
  token["token"] = made->secret;
  co_return json_answer(201, token);
}

awaitable<net::Response> revoke_token(Context& context, Call call) {
  const auto id = TokenId::parse(call.parameter("id"));
  if (!id) co_return problem(Error(Code::not_found, "You have no such session or token.", "List them with GET /api/v1/tokens."));
  auto revoked = co_await context.services.accounts.revoke(call.caller.actor, call.caller.login->account.id, *id);
  if (!revoked) co_return problem(revoked.error());
  co_return no_content();
}

constexpr Route kRoutes[] = {
    {.method = "POST",
     .pattern = "/api/v1/sessions",
     .answer = log_in,
     .needs = needs::nothing(),
     .access = Access::anyone,
     .body = Body::json,
     .fields = kLoginFields},
    {.method = "GET",
     .pattern = "/api/v1/sessions/current",
     .answer = show_current,
     .needs = needs::nothing(),
     .access = Access::own_account},
    {.method = "DELETE",
     .pattern = "/api/v1/sessions/current",
     .answer = log_out,
     .needs = needs::nothing(),
     .access = Access::own_account},
    {.method = "GET", .pattern = "/api/v1/tokens", .answer = list_tokens, .needs = needs::nothing(), .access = Access::own_account},
    {.method = "POST",
     .pattern = "/api/v1/tokens",
     .answer = create_token,
     .needs = needs::nothing(),
     .access = Access::own_account,
     .body = Body::json,
     .fields = kTokenFields},
    {.method = "DELETE",
     .pattern = "/api/v1/tokens/{id}",
     .answer = revoke_token,
     .needs = needs::nothing(),
     .access = Access::own_account},
};

}  // namespace

std::span<const Route> sessions_routes() { return kRoutes; }

}  // namespace daikan::api
