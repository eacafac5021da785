// The applications this program knows. The only one of today is the Administration Server itself: what stands here is obeyed somewhere
// (server/governed), and a setting that nothing obeys does not belong here.
#include <array>

#include "hierarchy/setting.h"

namespace daikan::hierarchy {
namespace {

struct Bounds {
  std::int64_t initial;
  double minimum;
  double maximum;
};

Setting whole(std::string path, std::string unit, Bounds bounds) {
  return {.path = std::move(path),
          .title = {},
          .description = {},
          .kind = SettingKind::integer,
          .initial = bounds.initial,
          .minimum = bounds.minimum,
          .maximum = bounds.maximum,
          .unit = std::move(unit)};
}

Setting said(Setting setting, std::string title, std::string description) {
  setting.title = std::move(title);
  setting.description = std::move(description);
  return setting;
}

Setting days(std::string path, std::string title, std::string description, std::int64_t initial) {
  return said(whole(std::move(path), "days", {initial, 1, 3650}), std::move(title), std::move(description));
}

std::vector<Setting> event_settings() {
  return {days("events.critical_days", "Critical events", "How long critical events are kept.", 90),
          days("events.error_days", "Errors", "How long events of severity error are kept.", 90),
          days("events.info_days", "Informational events", "How long informational events are kept.", 90),
          days("events.warning_days", "Warnings", "How long warnings are kept.", 90)};
}

// The machine itself is always let in (server/access_rules), and is never judged more strictly than by default (server/login_limiter).
std::vector<Setting> login_settings() {
  return {said(whole("logins.account_failures", "failures", {5, 3, 50}), "Free failures of an account",
               "How many wrong passwords of one account are answered without a delay; after them the delay doubles up to a minute."),
          said(whole("logins.account_window_minutes", "minutes", {15, 1, 1440}), "Memory of an account's failures",
               "How long after its last wrong password the failures of an account count."),
          said(whole("logins.source_failures", "failures", {20, 5, 1000}), "Failures of an address",
               "How many wrong passwords one address may send within the window before it has to wait. The server's own machine never has "
               "fewer than by default."),
          said(whole("logins.source_window_seconds", "seconds", {100, 10, 3600}), "Window of an address",
               "The time in which an address may send that many wrong passwords again. For the server's own machine it is never longer "
               "than by default.")};
}

std::vector<Setting> password_settings() {
  return {said(whole("passwords.min_classes", "kinds", {1, 1, 4}), "Kinds of characters",
               "How many kinds a new password needs of: small letters, capital letters, digits, everything else."),
          said(whole("passwords.min_length", "characters", {8, 8, 128}), "Shortest password", "How many characters a new password needs.")};
}

std::vector<Setting> link_settings() {
  return {said(whole("links.ping_answer_seconds", "seconds", {5, 2, 60}), "Wait for the answer",
               "A link is lost when the other side has said nothing for this long after it was asked."),
          said(whole("links.ping_seconds", "seconds", {10, 5, 120}), "Heartbeat",
               "After how much silence on a link the other side is asked whether it lives."),
          said(whole("links.reconnect_first_milliseconds", "milliseconds", {500, 100, 60'000}), "First wait before a new attempt",
               "The longest first wait after a link was lost; it doubles with every failed attempt. Waits are spread at random below it."),
          said(whole("links.reconnect_longest_seconds", "seconds", {60, 5, 600}), "Longest wait before a new attempt",
               "What the waits grow to while the other side cannot be reached."),
          said(whole("links.reconnect_refused_seconds", "seconds", {30, 5, 600}), "Wait after a refusal",
               "The shortest wait after one side has refused the link; the longest is twice as long.")};
}

Setting primary_may() {
  return {.path = "hierarchy.primary_may",
          .title = "What the primary may do",
          .description =
              "The most that people may do on a server through its primary: everything, read, or nothing. It is never more than the server "
              "lets its primary do itself.",
          .kind = SettingKind::choice,
          .initial = std::string("full"),
          .choices = {"full", "read", "none"}};
}

Setting console_sources() {
  return {.path = "console.sources",
          .title = "Accepted source addresses",
          .description =
              "Addresses and networks from which the console is reached, such as 10.0.0.0/8; none: from everywhere. The server's own "
              "machine (loopback) is always let in, so no list closes the way back.",
          .kind = SettingKind::texts,
          .initial = std::vector<std::string>{},
          .max_length = 64,
          .lists = Setting::Lists::merge,
          .format = Setting::Format::network};
}

Application make_server_application() {
  Application application{
      .name = std::string(kServerApplication),
      .title = "Administration Server",
      .description = "What an Administration Server itself does, on the server a policy reaches and on every one below it.",
      .sections = {{"console", "Console"},
                   {"events", "Events", "How long events are kept."},
                   {"hierarchy", "Hierarchy"},
                   {"links", "Links",
                    "How links notice that the other side is gone, and when they are made again. Links that stand obey, too."},
                   {"log", "Log"},
                   {"logins", "Logins", "How often somebody may guess a password."},
                   {"passwords", "Passwords", "What is asked of new passwords; present ones stay."},
                   {"roles", "Roles"},
                   {"roll_up", "Roll-up", "What a server tells those above it."},
                   {"sessions", "Sessions"}},
      .settings = {console_sources()}};
  const auto add = [&](std::vector<Setting> settings) {
    for (auto& each : settings) application.settings.push_back(std::move(each));
  };
  add(event_settings());
  add({primary_may()});
  add(link_settings());
  add({{.path = "log.level",
        .title = "Log level",
        .description = "From which severity on lines are written to the log.",
        .kind = SettingKind::choice,
        .initial = std::string("info"),
        .choices = {"debug", "info", "warning", "error"}}});
  add(login_settings());
  add(password_settings());
  add({{.path = "roles.relay",
        .title = "Relay roles to secondaries",
        .description = "Whether the roles made on a server, and those it inherits, can be given to users on the servers below it too.",
        .kind = SettingKind::boolean,
        .initial = false}});
  add({said(
      whole("roll_up.keep_days", "days", {7, 1, 90}), "Wait for the primary",
      "How long a server keeps for its primary what happened while the two had no link, up to 1 GiB. A primary that was away for longer "
      "gets a snapshot, and an event tells of the gap.")});
  add({said(whole("sessions.idle_minutes", "minutes", {720, 1, 720}), "End of idle sessions",
            "How long a session of the console lasts without a request.")});
  return application;
}

const std::array<Application, 1>& known() {
  static const std::array<Application, 1> applications = {make_server_application()};
  return applications;
}

}  // namespace

std::span<const Application> applications() { return known(); }

const Application* find_application(std::string_view name) {
  for (const auto& each : known()) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

const Application& server_application() { return known().front(); }

}  // namespace daikan::hierarchy
