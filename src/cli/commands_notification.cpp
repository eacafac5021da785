// notification add, edit, list, show, test, remove.
#include "cli/commands_notification.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/files.h"
#include "cli/link_text.h"

namespace daikan::cli {
namespace {

/// What kind it is follows from which of the three addresses is given.
Result<json::object> body_of(const NotificationAdd& options) {
  const std::pair<std::string_view, const std::string*> addresses[] = {
      {"email", &options.email}, {"webhook", &options.webhook}, {"syslog", &options.syslog}};
  json::object body{{"name", options.name}};
  for (const auto& [kind, address] : addresses) {
    if (address->empty()) continue;
    if (body.contains("kind")) {
      return fail(Code::invalid_request, "Of --email, --webhook and --syslog more than one is given.", "Make a destination for each.",
                  "kind");
    }
    body["kind"] = kind;
    body["address"] = *address;
  }
  if (!body.contains("kind")) {
    return fail(Code::address_required, "Where to is missing.", "Give one of --email SERVER, --webhook URL and --syslog SERVER.",
                "address");
  }
  const std::pair<std::string_view, const std::string*> texts[] = {{"transport", &options.transport},
                                                                   {"fingerprint", &options.fingerprint},
                                                                   {"user", &options.user},
                                                                   {"sender", &options.from},
                                                                   {"severity", &options.severity}};
  for (const auto& [name, text] : texts) {
    if (!text->empty()) body[name] = *text;
  }
  if (!options.to.empty()) body["recipients"] = fmt::format("{}", fmt::join(options.to, " "));
  if (!options.kinds.empty()) body["kinds"] = fmt::format("{}", fmt::join(options.kinds, " "));
  if (options.secret_file.empty()) return body;
  auto secret = read_secret(options.secret_file);
  if (!secret) return fail(std::move(secret.error()));
  body["secret"] = *secret;
  return body;
}

awaitable<Result<json::value>> find_destination(ApiSession& session, std::string name) {
  auto all = co_await session.get("/notifications");
  if (!all) co_return fail(std::move(all.error()));
  std::string names;
  for (const auto& each : elements(*all, "items")) {
    if (text_of(each, "id") == name || text_of(each, "name") == name) co_return each;
    names += (names.empty() ? "" : ", ") + text_of(each, "name");
  }
  co_return fail(
      Code::not_found,
      fmt::format("There is no notification destination “{}” (there are: {}).", shown(name), names.empty() ? "none" : shown(names)),
      "daikan notification list shows them.");
}

Result<json::object> changes_of(const NotificationEdit& options) {
  json::object body;
  const std::pair<std::string_view, const std::string*> texts[] = {
      {"name", &options.name}, {"address", &options.address}, {"transport", &options.transport}, {"fingerprint", &options.fingerprint},
      {"user", &options.user}, {"sender", &options.from},     {"severity", &options.severity}};
  for (const auto& [name, text] : texts) {
    if (!text->empty()) body[name] = *text;
  }
  if (!options.to.empty()) body["recipients"] = fmt::format("{}", fmt::join(options.to, " "));
  if (!options.kinds.empty()) body["kinds"] = fmt::format("{}", fmt::join(options.kinds, " "));
  if (options.no_fingerprint) body["fingerprint"] = nullptr;
  if (options.every_kind) body["kinds"] = nullptr;
  if (options.no_login) body["user"] = body["secret"] = nullptr;
  if (!options.secret_file.empty()) {
    auto secret = read_secret(options.secret_file);
    if (!secret) return fail(std::move(secret.error()));
    body["secret"] = *secret;
  }
  if (!body.empty()) return body;
  return fail(Code::invalid_request, "Nothing is to be changed.", "Say what: daikan notification edit --help shows the options.");
}

std::string rule_words(const json::value& destination) {
  const auto kinds = text_of(destination, "kinds");
  return fmt::format("{}{}", text_of(destination, "severity"), kinds.empty() ? "" : ": " + kinds);
}

void print_destination(Context& context, const json::value& destination) {
  if (context.as_json()) return print_json(context.terminal, destination);
  const auto text = [&](std::string_view key) { return shown(text_of(destination, key)); };
  std::vector<std::pair<std::string, Cell>> fields = {{"Name", text("name")},
                                                      {"Kind", text("kind")},
                                                      {"Address", text("address")},
                                                      {"Transport", text("transport")},
                                                      {"Fingerprint", text("fingerprint")},
                                                      {"User", text("user")},
                                                      {"Secret", truth_of(destination, "has_secret") ? "set" : "none"},
                                                      {"Sender", text("sender")},
                                                      {"Recipients", text("recipients")},
                                                      {"At least", text("severity")},
                                                      {"Only", text("kinds")},
                                                      {"Last delivered", local_time(text_of(destination, "last_delivered_at"))},
                                                      {"Delivered through", text("delivered_through")},
                                                      {"Failing since", local_time(text_of(destination, "failing_since"))},
                                                      {"Last error", text("last_error")},
                                                      {"Id", text("id")}};
  std::erase_if(fields, [](const auto& field) { return field.second.text.empty(); });
  print_fields(context.terminal, fields);
}

}  // namespace

awaitable<Result<>> notification_add(Context& context, ApiSession& session, NotificationAdd options) {
  auto body = body_of(options);
  if (!body) co_return fail(std::move(body.error()));
  auto added = co_await session.call("POST", "/notifications", json::value(std::move(*body)));
  if (!added) co_return fail(std::move(added.error()));
  print_destination(context, *added);
  co_return Result<>{};
}

awaitable<Result<>> notification_edit(Context& context, ApiSession& session, NotificationEdit options) {
  auto body = changes_of(options);
  if (!body) co_return fail(std::move(body.error()));
  auto found = co_await find_destination(session, options.destination);
  if (!found) co_return fail(std::move(found.error()));
  auto edited = co_await session.patch("/notifications/" + text_of(*found, "id"), *found, std::move(*body));
  if (!edited) co_return fail(std::move(edited.error()));
  print_destination(context, *edited);
  co_return Result<>{};
}

awaitable<Result<>> notification_list(Context& context, ApiSession& session, NoOptions) {
  auto all = co_await session.get("/notifications");
  if (!all) co_return fail(std::move(all.error()));
  if (context.as_json()) {
    print_json(context.terminal, member(*all, "items"));
    co_return Result<>{};
  }
  Table table({"NAME", "KIND", "ADDRESS", "EVENTS", "STATE"});
  for (const auto& each : elements(*all, "items")) {
    const auto failing = text_of(each, "failing_since");
    const auto state = failing.empty() ? Cell("ok", Colour::green) : Cell("failing since " + local_time(failing), Colour::red);
    table.add(
        {shown(text_of(each, "name")), shown(text_of(each, "kind")), shown(text_of(each, "address")), shown(rule_words(each)), state});
  }
  table.print(context.terminal);
  co_return Result<>{};
}

awaitable<Result<>> notification_show(Context& context, ApiSession& session, DestinationName options) {
  auto found = co_await find_destination(session, std::move(options.name));
  if (!found) co_return fail(std::move(found.error()));
  print_destination(context, *found);
  co_return Result<>{};
}

awaitable<Result<>> notification_test(Context& context, ApiSession& session, DestinationName options) {
  auto found = co_await find_destination(session, std::move(options.name));
  if (!found) co_return fail(std::move(found.error()));
  auto answer = co_await session.call("POST", fmt::format("/notifications/{}/test", text_of(*found, "id")));
  if (!answer) co_return fail(std::move(answer.error()));
  if (auto error = error_of(*answer, "error")) co_return fail(std::move(*error));
  if (context.as_json()) {
    print_json(context.terminal, *answer);
  } else {
    context.terminal.line(fmt::format("A test was sent to “{}”.", shown(text_of(*found, "name"))));
  }
  co_return Result<>{};
}

awaitable<Result<>> notification_remove(Context& context, ApiSession& session, DestinationName options) {
  auto found = co_await find_destination(session, std::move(options.name));
  if (!found) co_return fail(std::move(found.error()));
  auto removed = co_await session.call("DELETE", "/notifications/" + text_of(*found, "id"));
  if (!removed) co_return fail(std::move(removed.error()));
  if (!context.as_json()) context.terminal.line(fmt::format("“{}” gets no more notifications.", shown(text_of(*found, "name"))));
  co_return Result<>{};
}

}  // namespace daikan::cli
