// The body of POST /joins and of resuming one, from checked fields to what joining/join.h takes.
//
// Pure. Called by the routes of a server and by `daikan console`, which answers them on the administrator's own machine.
#pragma once

#include "api/requests.h"
#include "joining/join.h"

namespace daikan::api {

inline constexpr Field kCredentialFields[] = {{.name = "user"},
                                              {.name = "password", .max_bytes = limits::kMaxPasswordBytes},
                                              {.name = "token", .max_bytes = limits::kMaxPasswordBytes},
                                              {.name = "code"}};
inline constexpr Field kJoinFields[] = {
    {.name = "way", .choices = kDirections},
    {.name = "group", .max_bytes = kMaxPathBytes},
    {.name = "name"},
    {.name = "secondary_console", .presence = Presence::required, .max_bytes = kMaxAddressTextBytes},
    {.name = "fingerprint", .presence = Presence::required, .max_bytes = kMaxFingerprintBytes},
    {.name = "credentials", .kind = FieldKind::object, .presence = Presence::required, .members = kCredentialFields},
    {.name = "primary_address", .max_bytes = kMaxAddressTextBytes},
    {.name = "primary_proxy", .kind = FieldKind::object, .members = kProxyFields},
    {.name = "dmz_address", .max_bytes = kMaxAddressTextBytes},
    {.name = "dmz_proxy", .kind = FieldKind::object, .members = kProxyFields}};
inline constexpr Field kResumeFields[] = {
    {.name = "credentials", .kind = FieldKind::object, .presence = Presence::required, .members = kCredentialFields}};
/// User and password or an API token; fails with invalid_request, field "credentials".
Result<joining::Credentials> credentials_of(const boost::json::object& body);
/// Fails with the field at fault; address_required when the address that is dialled is missing.
Result<joining::JoinRequest> join_request(const boost::json::object& body);

}  // namespace daikan::api
