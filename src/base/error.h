// What can go wrong, as values: a stable code, one sentence that says what failed on what, and what to do next.
//
// Codes are public (the API's problem documents, CLI exit codes, events): never renamed, only added. See
// docs/adr/0004-result-and-exceptions.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daikan {

enum class Code : std::uint8_t {
  // Reaching the other side.
  name_not_resolved,
  unreachable,
  refused,
  timed_out,
  proxy_unreachable,
  proxy_auth_required,
  proxy_denied,
  proxy_invalid_answer,
  not_tls,
  tls_failed,
  not_an_administration_server,
  // Certificates.
  certificate_mismatch,
  certificate_unreadable,
  certificate_expired,
  own_certificate,
  certificate_in_use,
  // Agreement of the two sides.
  unknown_to_primary,
  unknown_to_secondary,
  already_has_primary,
  loop,
  too_deep,
  version_unsupported,
  identity_conflict,
  // Invitation files.
  invitation_unreadable,
  invitation_expired,
  invitation_used,
  invitation_revoked,
  clock_skew,
  // Who may.
  permission_denied,
  two_factor_required,
  wrong_credentials,
  unauthenticated,
  rate_limited,
  // Fields.
  group_not_found,
  name_taken,
  address_required,
  port_out_of_range,
  group_not_empty,
  invalid_request,
  too_large,
  not_found,
  method_not_allowed,
  conflict,
  backup_unreadable,
  backup_truncated,
  backup_altered,
  // The link and this process.
  not_connected,
  removed,
  replaced,
  closed,
  cancelled,
  protocol_error,
  unavailable,
  storage_failed,
  configuration_invalid,
  internal,
};

/// The public name of a code, e.g. "proxy_auth_required".
std::string_view to_string(Code code);

/// The code of a public name; nothing when no code has it.
std::optional<Code> code_from_string(std::string_view name);

struct Error {
  Code code = Code::internal;
  std::string message;  ///< One sentence: what failed on what. Ends with a full stop.
  std::string remedy;   ///< What to do next, as a sentence; empty only where nothing can be done.
  std::string field;    ///< The request field at fault ("address"), empty when none is.

  Error(Code code_, std::string message_, std::string remedy_ = {}, std::string field_ = {});

  /// "message remedy", for a log line or a terminal.
  std::string text() const;

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace daikan
