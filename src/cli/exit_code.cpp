#include "cli/exit_code.h"

#include <ostream>

#include "cli/json_text.h"

namespace daikan::cli {

ExitCode exit_code_of(Code code) {
  switch (code) {
    case Code::group_not_found:
    case Code::address_required:
    case Code::port_out_of_range:
    case Code::invalid_request:
    case Code::invitation_unreadable:
    case Code::too_large:
    case Code::method_not_allowed:
    case Code::configuration_invalid:
    case Code::backup_unreadable:
    case Code::backup_truncated:
    case Code::backup_altered:
      return ExitCode::usage;
    case Code::permission_denied:
    case Code::two_factor_required:
    case Code::wrong_credentials:
    case Code::unauthenticated:
    case Code::rate_limited:
      return ExitCode::not_allowed;
    case Code::not_found:
      return ExitCode::not_found;
    case Code::certificate_in_use:
    case Code::unknown_to_primary:
    case Code::unknown_to_secondary:
    case Code::already_has_primary:
    case Code::loop:
    case Code::too_deep:
    case Code::version_unsupported:
    case Code::identity_conflict:
    case Code::invitation_expired:
    case Code::invitation_used:
    case Code::invitation_revoked:
    case Code::clock_skew:
    case Code::name_taken:
    case Code::group_not_empty:
    case Code::conflict:
      return ExitCode::conflict;
    case Code::name_not_resolved:
    case Code::unreachable:
    case Code::refused:
    case Code::timed_out:
    case Code::proxy_unreachable:
    case Code::proxy_auth_required:
    case Code::proxy_denied:
    case Code::proxy_invalid_answer:
    case Code::not_tls:
    case Code::tls_failed:
    case Code::not_an_administration_server:
    case Code::not_connected:
    case Code::removed:
    case Code::replaced:
    case Code::closed:
    case Code::protocol_error:
    case Code::unavailable:
      return ExitCode::unreachable;
    case Code::certificate_mismatch:
    case Code::certificate_unreadable:
    case Code::certificate_expired:
    case Code::own_certificate:
      return ExitCode::certificate;
    case Code::cancelled:
      return ExitCode::interrupted;
    case Code::storage_failed:
    case Code::internal:
      break;
  }
  return ExitCode::internal;
}

void print_error(Terminal& terminal, Output output, const Error& error) {
  if (output == Output::json) {
    terminal.err() << pretty(error_json(error)) << std::flush;
    return;
  }
  terminal.note(terminal.coloured_note(Colour::red, "daikan:") + " " + shown(error.message));
  if (!error.remedy.empty()) terminal.note("  " + shown(error.remedy));
}

}  // namespace daikan::cli
