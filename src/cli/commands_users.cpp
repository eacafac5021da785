#include "cli/commands_users.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/files.h"
#include "cli/link_text.h"
#include "cli/role_choice.h"

namespace daikan::cli {
namespace {

/// A password nobody has yet: from a file, or typed twice.
Result<std::string> chosen_password(Context& context, const std::string& file, std::string_view question) {
  if (!file.empty()) return read_secret(file);
  if (!context.terminal.can_ask()) {
    return fail(Code::invalid_request, "The password is missing.", "Name a file with --password-file, or - for standard input.",
                "password");
  }
  auto password = context.terminal.ask_secret(question);
  if (!password) return password;
  auto again = context.terminal.ask_secret("The same again");
  if (!again) return again;
  if (*again != *password) return fail(Code::invalid_request, "The two passwords differ.", "Type the same twice.", "password");
  return password;
}

bool same_text(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

awaitable<Result<json::value>> find_user(ApiSession& session, std::string name) {
  auto users = co_await session.get("/users");
  if (!users) co_return fail(std::move(users.error()));
  for (const auto& user : elements(*users, "items")) {
    if (same_text(text_of(user, "name"), name) || text_of(user, "id") == name) co_return user;
  }
  co_return fail(Code::not_found, fmt::format("There is no user “{}”.", name), "See daikan user list.", "name");
}

std::string assignment_text(const json::value& assignment) {
  const auto group = text_of(assignment, "group");
  return role_text(text_of(assignment, "role"), member(assignment, "role_owner")) + " on " +
         (group.empty() ? "the server" : "“" + shown(group) + "”");
}

std::string assignments_text(const json::value& user) {
  std::string text;
  for (const auto& each : elements(user, "assignments")) text += (text.empty() ? "" : ", ") + assignment_text(each);
  return text.empty() ? "nothing" : text;
}

void print_user(Context& context, const json::value& user) {
  if (context.as_json()) {
    print_json(context.terminal, user);
    return;
  }
  std::string rights;
  for (const auto& each : elements(member(user, "may"), "server")) {
    rights += (rights.empty() ? "" : ", ") + shown(each.is_string() ? std::string(each.get_string()) : "");
  }
  print_fields(context.terminal, {{"User", shown(text_of(user, "name"))},
                                  {"Id", shown(text_of(user, "id"))},
                                  {"State", shown(text_of(user, "state"))},
                                  {"Second factor", shown(text_of(user, "two_factor"))},
                                  {"Roles", assignments_text(user)},
                                  {"Rights on the server", rights.empty() ? "none" : rights},
                                  {"Made", local_time(text_of(user, "created_at"))}});
}

struct UserChange {
  std::string method;
  std::string what;  ///< "", "/assignments"
  std::optional<json::value> body;
};
/// Sends what was read, changed, as long as nobody else changed it meanwhile.
awaitable<Result<json::value>> change_user(ApiSession& session, json::value user, UserChange change) {
  net::Headers headers;
  headers.set("if-match", "\"" + text_of(user, "revision") + "\"");
  const auto path = "/users/" + percent_encoded(text_of(user, "id")) + change.what;
  auto answer = co_await session.client().call(change.method, path, std::move(change.body), std::move(headers));
  if (!answer) co_return fail(std::move(answer.error()));
  co_return std::move(answer->body);
}

awaitable<Result<>> set_state(Context& context, ApiSession& session, std::string name, std::string state) {
  auto user = co_await find_user(session, std::move(name));
  if (!user) co_return fail(std::move(user.error()));
  auto changed = co_await change_user(session, *user, {"PATCH", "", json::object{{"state", state}}});
  if (!changed) co_return fail(std::move(changed.error()));
  print_user(context, *changed);
  co_return Result<>{};
}

struct GivenRole {
  std::string role_id;
  std::string group;
};

/// All but `left_out`, by the ids of the roles: an own role and an inherited one may have the same name.
json::array kept_assignments(const json::value& user, const GivenRole& left_out = {}) {
  json::array kept;
  for (const auto& each : elements(user, "assignments")) {
    if (text_of(each, "role_id") == left_out.role_id && text_of(each, "group") == left_out.group) continue;
    kept.push_back(json::object{{"role", member(each, "role_id")}, {"group", member(each, "group")}});
  }
  return kept;
}

}  // namespace

awaitable<Result<>> user_list(Context& context, ApiSession& session, NoOptions) {
  auto users = co_await session.get("/users");
  if (!users) co_return fail(std::move(users.error()));
  if (context.as_json()) {
    print_json(context.terminal, member(*users, "items"));
    co_return Result<>{};
  }
  Table table({"NAME", "STATE", "SECOND FACTOR", "ROLES"});
  for (const auto& user : elements(*users, "items")) {
    table.add({shown(text_of(user, "name")), shown(text_of(user, "state")), shown(text_of(user, "two_factor")), assignments_text(user)});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> user_show(Context& context, ApiSession& session, UserName options) {
  auto user = options.name.empty() ? co_await session.get("/account") : co_await find_user(session, options.name);
  if (!user) co_return fail(std::move(user.error()));
  print_user(context, *user);
  co_return Result<>{};
}

awaitable<Result<>> user_add(Context& context, ApiSession& session, UserAdd options) {
  auto password = chosen_password(context, options.password_file, fmt::format("Password of {}", options.name));
  if (!password) co_return fail(std::move(password.error()));
  json::object body{{"name", options.name}, {"password", *password}};
  if (!options.role.empty()) {
    const auto group = options.group.empty() ? json::value(nullptr) : json::value(options.group);
    body["assignments"] = json::array{json::object{{"role", options.role}, {"group", group}}};
  }
  auto user = co_await session.call("POST", "/users", std::move(body));
  if (!user) co_return fail(std::move(user.error()));
  print_user(context, *user);
  co_return Result<>{};
}

awaitable<Result<>> user_disable(Context& context, ApiSession& session, UserName options) {
  return set_state(context, session, std::move(options.name), "disabled");
}

awaitable<Result<>> user_enable(Context& context, ApiSession& session, UserName options) {
  return set_state(context, session, std::move(options.name), "enabled");
}

awaitable<Result<>> user_password(Context& context, ApiSession& session, UserPassword options) {
  const bool own = options.name.empty();
  json::object body;
  std::string path = "/account/password";
  if (own) {
    auto current = options.current_password_file.empty() ? context.terminal.ask_secret("Current password")
                                                         : read_secret(options.current_password_file);
    if (!current) co_return fail(std::move(current.error()));
    body["current_password"] = *current;
  } else {
    auto user = co_await find_user(session, options.name);
    if (!user) co_return fail(std::move(user.error()));
    path = "/users/" + percent_encoded(text_of(*user, "id")) + "/password";
  }
  auto password = chosen_password(context, options.password_file, "New password");
  if (!password) co_return fail(std::move(password.error()));
  body["password"] = *password;
  auto changed = co_await session.call("PUT", path, std::move(body));
  if (!changed) co_return fail(std::move(changed.error()));
  if (!context.as_json()) {
    context.terminal.line(own ? "Your password is changed; your other sessions have ended."
                              : fmt::format("{} has a new password; the sessions of {} have ended.", options.name, options.name));
  }
  co_return Result<>{};
}

awaitable<Result<>> user_grant(Context& context, ApiSession& session, UserGrant options) {
  auto user = co_await find_user(session, options.name);
  if (!user) co_return fail(std::move(user.error()));
  auto assignments = kept_assignments(*user);  // one that is there already stays one
  const auto group = options.group.empty() ? json::value(nullptr) : json::value(options.group);
  assignments.push_back(json::object{{"role", options.role}, {"group", group}});
  auto changed = co_await change_user(session, *user, {"PUT", "/assignments", json::object{{"assignments", std::move(assignments)}}});
  if (!changed) co_return fail(std::move(changed.error()));
  print_user(context, *changed);
  co_return Result<>{};
}

awaitable<Result<>> user_revoke(Context& context, ApiSession& session, UserGrant options) {
  auto user = co_await find_user(session, options.name);
  if (!user) co_return fail(std::move(user.error()));
  auto roles = co_await session.get("/roles");
  if (!roles) co_return fail(std::move(roles.error()));
  auto role = choose_role(*roles, options.role, "role");
  if (!role) co_return fail(std::move(role.error()));
  auto assignments = kept_assignments(*user, {text_of(*role, "id"), options.group});
  if (assignments.size() == elements(*user, "assignments").size()) {
    co_return fail(Code::not_found,
                   fmt::format("{} does not have the role {} on {}.", options.name, options.role,
                               options.group.empty() ? "the server" : "“" + options.group + "”"),
                   "See daikan user show.", "role");
  }
  auto changed = co_await change_user(session, *user, {"PUT", "/assignments", json::object{{"assignments", std::move(assignments)}}});
  if (!changed) co_return fail(std::move(changed.error()));
  print_user(context, *changed);
  co_return Result<>{};
}

awaitable<Result<>> user_remove(Context& context, ApiSession& session, UserName options) {
  auto user = co_await find_user(session, options.name);
  if (!user) co_return fail(std::move(user.error()));
  auto removed = co_await change_user(session, *user, {"DELETE", "", std::nullopt});
  if (!removed) co_return fail(std::move(removed.error()));
  if (!context.as_json()) context.terminal.line(fmt::format("{} is removed.", options.name));
  co_return Result<>{};
}

awaitable<Result<>> two_factor_enrol(Context& context, ApiSession& session, NoOptions) {
  auto enrolment = co_await session.call("POST", "/account/two_factor");
  if (!enrolment) co_return fail(std::move(enrolment.error()));
  if (context.as_json()) {
    print_json(context.terminal, *enrolment);
    co_return Result<>{};
  }
  print_fields(context.terminal, {{"Secret", shown(text_of(*enrolment, "secret"))}, {"URI", shown(text_of(*enrolment, "uri"))}});
  context.terminal.note("Type the secret into an authenticator app, then turn it on with its first code: daikan two-factor on");
  co_return Result<>{};
}

awaitable<Result<>> two_factor_on(Context& context, ApiSession& session, CodeOption options) {
  auto code = options.code_file.empty() ? context.terminal.ask("Code the app shows") : read_secret(options.code_file);
  if (!code) co_return fail(std::move(code.error()));
  auto codes = co_await session.call("POST", "/account/two_factor/confirm", json::object{{"code", *code}});
  if (!codes) co_return fail(std::move(codes.error()));
  if (context.as_json()) {
    print_json(context.terminal, *codes);
    co_return Result<>{};
  }
  for (const auto& each : elements(*codes, "recovery_codes")) {
    context.terminal.line(shown(each.is_string() ? std::string(each.get_string()) : ""));
  }
  context.terminal.note("Keep these recovery codes apart from the app: each lets you in once, and they are never shown again.");
  co_return Result<>{};
}

awaitable<Result<>> two_factor_off(Context& context, ApiSession& session, CodeOption options) {
  auto code = options.code_file.empty() ? context.terminal.ask("Code the app shows, or a recovery code") : read_secret(options.code_file);
  if (!code) co_return fail(std::move(code.error()));
  auto disabled = co_await session.call("POST", "/account/two_factor/disable", json::object{{"code", *code}});
  if (!disabled) co_return fail(std::move(disabled.error()));
  if (!context.as_json()) context.terminal.line("Your account has no second factor any more.");
  co_return Result<>{};
}

awaitable<Result<>> two_factor_clear(Context& context, ApiSession& session, UserName options) {
  auto user = co_await find_user(session, options.name);
  if (!user) co_return fail(std::move(user.error()));
  auto cleared = co_await session.call("DELETE", "/users/" + percent_encoded(text_of(*user, "id")) + "/two_factor");
  if (!cleared) co_return fail(std::move(cleared.error()));
  if (!context.as_json()) context.terminal.line(fmt::format("{} logs in with the password alone.", options.name));
  co_return Result<>{};
}

awaitable<Result<>> session_list(Context& context, ApiSession& session, NoOptions) {
  auto sessions = co_await session.get("/sessions");
  if (!sessions) co_return fail(std::move(sessions.error()));
  if (context.as_json()) {
    print_json(context.terminal, member(*sessions, "items"));
    co_return Result<>{};
  }
  Table table({"ID", "USER", "CLIENT", "FROM", "LAST USED", "UNTIL"});
  for (const auto& each : elements(*sessions, "items")) {
    table.add({shown(text_of(each, "id")), shown(text_of(member(each, "account"), "name")), shown(text_of(each, "name")),
               shown(text_of(each, "source")), local_time(text_of(each, "last_used_at")), local_time(text_of(each, "expires_at"))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> session_end(Context& context, ApiSession& session, IdOption options) {
  auto ended = co_await session.call("DELETE", "/sessions/" + percent_encoded(options.id));
  if (!ended) co_return fail(std::move(ended.error()));
  if (!context.as_json()) context.terminal.line("The session has ended.");
  co_return Result<>{};
}

}  // namespace daikan::cli
