// One's own account: who am I, what may I, and the password. Needs no right; a request from above never comes here.
#include "api/requests.h"
#include "api/routes.h"
#include "api/views.h"

namespace daikan::api {
namespace {

namespace json = boost::json;

constexpr Field kPasswordFields[] = {{.name = "current_password", .presence = Presence::required, .max_bytes = limits::kMaxPasswordBytes},
                                     {.name = "password", .presence = Presence::required, .max_bytes = limits::kMaxPasswordBytes}};

constexpr Field kCodeFields[] = {{.name = "code", .presence = Presence::required}};

awaitable<net::Response> show_account(Context& context, Call call) {
  auto view = co_await context.services.users.find(call.caller.login->account.id);
  if (!view) co_return problem(view.error());
  auto account = user_json(*view);
  // What this request may: a token with a scope may less than its owner.
  account["may"] = permissions_json(call.caller.actor.permissions);
  co_return json_answer(200, account);
}

awaitable<net::Response> change_password(Context& context, Call call) {
  server::Accounts::PasswordChange change{
      .account = call.caller.login->account, .current = text_of(call.body, "current_password"), .password = text_of(call.body, "password")};
  auto changed = co_await context.services.accounts.change_password(call.caller.actor, std::move(change));
  if (!changed && changed.error().code == Code::wrong_credentials) co_return problem(changed.error(), 422);
  if (!changed) co_return problem(changed.error());
  co_return no_content();
}

/// The factor that guards an account is no business of a token: whoever found one may not lock its owner out.
std::optional<net::Response> refused_token(const Call& call) {
  if (call.caller.login->credential.kind == hierarchy::CredentialKind::session) return std::nullopt;
  return problem(Error(Code::permission_denied, "The second factor is not changed with an API token.", "Log in with the password."));
}

net::Response code_problem(const Error& error) {
  if (error.code == Code::wrong_credentials || error.code == Code::two_factor_required) return problem(error, 422);
  return problem(error);
}

awaitable<net::Response> enrol_two_factor(Context& context, Call call) {
  if (auto refused = refused_token(call)) co_return std::move(*refused);
  auto enrolment = co_await context.services.two_factor.enrol(call.caller.actor, call.caller.login->account.id);
  if (!enrolment) co_return problem(enrolment.error());
  co_return json_answer(201, json::object{{"secret", enrolment->secret}, {"uri", enrolment->uri}});
}

awaitable<net::Response> confirm_two_factor(Context& context, Call call) {
  if (auto refused = refused_token(call)) co_return std::move(*refused);
  auto codes = co_await context.services.two_factor.confirm(call.caller.actor, call.caller.login->account.id, text_of(call.body, "code"));
  if (!codes) co_return code_problem(codes.error());
  json::array items;
  for (const auto& code : *codes) items.push_back(json::value(code));
  co_return json_answer(200, json::object{{"recovery_codes", std::move(items)}});
}

awaitable<net::Response> disable_two_factor(Context& context, Call call) {
  if (auto refused = refused_token(call)) co_return std::move(*refused);
  auto disabled =
      co_await context.services.two_factor.disable(call.caller.actor, call.caller.login->account.id, text_of(call.body, "code"));
  if (!disabled) co_return code_problem(disabled.error());
  co_return no_content();
}

constexpr Route own(std::string_view method, std::string_view pattern, Answer answer, std::span<const Field> fields) {
  return {.method = method,
          .pattern = pattern,
          .answer = answer,
          .needs = needs::nothing(),
          .access = Access::own_account,
          .body = fields.empty() ? Body::none : Body::json,
          .fields = fields};
}

constexpr Route kRoutes[] = {
    own("GET", "/api/v1/account", show_account, {}),
    own("PUT", "/api/v1/account/password", change_password, kPasswordFields),
    own("POST", "/api/v1/account/two_factor", enrol_two_factor, {}),
    own("POST", "/api/v1/account/two_factor/confirm", confirm_two_factor, kCodeFields),
    own("POST", "/api/v1/account/two_factor/disable", disable_two_factor, kCodeFields),
};

}  // namespace

std::span<const Route> account_routes() { return kRoutes; }

}  // namespace daikan::api
