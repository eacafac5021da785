#include "daemon/governing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/in_force.h"
#include "server/policy_inheritance.h"
#include "server/primary_bound.h"
#include "server/role_inheritance.h"

namespace daikan::daemon {
namespace {

server::Retention retention_of(const Configuration& configuration) {
  const auto or_all = [&](std::chrono::days own) { return own.count() > 0 ? own : configuration.event_retention; };
  server::Retention retention(configuration.event_retention);
  retention.warning = or_all(configuration.warning_retention);
  retention.error = retention.critical = or_all(configuration.error_retention);
  retention.audit = configuration.audit_retention;
  return retention;
}

/// What the configuration says of the settings that policies may govern; a default says nothing.
std::vector<hierarchy::PolicySetting> configured_settings(const Configuration& configuration) {
  const auto keep = retention_of(configuration);
  const std::vector<hierarchy::PolicySetting> all = {{"log.level", configuration.log_level},
                                                     {"events.info_days", std::int64_t{keep.info.count()}},
                                                     {"events.warning_days", std::int64_t{keep.warning.count()}},
                                                     {"events.error_days", std::int64_t{keep.error.count()}},
                                                     {"events.critical_days", std::int64_t{keep.critical.count()}}};
  std::vector<hierarchy::PolicySetting> given;
  for (const auto& each : all) {
    if (hierarchy::server_application().find(each.path)->initial != each.value) given.push_back(each);
  }
  return given;
}

}  // namespace

Governing::Governing(Around around)
    : policies(around.storage, around.history, around.facts),
      housekeeping(around.storage, around.history, around.facts, retention_of(around.configuration)),
      governed(policies, around.history,
               {.log_level = [&log = around.log](std::string_view level) { log.set_level(level); },
                .events = [this](const server::Retention& events) { housekeeping.set_events(events); },
                .session_idle = [&accounts = around.accounts](std::chrono::minutes idle) { accounts.set_session_idle(idle); },
                .logins = [&accounts = around.accounts](const server::LoginLimits& limits) { accounts.set_login_limits(limits); },
                .console_sources =
                    [&rules = around.access_rules, &log = around.log](const std::vector<std::string>& sources) {
                      rules.govern(sources);
                      if (sources.empty()) return;
                      log.info(fmt::format("The console lets in {}, and always this machine itself.", fmt::join(sources, ", ")));
                    },
                .pace = [&links = around.links](const server::LinkPace& pace) { links.set_pace(pace); },
                .primary_may = [&storage = around.storage, &history = around.history](
                                   hierarchy::PrimaryMay may) { return server::govern_primary_may(storage, history, may); }}) {
  around.downstream.provide(hierarchy::InheritedKind::policy, server::policy_source(around.facts));
  around.downstream.provide(hierarchy::InheritedKind::role, server::role_source(around.facts));
  around.downstream.on_state(server::tell_in_force);
  policies.use(server::policy_way(around.downstream));
  policies.configured(configured_settings(around.configuration));
  around.access_rules.use([this](store::Transaction& transaction) { return policies.governing(transaction); });
  around.accounts.use([this](store::Transaction& transaction) { return server::password_rules(policies.governing(transaction)); });
}

}  // namespace daikan::daemon
