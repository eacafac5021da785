// Records as the JSON of spec/openapi.yaml. Pure; internal to this room. Secrets (proxy passwords, secret hashes) never pass here.
#pragma once

#include <optional>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/clock.h"
#include "hierarchy/history.h"
#include "server/accounts.h"
#include "server/groups.h"
#include "server/primary.h"
#include "server/roles.h"
#include "server/secondaries.h"
#include "server/users.h"

namespace daikan::api {

boost::json::value time_json(const std::optional<TimePoint>& at);
boost::json::value text_or_null(std::string_view text);
boost::json::value reason_or_null(const std::optional<Error>& error);

boost::json::object group_json(const server::GroupView& view);
boost::json::object secondary_json(const server::SecondaryView& view);
boost::json::object unrecognised_json(const hierarchy::UnrecognisedRecord& record);
boost::json::object primary_json(const server::PrimaryView& view);
boost::json::object probe_json(const server::ProbeAnswer& answer);
boost::json::object operation_json(const hierarchy::OperationRecord& record);
boost::json::object credential_json(const hierarchy::Credential& credential);
boost::json::object event_json(const hierarchy::Event& event);
boost::json::object audit_json(const hierarchy::AuditRecord& record);
boost::json::object account_json(const hierarchy::Account& account);
boost::json::object user_json(const server::UserView& view);
boost::json::object role_json(const server::RoleView& view);
/// {"server": ["read", …], "groups": [{"group_id", "rights"}]}
boost::json::object permissions_json(const hierarchy::Permissions& permissions);
boost::json::array rights_json(hierarchy::Rights rights);

/// PEM of a certificate's DER.
std::string pem_of(const CertificateRecord& certificate);

}  // namespace daikan::api
