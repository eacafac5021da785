// role: named sets of rights.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/commands_users.h"
#include "cli/link_text.h"
#include "cli/role_choice.h"

namespace daikan::cli {
namespace {

std::string rights_text(const json::value& role, std::string_view which = "rights") {
  std::string text;
  for (const auto& each : elements(role, which)) {
    text += (text.empty() ? "" : ", ") + shown(each.is_string() ? std::string(each.get_string()) : "");
  }
  return text.empty() ? "none" : text;
}

awaitable<Result<json::value>> find_role(ApiSession& session, std::string name) {
  auto roles = co_await session.get("/roles");
  if (!roles) co_return fail(std::move(roles.error()));
  co_return choose_role(*roles, name, "name");
}

/// Where it is from, and changed.
std::string origin_text(const json::value& role) {
  const auto owner = text_of(member(role, "owner"), "name");
  if (!owner.empty()) return "inherited from " + shown(owner) + ", changed there only";
  return truth_of(role, "built_in") ? "built in" : "this server";
}

void print_role(Context& context, const json::value& role) {
  if (context.as_json()) {
    print_json(context.terminal, role);
    return;
  }
  std::vector<std::pair<std::string, Cell>> fields = {{"Role", shown(text_of(role, "name"))},
                                                      {"Id", shown(text_of(role, "id"))},
                                                      {"Of", origin_text(role)},
                                                      {"Description", shown(text_of(role, "description"))},
                                                      {"Rights", rights_text(role)}};
  if (rights_text(role, "gives") != rights_text(role))
    fields.emplace_back("Gives here", rights_text(role, "gives") + " (as much as the primary may do here)");
  if (!elements(role, "unknown_rights").empty())
    fields.emplace_back("Not known here", rights_text(role, "unknown_rights") + " (rights of a newer version; they give nothing here)");
  fields.emplace_back("Built in", truth_of(role, "built_in") ? "yes" : "no");
  fields.emplace_back("Users", shown(text_of(role, "users")));
  print_fields(context.terminal, fields);
}

json::array rights_array(const std::vector<std::string>& rights) {
  json::array names;
  for (const auto& each : rights) names.push_back(json::value(each));
  return names;
}

}  // namespace

awaitable<Result<>> role_list(Context& context, ApiSession& session, NoOptions) {
  auto roles = co_await session.get("/roles");
  if (!roles) co_return fail(std::move(roles.error()));
  if (context.as_json()) {
    print_json(context.terminal, member(*roles, "items"));
    co_return Result<>{};
  }
  Table table({"NAME", "OF", "USERS", "RIGHTS", "DESCRIPTION"});
  for (const auto& role : elements(*roles, "items")) {
    const auto owner = text_of(member(role, "owner"), "name");
    const auto of = !owner.empty() ? "from " + shown(owner) : truth_of(role, "built_in") ? "built in" : "this server";
    table.add(
        {shown(text_of(role, "name")), of, shown(text_of(role, "users")), rights_text(role, "gives"), shown(text_of(role, "description"))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> role_rights(Context& context, ApiSession& session, NoOptions) {
  auto rights = co_await session.get("/rights");
  if (!rights) co_return fail(std::move(rights.error()));
  if (context.as_json()) {
    print_json(context.terminal, member(*rights, "items"));
    co_return Result<>{};
  }
  Table table({"RIGHT", "FOR", "ALLOWS"});
  for (const auto& right : elements(*rights, "items")) {
    table.add({shown(text_of(right, "name")), shown(text_of(right, "reaches")), shown(text_of(right, "description"))});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> role_show(Context& context, ApiSession& session, RoleName options) {
  auto role = co_await find_role(session, options.name);
  if (!role) co_return fail(std::move(role.error()));
  print_role(context, *role);
  co_return Result<>{};
}

awaitable<Result<>> role_add(Context& context, ApiSession& session, RoleText options) {
  json::object body{{"name", options.name}, {"description", options.description}, {"rights", rights_array(options.rights)}};
  auto role = co_await session.call("POST", "/roles", std::move(body));
  if (!role) co_return fail(std::move(role.error()));
  print_role(context, *role);
  co_return Result<>{};
}

awaitable<Result<>> role_edit(Context& context, ApiSession& session, RoleText options) {
  auto role = co_await find_role(session, options.name);
  if (!role) co_return fail(std::move(role.error()));
  json::object body{{"name", options.new_name.empty() ? text_of(*role, "name") : options.new_name},
                    {"description", options.description.empty() ? text_of(*role, "description") : options.description},
                    {"rights", options.rights.empty() ? elements(*role, "rights") : rights_array(options.rights)}};
  net::Headers headers;
  headers.set("if-match", "\"" + text_of(*role, "revision") + "\"");
  auto edited =
      co_await session.client().call("PUT", "/roles/" + percent_encoded(text_of(*role, "id")), std::move(body), std::move(headers));
  if (!edited) co_return fail(std::move(edited.error()));
  print_role(context, edited->body);
  co_return Result<>{};
}

awaitable<Result<>> role_remove(Context& context, ApiSession& session, RoleName options) {
  auto role = co_await find_role(session, options.name);
  if (!role) co_return fail(std::move(role.error()));
  auto removed = co_await session.call("DELETE", "/roles/" + percent_encoded(text_of(*role, "id")));
  if (!removed) co_return fail(std::move(removed.error()));
  if (!context.as_json()) context.terminal.line(fmt::format("The role {} is removed.", options.name));
  co_return Result<>{};
}

}  // namespace daikan::cli
