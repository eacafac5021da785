// The applications this program knows. The only one of today is the Administration Server itself: what stands here is obeyed somewhere
// (server/governed), and a setting that nothing obeys does not belong here.
#include <array>

#include "hierarchy/setting.h"

namespace daikan::hierarchy {
namespace {

Setting days(std::string path, std::string title, std::string description, std::int64_t initial) {
  Setting setting{.path = std::move(path), .title = std::move(title), .description = std::move(description)};
  setting.kind = SettingKind::integer;
  setting.initial = initial;
  setting.minimum = 1;
  setting.maximum = 3650;
  setting.unit = "days";
  return setting;
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

Application make_server_application() {
  Application application{
      .name = std::string(kServerApplication),
      .title = "Administration Server",
      .description = "What an Administration Server itself does, on the server a policy reaches and on every one below it.",
      .sections = {{"events", "Events", "How long events are kept."}, {"hierarchy", "Hierarchy"}, {"log", "Log"}, {"sessions", "Sessions"}},
      .settings = {}};
  application.settings = {
      days("events.critical_days", "Critical events", "How long critical events are kept.", 90),
      days("events.error_days", "Errors", "How long events of severity error are kept.", 90),
      days("events.info_days", "Informational events", "How long informational events are kept.", 90),
      days("events.warning_days", "Warnings", "How long warnings are kept.", 90),
      primary_may(),
      {.path = "log.level",
       .title = "Log level",
       .description = "From which severity on lines are written to the log.",
       .kind = SettingKind::choice,
       .initial = std::string("info"),
       .choices = {"debug", "info", "warning", "error"}},
      {.path = "sessions.idle_minutes",
       .title = "End of idle sessions",
       .description = "How long a session of the console lasts without a request.",
       .kind = SettingKind::integer,
       .initial = std::int64_t{720},
       .minimum = 1,
       .maximum = 720,
       .unit = "minutes"},
  };
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
