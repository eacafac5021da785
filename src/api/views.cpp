#include "api/views.h"

#include <boost/json/array.hpp>

#include "api/problem.h"
#include "base/text.h"
#include "hierarchy/next_step.h"
#include "joining/join.h"

namespace daikan::api {

namespace json = boost::json;

namespace {

json::value milliseconds_json(const std::optional<Duration>& duration) {
  if (!duration) return nullptr;
  return static_cast<double>(duration->count()) / 1000.0;
}

template <class T>
json::value id_or_null(const std::optional<T>& id) {
  if (!id) return nullptr;
  return json::value(id->str());
}

json::value address_json(const std::optional<Endpoint>& address) {
  if (!address) return nullptr;
  return json::value(address->str());
}

json::value proxy_json(const std::optional<Proxy>& proxy) {
  if (!proxy) return nullptr;
  return json::value(proxy->url());
}

/// The fields a secondary and the primary share.
void add_link(json::object& object, const hierarchy::LinkStatus& link) {
  object["state"] = to_string(link.state);
  object["since"] = link.since == TimePoint() ? json::value(nullptr) : json::value(to_rfc3339(link.since));
  object["reason"] = reason_or_null(link.reason);
  object["round_trip_ms"] = milliseconds_json(link.round_trip);
  object["clock_skew_ms"] = milliseconds_json(link.clock_skew);
  object["peer_address"] = text_or_null(link.peer_address);
  object["next_attempt_at"] = time_json(link.next_attempt);
}

}  // namespace

json::value time_json(const std::optional<TimePoint>& at) {
  if (!at) return nullptr;
  return json::value(to_rfc3339(*at));
}

json::value text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return json::value(text);
}

json::value reason_or_null(const std::optional<Error>& error) {
  if (!error) return nullptr;
  return reason_json(*error);
}

json::object group_json(const server::GroupView& view) {
  return {{"id", view.group.id.str()},
          {"name", view.group.name},
          {"path", view.path},
          {"parent_id", id_or_null(view.group.parent)},
          {"secondaries", view.secondaries},
          {"revision", view.group.revision}};
}

json::object secondary_json(const server::SecondaryView& view) {
  const auto& record = view.record;
  json::object object{{"id", record.id.str()},
                      {"name", record.name},
                      {"group", view.group_path},
                      {"group_id", record.group.str()},
                      {"address", address_json(record.address)},
                      {"direction", to_string(record.direction)},
                      {"proxy", proxy_json(record.proxy)},
                      {"version", text_or_null(record.version)},
                      {"last_connected_at", time_json(record.last_connected_at)},
                      {"fingerprint", record.certificate.fingerprint},
                      {"server_id", id_or_null(record.server_id)},
                      {"created_at", to_rfc3339(record.created_at)},
                      {"revision", record.revision},
                      {"next_step", text_or_null(hierarchy::next_step(record, view.link))}};
  add_link(object, view.link);
  return object;
}

json::object unrecognised_json(const hierarchy::UnrecognisedRecord& record) {
  return {{"fingerprint", record.certificate.fingerprint}, {"source", record.source},     {"first_seen", to_rfc3339(record.first_seen)},
          {"last_seen", to_rfc3339(record.last_seen)},     {"attempts", record.attempts}, {"ignored_at", time_json(record.ignored_at)}};
}

json::object primary_json(const server::PrimaryView& view) {
  const auto& record = view.record;
  json::object object{{"configured", true},
                      {"direction", to_string(record.direction)},
                      {"address", address_json(record.address)},
                      {"proxy", proxy_json(record.proxy)},
                      {"fingerprint", record.certificate.fingerprint},
                      {"server_id", id_or_null(record.server_id)},
                      {"name", text_or_null(record.name)},
                      {"version", text_or_null(record.version)},
                      {"last_connected_at", time_json(record.last_connected_at)},
                      {"created_at", to_rfc3339(record.created_at)},
                      {"revision", record.revision},
                      {"primary_may", to_string(view.may)},
                      {"next_step", text_or_null(hierarchy::next_step(record, view.link))}};
  add_link(object, view.link);
  return object;
}

json::object probe_json(const server::ProbeAnswer& answer) {
  json::array steps;
  for (const auto& entry : answer.trace.entries) {
    steps.push_back(json::object{{"step", net::to_string(entry.step)},
                                 {"detail", entry.detail},
                                 {"took_ms", milliseconds_json(entry.took)},
                                 {"error", reason_or_null(entry.error)}});
  }
  const auto& certificate = answer.certificate;
  return {{"ok", !answer.error},
          {"fingerprint", certificate ? json::value(certificate->fingerprint) : json::value(nullptr)},
          {"certificate", certificate ? json::value(pem_of(*certificate)) : json::value(nullptr)},
          {"steps", std::move(steps)},
          {"error", reason_or_null(answer.error)}};
}

json::object operation_json(const hierarchy::OperationRecord& record) {
  json::array steps;
  std::optional<Error> error;
  json::value result = nullptr;
  if (const auto progress = joining::progress_from_json(record.steps)) {
    for (const auto& step : progress->steps) {
      if (step.error && !error) error = step.error;
      steps.push_back(json::object{{"step", joining::to_string(step.step)},
                                   {"state", joining::to_string(step.state)},
                                   {"detail", step.detail},
                                   {"error", reason_or_null(step.error)}});
    }
    if (progress->registration && record.state == "done") result = json::object{{"registration_id", progress->registration->str()}};
  }
  return {{"id", record.id.str()},
          {"kind", record.kind},
          {"state", record.state},
          {"actor", record.actor},
          {"created_at", to_rfc3339(record.created_at)},
          {"updated_at", to_rfc3339(record.updated_at)},
          {"error", reason_or_null(error)},
          {"result", std::move(result)},
          {"steps", std::move(steps)}};
}

json::object credential_json(const hierarchy::Credential& credential) {
  return {{"id", credential.id.str()},
          {"kind", to_string(credential.kind)},
          {"name", credential.name},
          {"source", credential.source},
          {"created_at", to_rfc3339(credential.created_at)},
          {"expires_at", to_rfc3339(credential.expires_at)},
          {"last_used_at", to_rfc3339(credential.last_used_at)},
          {"rights", credential.rights ? json::value(rights_json(*credential.rights)) : json::value(nullptr)}};
}

json::object event_json(const hierarchy::Event& event) {
  return {{"sequence", event.sequence}, {"at", to_rfc3339(event.at)}, {"severity", to_string(event.severity)},
          {"kind", event.kind},         {"message", event.message},   {"secondary_id", id_or_null(event.secondary)}};
}

json::object audit_json(const hierarchy::AuditRecord& record) {
  return {{"sequence", record.sequence}, {"at", to_rfc3339(record.at)}, {"actor", record.actor},
          {"source", record.source},     {"through", record.through},   {"action", record.action},
          {"object", record.object},     {"outcome", record.outcome},   {"previous_hash", record.previous_hash},
          {"hash", record.hash}};
}

json::object account_json(const hierarchy::Account& account) { return {{"id", account.id.str()}, {"name", account.name}}; }

json::array rights_json(hierarchy::Rights rights) {
  json::array names;
  for (const auto& each : hierarchy::all_rights()) {
    if (rights.has(each.right)) names.push_back(json::value(each.name));
  }
  return names;
}

json::object permissions_json(const hierarchy::Permissions& permissions) {
  json::array groups;
  for (const auto& [group, rights] : permissions.groups()) {
    groups.push_back(json::object{{"group_id", group.str()}, {"rights", rights_json(rights)}});
  }
  return {{"server", rights_json(permissions.on_server())}, {"groups", std::move(groups)}};
}

namespace {

json::value owner_json(const std::optional<server::RoleOwner>& owner) {
  return owner ? json::value(json::object{{"id", owner->id.str()}, {"name", owner->name}}) : json::value(nullptr);
}

}  // namespace

json::object user_json(const server::UserView& view) {
  json::array assignments;
  for (const auto& each : view.assignments) {
    assignments.push_back(json::object{{"role", each.role_name},
                                       {"role_id", each.role.str()},
                                       {"role_owner", owner_json(each.role_owner)},
                                       {"group", each.group ? json::value(each.group_path) : json::value(nullptr)},
                                       {"group_id", id_or_null(each.group)}});
  }
  const bool disabled = view.account.state == hierarchy::Account::State::disabled;
  return {{"id", view.account.id.str()},
          {"name", view.account.name},
          {"state", disabled ? "disabled" : "enabled"},
          {"two_factor", to_string(view.account.two_factor.state)},
          {"recovery_codes", view.recovery_codes},
          {"assignments", std::move(assignments)},
          {"may", permissions_json(view.permissions)},
          {"created_at", to_rfc3339(view.account.created_at)},
          {"revision", view.account.revision}};
}

json::object role_json(const server::RoleView& view) {
  const auto& [role, owner, gives, unknown_rights] = view.known;
  json::array unknown;
  for (const auto& each : unknown_rights) unknown.push_back(json::value(each));
  const bool built_in = role.origin == hierarchy::Role::Origin::built_in;
  return {{"id", role.id.str()},
          {"name", role.name},
          {"description", role.description},
          {"built_in", built_in},
          {"owner", owner_json(owner)},
          {"rights", rights_json(role.rights)},
          {"gives", rights_json(gives)},
          {"unknown_rights", std::move(unknown)},
          {"users", view.users},
          {"created_at", built_in ? json::value(nullptr) : json::value(to_rfc3339(role.created_at))},
          {"revision", role.revision}};
}

std::string pem_of(const CertificateRecord& certificate) {
  const auto text = to_base64(certificate.der);
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (std::size_t i = 0; i < text.size(); i += 64) pem.append(text, i, 64).push_back('\n');
  return pem + "-----END CERTIFICATE-----\n";
}

}  // namespace daikan::api
