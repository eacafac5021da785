#include "base/error.h"

#include <array>
#include <utility>

namespace daikan {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Code::internal) + 1> kNames = {
    "name_not_resolved",
    "unreachable",
    "refused",
    "timed_out",
    "proxy_unreachable",
    "proxy_auth_required",
    "proxy_denied",
    "proxy_invalid_answer",
    "not_tls",
    "tls_failed",
    "not_an_administration_server",
    "certificate_mismatch",
    "certificate_unreadable",
    "certificate_expired",
    "own_certificate",
    "certificate_in_use",
    "unknown_to_primary",
    "unknown_to_secondary",
    "already_has_primary",
    "loop",
    "too_deep",
    "version_unsupported",
    "identity_conflict",
    "invitation_unreadable",
    "invitation_expired",
    "invitation_used",
    "invitation_revoked",
    "clock_skew",
    "permission_denied",
    "two_factor_required",
    "wrong_credentials",
    "unauthenticated",
    "rate_limited",
    "group_not_found",
    "name_taken",
    "address_required",
    "port_out_of_range",
    "group_not_empty",
    "invalid_request",
    "too_large",
    "not_found",
    "method_not_allowed",
    "conflict",
    "backup_unreadable",
    "backup_truncated",
    "backup_altered",
    "not_connected",
    "removed",
    "replaced",
    "closed",
    "cancelled",
    "protocol_error",
    "unavailable",
    "storage_failed",
    "configuration_invalid",
    "internal",
};

}  // namespace

std::string_view to_string(Code code) { return kNames[static_cast<std::size_t>(code)]; }

std::optional<Code> code_from_string(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Code>(i);
  }
  return std::nullopt;
}

Error::Error(Code code_, std::string message_, std::string remedy_, std::string field_)
    : code(code_), message(std::move(message_)), remedy(std::move(remedy_)), field(std::move(field_)) {}

std::string Error::text() const { return remedy.empty() ? message : message + " " + remedy; }

}  // namespace daikan
