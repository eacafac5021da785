// unrecognised list, add, ignore, unignore, forget.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/link_text.h"
#include "net/identity.h"

namespace daikan::cli {
namespace {

/// The path of the server with this fingerprint, as a person typed it.
Result<std::string> path_of(const std::string& fingerprint) {
  const auto normal = net::normalise_fingerprint(fingerprint);
  if (normal) return "/unrecognised_servers/" + percent_encoded(*normal);
  return fail(Code::invalid_request, fmt::format("“{}” is not a SHA-256 fingerprint.", quotable(fingerprint, 100)),
              "daikan unrecognised list shows them.", "fingerprint");
}

struct Change {
  std::string method;
  std::string below;  ///< Of the server's path.
  std::string done;   ///< What a person is told then.
};

awaitable<Result<>> change(Context& context, ApiSession& session, std::string fingerprint, Change what) {
  auto path = path_of(fingerprint);
  if (!path) co_return fail(std::move(path.error()));
  auto changed = co_await session.call(what.method, *path + what.below);
  if (!changed) co_return fail(std::move(changed.error()));
  if (!context.as_json()) context.terminal.line(what.done);
  co_return Result<>{};
}

}  // namespace

awaitable<Result<>> unrecognised_list(Context& context, ApiSession& session, UnrecognisedList options) {
  auto answer = co_await session.get(options.ignored ? "/unrecognised_servers?ignored=true" : "/unrecognised_servers");
  if (!answer) co_return fail(std::move(answer.error()));
  const auto& items = elements(*answer, "items");
  if (context.as_json()) {
    print_json(context.terminal, items);
    co_return Result<>{};
  }
  if (items.empty()) {
    context.terminal.line(options.ignored ? "No server is ignored." : "No unrecognised server has dialled.");
    co_return Result<>{};
  }
  Table table({"FINGERPRINT", "SOURCE", "FIRST SEEN", "LAST SEEN", "ATTEMPTS"});
  for (const auto& item : items) {
    table.add({shown(text_of(item, "fingerprint")), shown(text_of(item, "source")), local_time(text_of(item, "first_seen")),
               local_time(text_of(item, "last_seen")), text_of(item, "attempts")});
  }
  table.print(context.terminal);
  if (!options.ignored) {
    context.terminal.line(
        "Compare a fingerprint with what daikan certificate show prints on that server; then: daikan unrecognised add FINGERPRINT");
  }
  co_return Result<>{};
}

awaitable<Result<>> unrecognised_add(Context& context, ApiSession& session, UnrecognisedAdd options) {
  const auto normal = net::normalise_fingerprint(options.fingerprint);
  if (!normal) co_return fail(path_of(options.fingerprint).error());
  json::object body{{"fingerprint", *normal}};
  if (!options.group.empty()) body["group"] = options.group;
  if (!options.name.empty()) body["name"] = options.name;
  auto added = co_await session.call("POST", "/secondaries", json::value(std::move(body)));
  if (!added) co_return fail(std::move(added.error()));
  if (context.as_json()) {
    print_json(context.terminal, *added);
    co_return Result<>{};
  }
  context.terminal.line(fmt::format("Added {} to {}. It connects at its next attempt, within a minute.", shown(text_of(*added, "name")),
                                    shown(text_of(*added, "group"))));
  co_return Result<>{};
}

awaitable<Result<>> unrecognised_ignore(Context& context, ApiSession& session, FingerprintOption options) {
  return change(context, session, options.fingerprint,
                {"PUT", "/ignored", "It is ignored from now on. daikan unrecognised list --ignored shows those."});
}

awaitable<Result<>> unrecognised_unignore(Context& context, ApiSession& session, FingerprintOption options) {
  return change(context, session, options.fingerprint, {"DELETE", "/ignored", "It is listed again."});
}

awaitable<Result<>> unrecognised_forget(Context& context, ApiSession& session, FingerprintOption options) {
  return change(context, session, options.fingerprint, {"DELETE", "", "It is off the list until it dials again."});
}

}  // namespace daikan::cli
