// group add, list, rename, move, remove.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

/// The group with this path or id; not_found says where they are listed.
awaitable<Result<json::value>> find_group(ApiSession& session, std::string path) {
  auto groups = co_await session.get("/groups");
  if (!groups) co_return fail(std::move(groups.error()));
  for (const auto& group : elements(*groups, "items")) {
    if (text_of(group, "path") == path || text_of(group, "id") == path) co_return group;
  }
  co_return fail(Code::not_found, fmt::format("There is no group “{}”.", quotable(path)), "daikan group list shows the paths.", "path");
}

awaitable<Result<>> edit(Context& context, ApiSession& session, std::string path, json::object body) {
  auto group = co_await find_group(session, std::move(path));
  if (!group) co_return fail(std::move(group.error()));
  auto edited = co_await session.patch("/groups/" + text_of(*group, "id"), *group, std::move(body));
  if (!edited) co_return fail(std::move(edited.error()));
  if (context.as_json()) {
    print_json(context.terminal, *edited);
  } else {
    context.terminal.line(fmt::format("{} is now {}.", shown(text_of(*group, "path")), shown(text_of(*edited, "path"))));
  }
  co_return Result<>{};
}

}  // namespace

awaitable<Result<>> group_add(Context& context, ApiSession& session, GroupPath options) {
  json::object body;
  body["path"] = options.path;
  auto group = co_await session.call("POST", "/groups", std::move(body));
  if (!group) co_return fail(std::move(group.error()));
  if (context.as_json()) {
    print_json(context.terminal, *group);
  } else {
    context.terminal.line(fmt::format("Added {}.", shown(text_of(*group, "path"))));
  }
  co_return Result<>{};
}

awaitable<Result<>> group_list(Context& context, ApiSession& session, NoOptions) {
  auto groups = co_await session.get("/groups");
  if (!groups) co_return fail(std::move(groups.error()));
  if (context.as_json()) {
    print_json(context.terminal, elements(*groups, "items"));
    co_return Result<>{};
  }
  Table table({"PATH", "SECONDARIES"});
  for (const auto& group : elements(*groups, "items")) table.add({shown(text_of(group, "path")), text_of(group, "secondaries")});
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> group_rename(Context& context, ApiSession& session, GroupRename options) {
  json::object body;
  body["name"] = options.name;
  return edit(context, session, std::move(options.path), std::move(body));
}

awaitable<Result<>> group_move(Context& context, ApiSession& session, GroupMove options) {
  json::object body;
  body["parent"] = options.to;
  return edit(context, session, std::move(options.path), std::move(body));
}

awaitable<Result<>> group_remove(Context& context, ApiSession& session, GroupPath options) {
  auto group = co_await find_group(session, options.path);
  if (!group) co_return fail(std::move(group.error()));
  auto removed = co_await session.call("DELETE", "/groups/" + text_of(*group, "id"));
  if (!removed) co_return fail(std::move(removed.error()));
  if (!context.as_json()) context.terminal.line(fmt::format("Removed {}.", shown(text_of(*group, "path"))));
  co_return Result<>{};
}

}  // namespace daikan::cli
