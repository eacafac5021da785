#include "api/authentication.h"

#include "base/text.h"

namespace daikan::api {
namespace {

bool starts_with_bearer(std::string_view value) {
  constexpr std::string_view kScheme = "bearer ";
  if (value.size() < kScheme.size()) return false;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = value[i] >= 'A' && value[i] <= 'Z' ? static_cast<char>(value[i] - 'A' + 'a') : value[i];
    if (c != kScheme[i]) return false;
  }
  return true;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different |= static_cast<unsigned>(static_cast<unsigned char>(a[i] ^ b[i]));
  return different == 0;
}

tl::unexpected<Error> unauthenticated(std::string message) {
  return fail(Code::unauthenticated, std::move(message), "Log in, or send an API token as Authorization: Bearer.");
}

}  // namespace

std::optional<std::string_view> cookie_value(const net::Headers& headers, std::string_view name) {
  for (const auto& [field, text] : headers.fields()) {
    if (field != "cookie") continue;
    std::string_view rest = text;
    while (!rest.empty()) {
      const auto pair = trim(rest.substr(0, rest.find(';')));
      rest.remove_prefix(std::min(rest.size(), rest.find(';') == std::string_view::npos ? rest.size() : rest.find(';') + 1));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
    }
  }
  return std::nullopt;
}

Presented presented_secret(const net::Headers& headers) {
  if (const auto value = headers.find("authorization")) {
    return {Presented::By::bearer, starts_with_bearer(*value) ? std::string(trim(value->substr(7))) : std::string()};
  }
  if (const auto value = cookie_value(headers, session_cookie_name(headers))) return {Presented::By::cookie, std::string(*value)};
  return {};
}

bool csrf_passes(std::string_view method, const net::Headers& headers, std::string_view secret) {
  if (method == "GET" || method == "HEAD") return true;
  const auto token = headers.find("x-csrf-token");
  return token && equal_in_constant_time(*token, server::Accounts::csrf_token(secret));
}

std::string session_cookie_name(const net::Headers& headers) {
  const auto host = headers.find("host").value_or("");
  const auto colon = host.rfind(':');
  const auto port = colon == std::string_view::npos ? std::string_view{} : host.substr(colon + 1);
  // The colons of [::1] are none before a port.
  const bool is_port = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string_view::npos;
  return std::string("daikan_session_").append(is_port ? port : "443");
}

std::string session_cookie(const net::Headers& request, std::string_view secret) {
  auto cookie = session_cookie_name(request);
  cookie.append("=").append(secret).append("; Path=/; HttpOnly; Secure; SameSite=Strict");
  if (secret.empty()) cookie += "; Max-Age=0";
  return cookie;
}

awaitable<Result<Caller>> authenticate(server::Accounts& accounts, const net::Request& request) {
  auto presented = presented_secret(request.headers);
  if (presented.by == Presented::By::nothing) co_return unauthenticated("The request has no session or API token.");
  if (presented.secret.empty()) co_return unauthenticated("The Authorization header has no bearer secret.");
  auto login = co_await accounts.authenticate(presented.secret);
  if (!login) co_return fail(std::move(login.error()));
  if (presented.by == Presented::By::cookie) {
    if (login->credential.kind != hierarchy::CredentialKind::session) co_return unauthenticated("The cookie holds no session.");
    if (!csrf_passes(request.method, request.headers, presented.secret)) {
      co_return fail(Code::permission_denied, "The X-CSRF-Token of the request is missing or wrong.",
                     "Send the csrf_token of GET /api/v1/sessions/current with every change.");
    }
  }
  Caller caller;
  caller.actor.name = login->account.name;
  caller.actor.source = request.remote_ip;
  caller.actor.credential = login->credential.id;
  caller.actor.permissions = login->permissions;
  caller.login = std::move(*login);
  caller.secret = std::move(presented.secret);
  co_return caller;
}

}  // namespace daikan::api
